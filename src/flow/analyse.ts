/**
 * The intraprocedural part: a forward worklist over one graph with a set of facts (see facts.ts), all about one reference.
 *
 * The facts are distributive but for the outcomes of the acquiring call, so this is the IFDS framework of Reps, Horwitz
 * and Sagiv (POPL 1995) over bounded access paths: a callee is entered once for each fact at its entry, and its result is
 * used wherever that fact arises again.
 */
import type { FunctionReference } from '../program/file.js';
import { type Assume, asCallOf, type CallOperation, type Graph, isPrinted, type Node, turnedOver } from '../program/graph.js';
import { isOwnValue, join, pathBelow, rootOf, splitSteps, step, suffixAfter, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { isByValue } from '../program/types.js';
import {
  acquires,
  dirtyCalls,
  extraReferenceCalls,
  freeingCalls,
  iterators,
  type ReleaseCall,
  releases,
  transfers,
  unmappingCalls,
} from '../protocol/index.js';
import { excludes } from '../syntax/assumptions.js';
import { assumedAt } from '../syntax/index.js';
import {
  type Behind,
  behind,
  contentsOf,
  credible,
  earlierRound,
  type Facts,
  heapFact,
  impliedByField,
  isHeap,
  isLocal,
  otherNames,
  outcomes,
  ownersIn,
  readable,
  type Scope,
} from './facts.js';
import { type Analysis, type At, emptyFlow, type FunctionFlow, factsAt, type Seed } from './flow.js';
import { movesOf } from './moves.js';
import { refine } from './outcome.js';
import { storesOf } from './stores.js';

/** Follows the seeds' facts through every variant of a function. */
export function analyse(analysis: Analysis, reference: FunctionReference, seeds: readonly Seed[]): FunctionFlow {
  const flow = emptyFlow(reference);
  for (const graph of analysis.program.graphs(reference)) {
    const scope = scopeOf(analysis.program, graph, reference);
    const loopDrops = new Map<number, Set<string>>();
    const fresh = (into: FunctionFlow): Run => ({
      ...analysis,
      flow: into,
      graph,
      reference,
      seeds,
      scope,
      copies: new Map(),
      seen: new Set(),
      loopDrops,
      needed: new Map(),
    });
    // Loops that drop elements are found first: then what leaves such a loop no longer holds them, also after no round at all.
    if (graph.nodes.some((n) => n.loops.length > 0)) run(fresh(emptyFlow(reference)));
    run(fresh(flow));
  }
  return flow;
}

/** The nodes of one variant of a function at which something of it holds the seeds' reference. */
export function holdingIn(analysis: Analysis, reference: FunctionReference, graph: Graph, seeds: readonly Seed[]): Set<number> {
  const scope = scopeOf(analysis.program, graph, reference);
  const flow = emptyFlow(reference);
  const own = { copies: new Map(), seen: new Set<string>(), loopDrops: new Map(), needed: new Map() };
  const before = run({ ...analysis, flow, graph, reference, seeds, scope, ...own });
  return new Set(graph.nodes.filter((n) => [...(before[n.id] ?? [])].some(isLocal)).map((n) => n.id));
}

export function scopeOf(program: Program, graph: Graph, reference: FunctionReference): Scope {
  return { graph, lookup: (tag) => program.structure(tag, reference.file), owners: new Map(), credible: new Map() };
}

interface Run extends Analysis {
  flow: FunctionFlow;
  graph: Graph;
  reference: FunctionReference;
  seeds: readonly Seed[];
  scope: Scope;
  /** For each target of a copy, where it was copied from: a drop of the copy is a drop of the original. */
  copies: Map<string, Set<string>>;
  /** Events already noted. */
  seen: Set<string>;
  /** For each loop, the arrays and containers whose elements it drops. */
  loopDrops: Map<number, Set<string>>;
  /** By position, what a release there needs of what the variant assumes. */
  needed: Map<number, readonly (readonly string[])[]>;
}

/** What holds before each node. */
function run(r: Run): (Facts | undefined)[] {
  const { graph } = r;
  const before: (Facts | undefined)[] = new Array(graph.nodes.length);
  const entry: Facts = new Set();
  for (const seed of r.seeds) {
    if (seed.pos !== null) continue;
    for (const fact of seed.facts) {
      if (isLocal(fact) && !credible(fact, r.scope)) continue;
      entry.add(fact);
      note(r, fact, null, 'held on entry', graph.nodes[graph.entry]?.pos ?? 0);
    }
  }
  before[graph.entry] = entry;
  const order = orderOf(graph);
  const pending = new Uint8Array(graph.nodes.length);
  pending[graph.entry] = 1;
  // Nodes are taken in reverse postorder; the loop ends as facts only grow along a finite set of bounded paths.
  for (let rounds = 0, open = true; open && rounds < 40; rounds++) {
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

/** The facts on an edge: one that leaves a loop which drops elements leaves none behind. */
function leaving(r: Run, from: Node, to: Node, facts: Facts): Facts {
  if (r.loopDrops.size === 0 || from.loops.length <= to.loops.length) return facts;
  let kept = facts;
  for (const loop of from.loops) {
    const drops = to.loops.includes(loop) ? undefined : r.loopDrops.get(loop.id);
    if (!drops) continue;
    if (kept === facts) kept = new Set(facts);
    for (const path of drops) kept.delete(path);
  }
  return kept;
}

/**
 * Joins the facts of two paths: what may hold on one may hold; that a variable is the call's result must hold on both, but for
 * one on which nothing is held: `pinned` is zero, or what the call gave.
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

/** What some facts know of variables, and others do not. */
function sureBut(facts: Facts, others: Facts): string[] {
  const found: string[] = [];
  for (const fact of facts) if (isSure(fact) && !others.has(fact)) found.push(fact);
  return found;
}

/** True for what is known of a variable, not what may hold. */
function isSure(fact: string): boolean {
  return fact.charCodeAt(0) === 0x21;
}

function holdsAny(facts: Facts): boolean {
  for (const fact of facts) if (isLocal(fact) || isHeap(fact)) return true;
  return false;
}

/** {@link reversePostorder}: a graph is run through once for each fact that it is entered with. */
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

/** What holds when the function is left, in terms of its parameters. */
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
        // Who walks along by its parameter, and drops nothing, leaves all where it was.
        if (!dropsSome(r, r.flow)) for (const suffix of givenTo(r, param.name)) r.flow.outs.push([index, suffix]);
        return;
      }
      if (facts.has(`+${param.name}`) && !r.flow.extras.includes(index)) r.flow.extras.push(index);
      for (const fact of facts) {
        if (!isLocal(fact)) continue;
        const suffix = suffixAfter(fact, param.name);
        if (suffix !== null && isByValue(param.type, suffix) && !r.seeds.some((s) => s.pos === null && s.facts.includes(fact))) continue;
        if (suffix !== null && !impliedByField(suffix, facts) && !r.flow.outs.some(([i, s]) => i === index && s === suffix))
          r.flow.outs.push([index, suffix]);
      }
    });
  }
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

