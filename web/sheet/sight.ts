/** Which rows of the sheet are in sight. Pure: no browser needed. */

/** Height of a row in pixels; the style sheet has the same. */
export const ROW = 46;
/** Rows made beyond the edges of what is in sight. */
const SPARE = 4;

/** What scrolls the rows, in pixels: how far it is scrolled, its height, and how much of that its head takes. */
export interface Scroller {
  top: number;
  height: number;
  head: number;
}

/** A stretch of rows; the last is the first that is no more in it. */
export interface Stretch {
  first: number;
  last: number;
}

/** The rows in sight of so many, with some to spare. */
export function inSight({ top, height, head }: Scroller, rows: number): Stretch {
  return {
    first: Math.max(0, Math.floor((top - head) / ROW) - SPARE),
    last: Math.min(rows, Math.ceil((top + height) / ROW) + SPARE),
  };
}

/** How far it has to be scrolled for a row to be seen whole; as far as it is, if the row is. */
export function scrolledTo({ top, height, head }: Scroller, row: number): number {
  const begin = row * ROW;
  const lowest = begin + ROW - (height - head);
  return begin < top ? begin : Math.max(top, lowest);
}
