/** What happened between the trees, and the progress curve. */
import type { Changed, Comparison, Side } from '../src/compare/compare.js';
import { changeOf } from '../src/report/comparison/change.js';
import type { Row } from '../src/survey/row.js';
import type { Context, Shown } from './context.js';
import { button, drawing, goTo, h, opening, s, scrolling, tableHead } from './dom.js';
import { select } from './query.js';
import { atSite, type State } from './state.js';
import { nameOf } from './words.js';

/** The view of the comparison. */
export function compareView(context: Context): Shown {
  const node = h('div', { class: 'compare' });
  const progress = context.data.progress;
  const update = (state: State): void => {
    if (!progress) return;
    const { whole, curve, steps } = progress;
    const shown = shownBy(context, state);
    node.replaceChildren(
      h('h1', {}, 'From ', h('code', {}, nameOf(whole.before.tree)), ' to ', h('code', {}, nameOf(whole.after.tree))),
      compared(context, whole, shown, curveOf(curve)),
      ...steps.map((step) =>
        opening(`Only from ${nameOf(step.before.tree)} to ${nameOf(step.after.tree)}`, () => compared(context, step, shown)),
      ),
    );
  };
  update(context.state());
  return { node, update };
}

/** One comparison: its figures, each of which leads to its sites, and the lists of them. */
function compared(context: Context, comparison: Comparison, shown: (row: Row) => boolean, between: Node | string = ''): HTMLElement {
  const groups = groupsOf(context, comparison, shown);
  const node = h('div');
  const figure = ({ title, items, of }: Group): HTMLElement => {
    const kind = `figure${title === 'Regressions' && of > 0 ? ' bad' : ''}`;
    const inner = [h('b', {}, String(of)), h('span', {}, title.toLowerCase())];
    return items.length === 0
      ? h('li', { class: kind }, ...inner)
      : h('li', {}, button({ class: kind, click: () => goTo(node, title) }, ...inner));
  };
  const same = h('li', { class: 'figure' }, h('b', {}, String(comparison.same)), h('span', {}, 'the same'));
  node.append(
    h('ul', { class: 'figures' }, ...groups.map(figure), same),
    between,
    ...groups
      .filter(({ items }) => items.length > 0)
      .map(({ title, about, items, of }) =>
        h(
          'section',
          { 'aria-label': title },
          h('h2', { tabindex: -1 }, `${title} (${items.length === of ? of : `${items.length} of ${of}`})`),
          h('p', { class: 'quiet' }, about),
          h('ul', { class: 'changes' }, ...items),
        ),
      ),
  );
  return node;
}

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);
const LINES: readonly { kind: string; label: string; value: (side: Side) => number }[] = [
  { kind: 'pin', label: 'get_user_pages*() that pin', value: (side) => share(side.pin, side.pin + side.get) },
  { kind: 'extract', label: 'iov_iter calls that extract', value: (side) => share(side.extract, side.extract + side.iteratorGet) },
];

function curveOf(curve: readonly Side[]): HTMLElement {
  return h(
    'section',
    { class: 'curve', 'aria-label': 'How far the conversion is' },
    h('h2', {}, 'How far the conversion is'),
    scrolling('Curve', chart(curve)),
    scrolling('Figures', table(curve)),
  );
}

/** Width of a letter of the charts, at most, in pixels. */
const LETTER = 7.6;

function chart(curve: readonly Side[]): SVGElement {
  const names = curve.map((side) => nameOf(side.tree));
  // Every name has its place below its point.
  const room = Math.max(160, ...names.map((name) => name.length * LETTER + 16));
  const [left, top, height] = [44, 20, 240];
  const right = left + room * curve.length;
  const x = (n: number): number => left + (n + 0.5) * room;
  const y = (value: number): number => top + (1 - value) * (height - top - 52);
  const percent = (side: Side, value: (side: Side) => number): string => `${Math.round(100 * value(side))} %`;
  return drawing(
    { width: right + 200, height },
    'Share of converted calls by tree; the table below says the same',
    ...[0, 0.5, 1].flatMap((value) => [
      s('line', { x1: left, x2: right, y1: y(value), y2: y(value), class: 'grid' }),
      s('text', { x: left - 6, y: y(value), dy: '0.35em', 'text-anchor': 'end' }, `${100 * value} %`),
    ]),
    ...names.map((name, n) => s('text', { x: x(n), y: height - 10, 'text-anchor': 'middle' }, name)),
    ...LINES.flatMap(({ kind, label, value }, line) => {
      // The figures of the upper line stand above it, those of the lower below.
      const above = (side: Side): boolean =>
        LINES.every((one, n) => n === line || value(side) > one.value(side) || (n > line && value(side) === one.value(side)));
      const last = curve[curve.length - 1];
      return [
        s('polyline', { points: curve.map((side, n) => `${x(n)},${y(value(side))}`).join(' '), class: `curve-${kind}` }),
        ...curve.flatMap((side, n) => [
          s('circle', { cx: x(n), cy: y(value(side)), r: 4, class: `curve-${kind}` }, s('title', {}, `${label}: ${percent(side, value)}`)),
          s(
            'text',
            { x: x(n), y: y(value(side)), dy: above(side) ? '-0.7em' : '1.4em', 'text-anchor': 'middle', class: 'figure-of' },
            percent(side, value),
          ),
        ]),
        last ? s('text', { x: x(curve.length - 1) + 26, y: y(value(last)), dy: above(last) ? '-0.5em' : '1.2em' }, label) : null,
      ];
    }),
  );
}

