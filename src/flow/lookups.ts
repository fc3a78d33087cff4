/**
 * A frame number, an address or a scatterlist in a field leads back to pages only if somebody looks pages up by it or takes
 * them out of it. Which functions do is told from names alone: a number is copied about so much that facts would lead to half of a folder.
 */
import type { FunctionReference } from '../program/file.js';
import { memberStoreText, memberText } from '../program/patterns.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { waysOut } from '../protocol/index.js';

/** If no more files than this look pages up, all of them are asked (the tree of one driver); else only those near by (a kernel's). */
const few = 20;

/**
 * True if a function may take pages out of what a holder has, of a content such as `@pfn`, or hands that on.
 * @param read a pattern for the text by which the holder is read
 * @param near files in whose folders the functions that look pages up are sought, beside the function's own
 */
export type LooksUp = (reference: FunctionReference, read: string, content: string, near: readonly string[]) => boolean;

/** Makes the test for a program; it remembers, for each set of folders, who looks pages up there. */
export function openLookups(program: Program): LooksUp {
  const known = program.ledger.memo<ReadonlySet<string>>();
  const calling = program.ledger.memo<readonly Calling[]>();
  const reading = program.ledger.memo<readonly string[]>();

  /** Names of the calls that take pages out, and of functions near the folders that call one of them, directly or through each other. */
  function lookersNear(content: string, folders: readonly string[]): ReadonlySet<string> {
    const key = [content, ...folders].join('\0');
    const find = (): Set<string> => {
      const { calls, fields } = waysOut(content);
      const all = new Set([
        ...calls.flatMap((name) => program.tree.filesCalling(name)),
        ...fields.flatMap((field) => program.tree.filesAccessing(field)),
      ]);
      const files = [...all].filter((file) => all.size <= few || folders.some((folder) => isNear(file, folder)));
      const near = files.flatMap((file) => calling.get(file) ?? calling.work(file, () => callingIn(program, file)));
      const readers = files.flatMap((file) => {
        const place = `${content}\0${file}`;
        return reading.get(place) ?? reading.work(place, () => readersIn(program, file, fields));
      });
      return findLookers([...calls, ...readers], near);
    };
    return known.get(key) ?? known.work(key, find);
  }

  return (reference, read, content, near) => {
    const { calls, fields } = waysOut(content);
    const lookers = lookersNear(content, [...new Set([reference.file, ...near].map(folderOf))].sort());
    const text = program.textOf(reference);
    if (readsAny(text, fields)) return true;
    for (const name of calledIn(text)) if (lookers.has(name)) return true;
    // If nobody near by looks pages up, there is nobody to hand it to.
    return lookers.size > calls.length && handsOn(text, read);
  };
}

/** Names of the functions in a file that read one of the fields. */
function readersIn(program: Program, file: string, fields: readonly string[]): string[] {
  if (fields.length === 0 || !program.says(file, readOf(fields))) return [];
  return program.searched(file, readOf(fields)).map(({ name }) => name);
}

/** True if a text reads one of the fields. */
function readsAny(text: string, fields: readonly string[]): boolean {
  return fields.length > 0 && readOf(fields).test(text);
}

function readOf(fields: readonly string[]): RegExp {
  return new RegExp(memberText(...fields));
}

/** True if a text returns what the holder has, stores it in a field or passes it to an operation, directly or by a local variable. */
function handsOn(text: string, read: string): boolean {
  const to = `(?:\\breturn\\b|${memberStoreText})`;
  const operation = '(?:->|\\.)\\s*\\w+\\s*\\((?:[^;{}]*[,(&\\s])?';
  if (new RegExp(`${to}[^;=]*${read}`).test(text)) return true;
  const variables = Array.from(text.matchAll(new RegExp(`(\\w+)\\s*=[^;=]*${read}`, 'g')), (match) => match[1] as string);
  if (variables.length === 0) return false;
  const variable = `(?:${variables.join('|')})\\b\\s*`;
  return new RegExp(`${to}\\s*(?:\\([^()]*\\)\\s*)?${variable}[;>+]|${operation}${variable}[,)]`).test(text);
}

/** A function, and the names before a `(` in it. */
interface Calling {
  reference: FunctionReference;
  calls: readonly string[];
}

function callingIn(program: Program, file: string): Calling[] {
  return (program.shell(file)?.functions ?? []).map((reference) => ({
    reference,
    calls: [...new Set(calledIn(program.textOf(reference)))],
  }));
}

function* calledIn(text: string): Generator<string> {
  for (const [, name] of text.matchAll(/\b(\w+)\s*\(/g)) yield name as string;
}

function findLookers(calls: readonly string[], functions: readonly Calling[]): Set<string> {
  const found = new Set(calls);
  for (let before = 0, left = functions; before < found.size; ) {
    before = found.size;
    left = left.filter((f) => {
      const looks = f.calls.some((name) => found.has(name));
      if (looks) found.add(f.reference.name);
      return !looks;
    });
  }
  return found;
}
