import { UNSAFE } from './visible.js';

/**
 * JSON in which every character that a terminal would obey, or an eye miss, is written as an escape: all of them are legal in
 * JSON as they are. The newlines are the layout's own, since those of a text are escaped already.
 */
export function bareJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
