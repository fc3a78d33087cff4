/** How findings are written down: the table behind `check --format`. */
import type { Check } from '../check/index.js';
import { findingsSarif } from './findings-sarif.js';
import { findingsText } from './findings-text.js';

export const findingFormats: Readonly<Record<'text' | 'json' | 'sarif', (check: Check) => string>> = {
  text: findingsText,
  json: ({ tree, version, findings }) => `${JSON.stringify({ tree, version, findings }, null, 2)}\n`,
  sarif: findingsSarif,
};
