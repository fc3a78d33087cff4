/** Searches for functions by what their text names, before anything is parsed. */
import { accessorsOf } from '../protocol/index.js';
import type { AskedTree } from './asked.js';
import type { FunctionReference } from './file.js';
import { mayMean } from './meant.js';

/** What functions of a file are found by. */
export interface Searches {
  /** Functions of a file that touch all of some fields by name; with `tag`, not those that plainly mean another struct's. */
  touching(file: string, fields: readonly string[], tag?: string): readonly FunctionReference[];
  /** Functions of a file that name a file-scope variable. */
  naming(file: string, variable: string): readonly FunctionReference[];
}

/** Looks for the functions of a file whose text matches. */
type Searched = AskedTree['searched'];

/** What is searched. */
interface Sources {
  searched: Searched;
  textOf(reference: FunctionReference): string;
  /** The tag of a struct's member, as a file sees it; `null` if that is not known. */
  memberTag(tag: string, member: string, file: string): string | null;
}

/** Opens the searches of files. */
export function openSearches({ searched, textOf, memberTag }: Sources): Searches {
  return {
    touching(name, fields, tag) {
      const through = usingAccessors(searched, name, fields.at(-1) ?? '');
      const all = usingFields(searched, name, fields);
      const first = fields[0] ?? '';
      const meant = tag === undefined ? all : all.filter((r) => mayMean(textOf(r), first, tag, (t, member) => memberTag(t, member, name)));
      return [...meant, ...through.filter((r) => !meant.includes(r))];
    },
    naming: (name, variable) => searched(name, new RegExp(`\\b${variable}\\b`)),
  };
}

/** Functions that reach a field by the kernel's accessors of it. */
function usingAccessors(searched: Searched, file: string, field: string): readonly FunctionReference[] {
  const accessors = accessorsOf(field);
  return accessors.length > 0 ? searched(file, new RegExp(`\\b(?:${accessors.join('|')})\\s*\\(`)) : [];
}

/** Functions in which each of some fields is written behind `.` or `->`. */
function usingFields(searched: Searched, file: string, fields: readonly string[]): FunctionReference[] {
  const found = fields.map((field) => searched(file, new RegExp(`(?:->|\\.)\\s*${field}\\b`)));
  return (found[0] ?? []).filter((r) => found.every((f) => f.includes(r)));
}
