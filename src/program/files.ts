/** Reads the files of a tree in pieces: the whole file, its shell, the text of one item. */
import type { AskedTree } from './asked.js';
import type { FunctionReference, Shell, WholeFile } from './file.js';
import type { Ledger } from './ledger.js';

/** Reads files. What a caller asks for is what its result rests on: the less, the fewer changes to the tree touch it. */
export interface Files extends Pick<AskedTree, 'position' | 'searched' | 'matches' | 'says'> {
  /** Returns what is known of a file; `null` if it cannot be read. */
  file(file: string): WholeFile | null;
  /** Returns a file without the bodies of its functions, which are blanked in its text; `null` if it cannot be read. */
  shell(file: string): Shell | null;
  /** Returns a file's text without those function bodies that can be found without outlining it; `''` if it cannot be read. */
  outside(file: string): string;
  /** Returns the text of a function or macro; `''` if its file cannot be read. */
  textOf(reference: FunctionReference): string;
  /** Returns the text from `pos` to `end`, cut off at the end of the function or other item at `pos`. */
  between(file: string, pos: number, end: number): string;
  /**
   * Returns the text from `before` characters in front of `pos` to `behind` characters after it, cut off at the ends of the item at `pos`.
   */
  near(file: string, pos: number, before: number, behind: number): string;
  /** Returns the name at a position; `null` if there is none. */
  nameAt(file: string, pos: number): string | null;
  /** Returns the line around a position. */
  lineAt(file: string, pos: number): string;
}

/** Names are assumed to be no longer than this. */
const longestName = 100;

/** Opens the files of a tree. What was read is remembered. */
export function openFiles(tree: AskedTree, ledger: Ledger): Files {
  const files = ledger.memo<WholeFile | null>();
  const shells = ledger.memo<Shell | null>();
  const outsides = ledger.memo<string>();
  const texts = ledger.memo<string>();

  function file(name: string): WholeFile | null {
    const known = files.get(name);
    return known !== undefined ? known : files.work(name, () => tree.file(name));
  }

  function shell(name: string): Shell | null {
    const known = shells.get(name);
    return known !== undefined ? known : shells.work(name, () => tree.shell(name));
  }

  function textOf({ key, file: name, item }: FunctionReference): string {
    return texts.get(key) ?? texts.work(key, () => tree.around(name, item.pos)?.facts.text.slice(item.pos, item.end) ?? '');
  }

  function within(name: string, pos: number, from: number, end: number): string {
    const around = tree.around(name, pos);
    return around?.facts.text.slice(Math.max(around.from, from), Math.min(around.end, end)) ?? '';
  }

  function lineAt(name: string, pos: number): string {
    const text = tree.around(name, pos)?.facts.text ?? '';
    const end = text.indexOf('\n', pos);
    return text.slice(text.lastIndexOf('\n', pos - 1) + 1, end < 0 ? text.length : end);
  }

  return {
    file,
    shell,
    outside: (name) => outsides.get(name) ?? outsides.work(name, () => tree.outside(name) ?? ''),
    textOf,
    between: (name, pos, end) => within(name, pos, pos, end),
    near: (name, pos, before, behind) => within(name, pos, pos - before, pos + behind),
    nameAt: (name, pos) => /^\w+/.exec(within(name, pos, pos, pos + longestName))?.[0] ?? null,
    lineAt,
    position: tree.position,
    searched: tree.searched,
    matches: tree.matches,
    says: tree.says,
  };
}