/** True for a path below a variable, or below what a call handed on of it where that is a list: `sg = sg_next(sg)` stays in it. */
function leadsTo(graph: Graph, path: string, variable: string, isList: boolean): boolean {
  const root = rootOf(path);
  if (root === variable) return true;
  const isHanded = ({ target, source }: Graph['aliases'][number]): boolean =>
    target === root && source.path !== null && rootOf(source.path) === variable;
  return isList && root.startsWith('%') && graph.aliases.some(isHanded);
}

/** What a parameter held on entry. */
function givenTo(r: Run, param: string): string[] {
  const facts = r.seeds.flatMap((s) => (s.pos === null ? s.facts : []));
  const suffixes = facts.map((f) => (isLocal(f) ? suffixAfter(f, param) : null));
  return suffixes.filter((s): s is string => s !== null && s !== '' && !r.flow.outs.some(([, known]) => known === s));
}

/** True if a function drops what it was given, or keeps it, itself or through those that it calls. */
function dropsSome(r: Run, flow: FunctionFlow, depth = 0): boolean {
  if (flow.releases.length > 0 || flow.heap.length > 0 || depth > 3) return true;
  return flow.calls.some((c) => dropsSome(r, r.summary(c.callee, c.entry), depth + 1));
}

function note(r: Run, fact: string, from: string | null, text: string, pos: number): void {
  if (!r.flow.origins.has(fact)) r.flow.origins.set(fact, { pos, from, text });
}

