/**
 * Resolves calls through a struct member in which a driver installs functions. If it installs one, or one in each arm of an `#if`, the call
 * is a call of that function; if it installs several, the call is a call of one of them.
 */
import { excludes } from '../syntax/assumptions.js';
import type { StructDefinition } from '../syntax/ast.js';
import type { FunctionReference } from './file.js';
import type { CallOperation } from './graph.js';
import type { Ledger } from './ledger.js';
import { memberText } from './patterns.js';
import { findField } from './types.js';

/** What the lookup needs. */
interface Sources {
  ledger: Ledger;
  /** True if the tree is a driver's. */
  isDriver: boolean;
  says(file: string, pattern: RegExp): boolean;
  /** Returns the headers that a file includes, also through its own headers. */
  ownHeaders(file: string): readonly string[];
  resolve(name: string, from: string): readonly FunctionReference[];
  structure(tag: string, file: string): StructDefinition | null;
  installed(file: string, field: string, struct: string | null): readonly FunctionReference[];
  installedAnywhere(struct: string, field: string): readonly FunctionReference[];
  /** Returns the members in which a file installs a function. */
  installedFor(file: string, name: string): readonly string[];
}

/** Resolves calls through members. */
export interface Indirect {
  /**
   * Returns a call in a file through such a member as the call that it is in the `#if` arms that the assumptions allow; any other call as
   * it is.
   * @param struct the struct that the member is of, `null` if it is not known
   */
  direct(call: CallOperation, struct: string | null, from: string, assumed: readonly string[]): CallOperation;
  /** Returns the functions that a text calls through a member, if there are several, in arms that exclude each other; else none. */
  armsThrough(member: string, text: string, from: string): readonly FunctionReference[];
  /** Returns the members in which a file installs the function, and through which it may be called. */
  membersFor(reference: FunctionReference, file: string): readonly string[];
}

/** Opens the lookup. In a kernel's tree, where many structs have a member of the same name, calls through members stay as they are. */
export function openIndirect({
  ledger,
  isDriver,
  says,
  ownHeaders,
  resolve,
  structure,
  installed,
  installedAnywhere,
  installedFor,
}: Sources): Indirect {
  const known = ledger.memo<readonly FunctionReference[]>();

  /** The functions that are installed in a member of one of the driver's own structs; none if not all of them are known. */
  function installedIn(through: string, struct: string | null, from: string): readonly FunctionReference[] {
    const key = `${through}\0${struct ?? ''}\0${from}`;
    return known.get(key) ?? known.work(key, () => find(through, struct, from));
  }

  function find(through: string, struct: string | null, from: string): readonly FunctionReference[] {
    const everywhere = struct === null ? [] : installedAnywhere(struct, through);
    const all = everywhere.length > 0 ? everywhere : installed(from, through, struct);
    return all.length > 0 && !all.some((r) => r.macro) && isOwn(through, struct, from, all) ? all : [];
  }

  /** True for a member that a struct of the driver's own declares. */
  function isOwn(through: string, struct: string | null, from: string, all: readonly FunctionReference[]): boolean {
    if (struct !== null) return findField(structure(struct, from)?.fields ?? [], through) !== null;
    const declared = new RegExp(`\\(\\s*\\*\\s*${through}\\s*\\)\\s*\\(`);
    const files = new Set([from, ...ownHeaders(from), ...all.flatMap((r) => [r.file, ...ownHeaders(r.file)])]);
    return [...files].some((name) => says(name, declared));
  }

  /** True if the function is the only one that its name means in the file. */
  function isSeen({ key, name }: FunctionReference, from: string): boolean {
    const [seen, ...more] = resolve(name, from);
    return seen?.key === key && more.length === 0;
  }

  return {
    direct(call, struct, from, assumed) {
      const { name, through } = call;
      if (!isDriver || name !== null || through === null) return call;
      const all = installedIn(through, struct, from).filter((r) => !excludes(assumed, r.item.conditions));
      const [only, ...others] = all;
      if (only && others.length === 0 && isSeen(only, from)) return { ...call, name: only.name, through: null };
      return only && struct !== null ? { ...call, among: all } : call;
    },
    armsThrough(member, text, from) {
      if (!isDriver || !new RegExp(`${memberText(member)}\\s*\\(`).test(text)) return [];
      const all = installedIn(member, null, from);
      const isApart = (one: FunctionReference, i: number): boolean =>
        all.slice(i + 1).every((other) => excludes(one.item.conditions, other.item.conditions));
      return all.length > 1 && all.every(isApart) && all.every((r) => isSeen(r, from)) ? all : [];
    },
    membersFor: ({ name, macro }, file) => (isDriver && !macro ? installedFor(file, name) : []),
  };
}
