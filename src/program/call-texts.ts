/** Calls as a text has them, before anything is parsed. */

/** Longer arguments than all this are not looked through. */
const maxLength = 4096;

/**
 * The arguments of each call of a name in a text, as they are written; `null` for those of a call that are not plain to tell apart:
 * with a comment or a string in them.
 */
export function argumentTexts(text: string, name: string): (readonly string[] | null)[] {
  return Array.from(text.matchAll(new RegExp(`\\b${name}\\s*\\(`, 'g')), ({ index, 0: head }) => argumentsFrom(text, index + head.length));
}

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);

function argumentsFrom(text: string, from: number): string[] | null {
  const found: string[] = [];
  let depth = 0;
  let begun = from;
  for (let i = from; i < text.length && i < from + maxLength; i++) {
    const c = text.charAt(i);
    if (c === '"' || c === "'" || c === '#' || (c === '/' && /[/*]/.test(text.charAt(i + 1)))) return null;
    if (opening.has(c)) depth++;
    else if (c === ',' && depth === 0) {
      found.push(text.slice(begun, i).trim());
      begun = i + 1;
    } else if (closing.has(c) && depth-- === 0) {
      const last = text.slice(begun, i).trim();
      return last === '' && found.length === 0 ? [] : [...found, last];
    }
  }
  return null;
}
