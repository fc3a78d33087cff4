/**
 * The intraprocedural part: a forward worklist over one graph with a set of facts (see facts.ts), all about one reference.
 *
 * The facts are distributive but for the outcomes of the acquiring call, so this is the IFDS framework of Reps, Horwitz
 * and Sagiv (POPL 1995) over bounded access paths: a callee is entered once for each fact at its entry, and its result is
 * used wherever that fact arises again.
 */
import type { FunctionReference } from '../program/file.js';
import type { Graph, Node } from '../program/graph.js';
import { rootOf, splitSteps, suffixAfter } from '../program/path.js';
import { remembered } from '../program/remembered.js';
import { isByValue } from '../program/types.js';
import { astray, namesOf, pointerText } from './astray.js';
import { credible, type Facts, impliedByField, isHeap, isLocal, isPending, scopeOf } from './facts.js';
import { type Analysis, emptyFlow, type FunctionFlow, type Place, placeOf, type Seed } from './flow.js';
import { noLoopEffects, note, type Run } from './transfer/run.js';
import { transfer } from './transfer/transfer.js';

/** Follows the seeds' facts through every variant of a function. */
export function analyse(analysis: Analysis, reference: FunctionReference, seeds: readonly Seed[]): FunctionFlow {
  const flow = emptyFlow(reference);
  for (const graph of analysis.program.graphs(reference)) {
    const scope = scopeOf(analysis.program, graph, reference);
    const loops = noLoopEffects();
    const look = (into: FunctionFlow = emptyFlow(reference)): void => {
      run(beginning(analysis, { flow: into, graph, reference, seeds, scope, loops }));
    };
    // A first pass finds what loops drop in every round: that is held on none of the edges out of the loop, even if it made no round.
    if (graph.nodes.some((n) => n.loops.length > 0)) look();
    // A `get_page()` in a loop may be for a page that was just stored. That shows in the first pass: what loops take is found anew with it.
    if (loops.gained.size > 0 && loops.kept.size > 0) {
      loops.gained.clear();
      look();
    }
    // Where loops take extra references, some drops are of those: what loops drop is found anew with that known.
    if (loops.gained.size > 0) {
      loops.lost.clear();
      look();
    }
    look(flow);
  }
  return flow;
}

/** The ids of the nodes in one variant of a function before which some path holds the seeds' reference. */
export function holdingIn(analysis: Analysis, reference: FunctionReference, graph: Graph, seeds: readonly Seed[]): Set<number> {
  const scope = scopeOf(analysis.program, graph, reference);
  const flow = emptyFlow(reference);
  const before = run(beginning(analysis, { flow, graph, reference, seeds, scope, loops: noLoopEffects() }));
  return new Set(graph.nodes.filter((n) => [...(before[n.id] ?? [])].some(isLocal)).map((n) => n.id));
}

/** A run that has noted nothing yet. */
function beginning(analysis: Analysis, about: Pick<Run, 'flow' | 'graph' | 'reference' | 'seeds' | 'scope' | 'loops'>): Run {
  return { ...analysis, ...about, copies: new Map(), seen: new Set(), extras: new Map(), needed: new Map(), refills: new Map() };
}

/** Runs the worklist; returns the facts before each node, by node id. */
function run(r: Run): (Facts | undefined)[] {
  const { graph } = r;
  const before: (Facts | undefined)[] = new Array(graph.nodes.length);
  const entry: Facts = new Set();
  for (const seed of r.seeds) {
    if (seed.pos !== null) continue;
    for (const fact of seed.facts) {
      if (isLocal(fact) && !credible(fact, r.scope)) continue;
      entry.add(fact);
      note(r, fact, () => ({ kind: 'given', pos: graph.nodes[graph.entry]?.pos ?? 0, from: null, text: '' }));
    }
  }
  before[graph.entry] = entry;
  const order = orderOf(graph);
  const pending = new Uint8Array(graph.nodes.length);
  pending[graph.entry] = 1;
  // Nodes are taken in reverse postorder. The loop ends: paths are bounded, so there are finitely many facts; facts of what may hold are
  // only ever added, and sure facts (`!ret`) are added only while nothing is held at the node, and after that only removed.
  for (let open = true; open; ) {
    open = false;
    for (const id of order) {
      const input = before[id];
      if (!pending[id] || !input) continue;
      pending[id] = 0;
      const n = graph.nodes[id] as Node;
      const output = transfer(r, n, input);
      for (const next of n.successors) {
        const known = before[next];
        const arriving = leaving(r, n, graph.nodes[next] as Node, output);
        if (!known) before[next] = new Set(arriving);
        else if (!merge(known, arriving)) continue;
        pending[next] = 1;
        open = true;
      }
    }
  }
  finish(r, before[graph.exit]);
  return before;
}

