/** How findings are written down: the table behind `check --format`. */
import type { Check } from '../check/index.js';
import { bareJson } from './bare-json.js';
import { readerOf } from './excerpt.js';
import { findingsSarif } from './findings-sarif.js';
import { findingsText } from './findings-text.js';
import type { WriterContext } from './writer.js';

/** Turns findings into one format; the code that it needs is read from the check's tree. */
export type FindingsWriter = (check: Check, context: WriterContext) => string | Promise<string>;

export const findingFormats: Readonly<Record<'text' | 'json' | 'sarif', FindingsWriter>> = {
  text: findingsText,
  json: ({ tree, version, findings }) => `${bareJson(JSON.stringify({ tree, version, findings }, null, 2))}\n`,
  sarif: (check) => findingsSarif(check, readerOf(check.tree)),
};
