/** Text that comes from a tree is not ours: nothing in it may steer a terminal, or hide from the reader. */

/**
 * What a terminal obeys or an eye misses: C0 and C1 controls, invisible and bidirectional formatting (which can make a
 * line of C read as another, CVE-2021-42574), line separators, and halves of surrogate pairs, which no encoder takes.
 */
export const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{61c}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return NAMED[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`);
}

/** The text on one line, with every character that a terminal could obey written as an escape. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The value with every text in it {@link visible}. */
export function visibleAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (typeof inner === 'string' ? visible(inner) : inner)) as T;
}

/** How many cells of a terminal the text takes; wide characters count as one, which kernel trees hardly hold. */
export function cells(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
