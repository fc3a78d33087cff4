/**
 * putright as a library.
 *
 * @example
 * ```ts
 * import { survey, TreeError } from 'putright';
 *
 * const { sites } = await survey('/usr/src/linux', { paths: ['drivers/**'] });
 * for (const site of sites) {
 *   if (site.reference === 'get' && site.longterm) console.log(`${site.file}:${site.line} should pin`);
 * }
 * ```
 *
 * @module
 */
export { TreeError } from './source/index.js';
export { survey } from './survey/index.js';
export type { SurveyOptions } from './survey/options.js';
export type {
  Container,
  Coverage,
  Dirty,
  Gap,
  Place,
  Reference,
  Release,
  ReleaseForm,
  ReleaseScope,
  Row,
  SiteKind,
  Step,
  Survey,
  TokenUse,
} from './survey/row.js';
