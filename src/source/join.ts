import { type Differences, differencesOf, differing } from './differences.js';
import { type Directories, noListings } from './listings.js';
import type { Work } from './pool.js';
import type { FileHashes } from './postings.js';
import type { SliceResult } from './slice.js';
import { STAMP } from './stamp.js';

/** The index of a whole tree, with what is needed to use it again. */
export interface TreeIndex extends FileHashes {
  files: readonly string[];
  /** `STAMP` numbers a file; empty if no cache is wanted. */
  stamps: Float64Array;
  /** Files by their numbers. */
  problems: { file: number; why: string }[];
  /** Empty if no cache is wanted. */
  directories: Directories;
}

/** So many files can change that it is sooner to ask everything anew than to say what has another answer. */
const FEW = 500;

/** Puts the results of slices together; `files` are those of all slices, in their order. */
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

/**
 * Takes from `known` what has not changed since, going by the stamps in `now`, and reads the rest. Gives `known`
 * itself (with the problems of this run) if nothing in it has changed. The differences from `known` are `null` where too
 * much has changed.
 */
export async function renew(known: TreeIndex, now: TreeIndex, work: Work): Promise<{ index: TreeIndex; differences: Differences | null }> {
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
  if (files.length === known.files.length && changed.every((file, k) => nothingToKeep(known, read, file, k))) {
    known.problems = problems;
    return { index: known, differences: differencesOf(new Set(), false) };
  }

  const starts = new Uint32Array(files.length + 1);
  const stamps = new Float64Array(files.length * STAMP);
  const parts: Uint32Array[] = [];
  let k = 0;
  // As one part, files that follow each other in both.
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
  const index = { files, hashes, starts, stamps, problems, directories: now.directories };
  return { index, differences: changed.length > FEW ? null : differencesFrom(known, index, changed) };
}

/** How an index differs from an earlier one, of which some files have changed, are new or are gone. */
function differencesFrom(known: TreeIndex, index: TreeIndex, changed: readonly number[]): Differences | null {
  const found = new Set<number>();
  if (index.files.length === known.files.length && index.files.every((file, place) => file === known.files[place])) {
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

function hashesOf({ hashes, starts }: TreeIndex, file: number | undefined): Uint32Array {
  return file === undefined ? new Uint32Array(0) : hashes.subarray(starts[file], starts[file + 1]);
}

/** The number in `known` of each file that has not changed, or -1. Both lists are in the same order. */
function sameFiles(known: TreeIndex, now: TreeIndex): Int32Array {
  const same = new Int32Array(now.files.length).fill(-1);
  let places: Map<string, number> | undefined;
  for (let file = 0; file < same.length; file++) {
    const path = now.files[file] as string;
    let old: number | undefined = file;
    if (known.files[file] !== path) {
      places ??= new Map(known.files.map((name, place) => [name, place]));
      old = places.get(path);
    }
    if (old !== undefined && now.stamps[file * STAMP + 1] !== 0 && sameStamp(known, old, now, file)) same[file] = old;
  }
  return same;
}

function sameStamp(one: TreeIndex, first: number, other: TreeIndex, second: number): boolean {
  for (let k = 0; k < STAMP; k++) if (one.stamps[first * STAMP + k] !== other.stamps[second * STAMP + k]) return false;
  return true;
}

/** True for a file that could not be relied on or read, then as now: that is no reason to write the cache again. */
function nothingToKeep(known: TreeIndex, read: TreeIndex, file: number, k: number): boolean {
  return (
    known.files[file] === read.files[k] &&
    known.starts[file] === known.starts[file + 1] &&
    read.starts[k] === read.starts[k + 1] &&
    sameStamp(known, file, read, k)
  );
}
