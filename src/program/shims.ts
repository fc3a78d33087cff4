/** Names of the kernel's calls that a driver defines itself, for the kernels that have not got them. */
import { acquires, dirtyCalls, extraReferenceCalls, foreignSystem, freeingCalls, releases, transfers } from '../protocol/index.js';
import { isOlder, without } from '../syntax/assumptions.js';
import type { FunctionReference, Shell } from './file.js';

/** What a name means in a file. */
export interface Meaning {
  /** Functions and macros that it is there in some configurations, or in all. */
  definitions: readonly FunctionReference[];
  /** The alternatives of conditions under which it is what the tables say; empty if it never is. */
  tabled: readonly (readonly string[])[];
}

export function isTabled(name: string): boolean {
  return (
    acquires.has(name) ||
    releases.has(name) ||
    transfers.has(name) ||
    dirtyCalls.has(name) ||
    extraReferenceCalls.has(name) ||
    freeingCalls.has(name)
  );
}

const always: Meaning = { definitions: [], tabled: [[]] };

/**
 * The meaning of a name by a file's own definitions, or else by those of its headers. A function that others see is the call itself
 * in a kernel, as is one of a kernel's header; in a driver's tree it is one of the driver's where it is not always there.
 */
export function meaningOf(name: string, own: Shell | null, isDriver: boolean, headers: () => readonly Shell[]): Meaning {
  if (!isDriver && own?.file.endsWith('.h') && acquires.has(name)) return always;
  const here = shimsIn(own, name, isDriver);
  if (!isTabled(name)) return here.length > 0 ? { definitions: here, tabled: [] } : always;
  if (here.length > 0) return { definitions: here, tabled: absent(own, here) };
  for (const header of isDriver ? headers() : []) {
    const there = shimsIn(header, name, false);
    const tabled = absent(header, there);
    if (there.length > 0 && tabled.length > 0) return { definitions: there, tabled };
  }
  return always;
}

function shimsIn(facts: Shell | null, name: string, others: boolean): FunctionReference[] {
  const isForeign = (f: FunctionReference): boolean => isTabled(name) && conditionsOf(facts, f).some((c) => foreignSystem.test(c));
  const isShim = (f: FunctionReference): boolean =>
    (f.static || f.macro || (others && isTabled(name) && conditionsOf(facts, f).length > 0)) && !isForeign(f);
  return facts?.byName.get(name)?.filter(isShim) ?? [];
}

function absent(facts: Shell | null, definitions: readonly FunctionReference[]): string[][] {
  return without(definitions.map((f) => conditionsOf(facts, f)));
}

/** True if a file defines a macro for older kernels only, for those that have not got what it is named like, or for another system. */
export function isForOthers(facts: Shell | null, macro: FunctionReference): boolean {
  return conditionsOf(facts, macro).some((condition) => isOlder(condition) || foreignSystem.test(condition));
}

/** True if there is an arm in which none of some definitions of a name is there: in that the name is what the tables say. */
export function isSometimesItself(shell: (name: string) => Shell | null, definitions: readonly FunctionReference[]): boolean {
  return without(definitions.map((f) => conditionsOf(shell(f.file), f))).length > 0;
}

/** The conditions under which a definition is there, without those that only keep a header from being read twice. */
export function conditionsOf(facts: Shell | null, { item }: FunctionReference): string[] {
  return item.conditions.filter((condition) => {
    const guard = /^!defined\((\w+)\)$/.exec(condition)?.[1];
    return guard === undefined || !guarding(guard).test(facts?.outside ?? '');
  });
}

/** `#ifndef NAME` with its `#define NAME` behind it, comments between them or not. */
function guarding(name: string): RegExp {
  const asked = `^[ \\t]*#[ \\t]*if(?:ndef[ \\t]+${name}|[ \\t]*!\\s*defined[ \\t]*\\(?[ \\t]*${name}[ \\t]*\\)?)`;
  return new RegExp(`${asked}[ \\t]*(?:/[*/].*)?\\s*(?:/\\*(?:[^*]|\\*(?!/))*\\*/\\s*|//.*\\s*)*#[ \\t]*define[ \\t]+${name}\\b`, 'm');
}
