/** What the chosen cell rests on. */
import type { Matrix, MatrixCell } from '../../src/report/read/matrix.js';
import { h } from '../dom.js';
import { sentence } from '../words.js';
import { meaningOf, ownOutcomes } from './cell.js';
import { runView } from './run.js';

/** A cell's misuse and design, explained, and its shortest runs: the misuse's own first. */
export function details({ about }: Matrix, cell: MatrixCell): HTMLElement {
  const harm = ownOutcomes(cell);
  const runs = [...cell.runs].sort((a, b) => Number(harm.includes(b.outcome)) - Number(harm.includes(a.outcome)));
  return h(
    'section',
    { class: 'run', 'aria-label': 'The shortest runs' },
    h('h2', {}, `${cell.misuse}, ${cell.design}`),
    ...[
      ['Misuse', meaningOf(about.misuses, cell.misuse)],
      ['Design', meaningOf(about.designs, cell.design)],
    ].map(([what, meaning]) => (meaning ? h('p', {}, h('span', { class: 'quiet' }, `${what}: `), sentence(meaning)) : null)),
    cell.states > 0
      ? h('p', { class: 'quiet' }, `${cell.states} states searched${cell.finished ? ', all there are' : ', not all there are'}.`)
      : null,
    ...cell.typeFaults.map((fault) => h('p', {}, `It does not compile: ${fault.why} (${fault.actor}).`)),
    ...runs.map((run) => runView(run, meaningOf(about.outcomes, run.outcome), harm.includes(run.outcome))),
    runs.length === 0 && cell.outcomes.length > 0 ? h('p', { class: 'quiet' }, 'The file holds no run for this cell.') : null,
  );
}
