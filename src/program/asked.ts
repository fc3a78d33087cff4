/**
 * A tree that notes every question it is asked: the notes say what a result rests on. The less a caller asks for, the fewer changes to the
 * tree touch its result.
 */
import type { Tree } from '../source/index.js';
import { descriptionsIn } from './described.js';
import { type FunctionReference, type Shell, searching, type WholeFile } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf } from './place.js';
import { isIn, type Kind, lookedUp, matchesIn, wordFor } from './questions.js';

/** A tree whose questions are noted in a ledger. */
export interface AskedTree
  extends Pick<Tree, 'filesCalling' | 'filesDefining' | 'filesAccessing' | 'filesDefiningStruct' | 'read' | 'exists'> {
  /** Returns all of a file; `null` if it cannot be read. */
  file(file: string): WholeFile | null;
  /** Returns a file without the bodies of its functions; `null` if it cannot be read. */
  shell(file: string): Shell | null;
  /**
   * Returns a file's text with the bodies of functions in the kernel's style blanked, at the same length; `null` if it cannot be read. It
   * needs no outline of the file.
   */
  outside(file: string): string | null;
  /** Returns a file for a caller that looks only at its shell and at the item at `pos`. */
  around(file: string, pos: number): Around | null;
  /** Returns line and byte column of a position, both from 1. */
  position(file: string, pos: number): { line: number; column: number };
  /** Returns the functions of a file whose text matches. */
  searched(file: string, pattern: RegExp): readonly FunctionReference[];
  /** Returns the groups of each match of a pattern in a file's text, wherever it is. */
  matches(file: string, pattern: RegExp): readonly (readonly (string | undefined)[])[];
  /**
   * True if something in a file's text matches.
   * @param pattern without the flag `g`, with which a pattern would remember its last position
   */
  says(file: string, pattern: RegExp): boolean;
  /** Returns all files of the tree. */
  list(): readonly string[];
  /** Returns the files with this name, in any folder. */
  filesNamed(name: string): readonly string[];
  /** True if `name(` may be defined in the file, on a line that starts in column one: see `definesAtColumnZero` of file.ts. */
  defines(file: string, name: string): boolean;
  /** True if the file contains the word. */
  mentions(file: string, word: string): boolean;
  /** True if the file calls something that drops references. */
  drops(file: string): boolean;
  /** True if some file in the file's folder calls something that drops references. */
  dropsNear(file: string): boolean;
  /** Returns the names of all calls that drop references: those of the tables, and those of the tree's macros for them. */
  dropNames(): readonly string[];
}

/**
 * A file, and the item at a position: its number and where it begins and ends. At a position outside all items, it is the whole file, and
 * `number` is `null`.
 */
export interface Around {
  facts: WholeFile;
  number: number | null;
  from: number;
  end: number;
}

/** Returns a view of a tree that notes in a ledger every question put to it. */
export function asked(tree: Tree, ledger: Ledger): AskedTree {
  const noted: (kind: Kind, ...words: readonly string[]) => void = ledger.note;
  const { of: described, textOf, outsideOf } = descriptionsIn(tree);

  /** Returns the function that notes a question of this kind and answers it. */
  function put<K extends Kind>(kind: K): (...words: string[]) => ReturnType<typeof lookedUp<K>> {
    return (...words) => {
      noted(kind, ...words);
      return lookedUp(tree, kind, ...words);
    };
  }

  function around(file: string, pos: number): Around | null {
    const found = described(file);
    const number = found?.numberAt(pos) ?? null;
    const item = number === null ? undefined : found?.whole.items[number];
    if (!found || !item) {
      noted('read', file);
      return found && { facts: found.whole, number: null, from: 0, end: found.whole.text.length };
    }
    noted('shell', file);
    if (item.kind === 'function') noted('items', file, String(number));
    return { facts: found.whole, number, from: item.pos, end: item.end };
  }

  return {
    file(file) {
      noted('read', file);
      return described(file)?.whole ?? null;
    },
    shell(file) {
      noted('shell', file);
      return described(file)?.shell() ?? null;
    },
    outside(file) {
      noted('outside', file);
      return outsideOf(file);
    },
    around,
    position(file, pos) {
      const number = around(file, pos)?.number ?? null;
      if (number !== null) noted('starts', file, String(number));
      return described(file)?.position(pos) ?? { line: 1, column: 1 };
    },
    searched(file, pattern) {
      noted('shell', file);
      noted('searched', file, wordFor(pattern));
      return searching(described(file)?.whole ?? null, pattern);
    },
    matches(file, pattern) {
      noted('matches', file, wordFor(pattern));
      return matchesIn(textOf(file), pattern);
    },
    says(file, pattern) {
      noted('says', file, wordFor(pattern));
      return isIn(textOf(file), pattern);
    },
    filesCalling: put('calling'),
    filesDefining: put('defining'),
    filesAccessing: put('accessing'),
    filesDefiningStruct: put('struct'),
    read: put('read'),
    exists: put('exists'),
    list: put('list'),
    filesNamed: put('named'),
    defines: put('defines'),
    mentions: put('mentions'),
    drops: put('drops'),
    dropsNear: (file) => put('drops-near')(folderOf(file)),
    dropNames: put('drop-names'),
  };
}
