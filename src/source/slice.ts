import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { reason } from './errors.js';
import { fastScanner } from './fast.js';
import { newSink, PAD, plainScanner, type Scanner, type Sink } from './scan.js';
import { note, STAMP } from './stamp.js';

/** Some files of a tree, to be read or only looked at by a thread. */
export interface Slice {
  root: string;
  /** Paths from the root, joined by NUL, which no path contains. */
  files: string;
  /** `index` reads the files; `stamp` only asks when they changed. */
  want: 'index' | 'stamp';
  /** True if `index` is to stamp the files too, for a cache. */
  stamps: boolean;
}

/** The result of a slice, in the order of its files. */
export interface SliceResult {
  /** The hashes of all files, one file after the other. */
  hashes: Uint32Array;
  /** How many of them belong to each file. */
  counts: Uint32Array;
  /** `STAMP` numbers per file, or empty. All zero: not reliable. */
  stamps: Float64Array;
  problems: { index: number; why: string }[];
}

/** Larger files are not indexed. */
export const LARGEST = 64 << 20;

interface Bench {
  scanner: Scanner;
  sink: Sink;
}

let bench: Bench | undefined;

/** Does the work of one slice on this thread. A problem with a file is noted, never thrown. */
export function runSlice(slice: Slice): SliceResult {
  const files = slice.files.split('\0');
  bench ??= open();
  const { sink } = bench;
  sink.length = 0;
  const counts = new Uint32Array(files.length);
  const stamped = slice.want === 'stamp' || slice.stamps;
  const stamps = new Float64Array(stamped ? files.length * STAMP : 0);
  const problems: SliceResult['problems'] = [];
  for (let index = 0; index < files.length; index++) {
    const path = `${slice.root}/${files[index]}`;
    const before = sink.length;
    try {
      if (slice.want === 'stamp') stamp(path, stamps, index * STAMP);
      else {
        const why = indexFile(path, bench, stamped ? stamps : undefined, index * STAMP);
        if (why !== undefined) problems.push({ index, why });
      }
    } catch (error) {
      sink.length = before;
      if (slice.want === 'index') problems.push({ index, why: reason(error) });
    }
    counts[index] = sink.length - before;
    // The file must be read, and the problem reported, in the next run too.
    if (problems.at(-1)?.index === index) stamps.fill(0, index * STAMP, (index + 1) * STAMP);
  }
  return { hashes: sink.hashes.slice(0, sink.length), counts, stamps, problems };
}

function open(): Bench {
  return { scanner: fastScanner() ?? plainScanner(), sink: newSink() };
}

/** Indexes one file; returns why if it is left out. */
function indexFile(path: string, { scanner, sink }: Bench, stamps: Float64Array | undefined, at: number): string | undefined {
  // O_NONBLOCK: a file that has become a pipe since the walk must not hang the run.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (stamps !== undefined) note(fstatSync(fd), stamps, at);
    let size = 0;
    for (;;) {
      const room = scanner.room - size;
      const read = readSync(fd, scanner.text, scanner.base + size, room, null);
      size += read;
      if (size > LARGEST) return `left out: larger than ${LARGEST >> 20} MiB`;
      if (read < room) break;
      scanner.grow();
    }
    const end = scanner.base + size;
    scanner.text.fill(0, end, end + PAD);
    scanner.scan(size, sink);
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function stamp(path: string, stamps: Float64Array, at: number): void {
  const stat = lstatSync(path);
  note(stat.isSymbolicLink() ? statSync(path) : stat, stamps, at);
}
