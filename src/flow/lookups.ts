/**
 * A frame number or an address in a field leads back to a page only where somebody looks pages up by it. Which functions do
 * is told from names alone, since a number that is copied about leads to half of a folder.
 */
import { type FunctionReference, searching } from '../program/file.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { pageLookups } from '../protocol/index.js';

/** The tree of one driver has no more files that look pages up; of a kernel's, those near by are asked. */
const few = 20;

/** True if a function may turn a number in a field into a page, or hands on what is in the field. */
export type LooksUp = (reference: FunctionReference, field: string, near: readonly string[]) => boolean;

/** Remembers, for each place in the tree, who looks pages up there. */
export function openLookups(program: Program): LooksUp {
  const known = program.ledger.memo<ReadonlySet<string>>();

  /** The lookups, and the functions near some folders that call them, themselves or through each other. */
  function lookersNear(folders: readonly string[]): ReadonlySet<string> {
    const key = folders.join('\0');
    return known.get(key) ?? known.work(key, () => findLookers(program, folders));
  }

  return (reference, field, near) => {
    const text = program.textOf(reference);
    if (handsOn(text, field)) return true;
    const lookers = lookersNear([...new Set([reference.file, ...near].map(folderOf))].sort());
    for (const [, name] of text.matchAll(/\b(\w+)\s*\(/g)) if (lookers.has(name as string)) return true;
    return false;
  };
}

/** True if a text returns what is in a field, or stores it in another. */
function handsOn(text: string, field: string): boolean {
  return new RegExp(`(?:\\breturn\\b|(?:->|\\.)\\s*\\w+(?:\\[[^\\]]*\\])?\\s*=)[^;=]*(?:->|\\.)\\s*${field}\\b`).test(text);
}

function findLookers(program: Program, folders: readonly string[]): Set<string> {
  const found = new Set(pageLookups);
  const all = new Set(pageLookups.flatMap((name) => program.tree.filesCalling(name)));
  const files = [...all].filter((file) => all.size <= few || folders.some((folder) => isNear(file, folder))).map(program.file);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    const calls = new RegExp(`\\b(?:${[...found].join('|')})\\s*\\(`);
    for (const facts of files) for (const { name } of searching(facts, calls)) found.add(name);
  }
  return found;
}
