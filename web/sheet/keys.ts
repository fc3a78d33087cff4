/** The keys of the sheet. */

/** Where the reader is among the rows. */
export interface Place {
  row: number;
  last: number;
  /** Whether the focus is in the rows: the first step down leads into them. */
  inside: boolean;
}

/** Rows that a page has. */
const PAGE = 15;

const down = ({ row, inside }: Place): number => row + (inside ? 1 : 0);
const up = ({ row }: Place): number => row - 1;

/** The row that a key leads to; beyond the ends, it means the row at the end. */
const ROWS: Readonly<Record<string, (place: Place) => number>> = {
  ArrowDown: down,
  j: down,
  ArrowUp: up,
  k: up,
  PageDown: ({ row }) => row + PAGE,
  PageUp: ({ row }) => row - PAGE,
  Home: () => 0,
  End: ({ last }) => last,
};

/** What a key asks of the sheet: the row that it leads to, to open the reader's row, or nothing. */
export function asked({ key, target }: KeyboardEvent, place: Place): number | 'open' | null {
  // A focused link or button takes Enter itself.
  if (key === 'Enter') return target instanceof Element && target.closest('a, button, summary') ? null : 'open';
  return ROWS[key]?.(place) ?? null;
}