/** True the first time that an event of this kind and place is seen. */
function once(r: Run, ...parts: (string | number)[]): boolean {
  const key = parts.join('\0');
  if (r.seen.has(key)) return false;
  r.seen.add(key);
  return true;
}

function transfer(r: Run, n: Node, input: Facts): Facts {
  const o = n.operation;
  if (!o) return input;
  if (o.kind !== 'call' && input.size === 0) return input;
  switch (o.kind) {
    case 'copy': {
      const facts = new Set(input);
      copy(r, facts, o.target, o.source, n.pos, o.replaces, o.valueOnly === true);
      return facts;
    }
    case 'clear': {
      const facts = new Set(input);
      drop(facts, o.target, true);
      facts.delete(`!${o.target}`);
      return facts;
    }
    case 'assume':
      return assume(r, o, input);
    case 'return': {
      if (o.value) {
        for (const suffix of contentsOf(o.value, input, r.scope)) {
          if (!r.flow.returns.includes(suffix)) r.flow.returns.push(suffix);
        }
      }
      return input;
    }
    case 'update': {
      // A changed count is no longer what the call returned.
      if (!input.has(`!${o.target}`)) return input;
      const facts = new Set(input);
      facts.delete(`!${o.target}`);
      return facts;
    }
    case 'unread':
      if (once(r, 'unread', n.pos)) r.flow.unread.push({ pos: n.pos, why: o.why });
      return input;
    case 'call':
      return call(r, n, o, input);
  }
}

/** Removes what a local variable, or with `exact` a place, held. */
function drop(facts: Facts, path: string, exact: boolean): void {
  if (exact && rootOf(path) !== path) return;
  for (const fact of facts) if (isLocal(fact) && suffixAfter(fact, path) !== null) facts.delete(fact);
}

/** `target` gets what `source` holds. */
function copy(
  r: Run,
  facts: Facts,
  target: string,
  source: Value,
  pos: number,
  replaces: boolean,
  valueOnly: boolean,
  text?: string,
): void {
  const local = rootOf(target) === target;
  if (!local && source.path !== null && facts.delete(`+${source.path}`)) return;
  const suffixes = contentsOf(source, facts, r.scope).filter((s) => !valueOnly || isOwnValue(s));
  const result = source.path !== null && facts.has(`!${source.path}`);
  if (replaces && local && source.path !== target) {
    const kept = suffixes.length > 0 && source.path !== null && rootOf(source.path) === target;
    if (!kept) drop(facts, target, true);
    facts.delete(`!${target}`);
  }
  if (replaces && result) facts.add(`!${target}`);
  for (const suffix of suffixes) {
    const from = source.path === null ? null : pathBelow(source, suffix);
    put(r, facts, join(target, suffix), from, pos, text, replaces && local ? target : null);
  }
}

