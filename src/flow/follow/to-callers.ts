/** From a function that hands the reference back up to its callers. */
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

/** What a function hands to its callers, and to whom. */
export interface HandingUp {
  /** As seeds are written. */
  handed: readonly string[];
  /** It is one of the site's wrappers: somebody takes the reference from it, or may do so. */
  wraps: boolean;
  /** Nobody in the tree calls the function, which hands on pages for others to drop. */
  isUncalled: boolean;
  leads: Lead[];
}

/** The callers that may receive what a visited function hands back; `null` if it hands nothing back. */
export function toCallers(memory: Memory, start: Start, from: Visit): HandingUp | null {
  const { program } = memory;
  const { reference } = from.flow;
  const handed = handedBy(program, from.flow);
  if (handed.length === 0) return null;
  // A field that only leads callees to memory of the function's callers is not where it found the pages.
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

/** True for a function that is called by the name of a macro. */
function isStoodFor(program: Program, reference: FunctionReference): boolean {
  return standInsFor(program, reference.file, reference).length > 0;
}

/** What a function hands to its callers: by its result, or below parameters that it did not get it by. */
function handedBy(program: Program, flow: FunctionFlow): string[] {
  const { returns, outs } = flow;
  return [
    ...returns.map((suffix) => `%result${suffix}`),
    ...outs
      .filter(([index, suffix]) => suffix !== '' && isGained(program, flow, index, suffix))
      .map(([index, suffix]) => `%arg${index}${suffix}`),
  ].sort();
}

/** False for what fills a bio, skb or pipe of the callers: it is the kernel that takes those down. */
function isCallersOwn(handed: string): boolean {
  return handed.startsWith('%result') || !/@(?:bvec|skb|pipe)$/.test(handed);
}

/** True if the parameter was given the reference here, not merely passed through with it. */
function isGained(program: Program, { reference, origins }: FunctionFlow, index: number, suffix: string): boolean {
  const name = program.variants(reference)[0]?.params[index]?.name;
  const fact = name === undefined ? null : join(name, suffix);
  const origin = fact === null ? undefined : origins.get(fact);
  return origin !== undefined && origin.kind !== 'given';
}

/** Who calls the site's function, if nobody near by does: it is a library's, and its users get at the pages by its header. */
function usersElsewhere(program: Program, site: FunctionReference): string[] {
  const users = program.callSites(site).map(({ caller }) => caller.file);
  return users.some((file) => isNear(file, folderOf(site.file))) ? [] : users;
}

/**
 * True if an exported function that nobody calls does not hand on to whoever will: it keeps what it took, or drops it and has but
 * left it in memory that it was given.
 */
function keeps(memory: Memory, flow: FunctionFlow): boolean {
  if (flow.heap.length > 0) return true;
  // The address of what it drops may be left anywhere.
  const isPage = (suffix: string): boolean => !suffix.endsWith('@address');
  if (flow.outs.some(([index, suffix]) => isPage(suffix) && storesAt(memory.program, flow.reference, index, suffix))) return false;
  return [flow, ...calledBy(memory, flow)].some((f) => f.releases.some((e) => !e.partial));
}

/** True if a function stores at what is below a parameter, or on the way there: `*out = pages`. */
function storesAt(program: Program, reference: FunctionReference, index: number, suffix: string): boolean {
  const name = program.variants(reference)[0]?.params[index]?.name ?? '';
  const place = join(name, suffix) ?? '';
  const stores = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.target !== name && suffixAfter(place, o.target) !== null;
  return program.graphs(reference).some(({ nodes }) => nodes.some(stores));
}

/** What functions do that are called, a macro for such a call being that call. */
function calledBy(memory: Memory, { calls }: FunctionFlow): FunctionFlow[] {
  return calls.flatMap(({ callee, entry }) => {
    const flow = memory.analysis.summary(callee, entry);
    return [flow, ...(callee.macro ? calledBy(memory, flow) : [])];
  });
}

/** A caller, entered where its calls hand it the reference; none if they stand where no graph has them. */
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

/** What begins to hold in a caller: the same at each call of the function. */
function seedsIn(program: Program, caller: FunctionReference, callee: FunctionReference, facts: readonly string[]): Seed[] {
  const seeds: Seed[] = [];
  for (const graph of program.graphs(caller)) {
    for (const { node } of callsOf(graph, callee.name)) {
      if (!seeds.some((s) => s.pos === node.pos)) seeds.push({ pos: node.pos, callee: callee.name, facts });
    }
  }
  return seeds;
}
