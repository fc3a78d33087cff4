/** Calls through a member in which a driver installs one function, or one in each arm of an `#if`: they are calls of that function. */
import { excludes } from '../syntax/assumptions.js';
import type { FunctionReference } from './file.js';
import type { CallOperation } from './graph.js';
import type { Ledger } from './ledger.js';

/** What members and functions are looked up in. */
interface Sources {
  ledger: Ledger;
  /** The tree is that of a driver. */
  isDriver: boolean;
  says(file: string, pattern: RegExp): boolean;
  /** Headers that a file includes, through its own headers. */
  ownHeaders(file: string): readonly string[];
  resolve(name: string, from: string): readonly FunctionReference[];
  installed(file: string, field: string): readonly FunctionReference[];
  /** The members in which a file installs a function. */
  installedFor(file: string, name: string): readonly string[];
}

/** What such calls come to. */
export interface Indirect {
  /** A call in a file through such a member, as the call that it is under some conditions of arms; any other call as it is. */
  direct(call: CallOperation, from: string, assumed: readonly string[]): CallOperation;
  /** The functions that a text calls through a member, where they are several, in arms that exclude each other. */
  armsThrough(member: string, text: string, from: string): readonly FunctionReference[];
  /** The members through which a function is called so. */
  membersFor(reference: FunctionReference): readonly string[];
}

/** Opens the lookup; in a kernel's tree a member of one name is of many structs, and its calls stay what they are. */
export function openIndirect({ ledger, isDriver, says, ownHeaders, resolve, installed, installedFor }: Sources): Indirect {
  const known = ledger.memo<readonly FunctionReference[]>();

  /** The functions that are installed in a member, one for each arm. */
  function installedIn(through: string, from: string): readonly FunctionReference[] {
    const key = `${through}\0${from}`;
    return known.get(key) ?? known.work(key, () => find(through, from));
  }

  function find(through: string, from: string): readonly FunctionReference[] {
    const all = installed(from, through);
    const isSeen = ({ key, name, macro }: FunctionReference): boolean => {
      const [seen, ...more] = resolve(name, from);
      return !macro && seen?.key === key && more.length === 0;
    };
    const isApart = (one: FunctionReference, i: number): boolean =>
      all.slice(i + 1).every((other) => excludes(one.item.conditions, other.item.conditions));
    if (all.length === 0 || !all.every(isSeen) || !all.every(isApart)) return [];
    // A member of that name is declared by a struct of the driver's own.
    const declared = new RegExp(`\\(\\s*\\*\\s*${through}\\s*\\)\\s*\\(`);
    const files = new Set([from, ...ownHeaders(from), ...all.flatMap((r) => [r.file, ...ownHeaders(r.file)])]);
    return [...files].some((name) => says(name, declared)) ? all : [];
  }

  return {
    direct(call, from, assumed) {
      const { name, through } = call;
      if (!isDriver || name !== null || through === null) return call;
      const [only, ...others] = installedIn(through, from).filter((r) => !excludes(assumed, r.item.conditions));
      return only && others.length === 0 ? { ...call, name: only.name, through: null } : call;
    },
    armsThrough(member, text, from) {
      if (!isDriver || !new RegExp(`(?:->|\\.)\\s*${member}\\s*\\(`).test(text)) return [];
      const all = installedIn(member, from);
      return all.length > 1 ? all : [];
    },
    membersFor: ({ file: name, name: called, macro }) => (isDriver && !macro ? installedFor(name, called) : []),
  };
}
