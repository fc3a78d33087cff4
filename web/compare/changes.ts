/** What is another now at a site. */
import type { Change } from '../../src/compare/compare.js';
import { changeOf } from '../../src/report/comparison/change.js';
import type { Context } from '../context.js';
import { h, opening } from '../dom.js';

/** Facts with what they were and what they are. */
export function changeList({ index }: Context, changes: readonly Change[]): HTMLElement {
  const title = (fact: string): string => index.columns.get(fact)?.title ?? fact;
  return h('dl', {}, ...changes.flatMap((change) => [h('dt', {}, title(change.fact)), h('dd', {}, shortened(changeOf(change)))]));
}

/** A long list of fields is told by its beginning; the rest opens. */
function shortened(text: string): Node | string {
  const most = 160;
  if (text.length <= most + 40) return text;
  return opening(`${text.slice(0, most)}…`, () => h('p', {}, text));
}
