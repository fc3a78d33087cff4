/**
 * A frame number, an address or a scatterlist in a field leads back to pages only where somebody looks them up by it or takes
 * them out. Which functions do is told from names alone, since a number that is copied about leads to half of a folder.
 */
import { type FunctionReference, searching } from '../program/file.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { waysOut } from '../protocol/index.js';

/** The tree of one driver has no more files that look pages up; of a kernel's, those near by are asked. */
const few = 20;

/** True if a function may take pages out of what is in a field, of a content such as `@pfn`, or hands on what is in the field. */
export type LooksUp = (reference: FunctionReference, field: string, content: string, near: readonly string[]) => boolean;

/** Remembers, for each place in the tree, who looks pages up there. */
export function openLookups(program: Program): LooksUp {
  const known = program.ledger.memo<ReadonlySet<string>>();

  /** The lookups, and the functions near some folders that call them, themselves or through each other. */
  function lookersNear(content: string, folders: readonly string[]): ReadonlySet<string> {
    const key = [content, ...folders].join('\0');
    return known.get(key) ?? known.work(key, () => findLookers(program, waysOut(content).calls, folders));
  }

  return (reference, field, content, near) => {
    const { calls, fields } = waysOut(content);
    const lookers = lookersNear(content, [...new Set([reference.file, ...near].map(folderOf))].sort());
    const text = program.textOf(reference);
    if (fields.length > 0 && new RegExp(`(?:->|\\.)\\s*(?:${fields.join('|')})\\b`).test(text)) return true;
    for (const [, name] of text.matchAll(/\b(\w+)\s*\(/g)) if (lookers.has(name as string)) return true;
    // Where nobody near by looks pages up, there is nobody to hand it to.
    return lookers.size > calls.length && handsOn(text, field);
  };
}

/** True if a text returns what is in a field, or stores it in another: at once, or by a variable. */
function handsOn(text: string, field: string): boolean {
  const to = '(?:\\breturn\\b|(?:->|\\.)\\s*\\w+(?:\\[[^\\]]*\\])?\\s*=)';
  const read = `(?:->|\\.)\\s*${field}\\b`;
  if (new RegExp(`${to}[^;=]*${read}`).test(text)) return true;
  const variables = Array.from(text.matchAll(new RegExp(`(\\w+)\\s*=[^;=]*${read}`, 'g')), (match) => match[1] as string);
  return variables.length > 0 && new RegExp(`${to}\\s*(?:\\([^()]*\\)\\s*)?(?:${variables.join('|')})\\b\\s*[;>+]`).test(text);
}

function findLookers(program: Program, calls: readonly string[], folders: readonly string[]): Set<string> {
  const found = new Set(calls);
  const all = new Set(calls.flatMap((name) => program.tree.filesCalling(name)));
  const files = [...all].filter((file) => all.size <= few || folders.some((folder) => isNear(file, folder))).map(program.file);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    const pattern = new RegExp(`\\b(?:${[...found].join('|')})\\s*\\(`);
    for (const facts of files) for (const { name } of searching(facts, pattern)) found.add(name);
  }
  return found;
}
