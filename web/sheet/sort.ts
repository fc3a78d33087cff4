/** The order that a click on a column's title asks for. Pure: no browser needed. */
import type { Column } from '../columns.js';
import type { Sort, State } from '../state.js';

/**
 * The order after a click on a column's title: up, down, and back to the order of the tree; down first where the largest is what a
 * reader looks for. `also`: what it is sorted by already comes first.
 */
export function nextSort(sort: State['sort'], { key, order }: Pick<Column, 'key' | 'order'>, also = false): State['sort'] {
  const first: Sort = { column: key, down: order !== undefined };
  const before = sort.find(({ column }) => column === key);
  const next = before === undefined ? first : before.down === first.down ? { ...before, down: !before.down } : null;
  if (!also) {
    const alone = sort.length === 1 && before !== undefined;
    return alone ? [next].filter((one) => one !== null) : [first];
  }
  if (before === undefined) return [...sort, first];
  return sort.flatMap((one) => (one !== before ? [one] : next ? [next] : []));
}

/** How the sheet is sorted by this column before all others, in the words of `aria-sort`. */
export function directionOf([first]: State['sort'], column: string): 'none' | 'ascending' | 'descending' {
  return first?.column === column ? wayOf(first) : 'none';
}

/** How the sheet is sorted by this column where others are equal; null if it is not. */
export function secondOf(sort: State['sort'], column: string): 'ascending' | 'descending' | null {
  const found = sort.slice(1).find((one) => one.column === column);
  return found ? wayOf(found) : null;
}

const wayOf = ({ down }: Sort): 'ascending' | 'descending' => (down ? 'descending' : 'ascending');
