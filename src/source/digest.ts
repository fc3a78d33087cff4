import { createHash } from 'node:crypto';

/** Names a text, given as latin1: the same digest, the same text. */
export function digestOfText(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('base64');
}
