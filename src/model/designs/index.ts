import { bias } from './bias.js';
import { biasWarn } from './bias-warn.js';
import type { Design } from './design.js';
import { folioPincount } from './folio-pincount.js';
import { lruCount } from './lru-count.js';
import { placeholder } from './placeholder.js';
import { plain } from './plain.js';
import { typed } from './typed.js';

/** The designs, in the order of the matrix's columns. */
export const designs: readonly Design[] = [plain, placeholder, bias, biasWarn, lruCount, folioPincount, typed];
