/** What happened to a site since the older tree. */
import type { PageSite } from '../../src/report/page/data.js';
import { changeList } from '../compare/changes.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { nameOf } from '../words.js';

/** What is told of a site of which no facts changed. */
const WHOLE: Readonly<Record<string, string>> = {
  same: 'Unchanged, except perhaps for its line numbers.',
  new: 'New: there is no such site there.',
  'not compared': 'Not compared: it is part of gup or iov_iter itself.',
};

/** What the comparison says of a site; null where there is none. */
export function sinceOf(context: Context, site: PageSite): HTMLElement | null {
  const { progress } = context.data;
  if (!progress) return null;
  const { before, changed, regressions } = progress.whole;
  const pair = changed.find(({ after }) => after.id === site.id);
  const change = context.index.columns.get('change')?.text(site) ?? '';
  const was = pair?.moved ? `: it was ${pair.before.file}:${pair.before.line} ${pair.before.function}()` : '';
  const title = `Since ${nameOf(before.tree)}`;
  return h(
    'section',
    { class: 'since', 'aria-label': title },
    h('h2', {}, title),
    h('p', {}, WHOLE[change] ?? `This site ${change === 'reverted' || change === 'converted' ? 'was ' : ''}${change}${was}.`),
    pair && pair.changes.length > 0 ? changeList(context, pair.changes) : null,
    ...regressions.filter((one) => one.site.id === site.id).map(({ why }) => h('p', { class: 'bad' }, `Regression: ${why}`)),
  );
}
