/** What stands above the sheet's rows: the titles, which sort, and the filters. */
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { button, h } from '../dom.js';
import type { State } from '../state.js';
import { filterOf } from './filter.js';
import { directionOf, nextSort, secondOf } from './sort.js';

/** How many rows the head has. */
export const HEAD_ROWS = 2;

/** The head's rows for some columns, and how they show a state. */
export interface Head {
  rows: readonly HTMLTableRowElement[];
  show: (state: State) => void;
}

/** The head for these columns. It is made once for them: a filter that is being typed into must stay the same node. */
export function headOf(context: Context, columns: readonly Column[]): Head {
  const heads = columns.map((column) => ({ key: column.key, title: titleOf(context, column), filter: filterOf(context, column) }));
  return {
    rows: [
      h('tr', {}, ...heads.map(({ title }) => title)),
      h('tr', { class: 'filters' }, ...heads.map(({ filter }) => h('td', {}, filter.field))),
    ],
    show: ({ sort, filters }) => {
      for (const { key, title, filter } of heads) {
        title.setAttribute('aria-sort', directionOf(sort, key));
        title.dataset['then'] = secondOf(sort, key) ?? '';
        filter.show(filters[key] ?? []);
      }
    },
  };
}

function titleOf(context: Context, column: Column): HTMLElement {
  const click = (event: Event): void => {
    const state = context.state();
    context.go({ ...state, sort: nextSort(state.sort, column, event instanceof MouseEvent && event.shiftKey) });
  };
  return h('th', { scope: 'col', title: column.about }, button({ click }, h('span', {}, column.title)));
}
