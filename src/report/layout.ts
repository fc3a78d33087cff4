/** Text in columns: arithmetic on strings without colours. */
import { cells } from './visible.js';

/** After one of these characters a long word may be broken, so that paths and names stay readable. */
const BREAK = /[\s/→,;_.:-]/;

/**
 * How much of `text` goes on a line of `width`: up to the last blank if that is not too early, else up to the last such character, else
 * all.
 */
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

/** Breaks a text into lines of at most `width` characters; a newline in it ends a line as well. */
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

/** Pads a text to `width` cells; a longer one stays whole. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** The width that a column would like, and the least that it needs. */
export interface Wish {
  natural: number;
  least: number;
}

/** Widths that fit `total`, narrowing the widest column first; `null` if not even the least widths fit. */
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