/** The facts on an edge out of loops: what such a loop drops, or takes, in every round is so for all elements. */
function leaving({ loops: { lost, gained } }: Run, from: Node, to: Node, facts: Facts): Facts {
  if ((lost.size === 0 && gained.size === 0) || from.loops.length <= to.loops.length) return facts;
  let kept = facts;
  for (const loop of from.loops) {
    if (to.loops.includes(loop) || !(lost.has(loop.id) || gained.has(loop.id))) continue;
    if (kept === facts) kept = new Set(facts);
    for (const fact of gained.get(loop.id) ?? []) kept.add(fact);
    for (const fact of lost.get(loop.id) ?? []) kept.delete(fact);
  }
  return kept;
}

/**
 * Joins `more` into `known`; false if nothing changed. Facts of what may hold are united. A sure fact, `!pinned`, must be in
 * both, except where one side holds nothing: `pinned` is then zero, or what the call returned.
 */
function merge(known: Facts, more: Facts): boolean {
  let changed = false;
  const added = sureBut(more, known);
  const lost = sureBut(known, more);
  if (added.length > 0 && !holdsAny(known)) {
    for (const fact of added) known.add(fact);
    changed = true;
  }
  if (lost.length > 0 && holdsAny(more)) {
    for (const fact of lost) known.delete(fact);
    changed = true;
  }
  for (const fact of more) {
    if (isSure(fact) || known.has(fact)) continue;
    known.add(fact);
    changed = true;
  }
  return changed;
}

/** The sure facts of one set that are not in the other. */
function sureBut(facts: Facts, others: Facts): string[] {
  const found: string[] = [];
  for (const fact of facts) if (isSure(fact) && !others.has(fact)) found.push(fact);
  return found;
}

/** True for `!variable`: a variable is known to have the result of a call. */
function isSure(fact: string): boolean {
  return fact.charCodeAt(0) === 0x21;
}

function holdsAny(facts: Facts): boolean {
  for (const fact of facts) if (isLocal(fact) || isHeap(fact) || isPending(fact)) return true;
  return false;
}

/** {@link reversePostorder}, remembered: a graph is run through once for each entry fact. */
const orderOf = remembered(reversePostorder);

function reversePostorder(graph: Graph): number[] {
  const order: number[] = [];
  const state = new Uint8Array(graph.nodes.length);
  const stack: [number, number][] = [[graph.entry, 0]];
  state[graph.entry] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as [number, number];
    const next = graph.nodes[top[0]]?.successors[top[1]++];
    if (next === undefined) {
      order.push(top[0]);
      stack.pop();
    } else if (!state[next]) {
      state[next] = 1;
      stack.push([next, 0]);
    }
  }
  return order.reverse();
}

