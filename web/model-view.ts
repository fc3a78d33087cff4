/** The model's matrix: what each misuse does under each design, and the shortest runs that show it. */
import type { Matrix, MatrixCell, Meanings } from '../src/report/read/matrix.js';
import type { Context, Shown } from './context.js';
import { button, h, opening, scrolling } from './dom.js';
import { runView } from './model-run.js';
import type { State } from './state.js';
import { sentence } from './words.js';

const name = (cell: MatrixCell): string => `${cell.misuse} / ${cell.design}`;

/** What a name means, if the model says so. */
const meaningOf = (meanings: Meanings, of: string): string => (Object.hasOwn(meanings, of) ? (meanings[of] ?? '') : '');

/** The outcomes that are the misuse's own: a correct program of the design has the others too. */
const own = (cell: MatrixCell): string[] => cell.outcomes.filter((outcome) => !cell.alsoCorrect.includes(outcome));

/** How a cell is coloured: harm that nobody is told of, harm that is told of, or none. */
function kindOf(cell: MatrixCell): 'right' | 'open' | 'wrong' {
  if (cell.criesWolf) return 'open';
  if (own(cell).length === 0) return cell.finished ? 'right' : 'open';
  return cell.notices === 'never' && cell.misuse !== 'none' ? 'wrong' : 'open';
}

/** Whether somebody is told, in a phrase. */
function noticeOf(cell: MatrixCell): string {
  if (cell.typeFaults.length > 0) return 'does not compile';
  const parts = [
    cell.criesWolf ? 'complains though all is right' : '',
    cell.notices === null ? '' : cell.notices === 'never' ? 'never noticed' : `${cell.notices} noticed`,
    cell.noticesDebug !== null && cell.noticesDebug !== cell.notices ? `${cell.noticesDebug} in a debugging kernel` : '',
    cell.finished ? '' : 'not all was searched',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

export function modelView(context: Context): Shown {
  const node = h('div', { class: 'model' });
  const matrix = context.data.matrix;
  const update = (state: State): void => {
    if (!matrix) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['cell'] : undefined;
    const chosen = matrix.cells.find((cell) => name(cell) === state.run);
    node.replaceChildren(
      h('h1', {}, 'What each misuse does under each design'),
      h(
        'p',
        { class: 'quiet' },
        'Every interleaving of small programs was tried on a model of page references. A row is a mistake, a column a way to count references. A cell says what can then happen and whether the kernel says something. Choose a cell for its shortest runs.',
      ),
      h(
        'p',
        { class: 'legend' },
        h('span', {}, h('i', { class: 'wrong' }), ' harm, and nobody is told'),
        h('span', {}, h('i', { class: 'suspect' }), ' harm that is noticed in some runs or in all, or a false alarm'),
        h('span', {}, h('i', { class: 'right' }), ' the mistake adds no harm'),
        h('span', { class: 'quiet' }, '(in brackets: the design itself, with a correct program)'),
      ),
      scrolling('The matrix', table(state, matrix)),
      legend(matrix),
      chosen ? details(matrix, chosen) : h('p', { class: 'quiet run' }, 'No cell is chosen.'),
    );
    if (focused === undefined) return;
    [...node.querySelectorAll<HTMLElement>('[data-cell]')].find((cell) => cell.dataset['cell'] === focused)?.focus({ preventScroll: true });
  };

  function table(state: State, { designs, misuses, cells, about }: Matrix): HTMLElement {
    const found = new Map(cells.map((cell) => [name(cell), cell]));
    const head = (text: string, meanings: Meanings, scope: 'row' | 'col'): HTMLElement =>
      h('th', { scope }, text, meaningOf(meanings, text) === '' ? null : h('small', { class: 'quiet' }, meaningOf(meanings, text)));
    return h(
      'table',
      { class: 'lines matrix' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Misuse'), ...designs.map((design) => head(design, about.designs, 'col')))),
      h(
        'tbody',
        {},
        ...misuses.map((misuse) =>
          h(
            'tr',
            {},
            head(misuse, about.misuses, 'row'),
            ...designs.map((design) => {
              const cell = found.get(`${misuse} / ${design}`);
              return h('td', {}, cell ? result(state, cell) : '–');
            }),
          ),
        ),
      ),
    );
  }

  function result(state: State, cell: MatrixCell): HTMLElement {
    const harm = own(cell);
    // What a correct program of the design comes to is said where there is no misuse, and not again in each row below.
    const others = cell.misuse === 'none' ? cell.outcomes.filter((outcome) => !harm.includes(outcome)) : [];
    const harmless = harm.length === 0 && others.length === 0 && cell.typeFaults.length === 0 && cell.finished;
    return button(
      {
        class: `cell ${kindOf(cell)}`,
        'data-cell': name(cell),
        'aria-pressed': state.run === name(cell) ? 'true' : 'false',
        click: () => {
          const run = state.run === name(cell) ? '' : name(cell);
          context.go({ ...context.state(), run });
          // The runs stand below the matrix, out of sight.
          if (run !== '') node.querySelector('.run')?.scrollIntoView({ block: 'start' });
        },
      },
      ...harm.map((outcome) => h('b', {}, outcome)),
      ...others.map((outcome) => h('span', { class: 'quiet' }, `(${outcome})`)),
      harmless ? h('span', { class: 'quiet' }, cell.misuse === 'none' ? 'nothing can happen' : 'adds no harm') : null,
      h('small', {}, noticeOf(cell)),
    );
  }
  update(context.state());
  // A link to a run means the run, which stands below the matrix.
  if (context.state().run !== '') requestAnimationFrame(() => node.querySelector('.run')?.scrollIntoView({ block: 'start' }));
  return { node, update };
}

/** What the words in the matrix mean. */
function legend({ about, designs, misuses, cells }: Matrix): HTMLElement {
  const outcomes = [...new Set(cells.flatMap((cell) => cell.outcomes))];
  const list = (title: string, names: readonly string[], meanings: Meanings): Node[] => {
    const lines = names.flatMap((one) =>
      meaningOf(meanings, one) === '' ? [] : [h('dt', {}, one), h('dd', {}, meaningOf(meanings, one))],
    );
    return lines.length === 0 ? [] : [h('h3', {}, title), h('dl', {}, ...lines)];
  };
  const all = [
    ...list('What can happen', outcomes, about.outcomes),
    ...list('Designs', designs, about.designs),
    ...list('Misuses', misuses, about.misuses),
    ...list('Settings', Object.keys(about.settings), about.settings),
  ];
  return all.length === 0 ? h('p') : opening('What the words mean', () => h('div', { class: 'meanings' }, ...all));
}

function details({ about }: Matrix, cell: MatrixCell): HTMLElement {
  const harm = own(cell);
  // The misuse's own first.
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
