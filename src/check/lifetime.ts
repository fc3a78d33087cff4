/** Whether a reference can outlive the call from user space in which it was taken. */
import type { FunctionReference } from '../program/file.js';
import { type Graph, leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { acquires, puttingCall, untilDone } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';
import { endsItsOwn } from './made.js';

/** The most functions that are looked at: with more, nothing can be told. */
const maxFunctions = 300;
const acquiring = new RegExp(`\\b(?:${[...acquires.keys()].join('|')})\\s*\\(`);

/** A way to reach a function on which none of the functions that take the reference is called before it. */
export interface Apart {
  /** The call of the function, or the place where its name is given to a caller; `null` if nobody calls it. */
  use: Use | null;
}

/**
 * How a function that drops can be reached from outside without the one that takes the reference having been called before on the way: from
 * another ioctl, from close, from a callback. `null` if it cannot: if every caller has taken the pages before the drop, they are held for
 * one call only.
 * @param pos where it drops them, if that is known: behind a call that takes pages, those are what it drops
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
      // What a function that takes pages drops at the end of a scope is its own.
      if (node !== null && taken.length > 0 && isScopeEnd(node)) return false;
      if (node !== null && endsItsOwn(program, by, graph, node)) return false;
      const isTaken = node === null ? taken.length > 0 : taken.some((n) => leadsTo(graph, n, (m) => m === node));
      if (node !== null && isCalled(node, reference)) return !isTaken && apart(by) !== null;
      // If the function waits for the callback before it returns, the callback runs within the call.
      return !isTaken || !(node === null ? taken : [node]).some((n) => leadsTo(graph, n, isWait));
    });
    return use ? { use } : null;
  };
  return apart(dropping);
}

/** Names of the functions that lead to a function, with its own; `null` if there are too many. */
function ancestors(program: Program, reference: FunctionReference): Set<string> | null {
  const found = new Map([[reference.key, reference]]);
  for (const r of found.values()) {
    for (const caller of program.callers(r)) if (!caller.macro) found.set(caller.key, caller);
    if (found.size > maxFunctions) return null;
  }
  return new Set([...found.values()].map((r) => r.name));
}

/** A place where a function is used. */
export interface Use {
  /** The function that uses it. */
  by: FunctionReference;
  graph: Graph;
  /** The call of it, or the call that is given its name; `null` if it is stored. */
  node: Node | null;
}

/** The calls of a function; if there are none, the places in its file where its name is given to somebody or stored. */
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

/** True for a function that nobody uses: a clean-up of scopes, or an inline function of a header that names it nowhere else. */
function isUnused(program: Program, { name, file, item, cleanup }: FunctionReference): boolean {
  if (cleanup) return true;
  if (!item.static || !item.inline || !file.endsWith('.h')) return false;
  return program.matches(file, new RegExp(`\\b${name}\\b`)).length === 1;
}

/** True for a call that is given the function's name. */
function isGiven({ operation: o }: Node, name: string): boolean {
  return o?.kind === 'call' && o.args.some((a) => a.path === name);
}

/** True for a call of the function, and for one that is given it to end an object: `kref_put(&job->ref, job_release)`. */
function isCalled({ operation: o }: Node, { name }: FunctionReference): boolean {
  return o?.kind === 'call' && (o.name === name || puttingCall.test(o.name ?? ''));
}

/** True for what runs at the end of a scope, by `__free()`. */
export function isScopeEnd({ operation: o }: Node): boolean {
  return o?.kind === 'call' && o.expressions.length === 0 && o.args.length === 1;
}

/** True for a call that waits until what it waits for has happened. */
function isWait({ operation: o }: Node): boolean {
  return o?.kind === 'call' && untilDone.has(o.name ?? '');
}
