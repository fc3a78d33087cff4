/** The order that a click on a column's title asks for. Pure: no browser needed. */
import type { State } from '../state.js';

/** The order after a click on this column's title: up, down, and back to the order of the tree. */
export function nextSort(sort: State['sort'], column: string): State['sort'] {
  if (sort?.column !== column) return { column, down: false };
  return sort.down ? null : { column, down: true };
}

/** How the sheet is sorted by this column, in the words of `aria-sort`. */
export function directionOf(sort: State['sort'], column: string): 'none' | 'ascending' | 'descending' {
  if (sort?.column !== column) return 'none';
  return sort.down ? 'descending' : 'ascending';
}
