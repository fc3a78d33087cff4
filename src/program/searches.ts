/** Searches for functions by what their text names, before anything is parsed. */
import { accessorsOf } from '../protocol/index.js';
import { type FileFacts, type FunctionReference, searching } from './file.js';
import { mayMean } from './meant.js';

/** What functions of a file are found by. */
export interface Searches {
  /** Functions of a file that touch all of some fields by name; with `tag`, not those that plainly mean another struct's. */
  touching(file: string, fields: readonly string[], tag?: string): FunctionReference[];
  /** Functions of a file that name a file-scope variable. */
  naming(file: string, variable: string): FunctionReference[];
}

/** What is searched. */
interface Sources {
  file(name: string): FileFacts | null;
  textOf(reference: FunctionReference): string;
  /** The tag of a struct's member, as a file sees it; `null` if that is not known. */
  memberTag(tag: string, member: string, file: string): string | null;
}

/** Opens the searches of files. */
export function openSearches({ file, textOf, memberTag }: Sources): Searches {
  return {
    touching(name, fields, tag) {
      const facts = file(name);
      const through = usingAccessors(facts, fields.at(-1) ?? '');
      const all = usingFields(facts, fields);
      const first = fields[0] ?? '';
      const meant = tag === undefined ? all : all.filter((r) => mayMean(textOf(r), first, tag, (t, member) => memberTag(t, member, name)));
      return [...meant, ...through.filter((r) => !meant.includes(r))];
    },
    naming: (name, variable) => searching(file(name), new RegExp(`\\b${variable}\\b`)),
  };
}

/** Functions that reach a field by the kernel's accessors of it. */
function usingAccessors(facts: FileFacts | null, field: string): FunctionReference[] {
  const accessors = accessorsOf(field);
  return accessors.length > 0 ? searching(facts, new RegExp(`\\b(?:${accessors.join('|')})\\s*\\(`)) : [];
}

/** Functions in which each of some fields is written behind `.` or `->`. */
function usingFields(facts: FileFacts | null, fields: readonly string[]): FunctionReference[] {
  const found = fields.map((field) => searching(facts, new RegExp(`(?:->|\\.)\\s*${field}\\b`)));
  return (found[0] ?? []).filter((r) => found.every((f) => f.includes(r)));
}
