/** The model's matrix: what each misuse does under each design, and the shortest runs that show it. */
import type { Matrix } from '../../src/report/read/matrix.js';
import type { Context, Shown } from '../context.js';
import { h, scrolling } from '../dom.js';
import type { State } from '../state.js';
import { nameOf } from './cell.js';
import { details } from './details.js';
import { matrixTable } from './matrix.js';
import { colours, words } from './meanings.js';

/** The view of the model. */
export function modelView(context: Context): Shown {
  const node = h('div', { class: 'model' });
  const { matrix } = context.data;

  /** The runs stand below the matrix, out of sight. */
  const showRun = (): void => node.querySelector('.run')?.scrollIntoView({ block: 'start' });

  function choose(run: string): void {
    context.go({ ...context.state(), run });
    if (run !== '') showRun();
  }

  function update({ run }: State): void {
    if (matrix) keepFocus(node, () => node.replaceChildren(...contentOf(matrix, run, choose)));
  }

  update(context.state());
  // A link to a run means the run.
  if (context.state().run !== '') requestAnimationFrame(showRun);
  return { node, update };
}

function contentOf(matrix: Matrix, run: string, choose: (run: string) => void): HTMLElement[] {
  const chosen = matrix.cells.find((cell) => nameOf(cell) === run);
  return [
    h('h1', {}, 'What each misuse does under each design'),
    h(
      'p',
      { class: 'quiet' },
      'Every interleaving of small programs was tried on a model of page references. A row is a mistake, a column a way to count references. A cell says what can then happen and whether the kernel says something. Choose a cell for its shortest runs.',
    ),
    colours(),
    scrolling('The matrix', matrixTable(matrix, run, choose)),
    words(matrix),
    chosen ? details(matrix, chosen) : h('p', { class: 'quiet run' }, 'No cell is chosen.'),
  ];
}

/** Gives the focus back to the cell that had it, though it is another node now. */
function keepFocus(node: HTMLElement, draw: () => void): void {
  const name = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['cell'] : undefined;
  draw();
  if (name === undefined) return;
  [...node.querySelectorAll<HTMLElement>('[data-cell]')].find((cell) => cell.dataset['cell'] === name)?.focus({ preventScroll: true });
}
