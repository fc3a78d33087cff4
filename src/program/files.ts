/** The files of a tree, each looked through once, when it is first asked for. */
import { describe, type FileFacts, type FunctionReference } from './file.js';
import type { Ledger } from './ledger.js';
import type { AskedTree } from './questions.js';

/** What files have in them. */
export interface Files {
  /** What is known of a file; `null` for one that cannot be read. */
  file(name: string): FileFacts | null;
  /** A file's text, `''` if it cannot be read; one that was not looked through yet is not for that. */
  contentOf(name: string): string;
  /** The text of a function or macro, `''` if its file is gone. */
  textOf(reference: FunctionReference): string;
  /** Where a position in a file stands. */
  position(file: string, pos: number): { line: number; column: number };
}

/**
 * What a text has in two spellings, in the one that is looked for, each at its place: `(*a).b` is `a->b`; and `TRUE` and `FALSE`, which
 * drivers that come from other systems define as one and zero, are `true` and `false`.
 */
function respelled(text: string): string {
  const direct = pointed.test(text) ? text.replace(/\(\*(\w+)\)\./g, (all, name, at) => (isCalled(text, at) ? all : `  ${name}->`)) : text;
  return text.includes('TRUE') || text.includes('FALSE') ? direct.replace(answer, (word) => word.toLowerCase()) : direct;
}

const pointed = /\(\*\w+\)\./;

/** True for a parenthesis of a call: `f(*a).b` is a member of what the call gives. */
function isCalled(text: string, at: number): boolean {
  return /[\w)\]]\s*$/.test(text.slice(Math.max(0, at - 20), at));
}

/** As a value: not where it is defined, or compared. */
const answer = /(?<=(?:[=(,!&|?:]|\breturn)\s*)\b(?:TRUE|FALSE)\b(?=\s*[;,)?:&|])/g;

/** Opens the files of a tree. */
export function openFiles(tree: AskedTree, ledger: Ledger): Files {
  const files = ledger.memo<FileFacts | null>();

  function file(name: string): FileFacts | null {
    const known = files.get(name);
    if (known !== undefined) return known;
    return files.work(name, () => {
      const text = tree.read(name);
      return text === null ? null : describe(name, respelled(text));
    });
  }

  return {
    file,
    contentOf: (name) => files.get(name)?.text ?? tree.read(name) ?? '',
    textOf: ({ file: name, item }) => file(name)?.text.slice(item.pos, item.end) ?? '',
    position: (name, pos) => file(name)?.outline.position(pos) ?? { line: 1, column: 1 },
  };
}
