/** What happened between the trees, and the progress curve. */
import type { Changed, Comparison, Side } from '../src/compare/compare.js';
import { changeOf } from '../src/report/comparison/change.js';
import type { Row } from '../src/survey/row.js';
import type { Context, Shown } from './context.js';
import { h, opening, s, scrolling } from './dom.js';
import { select } from './query.js';
import { START, type State } from './state.js';

export function compareView(context: Context): Shown {
  const node = h('div', { class: 'compare' });
  const progress = context.data.progress;
  const update = (state: State): void => {
    if (!progress) return;
    const { whole, curve, steps } = progress;
    const shown = shownBy(context, state);
    node.replaceChildren(
      h('h1', {}, 'From ', h('code', {}, whole.before.tree), ' to ', h('code', {}, whole.after.tree)),
      summary(whole),
      h(
        'section',
        { class: 'curve' },
        h('h2', {}, 'How far the conversion is'),
        scrolling('Curve', chart(curve)),
        scrolling('Figures', table(curve)),
      ),
      ...lists(context, whole, shown),
      ...steps.map((step) =>
        opening(`Only from ${step.before.tree} to ${step.after.tree}`, () => h('div', {}, summary(step), ...lists(context, step, shown))),
      ),
    );
  };
  update(context.state());
  return { node, update };
}

function summary(comparison: Comparison): HTMLElement {
  const count = (test: (pair: Changed) => boolean): number => comparison.changed.filter(test).length;
  const parts: [number, string][] = [
    [count((pair) => pair.converted), 'converted'],
    [count((pair) => pair.reverted), 'reverted'],
    [count((pair) => pair.moved), 'moved'],
    [count((pair) => !pair.converted && !pair.reverted && !pair.moved), 'otherwise changed'],
    [comparison.added.length, 'new'],
    [comparison.gone.length, 'gone'],
    [comparison.same, 'the same'],
    [comparison.regressions.length, 'regressions'],
  ];
  return h(
    'ul',
    { class: 'figures' },
    ...parts.map(([n, label]) =>
      h('li', { class: `figure${label === 'regressions' && n > 0 ? ' bad' : ''}` }, h('b', {}, String(n)), h('span', {}, label)),
    ),
  );
}

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);
const LINES: readonly { kind: string; label: string; value: (side: Side) => number }[] = [
  { kind: 'pin', label: 'get_user_pages*() that pin', value: (side) => share(side.pin, side.pin + side.get) },
  { kind: 'extract', label: 'iov_iter calls that extract', value: (side) => share(side.extract, side.extract + side.iteratorGet) },
];

function chart(curve: readonly Side[]): SVGElement {
  const [width, height, left, top] = [620, 220, 44, 16];
  const x = (n: number): number => left + 20 + (n * (width - left - 220)) / Math.max(1, curve.length - 1);
  const y = (value: number): number => top + (1 - value) * (height - top - 36);
  const name = (tree: string): string => tree.replace(/\/+$/, '').split('/').pop() ?? tree;
  return s(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': 'Share of converted calls by tree; the table below says the same',
    },
    ...[0, 0.5, 1].flatMap((value) => [
      s('line', { x1: left, x2: width - 190, y1: y(value), y2: y(value), class: 'grid' }),
      s('text', { x: left - 6, y: y(value), dy: '0.35em', 'text-anchor': 'end' }, `${100 * value} %`),
    ]),
    ...curve.map((side, n) => s('text', { x: x(n), y: height - 10, 'text-anchor': n === 0 ? 'start' : 'middle' }, name(side.tree))),
    ...LINES.flatMap(({ kind, label, value }) => [
      s('polyline', { points: curve.map((side, n) => `${x(n)},${y(value(side))}`).join(' '), class: `curve-${kind}` }),
      ...curve.map((side, n) =>
        s(
          'circle',
          { cx: x(n), cy: y(value(side)), r: 4, class: `curve-${kind}` },
          s('title', {}, `${label}: ${Math.round(100 * value(side))} %`),
        ),
      ),
      s(
        'text',
        { x: x(curve.length - 1) + 12, y: y(value(curve[curve.length - 1] as Side)), dy: kind === 'pin' ? '-0.2em' : '0.9em' },
        label,
      ),
    ]),
  );
}

function table(curve: readonly Side[]): HTMLElement {
  const of = (part: number, whole: number): string => `${part} of ${whole} (${Math.round(100 * share(part, whole))} %)`;
  return h(
    'table',
    { class: 'lines' },
    h('thead', {}, h('tr', {}, ...['Tree', 'Sites', 'Pin', 'Extract'].map((title) => h('th', { scope: 'col' }, title)))),
    h(
      'tbody',
      {},
      ...curve.map((side) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, side.tree),
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
  return here && here.line === row.line
    ? h('a', { href: context.link({ ...START, view: 'site', site: row.id }) }, text)
    : h('span', {}, text);
}

function lists(context: Context, comparison: Comparison, shown: (row: Row) => boolean): Node[] {
  const left = new Set(comparison.changed.filter((pair) => shown(pair.after)));
  const take = (test: (pair: Changed) => boolean): Changed[] => {
    const pairs = [...left].filter(test);
    for (const pair of pairs) left.delete(pair);
    return pairs;
  };
  const section = (title: string, about: string, items: readonly HTMLElement[]): Node[] =>
    items.length === 0
      ? []
      : [
          h(
            'section',
            { 'aria-label': title },
            h('h2', {}, `${title} (${items.length})`),
            h('p', { class: 'quiet' }, about),
            h('ul', { class: 'changes' }, ...items),
          ),
        ];
  const pair = ({ before, after, moved, changes }: Changed): HTMLElement =>
    h(
      'li',
      {},
      site(context, after),
      moved ? h('span', { class: 'quiet' }, ` was ${before.file}:${before.line} ${before.function}()`) : null,
      changes.length === 0
        ? null
        : h('dl', {}, ...changes.flatMap((change) => [h('dt', {}, change.fact), h('dd', {}, shortened(changeOf(change)))])),
    );
  const alone = (row: Row): HTMLElement =>
    h(
      'li',
      {},
      site(context, row),
      h('span', { class: 'quiet' }, ` ${row.api}(), ${row.containers.join(' → ') || 'no container'}, ${row.releaseForm}`),
    );
  return [
    ...section(
      'Regressions',
      'What was right before, or came without what it should have.',
      comparison.regressions
        .filter(({ site }) => shown(site))
        .map((regression) => h('li', { class: 'bad' }, site(context, regression.site), h('p', {}, regression.why))),
    ),
    ...section('Converted', 'From get to pin, or from iov_iter_get to extract.', take((one) => one.converted).map(pair)),
    ...section('Reverted', 'The other way.', take((one) => one.reverted).map(pair)),
    ...section('Moved', 'In another file or function now.', take((one) => one.moved).map(pair)),
    ...section('Changed', 'The same call, with other facts.', take(() => true).map(pair)),
    ...section('New', 'Not in the older tree.', comparison.added.filter(shown).map(alone)),
    ...section('Gone', 'Only in the older tree.', comparison.gone.filter(shown).map(alone)),
  ];
}
