/** Macros that may stand for the calls that the survey looks for. */
import type { Tree } from '../source/index.js';
import { definesNear, describe, type FunctionReference } from './file.js';

/** A macro may stand for a macro that stands for a call. */
const depth = 3;

/** The macros whose text matches, or whose text names a macro that does. `files` are those that may hold a match. */
export function findAliases(tree: Tree, pattern: RegExp, files: readonly string[]): FunctionReference[] {
  const found = new Map<string, FunctionReference>();
  let searched = files;
  let wanted = pattern;
  for (let round = 0; round < depth; round++) {
    const more = searched.flatMap((file) => macrosMatching(tree, file, wanted)).filter((r) => !found.has(r.key));
    if (more.length === 0) break;
    for (const r of more) found.set(r.key, r);
    wanted = new RegExp(`\\b(?:${more.map((r) => r.name).join('|')})\\s*\\(`);
    searched = [...new Set(more.flatMap((r) => [...tree.filesCalling(r.name)]))];
  }
  return [...found.values()];
}

function macrosMatching(tree: Tree, file: string, pattern: RegExp): FunctionReference[] {
  const text = tree.read(file);
  // Most files that call the name define no macro for it; the text says so sooner than the outline.
  if (text === null || !definesNear(text, pattern)) return [];
  return describe(file, text).functions.filter(
    (r) => r.macro && pattern.test(text.slice(r.item.bodyPos < 0 ? r.item.pos : r.item.bodyPos, r.item.end)),
  );
}
