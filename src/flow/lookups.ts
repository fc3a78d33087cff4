/**
 * A frame number, an address or a scatterlist in a field leads back to pages only where somebody looks them up by it or takes
 * them out. Which functions do is told from names alone, since a number that is copied about leads to half of a folder.
 */
import type { FunctionReference } from '../program/file.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { waysOut } from '../protocol/index.js';

/** The tree of one driver has no more files that look pages up; of a kernel's, those near by are asked. */
const few = 20;

/**
 * True if a function may take pages out of what is in a holder, of a content such as `@pfn`, or hands on what is in there.
 * @param read how the holder is read, as a pattern
 */
export type LooksUp = (reference: FunctionReference, read: string, content: string, near: readonly string[]) => boolean;

/** Remembers, for each place in the tree, who looks pages up there. */
export function openLookups(program: Program): LooksUp {
  const known = program.ledger.memo<ReadonlySet<string>>();
  const calling = program.ledger.memo<readonly Calling[]>();
  const reading = program.ledger.memo<readonly string[]>();

  /** The lookups, and the functions near some folders that call them, themselves or through each other. */
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
    // Where nobody near by looks pages up, there is nobody to hand it to.
    return lookers.size > calls.length && handsOn(text, read);
  };
}

/** The functions of a file that read some of the fields; most files read none. */
function readersIn(program: Program, file: string, fields: readonly string[]): string[] {
  if (fields.length === 0 || !program.says(file, readOf(fields))) return [];
  return program.searched(file, readOf(fields)).map(({ name }) => name);
}

/** True if a text reads some of the fields. */
function readsAny(text: string, fields: readonly string[]): boolean {
  return fields.length > 0 && readOf(fields).test(text);
}

function readOf(fields: readonly string[]): RegExp {
  return new RegExp(`(?:->|\\.)\\s*(?:${fields.join('|')})\\b`);
}

/** True if a text returns what is in a holder, stores it in a field, or hands it to an operation: at once, or by a variable. */
function handsOn(text: string, read: string): boolean {
  const to = '(?:\\breturn\\b|(?:->|\\.)\\s*\\w+(?:\\[[^\\]]*\\])?\\s*=)';
  const operation = '(?:->|\\.)\\s*\\w+\\s*\\((?:[^;{}]*[,(&\\s])?';
  if (new RegExp(`${to}[^;=]*${read}`).test(text)) return true;
  const variables = Array.from(text.matchAll(new RegExp(`(\\w+)\\s*=[^;=]*${read}`, 'g')), (match) => match[1] as string);
  if (variables.length === 0) return false;
  const variable = `(?:${variables.join('|')})\\b\\s*`;
  return new RegExp(`${to}\\s*(?:\\([^()]*\\)\\s*)?${variable}[;>+]|${operation}${variable}[,)]`).test(text);
}

/** A function, and the names that stand before a parenthesis in it. */
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
