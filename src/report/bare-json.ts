import { UNSAFE } from './visible.js';

/**
 * Writes as an escape every character of a JSON text that a terminal would obey or a reader would not see: JSON allows them as they are.
 * The newlines are those of the layout, since newlines in strings are escaped already.
 */
export function bareJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
