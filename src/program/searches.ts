/** Searches for functions by what their text names, before anything is parsed. */
import { accessorsOf } from '../protocol/index.js';
import type { AskedTree } from './asked.js';
import type { FunctionReference } from './file.js';
import { mayMean } from './meant.js';
import { memberText } from './patterns.js';

/** Finds functions of a file. */
export interface Searches {
  /**
   * Returns the functions of a file that name all of these fields.
   * @param tag leaves out functions that plainly mean the first field of another struct
   */
  touching(file: string, fields: readonly string[], tag?: string): readonly FunctionReference[];
  /** Returns the functions of a file that name a file-scope variable. */
  naming(file: string, variable: string): readonly FunctionReference[];
}

/** Finds the functions of a file whose text matches. */
type Searched = AskedTree['searched'];

/** What the searches need. */
interface Sources {
  searched: Searched;
  textOf(reference: FunctionReference): string;
  /** Returns the tag of a struct's member, as a file sees it; `null` if it is not known. */
  memberTag(tag: string, member: string, file: string): string | null;
}

/** Opens the searches. */
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

/** Functions that reach a field through one of the kernel's accessors for it. */
function usingAccessors(searched: Searched, file: string, field: string): readonly FunctionReference[] {
  const accessors = accessorsOf(field);
  return accessors.length > 0 ? searched(file, new RegExp(`\\b(?:${accessors.join('|')})\\s*\\(`)) : [];
}

/** Functions that have each of these fields behind `.` or `->`. */
function usingFields(searched: Searched, file: string, fields: readonly string[]): FunctionReference[] {
  const found = fields.map((field) => searched(file, new RegExp(memberText(field))));
  return (found[0] ?? []).filter((r) => found.every((f) => f.includes(r)));
}
