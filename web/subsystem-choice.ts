/** The subsystem that a view is about: a list to choose one from. */
import type { Context } from './context.js';
import { h } from './dom.js';
import { type State, withFilter } from './state.js';

/** The list, and how it shows a state. */
export interface SubsystemChoice {
  node: HTMLElement;
  show: (state: State) => void;
}

/** What has been chosen where it is several subsystems, which only other views can do. */
const SEVERAL = ' ';

/** The list of the subsystems which `count` tells of, each with its number. */
export function subsystemChoice(context: Context, count: (state: State) => readonly [name: string, count: number][]): SubsystemChoice {
  const choose = (): void => {
    if (select.value !== SEVERAL) context.go(withFilter(context.state(), 'subsystem', select.value === '' ? [] : [select.value]));
  };
  const select: HTMLSelectElement = h('select', { 'aria-label': 'Subsystem', change: choose });

  function show(state: State): void {
    const chosen = state.filters['subsystem'] ?? [];
    const [only] = chosen.length === 1 ? chosen : [];
    const counts = new Map(count(state));
    // A link may ask for one that has nothing here.
    if (only !== undefined && !counts.has(only)) counts.set(only, 0);
    select.replaceChildren(
      h('option', { value: '' }, 'all of the tree'),
      ...(chosen.length > 1 ? [h('option', { value: SEVERAL }, chosen.join(' or '))] : []),
      ...[...counts].map(([value, number]) => h('option', { value }, `${value} (${number})`)),
    );
    select.value = chosen.length > 1 ? SEVERAL : (only ?? '');
  }
  return { node: h('p', { class: 'choose' }, h('label', {}, 'Subsystem ', select)), show };
}
