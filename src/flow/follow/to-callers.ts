/** Leads from a function that hands the reference back to its callers. */
import type { FunctionReference } from '../../program/file.js';
import { callsOf, type Node } from '../../program/graph.js';
import { join, suffixAfter } from '../../program/path.js';
import { folderOf, isNear } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { standInsFor } from '../../program/stand-ins.js';
import type { FunctionFlow, Seed } from '../flow.js';
import { isElsewhen } from '../kernels.js';
import { isElsewhere } from '../objects.js';
import { mayReceive } from '../reach.js';
import type { Start, Visit } from '../visit.js';
import type { Lead } from './journey.js';
import type { Memory } from './memory.js';

/** What a function hands to its callers, and to which. */
export interface HandingUp {
  /** Where it holds the reference for them: `%result` or `%argN`, and a suffix. */
  handed: readonly string[];
  /** True if it is a wrapper of the site: some caller takes the reference from it, or may do so. */
  wraps: boolean;
  /** True if it hands pages on for others to drop, and nobody in the tree calls it. */
  isUncalled: boolean;
  /** Leads into the callers. */
  leads: Lead[];
}

/** The callers that may receive what a visited function hands back; `null` if it hands nothing back. */
export function toCallers(memory: Memory, start: Start, from: Visit): HandingUp | null {
  const { program } = memory;
  const { reference } = from.flow;
  const handed = handedBy(program, from.flow);
  if (handed.length === 0) return null;
  // Where a field only leads to memory of the callers (`*f->out`), the pages were not found by that field.
  const heap = from.flow.storedThrough ? null : from.heap;
  const near = [reference.file, start.reference.file, ...(reference.file.endsWith('.h') ? usersElsewhere(program, start.reference) : [])];
  const callers = program
    .callers(reference)
    .filter((caller) => mayReceive(heap, handed, caller.file, near) && !isElsewhere(program, caller, start) && !isElsewhen(start, caller));
  const leads = callers.flatMap((caller) => intoCaller(memory, from, caller, handed, heap));
  return {
    handed,
    wraps: callers.length > 0 || ((!reference.static || isStoodFor(program, reference)) && !keeps(memory, from.flow)),
    isUncalled: leads.length === 0 && handed.some(isCallersOwn) && program.callSites(reference).length === 0 && !keeps(memory, from.flow),
    leads,
  };
}

/** True for a function that a macro's name stands for somewhere. */
function isStoodFor(program: Program, reference: FunctionReference): boolean {
  return standInsFor(program, reference.file, reference).length > 0;
}

/** What a function hands to its callers: by its result, or below parameters that did not hold it on entry. */
function handedBy(program: Program, flow: FunctionFlow): string[] {
  const { returns, outs } = flow;
  return [
    ...returns.map((suffix) => `%result${suffix}`),
    ...outs
      .filter(([index, suffix]) => suffix !== '' && isGained(program, flow, index, suffix))
      .map(([index, suffix]) => `%arg${index}${suffix}`),
  ].sort();
}

/** False for what is in a bio, skb or pipe of the caller: the kernel takes those down. */
function isCallersOwn(handed: string): boolean {
  return handed.startsWith('%result') || !/@(?:bvec|skb|pipe)$/.test(handed);
}

/** True if the parameter did not hold the reference on entry. */
function isGained(program: Program, { reference, origins }: FunctionFlow, index: number, suffix: string): boolean {
  const name = program.variants(reference)[0]?.params[index]?.name;
  const fact = name === undefined ? null : join(name, suffix);
  const origin = fact === null ? undefined : origins.get(fact);
  return origin !== undefined && origin.kind !== 'given';
}

/**
 * The files of the site function's callers, if none of them is near by: it is a library function, and they reach its pages by its header.
 */
function usersElsewhere(program: Program, site: FunctionReference): string[] {
  const users = program.callSites(site).map(({ caller }) => caller.file);
  return users.some((file) => isNear(file, folderOf(site.file))) ? [] : users;
}

/**
 * True if a function that may have callers elsewhere does not hand the reference on to them: it keeps it in a field, or it drops it
 * and did not store it below the parameter itself, `*out = pages`.
 */
function keeps(memory: Memory, flow: FunctionFlow): boolean {
  if (flow.heap.length > 0) return true;
  // The address of a page that it drops may be left anywhere.
  const isPage = (suffix: string): boolean => !suffix.endsWith('@address');
  if (flow.outs.some(([index, suffix]) => isPage(suffix) && storesAt(memory.program, flow.reference, index, suffix))) return false;
  return [flow, ...calledBy(memory, flow)].some((f) => f.releases.some((e) => !e.partial));
}

/** True if a function stores to what is below a parameter, or to a pointer on the way there: `*out = pages`. */
function storesAt(program: Program, reference: FunctionReference, index: number, suffix: string): boolean {
  const name = program.variants(reference)[0]?.params[index]?.name ?? '';
  const place = join(name, suffix) ?? '';
  const stores = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.target !== name && suffixAfter(place, o.target) !== null;
  return program.graphs(reference).some(({ nodes }) => nodes.some(stores));
}

/** The flows of the functions that are called; of a macro, also of what it calls. */
function calledBy(memory: Memory, { calls }: FunctionFlow): FunctionFlow[] {
  return calls.flatMap(({ callee, entry }) => {
    const flow = memory.analysis.summary(callee, entry);
    return [flow, ...(callee.macro ? calledBy(memory, flow) : [])];
  });
}

/** A lead into a caller, from the calls of the function on; none if no graph of the caller has such a call. */
function intoCaller(memory: Memory, from: Visit, caller: FunctionReference, handed: readonly string[], heap: string | null): Lead[] {
  const { reference } = from.flow;
  const key = `${caller.key}<${reference.key}|${handed.join()}`;
  const seeds = seedsIn(memory.program, caller, reference, handed);
  const [first] = seeds;
  if (!first) return [];
  return [
    {
      key,
      way: 'return',
      flow: () => memory.flowFor(caller, seeds, key),
      parent: { visit: from, pos: first.pos ?? 0, fact: handed[0] ?? '' },
      heap,
    },
  ];
}

/** The seeds in a caller: the same facts after each call of the function. */
function seedsIn(program: Program, caller: FunctionReference, callee: FunctionReference, facts: readonly string[]): Seed[] {
  const seeds: Seed[] = [];
  for (const graph of program.graphs(caller)) {
    for (const { node } of callsOf(graph, callee.name)) {
      if (!seeds.some((s) => s.pos === node.pos)) seeds.push({ pos: node.pos, callee: callee.name, facts });
    }
  }
  return seeds;
}
