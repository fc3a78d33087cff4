import { type Differences, differencesOf, differing } from './differences.js';
import { type Directories, noListings } from './listings.js';
import type { Work } from './pool.js';
import { type FileHashes, listsOf, type Turned, turn, unturned } from './postings.js';
import type { SliceResult } from './slice.js';
import { isSameStamp, STAMP } from './stamp.js';

/** What is known of a tree's files besides their hashes. */
export interface TreeFiles {
  files: readonly string[];
  /** `STAMP` numbers per file; empty if no cache is wanted. */
  stamps: Float64Array;
  /** What went wrong with files, given by their numbers. */
  problems: { file: number; why: string }[];
  /** Empty if no cache is wanted. */
  directories: Directories;
}

/** The index of a whole tree as its threads make it: a list of hashes for each file. */
export interface TreeIndex extends TreeFiles, FileHashes {}

/** The index of a whole tree in the form in which it is asked and kept: sorted by hash. */
export interface TurnedIndex extends TreeFiles {
  turned: Turned;
}

/** Up to so many changed files are read again by each run, rather than writing the whole index for them. */
const PATCHED = 100;

/** If more files than this have changed, it is faster to ask all questions again than to find out which answers have changed. */
const FEW = 500;

/**
 * Puts the results of slices together.
 * @param files those of all slices, in their order
 */
export function join(files: readonly string[], results: readonly SliceResult[], directories: Directories = noListings.made()): TreeIndex {
  const sum = (size: (result: SliceResult) => number): number => results.reduce((all, result) => all + size(result), 0);
  const starts = new Uint32Array(files.length + 1);
  const hashes = new Uint32Array(sum((result) => result.hashes.length));
  const stamps = new Float64Array(sum((result) => result.stamps.length));
  const problems: TreeIndex['problems'] = [];
  let file = 0;
  let length = 0;
  let stamped = 0;
  for (const result of results) {
    for (const { index, why } of result.problems) problems.push({ file: file + index, why });
    hashes.set(result.hashes, length);
    stamps.set(result.stamps, stamped);
    stamped += result.stamps.length;
    for (const count of result.counts) {
      length += count;
      starts[++file] = length;
    }
  }
  return { files, hashes, starts, stamps, problems, directories };
}

/** Returns an index in the form in which it is asked. */
export function turnedIndex({ files, stamps, problems, directories, ...lists }: TreeIndex): TurnedIndex {
  return { files, stamps, problems, directories, turned: turn(lists) };
}

/** What became of an index. */
export interface Renewed {
  index: TurnedIndex;
  /** How its answers differ from those of the known one; `null` if too much has changed. */
  differences: Differences | null;
  /** True if the known index is what stays in the cache: what has changed since need not be kept. */
  isKept: boolean;
}

/** Takes from `known` what has not changed, going by the stamps in `now`, and reads the rest. */
export async function renew(known: TurnedIndex, now: TreeFiles, work: Work): Promise<Renewed> {
  const { files } = now;
  const same = sameFiles(known, now);
  const changed: number[] = [];
  for (let file = 0; file < files.length; file++) if ((same[file] as number) < 0) changed.push(file);
  work.add(changed.map((file) => files[file] as string));
  const read = join(
    changed.map((file) => files[file] as string),
    await work.finish(),
  );
  const problems = read.problems.map(({ file, why }) => ({ file: changed[file] as number, why }));
  if (changed.length <= PATCHED && isSameList(known, now)) return { ...patched(known, changed, read, problems), isKept: true };
  const lists = { ...known, ...unturned(known.turned, known.files.length) };
  if (files.length === known.files.length && changed.every((file, k) => nothingToKeep(lists, read, file, k))) {
    return { index: { ...known, problems }, differences: differencesOf(new Set(), false), isKept: true };
  }
  const index = merged(lists, now, same, read, problems);
  const differences = changed.length > FEW ? null : differencesFrom(lists, index, changed);
  return { index: turnedIndex(index), differences, isKept: false };
}

function isSameList(known: TreeFiles, { files }: TreeFiles): boolean {
  return files === known.files || (files.length === known.files.length && files.every((file, place) => file === known.files[place]));
}

