/** A tree that is asked questions, all of which are noted: what a result rests on. The less is asked for, the fewer changes touch it. */
import type { Tree } from '../source/index.js';
import { descriptionsIn } from './described.js';
import { type FunctionReference, type Shell, searching, type WholeFile } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf } from './place.js';
import { isIn, type Kind, lookedUp, matchesIn, wordFor } from './questions.js';

/** A tree whose questions are noted in a ledger. */
export interface AskedTree
  extends Pick<Tree, 'filesCalling' | 'filesDefining' | 'filesAccessing' | 'filesDefiningStruct' | 'read' | 'exists'> {
  /** All of a file; `null` if it cannot be read. */
  file(file: string): WholeFile | null;
  /** A file without the bodies of its functions. */
  shell(file: string): Shell | null;
  /** A file's text without the bodies of functions in the kernel's style, at the same length, for which it is not looked through; `null` if it cannot be read. */
  outside(file: string): string | null;
  /** A file, for who looks at its shell and at the item at a position, and at nothing else. */
  around(file: string, pos: number): Around | null;
  /** Where a position in a file stands. */
  position(file: string, pos: number): { line: number; column: number };
  /** The functions of a file whose text matches. */
  searched(file: string, pattern: RegExp): readonly FunctionReference[];
  /** What each match of a pattern in a file's text gives, wherever it stands. */
  matches(file: string, pattern: RegExp): readonly (readonly (string | undefined)[])[];
  /** True if something in a file's text matches. @param pattern without the flag `g`, by which a pattern remembers where it was */
  says(file: string, pattern: RegExp): boolean;
  /** All files of the tree. */
  list(): readonly string[];
  /** The files of a name, in whatever folder. */
  filesNamed(name: string): readonly string[];
  /** True if some line that starts in column one has `name(`: see `definesAtColumnZero` of file.ts. */
  defines(file: string, name: string): boolean;
  /** True if the file has the word. */
  mentions(file: string, word: string): boolean;
  /** True if the file calls something that drops references. */
  drops(file: string): boolean;
  /** True if some file of its folder does. */
  dropsNear(file: string): boolean;
  /** Names of the calls that drop references: those of the tables, and of the tree's macros for them. */
  dropNames(): readonly string[];
}

/** A file, and from where to where the item goes at a position, and its number; of what stands in none, the whole. */
export interface Around {
  facts: WholeFile;
  number: number | null;
  from: number;
  end: number;
}

/** Has every question that is put to a tree noted. */
export function asked(tree: Tree, ledger: Ledger): AskedTree {
  const noted: (kind: Kind, ...words: readonly string[]) => void = ledger.note;
  const { of: described, textOf, outsideOf } = descriptionsIn(tree);

  /** Puts a question of a kind. */
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
