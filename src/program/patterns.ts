/** Texts of patterns for what C names. */

/** Returns the text of a pattern that matches just this text. */
export function escaped(text: string): string {
  return text.replace(/\W/g, '\\$&');
}

/** The text of a pattern that matches a store to a member, or to an element of one, up to the `=`. */
export const memberStoreText = String.raw`(?:->|\.)\s*\w+(?:\[[^\]]*\])?\s*=`;

/** Returns the text of a pattern that matches where an object's member of one of these names is used: `->name` or `.name`. */
export function memberText(...names: readonly string[]): string {
  return `(?:->|\\.)\\s*(?:${names.map(escaped).join('|')})\\b`;
}
