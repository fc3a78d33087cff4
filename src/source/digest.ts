import { createHash } from 'node:crypto';

/**
 * Returns a digest of a text: texts with the same digest are the same.
 * @param text a string is taken as UTF-8
 */
export function digestOfText(text: Uint8Array | string): string {
  return createHash('sha1').update(text).digest('base64');
}