/** A path begins to hold the reference: under all its names, and in the field or global that it leads to. */
function put(r: Run, facts: Facts, path: string | null, from: string | null, pos: number, text?: string, set: string | null = null): void {
  if (path === null) return;
  if (!credible(path, r.scope)) return;
  const through = from === null ? null : copiedFrom(r, path, from);
  facts.add(path);
  note(r, path, through, text ?? `kept in ${readable(path)}`, pos);
  if (isOwnValue(path.slice(rootOf(path).length))) return;
  for (const name of [path, ...otherNames(path, r.graph, set)]) {
    if (name !== path) {
      if (!credible(name, r.scope)) continue;
      facts.add(name);
      note(r, name, path, `which is ${readable(name)}`, pos);
    }
    const heap = heapFact(name, r.scope);
    // By another name it is the same memory, be it on the stack, and who points a variable at it has not stored it again.
    if (heap !== null && !isOf(r, name !== path ? path : set === rootOf(name) ? from : null, heap)) putHeap(r, facts, heap, name, pos);
  }
}

/** True if a path goes through the field that a fact names. */
function isOf(r: Run, path: string | null, heap: string): boolean {
  return path !== null && ownersIn(r.scope, path).some((o) => `#${o.tag}${o.rest}` === heap);
}

function putHeap(r: Run, facts: Facts, heap: string, from: string, pos: number): void {
  facts.add(heap);
  note(r, heap, from, `stored in ${readable(heap)}`, pos);
  if (!r.flow.heap.includes(heap)) r.flow.heap.push(heap);
}

function copiedFrom(r: Run, path: string, from: string): string {
  let sources = r.copies.get(path);
  if (!sources) {
    sources = new Set();
    r.copies.set(path, sources);
  }
  sources.add(from);
  return from;
}

/** What a variable was copied from, where that is one thing: of a folio, the page that it was made of. */
function originalOf(r: Run, path: string): string {
  let original = path;
  for (let n = 0; n < 8; n++) {
    const sources = [...(r.copies.get(original) ?? [])];
    if (sources.length !== 1) break;
    original = sources[0] as string;
  }
  return original;
}

/** A drop of what `path` holds is also a drop of what it was copied from, and of what was made of it. */
function released(r: Run, facts: Facts, path: string): void {
  const queue = [path];
  const seen = new Set(queue);
  while (queue.length > 0) {
    const name = queue.shift() as string;
    facts.delete(name);
    dropValues(r, facts, name);
    for (const source of r.copies.get(name) ?? []) {
      if (!seen.has(source)) {
        seen.add(source);
        queue.push(source);
      }
    }
  }
}

/** The frame number or address of a dropped page, and copies of it, are no references any more. */
function dropValues(r: Run, facts: Facts, name: string): void {
  for (const fact of [...facts]) {
    if (!facts.has(fact) || !isLocal(fact) || !/@(pfn|address)$/.test(fact) || !r.copies.get(fact)?.has(name)) continue;
    facts.delete(fact);
    dropValues(r, facts, fact);
  }
}

function assume(r: Run, o: Assume, input: Facts): Facts {
  const acquired = r.seeds.find((s) => s.acquired)?.acquired;
  let facts = input;
  const isResult = ({ path }: Value): boolean => path !== null && input.has(`!${path}`);
  if (acquired && isResult(o.left)) facts = refine(acquired, o, input);
  else if (acquired && isResult(o.right)) facts = refine(acquired, turnedOver(o), input);
  // `if (!page)`: nothing is held where the pointer is NULL or an error.
  const path = o.left.path;
  if (
    path !== null &&
    o.call === null &&
    o.right.path === null &&
    (o.right.text === '0' || o.right.text === 'NULL') &&
    o.op === '==' &&
    facts.has(path)
  ) {
    facts = new Set(facts);
    facts.delete(path);
  }
  if (o.call !== null && o.op === '!=' && (o.call.name === 'IS_ERR' || o.call.name === 'IS_ERR_OR_NULL')) {
    const tested = o.call.args[0]?.path;
    if (tested && facts.has(tested)) {
      facts = new Set(facts);
      facts.delete(tested);
    }
  }
  return facts;
}

