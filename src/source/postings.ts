import { ANYTHING, hashName } from './hash.js';

/** The hashes of all files: those of file `i` are `hashes[starts[i]]` up to `hashes[starts[i + 1]]`. */
export interface FileHashes {
  hashes: Uint32Array;
  starts: Uint32Array;
}

/** Answers which files list a hash. */
export interface Postings {
  /** The numbers of the files that hold the name in this role, ascending; a few may not hold it. */
  find(name: string, role: number): number[];
}

/**
 * So few buckets that the ends of all of them stay in the nearest caches while they fill, and so many that one is read in
 * microseconds.
 */
const BITS = 10;

/** The lists of all files turned around: hashes in the order of their leading bits, each with its file. In shared memory. */
export interface Turned {
  /** Where each bucket ends, in entries. */
  ends: Uint32Array;
  /** Two numbers an entry: the hash, and the file. */
  entries: Uint32Array;
}

/** Answers from the lists of `count` files. */
export function postings(turned: Turned, count: number): Postings {
  const any = bucket(turned, ANYTHING);
  return {
    find(name, role) {
      const hash = hashName(name, role);
      if (hash === null) return Array.from({ length: count }, (_, file) => file);
      const named = bucket(turned, hash);
      return any.length === 0 ? named : [...new Set([...named, ...any])].sort((a, b) => a - b);
    },
  };
}

/** Turns the lists per file around. */
export function turn({ hashes, starts }: FileHashes): Turned {
  const shift = 32 - BITS;
  const ends = shared((1 << BITS) + 1);
  for (let k = 0; k < hashes.length; k++) {
    const b = ((hashes[k] as number) >>> shift) + 1;
    ends[b] = (ends[b] as number) + 1;
  }
  for (let b = 1; b < ends.length; b++) ends[b] = (ends[b] as number) + (ends[b - 1] as number);
  // From here on ends[b] is where bucket b begins, and moves to where it ends.
  const entries = shared(2 * hashes.length);
  for (let file = 0; file + 1 < starts.length; file++) {
    const stop = starts[file + 1] as number;
    for (let k = starts[file] as number; k < stop; k++) {
      const hash = hashes[k] as number;
      const b = hash >>> shift;
      const at = ends[b] as number;
      ends[b] = at + 1;
      entries[2 * at] = hash;
      entries[2 * at + 1] = file;
    }
  }
  return { ends, entries };
}

function shared(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

function bucket({ ends, entries }: Turned, hash: number): number[] {
  const b = hash >>> (32 - BITS);
  const found: number[] = [];
  const stop = 2 * (ends[b] as number);
  for (let k = b === 0 ? 0 : 2 * (ends[b - 1] as number); k < stop; k += 2) {
    // A file's own list may repeat a hash.
    if (entries[k] === hash && entries[k + 1] !== found.at(-1)) found.push(entries[k + 1] as number);
  }
  return found;
}
