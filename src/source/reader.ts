import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { digestOfText } from './digest.js';
import { reason, type SourceWarning } from './errors.js';
import { LARGEST } from './slice.js';

/** Reads files of a tree as latin1, so that an offset in the text is one in the file. The latest texts are kept. */
export interface Reader {
  /** Returns the text of a file; `null` if it cannot be read. */
  read(file: string): string | null;
  /** True if the tree has such a file, C or not. */
  exists(file: string): boolean;
  /**
   * Returns a digest of the text that was read: texts with the same digest are the same. `undefined` for a file that was not read; `null`
   * for one that could not be read, or was not the same each time.
   */
  digestOf(file: string): string | null | undefined;
}

/** How many characters of text are kept; as the text is latin1, these are bytes. */
const KEPT = 96 << 20;

/**
 * Opens the reader of a tree.
 *
 * @param lists true for files that are known to be there
 * @param warnings gets what could not be read
 * @param digested whether texts get digests, which a cache needs
 */
export function reader(root: string, lists: (file: string) => boolean, warnings: SourceWarning[], digested: boolean): Reader {
  /** The latest texts, in the order of use. */
  const kept = new Map<string, string>();
  let size = 0;
  const failed = new Set<string>();
  const there = new Map<string, boolean>();
  /** The digest of everything that was read, also of texts that are not kept any more: results may have been worked out from them. */
  const digests = new Map<string, string | null>();

  return {
    read(file) {
      const have = kept.get(file);
      if (have !== undefined) {
        kept.delete(file);
        kept.set(file, have);
        return have;
      }
      if (failed.has(file) || !isInside(file)) return null;
      const text = fetch(file);
      if (text === null) return null;
      kept.set(file, text);
      size += text.length;
      for (const [oldest, old] of kept) {
        if (size <= KEPT || oldest === file) break;
        kept.delete(oldest);
        size -= old.length;
      }
      return text;
    },
    exists(file) {
      if (lists(file)) return true;
      let answer = there.get(file);
      if (answer === undefined) {
        answer = isInside(file) && isFile(`${root}/${file}`);
        there.set(file, answer);
      }
      return answer;
    },
    digestOf: (file) => digests.get(file),
  };

  function noteDigest(file: string, text: Uint8Array | null): void {
    if (!digested) return;
    const digest = text === null ? null : digestOfText(text);
    digests.set(file, digests.has(file) && digests.get(file) !== digest ? null : digest);
  }

  function fetch(file: string): string | null {
    let why: string;
    try {
      const fd = openSync(`${root}/${file}`, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const stat = fstatSync(fd);
        if (!stat.isFile()) why = 'left out: not a regular file';
        else if (stat.size > LARGEST) why = `left out: larger than ${LARGEST >> 20} MiB`;
        else {
          const text = readFileSync(fd);
          noteDigest(file, text);
          return unmarked(text.toString('latin1'));
        }
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      why = reason(error);
    }
    noteDigest(file, null);
    failed.add(file);
    if (!warnings.some((warning) => warning.file === file)) warnings.push({ file, why });
    return null;
  }
}

/** Replaces the byte order mark of UTF-8 (EF BB BF) at the beginning of a text by blanks: it is no part of the C. */
export function unmarked(text: string): string {
  return text.startsWith('\xef\xbb\xbf') ? `   ${text.slice(3)}` : text;
}

/** False also for a path that the system rejects: below a file, or too long. An `#include` can contain any path. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** False for a path that leads out of the tree as it is written. */
function isInside(file: string): boolean {
  return file !== '' && !file.startsWith('/') && !file.split('/').includes('..') && !file.includes('\0');
}