/** The path that a place of a call names, e.g. `1[]` or `return@sgl`; `null` if the argument leads nowhere. */
export function placeOf(o: CallOperation, place: string): Value | null {
  const match = /^(return|\d+)(.*)$/.exec(place);
  if (!match) return null;
  let value: Value | undefined = match[1] === 'return' ? { path: o.result, address: false, text: '' } : o.args[Number(match[1])];
  if (!value) return null;
  for (const next of splitSteps(match[2] ?? '')) {
    if (value.path === null) return null;
    if (next === '[]' && value.address) value = { ...value, address: false };
    else value = { path: step(value.path, next), address: false, text: '' };
  }
  return value.path === null ? null : value;
}

function call(r: Run, n: Node, o: CallOperation, input: Facts): Facts {
  const seeded = r.seeds.some((s) => s.pos === n.pos);
  const given = input.size === 0 ? [] : o.args.map((a) => contentsOf(a, input, r.scope));
  const touched = given.some((g) => g.length > 0);
  const stored = input.size === 0 ? [] : storedBehind(r, o, input);
  if (
    !seeded &&
    !touched &&
    stored.length === 0 &&
    !(
      o.name !== null &&
      input.size > 0 &&
      (freeingCalls.has(o.name) || releases.has(o.name) || transfers.has(o.name) || iterators.has(o.name))
    )
  )
    return input;
  const facts = new Set(input);
  const own = o.name === null ? undefined : r.program.file(r.reference.file)?.byName.get(o.name);
  const { api, when, shims } = meant(r, o.name);
  if (input.size > 0) {
    if (api !== null && apply(r, n, o, { name: api, when }, facts)) {
      // The tables say all that the call does, on kernels that have it.
      if (shims.length > 0 && touched) {
        const elsewhere = new Set(input);
        into(r, n, o, shims, given, elsewhere);
        for (const fact of elsewhere) facts.add(fact);
      }
    } else if (!touched) {
      // Nothing of the reference is handed over.
    } else if (o.name !== null && (own || (!r.program.isNeutral(o.name, r.reference.file) && !acquires.has(o.name))))
      enter(r, n, o, o.name, given, facts);
    else if (o.name === null && o.through !== null) indirect(r, n, o, given, facts);
    if (stored.length > 0) r.flow.storedThrough = true;
    for (const { name, field } of stored) put(r, facts, name, field, n.pos, `which is ${readable(field)}`);
  }
  if (seeded) seed(r, n, o, input, facts);
  return facts;
}

/** A call of the tables, and the alternatives of conditions under which its name means that. */
interface Tabled {
  name: string;
  when: readonly (readonly string[])[];
}

/** What a called name means here: a call of the tables, unless the file says that it is its own, and what a driver has for it on other kernels. */
function meant(
  { program, reference, graph }: Run,
  name: string | null,
): Omit<Tabled, 'name'> & { api: string | null; shims: readonly FunctionReference[] } {
  if (name === null) return { api: null, when: [], shims: [] };
  const { definitions, tabled } = program.meaning(name, reference.file);
  const assumed = [...graph.assumptions, ...reference.item.conditions];
  const when = tabled.filter((conditions) => !excludes(assumed, conditions));
  return { api: when.length > 0 ? name : null, when, shims: definitions };
}

/** What a call leaves in memory that an object leads to which it is given. */
function storedBehind(r: Run, o: CallOperation, facts: Facts): Behind[] {
  if (o.name === null) return [];
  const found = behind(o.args, facts, r.scope);
  if (found.length === 0 || r.program.isNeutral(o.name, r.reference.file)) return [];
  const callees = r.program.resolve(o.name, r.reference.file);
  return found.filter(({ argument, suffix }) => callees.some((callee) => storesOf(r.program)(callee, argument, suffix)));
}

