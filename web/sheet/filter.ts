/** The filters below the titles: a list for a column of few values, a text for any other. */
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { select, tally } from '../query.js';
import { withFilter } from '../state.js';

/** A column's filter, and how it shows the values that are filtered by. */
export interface Filter {
  field: HTMLElement;
  show: (values: readonly string[]) => void;
}

/** The value of a choice that stands for several. */
const SEVERAL = ' ';

const named = ({ title, key }: Column) => ({ 'aria-label': `Filter by ${title}`, 'data-filter': key });

/** The filter of a column. */
export function filterOf(context: Context, column: Column): Filter {
  const filter = (value: string, quiet = false): void =>
    context.go(withFilter(context.state(), column.key, value === '' ? [] : [value]), quiet);
  return column.kind === 'choice' ? choiceOf(context, column, filter) : textOf(column, filter);
}

function textOf(column: Column, filter: (value: string, quiet: boolean) => void): Filter {
  const field: HTMLInputElement = h('input', {
    type: 'search',
    ...named(column),
    placeholder: 'filter',
    input: () => filter(field.value, true),
  });
  const show = (values: readonly string[]): void => {
    if (document.activeElement !== field) field.value = values.join(' ');
  };
  return { field, show };
}

function choiceOf(context: Context, column: Column, filter: (value: string) => void): Filter {
  const several = h('option', { value: SEVERAL });
  const options = tally(context.index.sites, column).map(([value]) => h('option', { value, title: column.meaning(value) || null }));
  const change = (): void => {
    if (field.value !== SEVERAL) filter(field.value);
  };

  /** Each value with how many sites it has among those that all other filters leave. It takes a while: only who opens the list sees it. */
  function count(): void {
    const counts = new Map(tally(select(context.index, context.state(), column.key), column));
    for (const option of options) option.textContent = `${option.value} (${counts.get(option.value) ?? 0})`;
  }

  const field = h('select', { ...named(column), change, pointerdown: count, focus: count }, h('option', { value: '' }, 'any'), ...options);
  const show = (values: readonly string[]): void => {
    if (values.length > 1) {
      several.textContent = values.join(' or ');
      field.prepend(several);
    } else several.remove();
    field.value = values.length > 1 ? SEVERAL : (values[0] ?? '');
    // What is chosen is seen while the list is closed.
    if (values.length === 1) count();
  };
  count();
  return { field, show };
}
