import { createHash } from 'node:crypto';

/** Names a text: the same digest, the same bytes. @param text a string by its bytes in UTF-8 */
export function digestOfText(text: Uint8Array | string): string {
  return createHash('sha1').update(text).digest('base64');
}