/** What begins to hold after a seed's call. */
function seed(r: Run, n: Node, o: CallOperation, input: Facts, facts: Facts): void {
  for (const s of r.seeds) {
    if (s.pos !== n.pos) continue;
    const called = s.callee === undefined ? o : asCallOf(o, s.callee);
    if (called === null) continue;
    for (const fact of factsAt(s, o)) {
      const path = fact.startsWith('%result') ? join(o.result, fact.slice(7)) : resolveSeed(called, fact);
      if (path === null) continue;
      if (isHeap(path)) putHeap(r, facts, path, path, n.pos);
      else put(r, facts, path, null, n.pos, 'taken');
    }
    if (s.acquired) {
      // What an earlier round of a loop took is still held where this round fails.
      for (const fact of input) if (isLocal(fact) || isHeap(fact)) facts.add(earlierRound);
      for (const outcome of outcomes) facts.add(outcome);
      facts.add(`!${o.result}`);
    }
  }
}

/** A seed written against the call's arguments, `%3[]`, becomes a path of the caller. */
function resolveSeed(o: CallOperation, fact: string): string | null {
  const match = /^%arg(\d+)(.*)$/.exec(fact);
  if (!match) return fact;
  const value = o.args[Number(match[1])];
  return value ? pathBelow(value, match[2] ?? '') : null;
}

/** One more reference on a page: what was just stored away holds that one, or else what is stored or dropped next does. */
function takeExtra(r: Run, facts: Facts, path: string): void {
  const stored = [...facts].filter(
    (f) => isLocal(f) && rootOf(f) !== f && !/^%\w+@/.test(f) && !f.endsWith('[]') && r.copies.get(f)?.has(path),
  );
  if (stored.length === 0) facts.add(`+${path}`);
  for (const fact of stored.flatMap((f) => [f, ...otherNames(f, r.graph)])) {
    facts.delete(fact);
    const heap = heapFact(fact, r.scope);
    if (heap === null) continue;
    if (!r.flow.shared.includes(heap)) r.flow.shared.push(heap);
    facts.delete(heap);
    r.flow.heap = r.flow.heap.filter((h) => h !== heap);
  }
}

/** What the tables say of a call; false if they say nothing. */
function apply(r: Run, n: Node, o: CallOperation, { name, when }: Tabled, facts: Facts): boolean {
  const release = releases.get(name);
  if (release) {
    applyRelease(r, n, o, release, when, facts);
    return true;
  }
  if (dirtyCalls.has(name)) {
    const value = o.args.find((a) => contentsOf(a, facts, r.scope).length > 0);
    if (!value?.path) return true;
    if (once(r, 'dirty', n.pos)) r.flow.dirties.push({ ...at(n), api: name, fact: value.path, assumptions: [...neededAt(r, n.pos, when)] });
    else needsToo(r, n.pos, when, r.flow.dirties.find((e) => e.pos === n.pos)?.assumptions ?? []);
    return true;
  }
  if (extraReferenceCalls.has(name)) {
    const value = o.args[0];
    if (value?.path && contentsOf(value, facts, r.scope).includes('')) takeExtra(r, facts, value.path);
    return true;
  }
  if (unmappingCalls.has(name)) {
    const value = o.args[0];
    if (value?.path && contentsOf(value, facts, r.scope).includes('')) facts.add(`+${originalOf(r, value.path)}`);
    return true;
  }
  if (freeingCalls.has(name)) {
    for (const a of o.args) if (a.path !== null && !a.address) drop(facts, a.path, false);
    return true;
  }
  const moves = movesOf(r.program, r.reference.file, o, name);
  if (moves) {
    applyMoves(r, n, o, name, moves, facts);
    return true;
  }
  return false;
}

function applyMoves(r: Run, n: Node, o: CallOperation, name: string, moves: readonly (readonly [string, string])[], facts: Facts): void {
  const input = new Set(facts);
  for (const [from, to] of moves) {
    const source = placeOf(o, from);
    const target = placeOf(o, to);
    if (!source || !target || target.path === null) continue;
    const scratch = new Set(input);
    copyInto(r, scratch, target, source, n.pos, `${moveWord(from, to)} by ${name}()`);
    for (const fact of scratch) facts.add(fact);
    if (/@(sgl|bvec|skb|pipe)/.test(to)) facts.delete(`+${source.path}`);
  }
}

