/** What stands at the end of the page. */
import type { PageData } from '../../src/report/page/data.js';
import { h } from '../dom.js';
import { nameOf } from '../words.js';

/** Which putright made the page of what, and how far that is all there is. */
export function footer(data: PageData): HTMLElement {
  const { tokens, rows, gaps, unaccounted } = data.coverage;
  return h(
    'footer',
    {},
    h(
      'p',
      {},
      `Made by putright ${data.version} of ${nameOf(data.tree)}. ${tokens} acquiring names were found in the tree: ${rows} are rows, ${gaps} are gaps, ${unaccounted} are not accounted for, the rest are declarations and definitions.`,
    ),
    data.warnings > 0 ? h('p', {}, `${data.warnings} files could not be read.`) : null,
  );
}
