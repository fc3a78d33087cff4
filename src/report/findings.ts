/** The formats of findings: the table behind `check --format`. */
import type { Check } from '../check/index.js';
import { bareJson } from './bare-json.js';
import { readerOf } from './excerpt.js';
import { findingsSarif } from './findings-sarif.js';
import { findingsText } from './findings-text.js';
import type { WriterContext } from './writer.js';

/** Writes findings in one format. If it needs code, it reads that from the check's tree. */
export type FindingsWriter = (check: Check, context: WriterContext) => string | Promise<string>;

/** The writers by the name of their format. */
export const findingFormats: Readonly<Record<'text' | 'json' | 'sarif', FindingsWriter>> = {
  text: findingsText,
  json: ({ tree, version, findings }) => `${bareJson(JSON.stringify({ tree, version, findings }, null, 2))}\n`,
  sarif: (check) => findingsSarif(check, readerOf(check.tree)),
};