/** Records what holds when the function returns, in terms of its parameters, its callbacks and unknown memory. */
function finish(r: Run, facts: Facts | undefined): void {
  if (facts) {
    r.graph.params.forEach((param, index) => {
      if (param.name === '') return;
      const isList = [...facts].some((fact) => suffixAfter(fact, param.name)?.startsWith('@'));
      const reassigned = r.graph.nodes.some(
        (n) =>
          n.operation?.kind === 'copy' &&
          n.operation.replaces &&
          n.operation.target === param.name &&
          n.operation.source.path !== null &&
          !leadsTo(r.graph, n.operation.source.path, param.name, isList),
      );
      if (reassigned) {
        // A function that sets its parameter anew, to walk along by it (`p = next_of(p)`), and drops nothing, leaves all where it was.
        if (!dropsSome(r, r.flow)) for (const suffix of givenTo(r, param.name)) addPlace(r.flow.outs, index, suffix);
        return;
      }
      for (const fact of facts) {
        const given = fact.startsWith('+') ? suffixAfter(fact.slice(1), param.name) : null;
        if (given !== null) addPlace(r.flow.extras, index, given);
        if (!isLocal(fact)) continue;
        const suffix = suffixAfter(fact, param.name);
        if (suffix !== null && isByValue(param.type, suffix) && !r.seeds.some((s) => s.pos === null && s.facts.includes(fact))) continue;
        if (suffix !== null && !impliedByField(suffix, facts)) addPlace(r.flow.outs, index, suffix);
      }
    });
  }
  // What was stored with an extra reference is not the site's; the store may have been seen before the `get_page()`.
  r.flow.heap = r.flow.heap.filter((heap) => !r.flow.shared.includes(heap));
  if (facts) noteAstray(r, facts);
  for (const callback of r.graph.callbacks) {
    const steps = splitSteps(callback.owner.slice(rootOf(callback.owner).length));
    for (let n = steps.length; n >= 0; n--) {
      const object = rootOf(callback.owner) + steps.slice(0, n).join('');
      const tag = r.program.typeOf(object, r.graph, r.reference.file)?.tag;
      if (!tag) continue;
      for (const fact of r.flow.origins.keys()) {
        const suffix = isLocal(fact) ? suffixAfter(fact, object) : null;
        if (suffix) r.flow.callbacks.push({ callee: callback.functionName, suffix, tag, pos: r.flow.origins.get(fact)?.pos ?? 0 });
      }
    }
  }
}

/** True for a path below a variable. For a list also for one below the result of a call on it: `sg = sg_next(sg)` stays in the list. */
function leadsTo(graph: Graph, path: string, variable: string, isList: boolean): boolean {
  const root = rootOf(path);
  if (root === variable) return true;
  const isHanded = ({ target, source }: Graph['aliases'][number]): boolean =>
    target === root && source.path !== null && rootOf(source.path) === variable;
  return isList && root.startsWith('%') && graph.aliases.some(isHanded);
}

/** Suffixes below a parameter that held the reference on entry. */
function givenTo(r: Run, param: string): string[] {
  const facts = r.seeds.flatMap((s) => (s.pos === null ? s.facts : []));
  const suffixes = facts.map((f) => (isLocal(f) ? suffixAfter(f, param) : null));
  return suffixes.filter((s): s is string => s !== null && s !== '');
}

/** Adds a place below a parameter, unless it is there already. */
function addPlace(places: Place[], index: number, suffix: string): void {
  if (!places.some(([i, s]) => i === index && s === suffix)) places.push([index, suffix]);
}

/** Notes each store into memory of unknown owner that was made here, and that no name of that memory drops again. */
function noteAstray(r: Run, facts: Facts): void {
  const { astray: known, calls, origins, releases } = r.flow;
  const isDropped = (name: string): boolean =>
    releases.some((e) => e.fact === name) || calls.some((c) => c.fact === name && dropsSome(r, r.summary(c.callee, c.entry)));
  for (const fact of astray(facts, r.scope, (name) => origins.has(name) && !facts.has(name))) {
    const origin = origins.get(fact);
    if (!origin || origin.kind === 'given') continue;
    const pos = placeOf(origin);
    // Callees are asked last: a summary may lead back to this function.
    if (known.some((a) => a.pos === pos) || namesOf(fact, r.scope).some(isDropped)) continue;
    known.push({ pos, where: `where ${pointerText(fact)} points, in memory of an unknown owner` });
  }
}

/** True if a function, or one that it calls, drops what it was given or keeps it in a field. */
function dropsSome(r: Run, flow: FunctionFlow, depth = 0): boolean {
  if (flow.releases.length > 0 || flow.heap.length > 0 || depth > 3) return true;
  return flow.calls.some((c) => dropsSome(r, r.summary(c.callee, c.entry), depth + 1));
}
