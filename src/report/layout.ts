/** Text in columns: pure arithmetic on strings, without colours. */
import { cells } from './visible.js';

/** After one of these a long word may be broken, so that paths and names stay readable. */
const BREAK = /[\s/→,;_.:-]/;

/** Length of the part of `text` that goes on a line of `width`: to the last blank if it is not too early, else to the last mark, else all. */
function breakAt(text: readonly string[], width: number): number {
  let mark = 0;
  let blank = 0;
  for (let at = 0; at < width; at++) {
    if (text[at] === ' ') blank = at + 1;
    if (BREAK.test(text[at] ?? '')) mark = at + 1;
  }
  if (text[width] === ' ') return width;
  if (blank > width / 2) return blank;
  return mark > width / 3 ? mark : blank || width;
}

/** The text in lines of at most `width`; a newline in it is a line's end. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let rest = [...paragraph];
    while (rest.length > width) {
      const length = Math.max(1, breakAt(rest, width));
      lines.push(rest.slice(0, length).join('').trimEnd());
      rest = [...rest.slice(length).join('').trimStart()];
    }
    lines.push(rest.join(''));
  }
  return lines;
}

/** Pads to `width` cells; a text that is longer stays whole. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** What a column would like and what it must have. */
export interface Wish {
  natural: number;
  least: number;
}

/** Widths that fit `total`, taken from the widest column first; null if not even the least fits. */
export function squeeze(wishes: readonly Wish[], total: number): number[] | null {
  const widths = wishes.map((wish) => wish.natural);
  let excess = widths.reduce((sum, width) => sum + width, 0) - total;
  for (; excess > 0; excess--) {
    let widest = -1;
    widths.forEach((width, at) => {
      const spare = width > (wishes[at]?.least ?? 0);
      if (spare && (widest < 0 || width > (widths[widest] ?? 0))) widest = at;
    });
    if (widest < 0) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
