import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type KeptIndex, openCache } from './cache.js';
import { errorCode, reason, type SourceWarning, TreeError } from './errors.js';
import { CALL, DEFINITION, FIELD, STRUCT } from './hash.js';
import { join, renew, turnedIndex } from './join.js';
import { noListings, openListings } from './listings.js';
import { defaultJobs, gather, type Work } from './pool.js';
import { postings } from './postings.js';
import { reader } from './reader.js';
import type { SliceResult } from './slice.js';
import { STAMP, type Stamp } from './stamp.js';
import type { SharedTree, Tree } from './tree.js';
import { isAsBefore, walk } from './walk.js';

export { compiled } from './compiled.js';
export { type Differences, differencesOf, eitherOf } from './differences.js';
export { digestOfParts, digestOfText } from './digest.js';
export { type SourceWarning, TreeError } from './errors.js';
export { overlay } from './overlay.js';
export { defaultJobs } from './pool.js';
export { areSameStamps, type Stamp } from './stamp.js';
export { openStore, type Store } from './store.js';
export { findNames, type Token } from './tokens.js';
export type { SharedTree, Tree } from './tree.js';

/** Options of {@link openTree}. */
export interface TreeOptions {
  /** How many threads read; default: one for each processor. The result is the same. */
  jobs?: number;
  /** A directory in which to keep what a later run can use again. */
  cache?: string;
  /** What {@link lookAhead} has found of the same tree in the same cache. What it did not find is looked for here. */
  looked?: Promise<Looked | null>;
  /** Called from time to time with how many of the files known so far have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Stops the work; `openTree` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What a run that returns to a tree can find out about it at once. It can be sent between threads. */
export interface Looked {
  known: KeptIndex;
  /** The stamps that the files of that index have now. */
  now: Promise<SliceResult[]>;
}

/**
 * Looks at the files that an earlier run has found in a tree, for an {@link openTree} on another thread, which still has to load its
 * modules and can look at the directories meanwhile. Returns `null` if nothing was kept.
 */
export async function lookAhead(
  root: string,
  cache: string,
  { jobs = defaultJobs(), onProgress }: Pick<TreeOptions, 'jobs' | 'onProgress'> = {},
): Promise<Looked | null> {
  const top = resolve(root);
  const known = existsSync(top) ? openCache(cache, top).load() : undefined;
  if (!known) return null;
  const crew = gather(jobs, undefined, onProgress);
  const work = crew.begin({ root: top, stamps: true, want: 'stamp' });
  const look = async (): Promise<SliceResult[]> => {
    // Lets the caller begin with what was kept.
    await new Promise((done) => setImmediate(done));
    try {
      work.add(known.index.files);
      return await work.finish();
    } finally {
      crew.close().catch(() => {});
    }
  };
  const now = look();
  // It is awaited only when the directories have been looked at; until then a rejection must not count as unhandled.
  now.catch(() => {});
  return { known, now };
}

/**
 * Reads every C file below `root` once.
 * @throws TreeError if there is nothing to analyse
 */
export async function openTree(root: string, options: TreeOptions = {}): Promise<Tree> {
  const top = resolve(root);
  checkRoot(root, top);
  options.signal?.throwIfAborted();
  const warnings: SourceWarning[] = [];
  const cache = options.cache === undefined ? undefined : openCache(options.cache, top);
  const crew = gather(Math.max(1, options.jobs ?? defaultJobs()), options.signal, options.onProgress);
  try {
    const looked = await options.looked;
    const known = looked?.known ?? cache?.load();
    const work = { root: top, stamps: cache !== undefined };
    const begin = () => crew.begin({ ...work, want: known === undefined ? 'index' : 'stamp' });
    const listings = cache === undefined ? noListings : openListings(top, known?.index);
    let first = looked ? seen(looked.now) : begin();
    // Mostly the files are those of the last run: the threads look at them while that is being found out.
    if (known) first.add(known.index.files);
    let files = known?.index.files ?? [];
    if (!known || !isAsBefore(top, warnings, listings)) {
      if (known) first = begin();
      files = await find(walk(top, warnings, listings), first, options.signal);
    }
    if (files.length === 0) throw new TreeError(`${root}: no C files in it; name the top of a kernel tree or of a driver`);
    const fresh = join(files, await first.finish(), listings.made());
    const renewed = known && (await renew(known.index, fresh, crew.begin({ ...work, want: 'index' })));
    const index = renewed?.index ?? turnedIndex(fresh);
    const name = known && renewed?.isKept ? known.name : (cache?.save(index) ?? '');
    for (const { file, why } of index.problems) warnings.push({ file: files[file] as string, why });
    const differences = renewed?.differences ?? null;
    const since = known && differences ? { index: known.name, differences } : null;
    const drift = renewed?.isKept ? [...(differences?.hashes ?? [])] : [];
    const shared = { root: top, turned: index.turned, digested: cache !== undefined };
    return answer(shared, files, warnings, { name, since, drift, stamps: index.stamps });
  } finally {
    // Nobody needs to wait for the threads to end.
    crew.close().catch(() => {});
  }
}

/** Work that is already being done elsewhere. */
function seen(results: Promise<SliceResult[]>): Work {
  return { add: () => {}, finish: () => results };
}

/** Walks the tree, and passes the files on to be worked on at the same time. */
async function find(walked: Iterable<string[]>, work: Work, signal: AbortSignal | undefined): Promise<string[]> {
  const files: string[] = [];
  let tick = performance.now();
  for (const found of walked) {
    for (const file of found) files.push(file);
    work.add(found);
    if (performance.now() - tick < 10) continue;
    // Lets the threads' messages arrive.
    await new Promise((done) => setImmediate(done));
    signal?.throwIfAborted();
    tick = performance.now();
  }
  return files;
}

function checkRoot(root: string, top: string): void {
  try {
    if (!statSync(top).isDirectory()) throw new TreeError(`${root}: not a directory; name the top of a kernel tree`);
  } catch (error) {
    if (error instanceof TreeError) throw error;
    const why = errorCode(error) === 'ENOENT' ? 'no such directory' : reason(error);
    throw new TreeError(`${root}: ${why}`);
  }
}

/** Opens, on any thread, a tree from what {@link Tree.share} returned. Its warnings are only those of its own reads. */
export function openShared(tree: SharedTree): Tree {
  return answer(tree, Buffer.from(tree.names).toString('utf8').split('\0'), [], {
    name: '',
    since: null,
    drift: [],
    stamps: new Float64Array(0),
  });
}

function sharedNames(files: readonly string[]): Uint8Array {
  const names = Buffer.from(files.join('\0'));
  const shared = new Uint8Array(new SharedArrayBuffer(names.length));
  shared.set(names);
  return shared;
}

/** What is known of a tree besides its files and index, with a cache. */
interface Earlier extends Pick<Tree, 'since' | 'drift'> {
  name: string;
  stamps: Float64Array;
}

/** Makes the tree that answers questions from an index. */
function answer(
  tree: Omit<SharedTree, 'names'>,
  files: readonly string[],
  warnings: SourceWarning[],
  { name: index, since, drift, stamps }: Earlier,
): Tree {
  const { root } = tree;
  const { find } = postings(tree.turned, files.length);
  let places: ReadonlyMap<string, number> | undefined;
  const placeOf = (file: string): number | undefined => {
    places ??= new Map(files.map((name, place) => [name, place]));
    return places.get(file);
  };
  const lists = (file: string): boolean => placeOf(file) !== undefined;
  const { read, exists, digestOf } = reader(root, lists, warnings, tree.digested);

  /** The question for a role. Each answer is worked out once. */
  function question(role: number): (name: string) => readonly string[] {
    const answers = new Map<string, readonly string[]>();
    return (name) => {
      let found = answers.get(name);
      if (found === undefined) {
        found = find(name, role).map((file) => files[file] as string);
        answers.set(name, found);
      }
      return found;
    };
  }

  function stampOf(file: string): Stamp | null {
    const at = (placeOf(file) ?? files.length) * STAMP;
    return stamps[at + 1] ? stamps.subarray(at, at + STAMP) : null;
  }

  return {
    root,
    files,
    warnings,
    filesCalling: question(CALL),
    filesDefining: question(DEFINITION),
    filesAccessing: question(FIELD),
    filesDefiningStruct: question(STRUCT),
    read,
    exists,
    stampOf,
    lists,
    digestOf,
    index,
    drift,
    since,
    share: () => ({ ...tree, names: sharedNames(files) }),
  };
}
