/** The files of a tree, each looked through once, when it is first asked for. */
import type { AskedTree } from './asked.js';
import type { FunctionReference, Shell, WholeFile } from './file.js';
import type { Ledger } from './ledger.js';

/** What files have in them. What is asked for of a file is what a result rests on: the less, the fewer changes touch it. */
export interface Files extends Pick<AskedTree, 'position' | 'searched' | 'matches' | 'says'> {
  /** What is known of a file; `null` for one that cannot be read. */
  file(name: string): WholeFile | null;
  /** What is known of a file without the bodies of its functions, which are blank in its text. */
  shell(name: string): Shell | null;
  /** A file's text without the bodies of its functions as far as that is seen without looking through it, `''` if it cannot be read. */
  outside(name: string): string;
  /** The text of a function or macro, `''` if its file is gone. */
  textOf(reference: FunctionReference): string;
  /** What stands from one position to another, as far as the function or other item goes that is at the first. */
  between(file: string, pos: number, end: number): string;
  /** So many characters before and behind a position, as far as the function or other item goes that is there. */
  near(file: string, pos: number, before: number, behind: number): string;
  /** The name that stands at a position; `null` if none does. */
  nameAt(file: string, pos: number): string | null;
  /** The line around a position. */
  lineAt(file: string, pos: number): string;
}

/** No name is longer. */
const longestName = 100;

/** Opens the files of a tree. */
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
