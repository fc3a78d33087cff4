import { createHash } from 'node:crypto';

/** Names a text: the same digest, the same bytes. */
export function digestOfText(text: Uint8Array): string {
  return createHash('sha1').update(text).digest('base64');
}