function table(curve: readonly Side[]): HTMLElement {
  const of = (part: number, whole: number): string => `${part} of ${whole} (${Math.round(100 * share(part, whole))} %)`;
  return h(
    'table',
    { class: 'lines' },
    tableHead(['Tree', 'Sites', 'Pin', 'Extract']),
    h(
      'tbody',
      {},
      ...curve.map((side) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', title: side.tree }, nameOf(side.tree)),
          h('td', { class: 'number' }, String(side.sites)),
          h('td', {}, of(side.pin, side.pin + side.get)),
          h('td', {}, of(side.extract, side.extract + side.iteratorGet)),
        ),
      ),
    ),
  );
}

/** What the reader's search and filters leave. A site that this report does not have is known by its names alone. */
function shownBy(context: Context, state: State): (row: Row) => boolean {
  const selected = new Set(select(context.index, state));
  const words = state.q.toLowerCase().split(/\s+/);
  return (row) => {
    const here = context.byId.get(row.id);
    if (here) return selected.has(here);
    const text = `${row.file}:${row.line} ${row.function}() ${row.api} ${row.reference} ${row.containers.join(' ')}`.toLowerCase();
    return Object.keys(state.filters).length === 0 && words.every((word) => text.includes(word));
  };
}

/** A long list of fields is told by its beginning; the rest opens. */
function shortened(text: string): Node | string {
  const most = 160;
  if (text.length <= most + 40) return text;
  return opening(`${text.slice(0, most)}…`, () => h('p', {}, text));
}

/** A site as a link, if this report has it. */
function site(context: Context, row: Row): HTMLElement {
  const text = `${row.file}:${row.line} ${row.function}()`;
  const here = context.byId.get(row.id);
  return here && here.line === row.line ? h('a', { href: context.link(atSite(context.state(), row.id)) }, text) : h('span', {}, text);
}

/** Sites to which the same happened. */
interface Group {
  title: string;
  about: string;
  /** Those that pass the reader's search and filters. */
  items: HTMLElement[];
  /** How many there are without these. */
  of: number;
}

function groupsOf(context: Context, comparison: Comparison, shown: (row: Row) => boolean): Group[] {
  const left = new Set(comparison.changed);
  const group = <T>(title: string, about: string, all: readonly T[], row: (one: T) => Row, item: (one: T) => HTMLElement): Group => ({
    ...{ title, about, of: all.length },
    items: all.filter((one) => shown(row(one))).map(item),
  });
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
    group(
      'Regressions',
      'What was right before, or came without what it should have.',
      comparison.regressions,
      (one) => one.site,
      (one) => h('li', { class: 'bad' }, site(context, one.site), h('p', {}, one.why)),
    ),
    pairs('Converted', 'From get to pin, or from iov_iter_get to extract.', (one) => one.converted),
    pairs('Reverted', 'The other way.', (one) => one.reverted),
    pairs('Moved', 'In another file or function now.', (one) => one.moved),
    pairs('Changed', 'The same call, with other facts.', () => true),
    rows('New', 'Not in the older tree.', comparison.added),
    rows('Gone', 'Only in the older tree.', comparison.gone),
  ];
}

/** A site with what is another now. */
function pair(context: Context, { before, after, moved, changes }: Changed): HTMLElement {
  const title = (fact: string): string => context.index.columns.get(fact)?.title ?? fact;
  return h(
    'li',
    {},
    site(context, after),
    moved ? h('span', { class: 'quiet' }, ` was ${before.file}:${before.line} ${before.function}()`) : null,
    changes.length === 0
      ? null
      : h('dl', {}, ...changes.flatMap((change) => [h('dt', {}, title(change.fact)), h('dd', {}, shortened(changeOf(change)))])),
  );
}

/** A site that one of the trees does not have. */
function alone(context: Context, row: Row): HTMLElement {
  const facts = ` ${row.api}(), ${row.containers.join(' → ') || 'no container'}, released: ${row.releaseForm}`;
  return h('li', {}, site(context, row), h('span', { class: 'quiet' }, facts));
}
