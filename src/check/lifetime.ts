/** Whether a reference can outlive the call from user space in which it was taken. */
import type { FunctionReference } from '../program/file.js';
import { type Graph, leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { acquires, puttingCall, untilDone } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';
import { endsItsOwn } from './made.js';

const maxFunctions = 300;
const acquiring = new RegExp(`\\b(?:${[...acquires.keys()].join('|')})\\s*\\(`);

/** How a function is reached with none of those that take the reference called before it on the way. */
export interface Apart {
  /** The call of it by a function that is so reached, or the place that hands it to who calls it; `null` for one that nobody calls. */
  use: Use | null;
}

/**
 * How a function that drops can be reached from outside without the one that takes the reference having been called before it on
 * the way: from another ioctl, from close, from a callback. `null` if it is not: where every caller of the drop has taken the
 * pages first, they are held for one call only.
 *
 * @param pos where it drops them, where that is known: behind a call that takes pages it drops those
 */
export function reachedApart({ program, site }: Subject, dropping: FunctionReference, pos: number | null = null): Apart | null {
  const taking = ancestors(program, site.reference);
  if (taking === null || taking.has(dropping.name)) return null;
  const seen = new Set<string>();
  const takes = (name: string, from: string): boolean =>
    taking.has(name) || acquires.has(name) || program.resolve(name, from).some((r) => acquiring.test(program.textOf(r)));
  const takenIn = (graph: Graph, file: string): Node[] =>
    graph.nodes.filter(({ operation: o }) => o?.kind === 'call' && o.name !== null && takes(o.name, file));
  const isBehind = (graph: Graph): boolean => takenIn(graph, dropping.file).some((n) => leadsTo(graph, n, (m) => m.pos === pos));
  if (pos !== null && program.graphs(dropping).some(isBehind)) return null;
  const apart = (reference: FunctionReference): Apart | null => {
    if (seen.has(reference.key) || seen.size > maxFunctions) return null;
    seen.add(reference.key);
    const uses = usesOf(program, reference);
    if (uses.length === 0) return isUnused(program, reference) ? null : { use: null };
    const use = uses.find(({ by, graph, node }) => {
      const taken = takenIn(graph, by.file);
      // What the end of a scope drops in a function that takes is that function's own.
      if (node !== null && taken.length > 0 && isScopeEnd(node)) return false;
      if (node !== null && endsItsOwn(program, by, graph, node)) return false;
      const isTaken = node === null ? taken.length > 0 : taken.some((n) => leadsTo(graph, n, (m) => m === node));
      if (node !== null && isCalled(node, reference)) return !isTaken && apart(by) !== null;
      // Who calls it back does so before the wait for that is over.
      return !isTaken || !(node === null ? taken : [node]).some((n) => leadsTo(graph, n, isWait));
    });
    return use ? { use } : null;
  };
  return apart(dropping);
}

/** Names of the functions that lead to a function, itself among them; `null` if there are too many to tell. */
function ancestors(program: Program, reference: FunctionReference): Set<string> | null {
  const found = new Map([[reference.key, reference]]);
  for (const r of found.values()) {
    for (const caller of program.callers(r)) if (!caller.macro) found.set(caller.key, caller);
    if (found.size > maxFunctions) return null;
  }
  return new Set([...found.values()].map((r) => r.name));
}

/** Where a function is used. */
export interface Use {
  by: FunctionReference;
  graph: Graph;
  /** The call; `null` where the function is stored. */
  node: Node | null;
}

/** Where a function is called, or else where it is handed to somebody who calls it. */
function usesOf(program: Program, reference: FunctionReference): Use[] {
  const { name, key, file } = reference;
  const calls = program
    .callSites(reference)
    .flatMap(({ caller, graph, node }): Use[] => (caller.macro ? [] : [{ by: caller, graph, node }]));
  if (calls.length > 0) return calls;
  const others = program.naming(file, name).filter((by) => !by.macro && by.key !== key);
  return others.flatMap((by) =>
    program.graphs(by).flatMap((graph): Use[] => {
      const given = graph.nodes.filter((node) => isGiven(node, name));
      if (given.length > 0) return given.map((node) => ({ by, graph, node }));
      return graph.callbacks.some((c) => c.functionName === name) ? [{ by, graph, node: null }] : [];
    }),
  );
}

/** True for what nobody uses: an end of scopes, or an inline function that its header names nowhere else. */
function isUnused(program: Program, { name, file, item, cleanup }: FunctionReference): boolean {
  if (cleanup) return true;
  if (!item.static || !item.inline || !file.endsWith('.h')) return false;
  return program.matches(file, new RegExp(`\\b${name}\\b`)).length === 1;
}

/** True for a call that is given something by its name. */
function isGiven({ operation: o }: Node, name: string): boolean {
  return o?.kind === 'call' && o.args.some((a) => a.path === name);
}

/** True for a call of a function itself, and for one that is given it to end an object: `kref_put(&job->ref, job_release)`. */
function isCalled({ operation: o }: Node, { name }: FunctionReference): boolean {
  return o?.kind === 'call' && (o.name === name || puttingCall.test(o.name ?? ''));
}

/** True for what `__free()` runs. */
export function isScopeEnd({ operation: o }: Node): boolean {
  return o?.kind === 'call' && o.expressions.length === 0 && o.args.length === 1;
}

/** True for a wait that does not end before what is waited for. */
function isWait({ operation: o }: Node): boolean {
  return o?.kind === 'call' && untilDone.has(o.name ?? '');
}
