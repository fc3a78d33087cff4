/** The model's matrix: what each misuse does under each design, and the shortest run that shows it. */
import type { Matrix, MatrixCell } from '../src/report/read/matrix.js';
import type { Context, Shown } from './context.js';
import { h, scrolling } from './dom.js';
import type { State } from './state.js';

const name = (cell: MatrixCell): string => `${cell.scenario} / ${cell.design}`;

export function modelView(context: Context): Shown {
  const node = h('div', { class: 'model' });
  const matrix = context.data.matrix;
  const update = (state: State): void => {
    if (!matrix) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['cell'] : undefined;
    const chosen = matrix.cells.find((cell) => name(cell) === state.run);
    node.replaceChildren(
      h('h1', {}, 'What each misuse does'),
      h(
        'p',
        { class: 'quiet' },
        'Every interleaving of each scenario was tried under each design. A cell says what can happen, and whether the design says something; choose one for the shortest run.',
      ),
      scrolling('The matrix', table(state, matrix)),
      chosen ? run(chosen) : '',
    );
    if (focused !== undefined)
      [...node.querySelectorAll<HTMLElement>('[data-cell]')].find((cell) => cell.dataset['cell'] === focused)?.focus();
  };

  function table(state: State, { cells }: Matrix): HTMLElement {
    const designs = [...new Set(cells.map((cell) => cell.design))];
    const scenarios = [...new Set(cells.map((cell) => cell.scenario))];
    const found = new Map(cells.map((cell) => [name(cell), cell]));
    return h(
      'table',
      { class: 'lines matrix' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Scenario'), ...designs.map((design) => h('th', { scope: 'col' }, design)))),
      h(
        'tbody',
        {},
        ...scenarios.map((scenario) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, scenario),
            ...designs.map((design) => {
              const cell = found.get(`${scenario} / ${design}`);
              return h('td', {}, cell ? result(state, cell) : '–');
            }),
          ),
        ),
      ),
    );
  }

  function result(state: State, cell: MatrixCell): HTMLElement {
    const kind = cell.outcomes.length === 0 ? 'right' : cell.noticed ? 'open' : 'wrong';
    const text = cell.outcomes.join(', ') || 'ends well';
    return h(
      'button',
      {
        type: 'button',
        class: `cell ${kind}`,
        'data-cell': name(cell),
        'aria-pressed': state.run === name(cell) ? 'true' : 'false',
        click: () => context.go({ ...context.state(), run: state.run === name(cell) ? '' : name(cell) }),
      },
      text,
      h('small', {}, cell.outcomes.length === 0 ? '' : cell.noticed ? 'noticed' : 'not noticed'),
    );
  }
  update(context.state());
  return { node, update };
}

/** A run as a chart: a column for each actor, time downwards. */
function run(cell: MatrixCell): HTMLElement {
  const actors = [...new Set(cell.run.map((step) => step.actor))];
  return h(
    'section',
    { class: 'run', 'aria-label': 'The shortest run' },
    h('h2', {}, `${cell.scenario}, ${cell.design}: ${cell.outcomes.join(', ') || 'ends well'}`),
    cell.states > 0 ? h('p', { class: 'quiet' }, `${cell.states} states searched.`) : null,
    cell.run.length === 0
      ? h('p', { class: 'quiet' }, 'No run was given.')
      : scrolling(
          'The run',
          h(
            'table',
            { class: 'lines steps' },
            h(
              'thead',
              {},
              h('tr', {}, h('th', { scope: 'col' }, '#'), ...actors.map((actor) => h('th', { scope: 'col' }, actor || 'step'))),
            ),
            h(
              'tbody',
              {},
              ...cell.run.map((step, n) =>
                h(
                  'tr',
                  {},
                  h('td', { class: 'number' }, String(n + 1)),
                  ...actors.map((actor) => h('td', { class: actor === step.actor ? 'acts' : '' }, actor === step.actor ? step.text : '')),
                ),
              ),
            ),
          ),
        ),
  );
}
