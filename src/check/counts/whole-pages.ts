/** Numbers of pages that are computed from a number of bytes alone. */
import { wholePages } from '../../protocol/index.js';

/** The variable or member with the bytes in a text that counts them in whole pages, as a path; `null` for any other text. */
export function bytesIn(text: string): string | null {
  return wholePages.flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0] ?? null;
}

/** The text of as many pages as the bytes at a path fill. */
export function inPages(path: string): string {
  return `${path} / PAGE_SIZE`;
}