function copyInto(r: Run, facts: Facts, target: Value, source: Value, pos: number, text: string): void {
  // The extra reference of a page goes with it into the container.
  if (source.path !== null && text.startsWith('put in') && facts.has(`+${source.path}`)) return;
  const suffixes = contentsOf(source, facts, r.scope);
  for (const suffix of suffixes)
    put(
      r,
      facts,
      target.path === null ? null : target.address ? pathBelow(target, suffix) : join(target.path, suffix),
      pathBelow(source, suffix),
      pos,
      text,
    );
}

function moveWord(from: string, to: string): string {
  if (to.includes('@sgl')) return 'put in the scatterlist';
  if (to.includes('@bvec')) return 'put in the bvec';
  if (to.includes('@skb')) return 'put in the skb';
  if (to.includes('@pfn')) return 'turned into a page frame number';
  if (to.includes('@address')) return 'mapped';
  if (from.includes('@')) return 'fetched back';
  return 'handed on';
}

function at(n: Node): At {
  return { pos: n.pos, node: n.id, loops: n.loops, guards: n.guards };
}

function applyRelease(r: Run, n: Node, o: CallOperation, release: ReleaseCall, when: Tabled['when'], facts: Facts): void {
  const place = placeOf(o, release.pages);
  if (!place?.path) return;
  const held = contentsOf(place, facts, r.scope);
  // A container is dropped with all in it; of anything else, only what the place itself is.
  const hit = release.shape === 'container' ? held.length > 0 : held.includes('') || (place.address && held.includes('[]'));
  if (!hit) return;
  if (facts.delete(`+${place.path}`) || facts.delete(`+${originalOf(r, place.path)}`)) return;
  const flag = typeof release.dirty === 'number' ? o.args[release.dirty] : undefined;
  // Before there was such an argument, the call always marked.
  const always = release.dirty === true || (typeof release.dirty === 'number' && flag === undefined);
  const dirty = always || (flag !== undefined && !(flag.path === null && /^(0|false|NULL)$/.test(flag.text)));
  const partial = facts.has('?short') && !facts.has('?all');
  if (once(r, 'release', n.pos, release.name))
    r.flow.releases.push({
      ...at(n),
      call: release,
      api: release.name,
      fact: place.path,
      dirty,
      partial,
      assumptions: [...neededAt(r, n.pos, when)],
    });
  else
    for (const e of r.flow.releases)
      if (e.pos === n.pos && e.api === release.name) {
        e.partial &&= partial;
        needsToo(r, n.pos, when, e.assumptions);
      }
  note(r, `-${n.pos}`, [...originsOf(place, facts, r)][0] ?? null, `dropped by ${release.name}()`, n.pos);
  const before = [...facts];
  released(r, facts, place.path);
  const loop = n.loops.findLast((l) => !r.seeds.some((s) => s.pos !== null && s.pos >= l.pos && s.pos < l.end));
  // Some pages stay where a drop is done only in some rounds; a test of the page itself leaves none.
  if (
    !loop ||
    n.guards
      .slice(loop.guards)
      .some((g) => g.negated || g.values.length > 0 || g.path === null || !(g.path === place.path || g.path === rootOf(place.path ?? '')))
  )
    return;
  const dropped = before.filter((f) => !facts.has(f) && /\[\]$|@(sgl|bvec|skb|pipe)$/.test(f));
  if (dropped.length > 0) r.loopDrops.set(loop.id, new Set([...(r.loopDrops.get(loop.id) ?? []), ...dropped]));
}

/** What the statement at a position needs of what the variant assumes, with each alternative of what it needs besides. */
function neededAt({ program, reference, graph, needed }: Run, pos: number, when: Tabled['when']): readonly (readonly string[])[] {
  let found = needed.get(pos);
  if (!found) {
    const assumed = assumedAt(program.textOf(reference), pos - reference.item.pos, graph.assumptions);
    found = when.map((conditions) => [...assumed, ...conditions]);
    needed.set(pos, found);
  }
  return found;
}

