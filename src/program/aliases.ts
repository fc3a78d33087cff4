/** Finds the macros that may stand for the calls that the survey looks for, `#define GUP(a, n) get_user_pages(a, n, 0, NULL)`. */
import { acquires, releases } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import { parseMacro } from '../syntax/index.js';
import { definesNear, describe, type FunctionReference } from './file.js';
import { remembered } from './remembered.js';

/** How many macros may lie between a name and the call that it stands for: a macro may stand for a macro that stands for a call. */
const depth = 3;

/**
 * In a tree of at most this many files, every file is searched for macros without parameters: the index knows only names before a
 * parenthesis, and `#define GUP get_user_pages` has none. Larger trees are kernels, in which only files that may hold a call are read.
 */
const smallTree = 5000;

/** True for a tree small enough to be a driver's, in which every file can be searched. */
export function isSmall(tree: Tree): boolean {
  return tree.files.length <= smallTree;
}

/**
 * Returns the macros that stand for an acquiring call, directly or through another macro.
 * @param files those that may hold such a call
 */
export function acquiringMacros(tree: Tree, files: readonly string[]): FunctionReference[] {
  return macrosFor(tree, [...acquires.keys()], files);
}

/**
 * Returns the macros that stand for a releasing call. They are looked for in small trees only; in a kernel there are none for this purpose.
 */
export const releasingMacros = remembered((tree: Tree): readonly FunctionReference[] =>
  isSmall(tree) ? macrosFor(tree, [...releases.keys()], tree.files) : [],
);

/** Returns the names of all calls that drop references, those of releasing macros included. */
export const releasingNames = remembered((tree: Tree): readonly string[] => [
  ...releases.keys(),
  ...new Set(releasingMacros(tree).map((r) => r.name)),
]);

function macrosFor(tree: Tree, names: readonly string[], files: readonly string[]): FunctionReference[] {
  const found = new Map<string, FunctionReference>();
  const all = isSmall(tree) ? tree.files : null;
  let searched = files;
  let wanted = names;
  for (let round = 0; round < depth; round++) {
    const calling = new RegExp(`\\b(?:${wanted.join('|')})\\s*\\(`);
    const naming = new RegExp(`^#\\s*define[\\s\\\\]+\\w+[\\s\\\\]+(?:${wanted.join('|')})\\b(?!\\s*\\()`);
    const more = [
      ...searched.flatMap((file) => macrosMatching(tree, file, calling, false)),
      ...(all ?? searched).flatMap((file) => macrosMatching(tree, file, naming, true)),
    ].filter((r) => !found.has(r.key));
    if (more.length === 0) break;
    for (const r of more) found.set(r.key, r);
    wanted = more.map((r) => r.name);
    searched = [...new Set(more.flatMap((r) => [...tree.filesCalling(r.name)]))];
  }
  return [...found.values()];
}

function macrosMatching(tree: Tree, file: string, pattern: RegExp, objectLike: boolean): FunctionReference[] {
  const text = tree.read(file);
  // Most files that call the name define no macro for it, and the text tells that faster than the outline.
  if (text === null || !definesNear(text, pattern)) return [];
  const { functions, objectMacros } = describe(file, text);
  const macros = objectLike ? [...objectMacros().values()].flat() : functions.filter((r) => r.macro);
  // Only the body counts: `#define put_page(p) mine(p)` has the name in its head and does not stand for put_page().
  return macros.filter(({ item }) => pattern.test(objectLike ? text.slice(item.pos, item.end) : parseMacro(text, item).body));
}
