import { createHash } from 'node:crypto';

/** How many bytes a digest has. */
export const DIGEST_BYTES = 20;

/**
 * Returns a digest of parts that follow each other: what has the same digest is the same.
 * @param parts a string is taken as UTF-8
 */
export function digestOfParts(parts: Iterable<Uint8Array | string>): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * Returns a digest of a text: texts with the same digest are the same.
 * @param text a string is taken as UTF-8
 */
export function digestOfText(text: Uint8Array | string): string {
  return digestOfParts([text]).toString('base64');
}

/** Returns a short digest of a text that can be part of a file's name. */
export function nameFor(text: string): string {
  return digestOfParts([text]).toString('hex').slice(0, 16);
}
