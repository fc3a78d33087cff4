/**
 * Calls through a member in which a driver installs functions: one, or one in each arm of an `#if`, and they are calls of that function;
 * several, and each is a call of one of these.
 */
import { excludes } from '../syntax/assumptions.js';
import type { StructDefinition } from '../syntax/ast.js';
import type { FunctionReference } from './file.js';
import type { CallOperation } from './graph.js';
import type { Ledger } from './ledger.js';
import { findField } from './types.js';

/** What members and functions are looked up in. */
interface Sources {
  ledger: Ledger;
  /** The tree is that of a driver. */
  isDriver: boolean;
  says(file: string, pattern: RegExp): boolean;
  /** Headers that a file includes, through its own headers. */
  ownHeaders(file: string): readonly string[];
  resolve(name: string, from: string): readonly FunctionReference[];
  structure(tag: string, file: string): StructDefinition | null;
  installed(file: string, field: string, struct: string | null): readonly FunctionReference[];
  installedAnywhere(struct: string, field: string): readonly FunctionReference[];
  /** The members in which a file installs a function. */
  installedFor(file: string, name: string): readonly string[];
}

/** What such calls come to. */
export interface Indirect {
  /**
   * A call in a file through such a member, as the call that it is under some conditions of arms; any other call as it is.
   * @param struct the struct of which it is a member, `null` if that is not known
   */
  direct(call: CallOperation, struct: string | null, from: string, assumed: readonly string[]): CallOperation;
  /** The functions that a text calls through a member, where they are several, in arms that exclude each other. */
  armsThrough(member: string, text: string, from: string): readonly FunctionReference[];
  /** The members through which a function is called so that a file installs there. */
  membersFor(reference: FunctionReference, file: string): readonly string[];
}

/** Opens the lookup; in a kernel's tree a member of one name is of many structs, and its calls stay what they are. */
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

  /** The functions that are installed in a member of a struct of the driver's own, as far as they are known. */
  function installedIn(through: string, struct: string | null, from: string): readonly FunctionReference[] {
    const key = `${through}\0${struct ?? ''}\0${from}`;
    return known.get(key) ?? known.work(key, () => find(through, struct, from));
  }

  function find(through: string, struct: string | null, from: string): readonly FunctionReference[] {
    const everywhere = struct === null ? [] : installedAnywhere(struct, through);
    const all = everywhere.length > 0 ? everywhere : installed(from, through, struct);
    return all.length > 0 && !all.some((r) => r.macro) && isOwn(through, struct, from, all) ? all : [];
  }

  /** True for a member that is declared by a struct of the driver's own. */
  function isOwn(through: string, struct: string | null, from: string, all: readonly FunctionReference[]): boolean {
    if (struct !== null) return findField(structure(struct, from)?.fields ?? [], through) !== null;
    const declared = new RegExp(`\\(\\s*\\*\\s*${through}\\s*\\)\\s*\\(`);
    const files = new Set([from, ...ownHeaders(from), ...all.flatMap((r) => [r.file, ...ownHeaders(r.file)])]);
    return [...files].some((name) => says(name, declared));
  }

  /** True if a function is the only one that its name means in a file. */
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
      if (!isDriver || !new RegExp(`(?:->|\\.)\\s*${member}\\s*\\(`).test(text)) return [];
      const all = installedIn(member, null, from);
      const isApart = (one: FunctionReference, i: number): boolean =>
        all.slice(i + 1).every((other) => excludes(one.item.conditions, other.item.conditions));
      return all.length > 1 && all.every(isApart) && all.every((r) => isSeen(r, from)) ? all : [];
    },
    membersFor: ({ name, macro }, file) => (isDriver && !macro ? installedFor(file, name) : []),
  };
}