/** Adds what a statement needs in this variant, too. */
function needsToo(r: Run, pos: number, when: Tabled['when'], assumptions: (readonly string[])[]): void {
  for (const needed of neededAt(r, pos, when)) if (!assumptions.includes(needed)) assumptions.push(needed);
}

/** The facts that make a place hold the reference. */
function* originsOf(place: Value, facts: Facts, r: Run): Generator<string> {
  if (place.path === null) return;
  for (const fact of facts) if (isLocal(fact) && suffixAfter(fact, place.path) !== null) yield fact;
  for (const owner of ownersIn(r.scope, place.path))
    for (const fact of facts) if (isHeap(fact) && suffixAfter(fact, `#${owner.tag}${owner.rest}`) !== null) yield fact;
  if (place.path.startsWith('::')) for (const fact of facts) if (suffixAfter(fact, `#${place.path}`) !== null) yield fact;
}

/** Hands the arguments' facts to a function's definitions and takes back what they leave. */
function enter(r: Run, n: Node, o: CallOperation, name: string, given: string[][], facts: Facts): void {
  const definitions = r.program.resolve(name, r.reference.file);
  if (definitions.length === 0) {
    if (!given.every((suffixes, i) => suffixes.length === 0 || isPrinted(o, i))) unknown(r, n, name, false, given);
    return;
  }
  into(r, n, o, definitions, given, facts);
}

function unknown(r: Run, n: Node, name: string, indirectly: boolean, given: readonly (readonly string[])[]): void {
  if (once(r, 'unknown', n.pos, name)) r.flow.unknowns.push({ ...at(n), name, indirect: indirectly, given });
}

function indirect(r: Run, n: Node, o: CallOperation, given: string[][], facts: Facts): void {
  if (o.through === null) return;
  const candidates = r.program.pointed(r.reference, o.through);
  if (candidates.length > 0) into(r, n, o, candidates, given, facts);
  else unknown(r, n, o.through, true, given);
}

function into(r: Run, n: Node, o: CallOperation, definitions: readonly FunctionReference[], given: string[][], facts: Facts): void {
  const kept = new Set<string>();
  const input = new Set(facts);
  for (const callee of definitions) {
    if (excludes([...r.graph.assumptions, ...r.reference.item.conditions], callee.item.conditions)) continue;
    const params = r.program.variants(callee)[0]?.params ?? [];
    given.forEach((suffixes, index) => {
      const param = params[index];
      const value = o.args[index];
      if (!param || param.name === '' || !value) return;
      for (const suffix of suffixes) {
        const entry = join(param.name, suffix);
        const fact = pathBelow(value, suffix) ?? value.path ?? '';
        if (entry === null || !r.matters(callee, suffix, r.reference)) {
          kept.add(fact);
          continue;
        }
        if (once(r, 'call', n.pos, callee.key, entry)) r.flow.calls.push({ ...at(n), callee, entry, fact });
        const result = r.summary(callee, entry);
        if (suffix === '' && value.path !== null && result.extras.includes(index)) facts.add(`+${value.path}`);
        for (const returned of result.returns) put(r, facts, join(o.result, returned), fact, n.pos, `returned by ${callee.name}()`);
        for (const heap of result.heap) putHeap(r, facts, heap, fact, n.pos);
        for (const [i, s] of result.outs) {
          const target = o.args[i];
          const path = target ? pathBelow(target, s) : null;
          if (i === index && s === suffix) kept.add(fact);
          else if (path !== null && !input.has(path)) put(r, facts, path, fact, n.pos, `handed out by ${callee.name}()`);
        }
        const left = result.outs.some(([i, s]) => i === index && s === suffix) || impliedByField(suffix, new Set(result.heap));
        if (!left && !kept.has(fact) && !callee.macro) released(r, facts, fact);
      }
    });
  }
  for (const fact of kept) if (input.has(fact)) facts.add(fact);
}
