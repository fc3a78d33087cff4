/** How far the conversion is along a row of trees. */
import type { Side } from '../../src/compare/compare.js';
import { drawing, h, s, scrolling, tableHead } from '../dom.js';
import { nameOf } from '../words.js';

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);
const LINES: readonly { kind: string; label: string; value: (side: Side) => number }[] = [
  { kind: 'pin', label: 'get_user_pages*() that pin', value: (side) => share(side.pin, side.pin + side.get) },
  { kind: 'extract', label: 'iov_iter calls that extract', value: (side) => share(side.extract, side.extract + side.iteratorGet) },
];

/** The curve of these trees, the oldest first, and the same as a table; what else is to be said of it stands below. */
export function curveOf(curve: readonly Side[], ...notes: readonly (HTMLElement | null)[]): HTMLElement {
  return h(
    'section',
    { class: 'curve', 'aria-label': 'How far the conversion is' },
    h('h2', {}, 'How far the conversion is'),
    scrolling('Curve', chart(curve)),
    scrolling('Figures', table(curve)),
    ...notes,
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
