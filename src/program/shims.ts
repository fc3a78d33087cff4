/** Names of the kernel's calls that a driver defines itself, for kernels that lack them. */
import { acquires, dirtyCalls, extraReferenceCalls, foreignSystem, freeingCalls, releases, transfers } from '../protocol/index.js';
import { isOlder, without } from '../syntax/assumptions.js';
import type { FunctionReference, Shell } from './file.js';

/** What a name means in a file. */
export interface Meaning {
  /** The driver's functions and macros of that name, valid in some configurations or in all. */
  definitions: readonly FunctionReference[];
  /** The alternative sets of conditions under which the name means what the tables say; empty if it never does. */
  tabled: readonly (readonly string[])[];
}

/** True for a name that one of the tables knows. */
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
 * Returns what a name means by a file's own definitions, or else by those of its headers. In a kernel, a function that is not static is the
 * call itself, and so is one in a kernel header. In a driver's tree, a function that is defined under conditions is one of the driver's
 * own.
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

/** True if a file defines a macro only for kernels that lack the call of that name, or for another operating system. */
export function isForOthers(facts: Shell | null, macro: FunctionReference): boolean {
  return conditionsOf(facts, macro).some((condition) => isOlder(condition) || foreignSystem.test(condition));
}

/** True if there is a configuration without any of these definitions of a name: there the name means what the tables say. */
export function isSometimesItself(shell: (name: string) => Shell | null, definitions: readonly FunctionReference[]): boolean {
  return without(definitions.map((f) => conditionsOf(shell(f.file), f))).length > 0;
}

/** Returns the conditions under which a definition is valid, without those of a header's include guard. */
export function conditionsOf(facts: Shell | null, { item }: FunctionReference): string[] {
  return item.conditions.filter((condition) => {
    const guard = /^!defined\((\w+)\)$/.exec(condition)?.[1];
    return guard === undefined || !guarding(guard).test(facts?.outside ?? '');
  });
}

/** Matches an include guard: `#ifndef NAME` followed by `#define NAME`, with or without comments between. */
function guarding(name: string): RegExp {
  const asked = `^[ \\t]*#[ \\t]*if(?:ndef[ \\t]+${name}|[ \\t]*!\\s*defined[ \\t]*\\(?[ \\t]*${name}[ \\t]*\\)?)`;
  return new RegExp(`${asked}[ \\t]*(?:/[*/].*)?\\s*(?:/\\*(?:[^*]|\\*(?!/))*\\*/\\s*|//.*\\s*)*#[ \\t]*define[ \\t]+${name}\\b`, 'm');
}
