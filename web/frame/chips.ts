/** What the sites are filtered by now. */
import type { Context } from '../context.js';
import { button, h } from '../dom.js';
import { select } from '../query.js';
import { type State, toggled } from '../state.js';

/** A chip for the search and for each value of a filter, which removes it, with how many sites are left; nothing without any. */
export function chipsOf(context: Context, state: State, clear: () => void): (Node | string)[] {
  const { index, data } = context;
  const chip = (what: string, text: string, without: State): HTMLElement =>
    button({ class: 'chip', 'aria-label': `Remove the ${what}`, click: () => context.go(without) }, `${text} ✕`);
  const search = state.q === '' ? [] : [chip(`search ${state.q}`, `“${state.q}”`, { ...state, q: '' })];
  const filters = Object.entries(state.filters).flatMap(([column, values]) =>
    values.map((value) => {
      const text = `${index.columns.get(column)?.title ?? column}: ${value}`;
      return chip(`filter ${text}`, text, toggled(state, column, value));
    }),
  );
  const all = [...search, ...filters];
  if (all.length === 0) return [];
  return [
    // The sheet has its own count beside its buttons.
    state.view === 'sheet' ? '' : h('span', { class: 'quiet' }, `${select(index, state).length} of ${data.sites.length} sites`),
    ...all,
    button({ class: 'link', click: clear }, 'Clear all'),
  ];
}
