/** The matrix: a row for each misuse, a column for each design. */
import type { Matrix, MatrixCell, Meanings } from '../../src/report/read/matrix.js';
import { button, h } from '../dom.js';
import { kindOf, meaningOf, nameOf, noticeOf, ownOutcomes } from './cell.js';

/** The matrix as a table; `chosen` is the name of the cell whose runs are shown, `choose` is told another. */
export function matrixTable({ designs, misuses, cells, about }: Matrix, chosen: string, choose: (name: string) => void): HTMLElement {
  const found = new Map(cells.map((cell) => [nameOf(cell), cell]));
  const cellOf = (misuse: string, design: string): HTMLElement => {
    const cell = found.get(nameOf({ misuse, design }));
    return h('td', {}, cell ? resultOf(cell, chosen === nameOf(cell), choose) : '–');
  };
  const titles = [h('th', { scope: 'col' }, 'Misuse'), ...designs.map((design) => explained(design, about.designs, 'col'))];
  const rows = misuses.map((misuse) =>
    h('tr', {}, explained(misuse, about.misuses, 'row'), ...designs.map((design) => cellOf(misuse, design))),
  );
  return h('table', { class: 'lines matrix' }, h('thead', {}, h('tr', {}, ...titles)), h('tbody', {}, ...rows));
}

/** The head of a row or of a column, with what its name means. */
function explained(name: string, meanings: Meanings, scope: 'row' | 'col'): HTMLElement {
  const meaning = meaningOf(meanings, name);
  return h('th', { scope }, name, meaning === '' ? null : h('small', { class: 'quiet' }, meaning));
}

/** A cell, which is chosen by a click, and let go by another. */
function resultOf(cell: MatrixCell, chosen: boolean, choose: (name: string) => void): HTMLElement {
  const name = nameOf(cell);
  const harm = ownOutcomes(cell);
  // What a correct program of the design comes to is said where there is no misuse, and not again in each row below.
  const others = cell.misuse === 'none' ? cell.outcomes.filter((outcome) => !harm.includes(outcome)) : [];
  const harmless = harm.length === 0 && others.length === 0 && cell.typeFaults.length === 0 && cell.finished;
  return button(
    { class: `cell ${kindOf(cell)}`, 'data-cell': name, 'aria-pressed': String(chosen), click: () => choose(chosen ? '' : name) },
    ...harm.map((outcome) => h('b', {}, outcome)),
    ...others.map((outcome) => h('span', { class: 'quiet' }, `(${outcome})`)),
    harmless ? h('span', { class: 'quiet' }, cell.misuse === 'none' ? 'nothing can happen' : 'adds no harm') : null,
    h('small', {}, noticeOf(cell)),
  );
}
