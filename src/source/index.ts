import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, reason, type SourceWarning, TreeError } from './errors.js';
import { CALL, FIELD, STRUCT } from './hash.js';
import { defaultJobs, gather } from './pool.js';
import { type FileHashes, postings } from './postings.js';
import { reader } from './reader.js';
import type { SliceResult } from './slice.js';
import { walk } from './walk.js';

export { type SourceWarning, TreeError } from './errors.js';
export { openStore, type Store } from './store.js';
export { countTokens, type Token } from './tokens.js';

/** How to open a tree. */
export interface TreeOptions {
  /** How many threads read; as many as there are processors if left out. The result is the same. */
  jobs?: number;
  /** A directory for what a later run can use again. */
  cache?: string;
  /** Told now and then how many of the files known so far have been read. */
  onProgress?: (done: number, total: number) => void;
  /** Stops the work; `openTree` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A tree of C files and an index of the names in them. The questions are answered without reading a file; the answers
 * are in the order of `files`, and may hold a file too many (comments, strings), never one too few.
 */
export interface Tree {
  readonly root: string;
  /** Every `.c` and `.h`, relative to the root, in the order of their bytes. */
  readonly files: readonly string[];
  /** What was left out and why; `read` may add to it. */
  readonly warnings: readonly SourceWarning[];
  /** Files in which the name stands before a `(`: calls, declarations, definitions, macros. */
  filesCalling(name: string): readonly string[];
  /** Files with `->field` or `.field`, designated initialisers among them. */
  filesAccessing(field: string): readonly string[];
  /** Files with `struct tag {` or `union tag {`. */
  filesDefiningStruct(tag: string): readonly string[];
  /** A file's bytes as latin1, or null (and a warning) if it cannot be read. */
  read(file: string): string | null;
  /** Whether the tree has such a file, C or not. */
  exists(file: string): boolean;
}

/** Reads every C file below `root` once. Throws `TreeError` if there is nothing to analyse. */
export async function openTree(root: string, options: TreeOptions = {}): Promise<Tree> {
  const top = resolve(root);
  checkRoot(root, top);
  options.signal?.throwIfAborted();
  const warnings: SourceWarning[] = [];
  const files: string[] = [];
  const crew = gather({ root: top, want: 'index', stamps: false }, options.jobs ?? defaultJobs(), options.signal);
  try {
    let tick = performance.now();
    for (const found of walk(top, warnings)) {
      for (const file of found) files.push(file);
      crew.add(found);
      if (performance.now() - tick > 10) {
        await breath();
        options.signal?.throwIfAborted();
        tick = performance.now();
      }
    }
    const results = await crew.finish();
    if (files.length === 0) throw new TreeError(`${root}: no C files in it; name the top of a kernel tree or of a driver`);
    return answer(top, files, warnings, merge(files, results, warnings));
  } finally {
    await crew.close();
  }
}

/** Lets the threads' messages in. */
function breath(): Promise<void> {
  return new Promise((done) => setImmediate(done));
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

function merge(files: readonly string[], results: readonly SliceResult[], warnings: SourceWarning[]): FileHashes {
  const starts = new Uint32Array(files.length + 1);
  const hashes = new Uint32Array(results.reduce((sum, result) => sum + result.hashes.length, 0));
  let file = 0;
  let length = 0;
  for (const result of results) {
    for (const { index, why } of result.problems) warnings.push({ file: files[file + index] as string, why });
    hashes.set(result.hashes, length);
    for (const count of result.counts) {
      length += count;
      starts[++file] = length;
    }
  }
  return { hashes, starts };
}

function answer(root: string, files: readonly string[], warnings: SourceWarning[], index: FileHashes): Tree {
  const { find } = postings(index);
  const memory = new Map<number, Map<string, readonly string[]>>();
  const { read, exists } = reader(root, new Set(files), warnings);

  function ask(name: string, role: number): readonly string[] {
    let known = memory.get(role);
    if (known === undefined) memory.set(role, (known = new Map()));
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = find(name, role).map((file) => files[file] as string)));
    return found;
  }

  return {
    root,
    files,
    warnings,
    filesCalling: (name) => ask(name, CALL),
    filesAccessing: (field) => ask(field, FIELD),
    filesDefiningStruct: (tag) => ask(tag, STRUCT),
    read,
    exists,
  };
}
