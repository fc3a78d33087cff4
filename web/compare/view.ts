/** What happened between the trees, and the progress curve. */
import type { Changed, Comparison } from '../../src/compare/compare.js';
import type { Row } from '../../src/survey/row.js';
import type { Context, Shown } from '../context.js';
import { breakable, button, goTo, h, opening } from '../dom.js';
import { select } from '../query.js';
import { atSite, atView, isFiltered, type State } from '../state.js';
import { nameOf } from '../words.js';
import { changeList } from './changes.js';
import { curveOf } from './curve.js';
import { leftBy } from './left.js';

/** The view of the comparison. */
export function compareView(context: Context): Shown {
  const node = h('div', { class: 'compare' });
  const progress = context.data.progress;
  const update = (state: State): void => {
    if (!progress) return;
    const { whole, curve, steps } = progress;
    const left: Left = { state, shown: leftBy(context, state) };
    node.replaceChildren(
      h('h1', {}, 'From ', h('code', {}, nameOf(whole.before.tree)), ' to ', h('code', {}, nameOf(whole.after.tree))),
      compared(context, whole, left, sameOf(context, whole, state), curveOf(curve, ...notes(context, state))),
      ...steps.map((step) =>
        opening(`Only from ${nameOf(step.before.tree)} to ${nameOf(step.after.tree)}`, () =>
          // Which sites a step leaves as they are is not in the page.
          compared(context, step, left, isFiltered(state) ? '' : card(step.same, step.same, 'the same')),
        ),
      ),
    );
  };
  update(context.state());
  const { site } = context.state();
  if (site !== '') requestAnimationFrame(() => bringBack(node, context.link(atSite(context.state(), site))));
  return { node, update };
}

/** Shows the reader who comes back from a site where it is told of: there can be several places, and one of them in sight already. */
function bringBack(inside: Element, address: string): void {
  const links = [...inside.querySelectorAll('a')].filter((link) => link.getAttribute('href') === address);
  const seen = links.find((link) => {
    const { top, bottom } = link.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  });
  if (!seen) links[0]?.scrollIntoView({ block: 'center' });
  (seen ?? links[0])?.focus({ preventScroll: true });
}

/** What the reader's search and filters leave. */
interface Left {
  state: State;
  shown: (row: Row) => boolean;
}

/** One comparison: its figures, each of which leads to its sites, and the lists of them. */
function compared(context: Context, comparison: Comparison, left: Left, same: Node | string, between: Node | string = ''): HTMLElement {
  const groups = groupsOf(context, comparison, left.shown);
  const node = h('div');
  node.append(
    h('ul', { class: 'figures' }, ...groups.map((group) => figureOf(node, group)), same),
    between,
    isFiltered(left.state) && groups.every(({ items }) => items.length === 0) ? noneOf(context, left.state) : '',
    ...groups
      .filter(({ items }) => items.length > 0)
      .map(({ title, about, items, shown, of, places }) =>
        h(
          'section',
          { 'aria-label': title },
          h('h2', { tabindex: -1 }, `${title} (${shown === of ? of : `${shown} of ${of}`}${places})`),
          h('p', { class: 'quiet' }, about),
          h('ul', { class: 'changes' }, ...items),
        ),
      ),
  );
  return node;
}

/** How many there are, and of how many where not all are shown. */
function numberOf(shown: number, of: number): HTMLElement {
  return h('b', {}, String(shown), shown === of ? null : h('small', {}, ` of ${of}`));
}

function card(shown: number, of: number, title: string, kind = ''): HTMLElement {
  return h('li', { class: `figure ${kind}` }, numberOf(shown, of), h('span', {}, title));
}

/** A group's figure, which leads to its list; nothing is no place to go to. */
function figureOf(inside: HTMLElement, { title, items, shown, of, places }: Group): HTMLElement {
  const kind = title === 'Regressions' && shown > 0 ? 'bad' : '';
  const name = `${title.toLowerCase()}${places}`;
  if (items.length === 0) return card(shown, of, name, kind);
  const inner = button({ class: `figure ${kind}`, click: () => goTo(inside, title) }, numberOf(shown, of), h('span', {}, name));
  return h('li', {}, inner);
}

/** The figure of what did not change, which leads to its sites in the sheet. */
function sameOf(context: Context, { same }: Comparison, state: State): HTMLElement {
  const change = context.index.columns.get('change');
  const here = select(context.index, state).filter((site) => change?.text(site) === 'same').length;
  if (here === 0) return card(here, same, 'the same');
  const target = { ...atView(state, 'sheet'), filters: { ...state.filters, change: ['same'] } };
  return h('li', {}, h('a', { class: 'figure', href: context.link(target) }, numberOf(here, same), h('span', {}, 'the same')));
}

