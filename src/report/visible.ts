/** Makes text safe to show. Text from a tree may come from anybody: it must not steer a terminal, nor hide something from the reader. */

/**
 * Characters that a terminal obeys or that cannot be seen: C0 and C1 controls, invisible and bidirectional formatting (which can make a
 * line of C read as another, CVE-2021-42574), line separators, and halves of surrogate pairs, which no encoding has.
 */
export const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{61c}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return NAMED[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`);
}

/** The text on one line, with each such character written as an escape. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The value with every text in it made {@link visible}. */
export function visibleAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (typeof inner === 'string' ? visible(inner) : inner)) as T;
}

/** How many cells of a terminal a text takes. A wide character counts as one, as kernel trees have hardly any. */
export function cells(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
