/** What can be asked about a tree, and how a tree is passed between threads. */
import type { Differences } from './differences.js';
import type { SourceWarning } from './errors.js';
import type { Turned } from './postings.js';
import type { Stamp } from './stamp.js';

/**
 * A tree of C files with an index of the names in them. Questions are answered without reading files. Answers are in the order of `files`,
 * and may contain a file too many (because of comments or strings), never one too few.
 */
export interface Tree {
  readonly root: string;
  /** Every `.c` and `.h`, relative to the root, in the order of their bytes. */
  readonly files: readonly string[];
  /** What was left out, and why. `read` may add to it. */
  readonly warnings: readonly SourceWarning[];
  /** Returns the files with the name before a `(`: calls, declarations, definitions, macros. */
  filesCalling(name: string): readonly string[];
  /** Returns the files with the name before a `(`, or right behind one, on a line that begins in column one: it may be defined there. */
  filesDefining(name: string): readonly string[];
  /** Returns the files with `->field` or `.field`, also in designated initialisers. */
  filesAccessing(field: string): readonly string[];
  /** Returns the files with `struct tag {` or `union tag {`. */
  filesDefiningStruct(tag: string): readonly string[];
  /** Returns a file's bytes as latin1; `null`, and a warning, if it cannot be read. */
  read(file: string): string | null;
  /** True if the tree has such a file, C or not. */
  exists(file: string): boolean;
  /**
   * Returns what a file is recognised by in another run: with the same stamp, it has the same content. `null` if it is not reliable, or if
   * no cache was asked for.
   */
  stampOf(file: string): Stamp | null;
  /** True if the file is one of `files`. */
  lists(file: string): boolean;
  /**
   * Returns a digest of the text that `read` returned: texts with the same digest are the same. `undefined` for a file that was not read,
   * or if no cache was asked for; `null` for a file that could not be read, or of which `read` returned different texts.
   */
  digestOf(file: string): string | null | undefined;
  /** Name of the kept index that the answers are based on; `''` if no cache was asked for. */
  readonly index: string;
  /** Hashes of the questions that have another answer than in the kept index: see {@link differencesOf}. */
  readonly drift: readonly number[];
  /** How the answers may differ from those of another index; `null` if none is known. */
  readonly since: { readonly index: string; readonly differences: Differences } | null;
  /** Returns what another thread needs to open the same tree without reading it again. */
  share(): SharedTree;
}

/** A tree as it is passed between threads: its large parts are shared, not copied. */
export interface SharedTree {
  root: string;
  /** The names of the files in UTF-8, separated by NUL. */
  names: Uint8Array;
  turned: Turned;
  /** True if texts get digests. */
  digested: boolean;
}
