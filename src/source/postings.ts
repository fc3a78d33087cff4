import { ANYTHING, hashName } from './hash.js';

/** The hashes of all files: those of file `i` are in `hashes` from `starts[i]` up to `starts[i + 1]`. */
export interface FileHashes {
  hashes: Uint32Array;
  starts: Uint32Array;
}

/** Answers which files list a hash. */
export interface Postings {
  /** Returns the numbers of the files that have the name in this role, ascending; a few of them may not have it. */
  find(name: string, role: number): number[];
}

/**
 * The number of buckets as a power of two: so few that the ends of all of them stay in the fastest caches while they are filled, and so
 * many that one is read in microseconds.
 */
const BITS = 12;

/** Length of the list of the buckets' ends. */
export const ENDS = (1 << BITS) + 1;

/** The lists of all files inverted: hashes ordered by their leading bits, each with its file. In shared memory. */
export interface Turned {
  /** Where each bucket ends, in entries. */
  ends: Uint32Array;
  /** The hashes of all files, ordered by their leading bits. */
  hashes: Uint32Array;
  /** The number of the file that lists the hash at the same index. */
  files: FileNumbers;
  /** Other lists for a few files. */
  patch: Patch | null;
}

/** Numbers of files, in the smallest type that has room for them. */
export type FileNumbers = Uint16Array | Uint32Array;

/** The lists of a few files. */
export interface Patch {
  /** Their numbers, ascending. */
  files: readonly number[];
  lists: FileHashes;
}

/** With up to so many files, a file's number takes two bytes. */
const SHORT = 1 << 16;

/** Returns how many bytes the number of a file takes if there are `count`. */
export function numberBytes(count: number): 2 | 4 {
  return count <= SHORT ? 2 : 4;
}

/** Returns an array for `length` numbers of files, of which there are `count`. */
export function fileNumbers(count: number, buffer: ArrayBufferLike, offset: number, length: number): FileNumbers {
  return numberBytes(count) === 2 ? new Uint16Array(buffer, offset, length) : new Uint32Array(buffer, offset, length);
}

/** Answers questions from the inverted lists of `count` files. */
export function postings(turned: Turned, count: number): Postings {
  const any = listing(turned, ANYTHING);
  return {
    find(name, role) {
      const hash = hashName(name, role);
      if (hash === null) return Array.from({ length: count }, (_, file) => file);
      const named = listing(turned, hash);
      return any.length === 0 ? named : [...new Set([...named, ...any])].sort((a, b) => a - b);
    },
  };
}

/** Inverts lists per file. */
export function turn({ hashes, starts }: FileHashes): Turned {
  const shift = 32 - BITS;
  const ends = new Uint32Array(new SharedArrayBuffer(4 * ENDS));
  for (let k = 0; k < hashes.length; k++) {
    const b = ((hashes[k] as number) >>> shift) + 1;
    ends[b] = (ends[b] as number) + 1;
  }
  for (let b = 1; b < ends.length; b++) ends[b] = (ends[b] as number) + (ends[b - 1] as number);
  // From here on ends[b] is where bucket b begins, and moves to where it ends.
  const turned = new Uint32Array(new SharedArrayBuffer(4 * hashes.length));
  const count = starts.length - 1;
  const files = fileNumbers(count, new SharedArrayBuffer(numberBytes(count) * hashes.length), 0, hashes.length);
  for (let file = 0; file + 1 < starts.length; file++) {
    const stop = starts[file + 1] as number;
    for (let k = starts[file] as number; k < stop; k++) {
      const hash = hashes[k] as number;
      const b = hash >>> shift;
      const at = ends[b] as number;
      ends[b] = at + 1;
      turned[at] = hash;
      files[at] = file;
    }
  }
  return { ends, hashes: turned, files, patch: null };
}

/** Returns the lists per file that `turned` was made from, in another order and without its patch. */
export function unturned({ hashes, files }: Turned, count: number): FileHashes {
  const starts = new Uint32Array(count + 1);
  for (let k = 0; k < files.length; k++) {
    const next = (files[k] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let file = 0; file < count; file++) starts[file + 1] = (starts[file + 1] as number) + (starts[file] as number);
  const at = starts.slice();
  const lists = new Uint32Array(hashes.length);
  for (let k = 0; k < files.length; k++) {
    const file = files[k] as number;
    lists[at[file] as number] = hashes[k] as number;
    at[file] = (at[file] as number) + 1;
  }
  return { hashes: lists, starts };
}

/** Returns the lists of a few of `count` files, without the patch. */
export function listsOf({ hashes, files }: Turned, wanted: readonly number[], count: number): Map<number, number[]> {
  const lists = new Map(wanted.map((file): [number, number[]] => [file, []]));
  const isWanted = new Uint8Array(count);
  for (const file of wanted) isWanted[file] = 1;
  for (let k = 0; k < files.length; k++) {
    if (isWanted[files[k] as number] === 1) lists.get(files[k] as number)?.push(hashes[k] as number);
  }
  return lists;
}

/** The files that list a hash. */
function listing(turned: Turned, hash: number): number[] {
  const found = bucket(turned, hash);
  if (turned.patch === null) return found;
  const { files, lists } = turned.patch;
  const patched = files.filter((_, k) => lists.hashes.subarray(lists.starts[k], lists.starts[k + 1]).includes(hash));
  const others = found.filter((file) => !files.includes(file));
  return patched.length === 0 ? others : [...others, ...patched].sort((a, b) => a - b);
}

function bucket({ ends, hashes, files }: Turned, hash: number): number[] {
  const b = hash >>> (32 - BITS);
  const found: number[] = [];
  const stop = ends[b] as number;
  for (let k = b === 0 ? 0 : (ends[b - 1] as number); k < stop; k++) {
    // A file's own list may repeat a hash.
    if (hashes[k] === hash && files[k] !== found.at(-1)) found.push(files[k] as number);
  }
  return found;
}