/** That nothing is told because of the filters, and not because nothing happened. */
function noneOf(context: Context, state: State): HTMLElement {
  const count = select(context.index, state).length;
  const text =
    count === 0
      ? 'No site in this comparison passes the search and the filters.'
      : `Of the ${count} sites that pass the search and the filters none has changed or is new, and none is gone.`;
  return h('p', { class: 'nothing' }, text);
}

/** What the curve does not say. */
function notes({ data }: Context, state: State): (HTMLElement | null)[] {
  const internal = data.sites.filter(({ kind }) => kind === 'internal').length;
  const told = `Sites inside gup and iov_iter themselves are not compared: ${internal} of the ${data.sites.length} of this report.`;
  return [
    internal > 0 ? h('p', { class: 'quiet' }, told) : null,
    isFiltered(state) ? h('p', { class: 'quiet' }, 'The curve is of the whole trees: the search and the filters do not change it.') : null,
  ];
}

/** A site as a link, if this report has it. */
function site(context: Context, row: Row): HTMLElement {
  const text = breakable(`${row.file}:${row.line} ${row.function}()`);
  const here = context.byId.get(row.id);
  return here && here.line === row.line ? h('a', { href: context.link(atSite(context.state(), row.id)) }, ...text) : h('span', {}, ...text);
}

/** Sites to which the same happened. */
interface Group {
  title: string;
  about: string;
  /** Those that pass the reader's search and filters. */
  items: HTMLElement[];
  /** How many happenings these are, and how many there are without search and filters. */
  shown: number;
  of: number;
  /** At how many sites, where that is another number. */
  places: string;
}

function groupsOf(context: Context, comparison: Comparison, shown: (row: Row) => boolean): Group[] {
  const left = new Set(comparison.changed);
  const group = <T>(title: string, about: string, all: readonly T[], row: (one: T) => Row, item: (one: T) => HTMLElement): Group => {
    const items = all.filter((one) => shown(row(one))).map(item);
    return { title, about, items, shown: items.length, of: all.length, places: '' };
  };
  const pairs = (title: string, about: string, test: (pair: Changed) => boolean): Group => {
    const all = [...left].filter(test);
    for (const one of all) left.delete(one);
    return group(
      title,
      about,
      all,
      ({ after }) => after,
      (one) => pair(context, one),
    );
  };
  const rows = (title: string, about: string, all: readonly Row[]): Group =>
    group(
      title,
      about,
      all,
      (row) => row,
      (row) => alone(context, row),
    );
  return [
    regressionsOf(context, comparison, shown),
    pairs('Converted', 'From get to pin, or from iov_iter_get to extract.', (one) => one.converted),
    pairs('Reverted', 'From pin back to get, or from extract back to iov_iter_get.', (one) => one.reverted),
    pairs('Moved', 'In another file or function now.', (one) => one.moved),
    pairs('Changed', 'The same call, with other facts.', () => true),
    rows('New', 'Not in the older tree.', comparison.added),
    rows('Gone', 'Only in the older tree.', comparison.gone),
  ];
}

/** What became worse, by site: several things can become worse at one. */
function regressionsOf(context: Context, { regressions }: Comparison, shown: (row: Row) => boolean): Group {
  const bySite = new Map<string, typeof regressions>();
  for (const one of regressions) bySite.set(one.site.id, [...(bySite.get(one.site.id) ?? []), one]);
  const left = [...bySite.values()].filter(([first]) => first && shown(first.site));
  const items = left.flatMap((all) =>
    all.slice(0, 1).map((first) => h('li', { class: 'bad' }, site(context, first.site), ...all.map(({ why }) => h('p', {}, why)))),
  );
  const count = left.flat().length;
  return {
    title: 'Regressions',
    about: 'Right before and not any more, or new and without what it should have.',
    items,
    shown: count,
    of: regressions.length,
    places: count === left.length ? '' : `, at ${left.length} sites`,
  };
}

/** A site with what is another now. */
function pair(context: Context, { before, after, moved, changes }: Changed): HTMLElement {
  return h(
    'li',
    {},
    site(context, after),
    moved ? h('span', { class: 'quiet' }, ` was ${before.file}:${before.line} ${before.function}()`) : null,
    changes.length === 0 ? null : changeList(context, changes),
  );
}

/** A site that one of the trees does not have. */
function alone(context: Context, row: Row): HTMLElement {
  const facts = ` ${row.api}(), ${row.containers.join(' → ') || 'no container'}, released: ${row.releaseForm}`;
  return h('li', {}, site(context, row), h('span', { class: 'quiet' }, facts));
}
