/** What is asked of a tree, and how one is handed from thread to thread. */
import type { Differences } from './differences.js';
import type { SourceWarning } from './errors.js';
import type { Turned } from './postings.js';
import type { Stamp } from './stamp.js';

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
  /** Files in which the name stands before a `(`, or next behind one, on a line that begins in column one: it may be defined there. */
  filesDefining(name: string): readonly string[];
  /** Files with `->field` or `.field`, designated initialisers among them. */
  filesAccessing(field: string): readonly string[];
  /** Files with `struct tag {` or `union tag {`. */
  filesDefiningStruct(tag: string): readonly string[];
  /** A file's bytes as latin1, or null (and a warning) if it cannot be read. */
  read(file: string): string | null;
  /** Whether the tree has such a file, C or not. */
  exists(file: string): boolean;
  /**
   * What tells a file from what it was in another run: the same stamp, the same content. `null` if it is not to be relied on,
   * or no cache was asked for.
   */
  stampOf(file: string): Stamp | null;
  /** Whether the file is one of `files`. */
  lists(file: string): boolean;
  /**
   * Names the text that `read` gave: the same digest, the same text. `undefined` for a file that was not read, or if no cache was
   * asked for; `null` for one that could not be read, or of which `read` gave more than one text.
   */
  digestOf(file: string): string | null | undefined;
  /** Names the kept index on which the answers rest; empty if no cache was asked for. */
  readonly index: string;
  /** Hashes of the questions that have another answer than by the kept index: see {@link differencesOf}. */
  readonly drift: readonly number[];
  /** How the answers may differ from those of another index; `null` if none is known. */
  readonly since: { readonly index: string; readonly differences: Differences } | null;
  /** What another thread needs to open the same tree without reading it again. */
  share(): SharedTree;
}

/** A tree as it is handed from thread to thread: what is large in it is not copied. */
export interface SharedTree {
  root: string;
  /** The files in UTF-8, separated by NUL. */
  names: Uint8Array;
  turned: Turned;
  /** Whether texts are given digests. */
  digested: boolean;
}