/** The known index with other lists for a few files. */
function patched(
  known: TurnedIndex,
  changed: readonly number[],
  read: TreeIndex,
  problems: TreeIndex['problems'],
): { index: TurnedIndex; differences: Differences } {
  if (changed.length === 0) return { index: { ...known, problems }, differences: differencesOf(new Set(), false) };
  const { hashes, starts } = read;
  const found = new Set<number>();
  const before = listsOf(known.turned, changed, known.files.length);
  changed.forEach((file, k) => {
    differing(before.get(file) ?? [], hashesOf(read, k), found);
  });
  const stamps = known.stamps.slice();
  changed.forEach((file, k) => {
    stamps.set(read.stamps.subarray(k * STAMP, (k + 1) * STAMP), file * STAMP);
  });
  const turned = { ...known.turned, patch: { files: changed, lists: { hashes, starts } } };
  return { index: { ...known, stamps, problems, turned }, differences: differencesOf(found, false) };
}

/** Merges two indexes: what `same` finds in `known`, and what was read. */
function merged(known: TreeIndex, now: TreeFiles, same: Int32Array, read: TreeIndex, problems: TreeIndex['problems']): TreeIndex {
  const { files } = now;
  const starts = new Uint32Array(files.length + 1);
  const stamps = new Float64Array(files.length * STAMP);
  const parts: Uint32Array[] = [];
  let k = 0;
  // Files that follow each other in both are copied as one part.
  for (let file = 0; file < files.length; ) {
    const old = same[file] as number;
    const [from, at] = old < 0 ? [read, k] : [known, old];
    let count = 1;
    if (old < 0) k++;
    else while (file + count < files.length && same[file + count] === old + count) count++;
    const begin = from.starts[at] as number;
    const before = starts[file] as number;
    for (let i = 1; i <= count; i++) starts[file + i] = before + (from.starts[at + i] as number) - begin;
    stamps.set(from.stamps.subarray(at * STAMP, (at + count) * STAMP), file * STAMP);
    parts.push(from.hashes.subarray(begin, from.starts[at + count]));
    file += count;
  }
  const hashes = new Uint32Array(starts[files.length] as number);
  let filled = 0;
  for (const part of parts) {
    hashes.set(part, filled);
    filled += part.length;
  }
  return { files, hashes, starts, stamps, problems, directories: now.directories };
}

/** How an index differs from an earlier one, of which some files have changed, are new or are gone; `null` if too many are. */
function differencesFrom(known: TreeIndex, index: TreeIndex, changed: readonly number[]): Differences | null {
  const found = new Set<number>();
  if (isSameList(known, index)) {
    for (const file of changed) differing(hashesOf(known, file), hashesOf(index, file), found);
    return differencesOf(found, false);
  }
  const places = new Map(known.files.map((name, place) => [name, place]));
  const isThere = new Set(index.files);
  const gone = known.files.flatMap((file, place) => (isThere.has(file) ? [] : [place]));
  if (gone.length > FEW) return null;
  for (const file of changed) differing(hashesOf(known, places.get(index.files[file] as string)), hashesOf(index, file), found);
  for (const place of gone) differing(hashesOf(known, place), [], found);
  return differencesOf(found, true);
}

function hashesOf({ hashes, starts }: FileHashes, file: number | undefined): Uint32Array {
  return file === undefined ? new Uint32Array(0) : hashes.subarray(starts[file], starts[file + 1]);
}

/** The number in `known` of each file that has not changed, or -1. Both lists are in the same order. */
function sameFiles(known: TreeFiles, now: TreeFiles): Int32Array {
  const same = new Int32Array(now.files.length).fill(-1);
  let places: Map<string, number> | undefined;
  for (let file = 0; file < same.length; file++) {
    const path = now.files[file] as string;
    let old: number | undefined = file;
    if (known.files[file] !== path) {
      places ??= new Map(known.files.map((name, place) => [name, place]));
      old = places.get(path);
    }
    if (old !== undefined && now.stamps[file * STAMP + 1] !== 0 && isSameStamp(known.stamps, old, now.stamps, file)) same[file] = old;
  }
  return same;
}

/** True for a file that could not be stamped reliably or read, neither then nor now: that is no reason to write the cache again. */
function nothingToKeep(known: TreeIndex, read: TreeIndex, file: number, k: number): boolean {
  return (
    known.files[file] === read.files[k] &&
    known.starts[file] === known.starts[file + 1] &&
    read.starts[k] === read.starts[k + 1] &&
    isSameStamp(known.stamps, file, read.stamps, k)
  );
}
