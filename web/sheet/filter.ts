/** The filters below the titles: a list for a column of few values, a text for any other. */
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { tally } from '../query.js';
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
  return column.kind === 'choice' ? choiceOf(column, tally(context.index.sites, column), filter) : textOf(column, filter);
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

function choiceOf(column: Column, counts: readonly (readonly [value: string, count: number])[], filter: (value: string) => void): Filter {
  const several = h('option', { value: SEVERAL });
  const change = (): void => {
    if (field.value !== SEVERAL) filter(field.value);
  };
  const field = h(
    'select',
    { ...named(column), change },
    h('option', { value: '' }, 'any'),
    ...counts.map(([value, count]) => h('option', { value }, `${value} (${count})`)),
  );
  const show = (values: readonly string[]): void => {
    if (values.length > 1) {
      several.textContent = values.join(' or ');
      field.prepend(several);
    } else several.remove();
    field.value = values.length > 1 ? SEVERAL : (values[0] ?? '');
  };
  return { field, show };
}
