/**
 * The walk: every path of one function from where the reference is taken, given or handed back, as long as it is held. A
 * state is walked once; what a path need not know any more is forgotten, so that paths that differ in it alone are one.
 * Past a bound the walk keeps what it has found, and says by an exit of kind `unknown` that there may be more.
 */
import type { FunctionReference } from '../../program/file.js';
import type { Assume, Graph, Loop, Node } from '../../program/graph.js';
import { rootOf, suffixAfter } from '../../program/path.js';
import { isNeutral, releases } from '../../protocol/index.js';
import type { Acquired } from '../outcome.js';
import { call } from './call.js';
import { assume, signOf, withSign } from './conditions.js';
import type { Called, Context } from './context.js';
import { exitOf } from './exit.js';
import { baseOf, holders, isCut, placeAt, placeBelow, put, reaches, renewed, valueAt, valueIn } from './memory.js';
import { forgetting, keyOf } from './merge.js';
import { settled } from './settled.js';
import { backwards, isPointer, shapeOf } from './shape.js';
import { altered, type Exit, nothingKnown, outcome, type State, sign, type Trail, type Turned, theReference, told } from './state.js';
import { openTracks } from './tracks.js';
import { isBelow, namesOf } from './unwind.js';

const maxStates = 2500;
/** How often a node is walked before and while the reference is held: enough for what paths correlate in practice. */
const maxVisits = { before: 8, held: 32, unsure: 8, released: 6 } as const;

/** How the reference comes into a function. */
export type Entry =
  | { kind: 'site'; pos: number; facts: readonly string[]; acquired: Acquired }
  | { kind: 'given'; facts: readonly string[] }
  /** The function is entered again while what it kept the last time is still there. */
  | { kind: 'again'; facts: readonly string[] }
  /** An object that a variable is set to, which holds the reference below it. */
  | { kind: 'object'; variable: string; suffixes: readonly string[] }
  | { kind: 'returned'; callee: string; exits: readonly Exit[] };

export interface Walked {
  exits: Exit[];
  /** Ways out that lose the reference, one for each branch from which nothing else can be reached. */
  lost: Turned[];
  /** Ways out that hold it in memory that lives on though they fail, one for each such branch. */
  failing: Turned[];
  /** Second drops, uses after the last and stores over what is held, with the way to them. */
  late: { kind: 'double' | 'use' | 'over'; trail: Trail; pos: number }[];
  /** Some way on which the reference was held was not followed to its end. */
  cut: boolean;
}

const gaveUp: Exit = {
  result: 7,
  kind: 'unknown',
  holders: [],
  freed: [],
  outcomes: 0,
  counts: false,
  asked: null,
  equals: null,
  allocated: false,
  extra: 0,
  drop: null,
  trail: null,
  pos: 0,
  linked: false,
  unsure: true,
};

export function unknownExit(): Exit {
  return gaveUp;
}

interface At {
  node: number;
  state: State;
}

/** Walks one variant of a function. */
export function walk(context: Context, reference: FunctionReference, graph: Graph, entry: Entry): Walked {
  const shape = shapeOf(graph, (name) => context.mayDrop(name, reference.file));
  const seeds = new Uint8Array(graph.nodes.length);
  for (const n of graph.nodes) if (isSeed(n, entry)) seeds[n.id] = 1;
  if (entry.kind !== 'given' && entry.kind !== 'again' && !seeds.some((s) => s === 1)) return nowhere();
  const towardsSeed = entry.kind === 'given' || entry.kind === 'again' ? null : backwards(seeds, shape.predecessors);
  const walked = nowhere();
  const known = new Set<string>();
  const seen = new Map<string, number>();
  const visits = {
    before: new Uint16Array(graph.nodes.length),
    held: new Uint16Array(graph.nodes.length),
    unsure: new Uint16Array(graph.nodes.length),
    released: new Uint16Array(graph.nodes.length),
  };
  const queue: At[] = [{ node: graph.entry, state: firstState(entry) }];
  const tracks = openTracks((index) => {
    const { node, state } = queue[index] as At;
    return state.phase === 'before' ? null : (graph.nodes[node] as Node).pos;
  });
  const leave = (exit: Exit): void => {
    const key = `${exit.kind}|${exit.result}|${exit.outcomes}|${exit.holders.map((h) => `${h.of}${h.suffix}`).join()}|${exit.freed.map((h) => `${h.of}${h.suffix}`).join()}|${exit.counts}|${exit.equals}|${exit.unsure}|${exit.kind === 'lost' ? exit.pos : ''}`;
    if (known.has(key)) return;
    known.add(key);
    walked.exits.push(exit);
  };
  const unknown = (index: number): void => {
    tracks.other(index);
    if ((queue[index] as At).state.phase === 'held') walked.cut = true;
  };
  let at = 0;
  const local: Called = {
    ...context,
    reference,
    graph,
    shape,
    entry,
    seeds: seeds.reduce((a, b) => a + b, 0),
    late: (l) => walked.late.push(l),
    unfollowed: () => unknown(at),
  };
  for (let i = 0; i < queue.length; i++) {
    at = i;
    if (queue.length > maxStates) {
      // What was found so far is found; where the rest leads to is not known.
      for (let rest = i; rest < queue.length; rest++) unknown(rest);
      leave(gaveUp);
      break;
    }
    const { node, state } = queue[i] as At;
    const n = graph.nodes[node] as Node;
    if (state.phase === 'before' && towardsSeed?.[node] === 0) continue;
    const outcomes = run(local, n, state);
    // A condition that cannot hold ends a path; anything else that ends one is not understood.
    if (outcomes.length === 0 && n.operation?.kind !== 'assume') unknown(i);
    for (const made of outcomes) {
      const after =
        entry.kind === 'object' && seeds[node] === 1 && made.phase === 'before'
          ? withObject(made, graph, entry.variable, entry.suffixes)
          : made;
      if (n.id === graph.exit || n.successors.length === 0) {
        const exit = exitOf(local, after, n);
        if (!exit) continue;
        tracks.exit(i, exit);
        leave(exit);
        continue;
      }
      for (const next of n.successors) {
        const moved = along(local, n, graph.nodes[next] as Node, after);
        if (moved === null) continue;
        if (moved.unsure && !after.unsure) unknown(i);
        // Where ways do not meet, no two states can be one.
        const isJoin = (shape.predecessors[next] as readonly number[]).length > 1;
        const kept = isJoin ? forgetting(moved, shape, next) : moved;
        const key = isJoin ? keyOf(next, kept) : null;
        const known = key === null ? undefined : seen.get(key);
        if (known !== undefined) {
          tracks.edge(i, known);
          continue;
        }
        const stage = kept.phase === 'held' && kept.unsure ? 'unsure' : kept.phase;
        const count = visits[stage];
        if ((count[next] as number) >= maxVisits[stage]) {
          unknown(i);
          continue;
        }
        count[next] = (count[next] as number) + 1;
        if (key !== null) seen.set(key, queue.length);
        tracks.edge(i, queue.length);
        queue.push({ node: next, state: kept });
      }
    }
  }
  walked.lost = tracks.turns((exit) => exit.kind === 'lost');
  walked.failing = tracks.turns(isFailing);
  return walked;
}

function nowhere(): Walked {
  return { exits: [], lost: [], failing: [], late: [], cut: false };
}

/** True for an exit that may say by its result that the function failed, with pages in memory that lives on. */
function isFailing(exit: Exit): boolean {
  return exit.kind === 'held' && !exit.unsure && saysFailed(exit) && (exit.outcomes & (outcome.short | outcome.all)) !== 0;
}

/** True for a result below zero, or that is not zero: where success is zero, that says the same. */
export function saysFailed({ result }: Exit): boolean {
  return (result & sign.negative) !== 0 && (result & sign.zero) === 0;
}

function isSeed(n: Node, entry: Entry): boolean {
  if (entry.kind === 'object') {
    const o = n.operation;
    return o?.kind === 'copy'
      ? o.target === entry.variable
      : o?.kind === 'call' && o.iterates && o.args.some((a) => a.path === entry.variable);
  }
  if (n.operation?.kind !== 'call') return false;
  if (entry.kind === 'site') return n.pos === entry.pos && n.operation.pos === entry.pos;
  return entry.kind === 'returned' && n.operation.name === entry.callee;
}

/** The state in which an object that was just found holds the reference; one that was just allocated holds nothing. */
function withObject(state: State, graph: Graph, variable: string, suffixes: readonly string[]): State {
  const value = valueAt(state, variable);
  if (/^[=?]/.test(value) || state.fresh.has(baseOf(value))) return state;
  const maker = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.result === value)?.operation;
  if (maker?.kind === 'call' && /alloc|create|new|dup|init|ERR_PTR/.test(maker.name ?? '')) return state;
  let next: State = altered(state, { phase: 'held', outcomes: outcome.all });
  for (const suffix of suffixes) next = put(next, placeBelow(next, value, suffix), theReference);
  return next;
}

function firstState(entry: Entry): State {
  if (entry.kind !== 'given' && entry.kind !== 'again') return nothingKnown;
  let state: State = altered(nothingKnown, { phase: 'held', outcomes: outcome.all });
  for (const fact of entry.facts) state = put(state, fact, theReference);
  return state;
}

/** The states after a node; none where the path ends or cannot be. */
function run(local: Called, n: Node, state: State): State[] {
  const o = n.operation;
  switch (o?.kind) {
    case undefined:
    case 'unread':
      return state.phase !== 'before' && o?.kind === 'unread' ? [] : [state];
    case 'call':
      if (local.entry.kind === 'again' && isLookedAfter(local, o.name)) return [];
      if (state.index !== null && state.phase === 'held' && n.loops.some((l) => isUndoing(local, l, state))) return [state];
      return call(local, n, o, state);
    case 'copy': {
      const source = valueIn(state, o.source);
      const target = placeAt(state, o.target);
      if (!o.replaces && source !== theReference) {
        // One of several operands: what is known of the others goes.
        if (!o.target.startsWith('%') && !reaches(state, source)) return [added(state, o.target, source)];
        if (target !== null && state.store.has(target) && (!reaches(state, source) || reaches(state, valueAt(state, target))))
          return [state];
        return [o.target.startsWith('%') ? put(state, target, source) : state];
      }
      // Of one array that was allocated here, parts that are dropped apart are told apart.
      if (n.loops.length === 0 && local.shape.parts.has(o.target) && o.replaces && source !== null && state.fresh.has(baseOf(source))) {
        const part = `?part${n.id}`;
        return [put(altered(state, { fresh: new Set([...state.fresh, part]) }), target, part)];
      }
      // Of an array of structs, another element may be meant.
      if (
        target !== null &&
        state.phase === 'held' &&
        state.store.has(target) &&
        reaches(state, valueAt(state, target)) &&
        isInElement(local, n)
      )
        return [state];
      const next = put(state, target, source);
      if (local.entry.kind === 'again' && target !== null && isStoredOver(state, next, target)) {
        const end = told(local, n, next, `${o.target.replace(/^::/, '')} is stored over while it still holds pages`);
        local.late({ kind: 'over', trail: end.trail as Trail, pos: n.pos });
        return [];
      }
      const kept = state.phase === 'held' && next !== state && target !== null && rootOf(target) !== target && source !== null;
      if (kept && holders(next).length > holders(state).length) return [told(local, n, next, `kept in ${o.target.replace(/^::/, '')}`)];
      return [next];
    }
    case 'clear':
      // The declaration of an array or a struct: it is where it stands.
      if (o.text === '' && isOwnMemory(local.graph, o.target)) return [state];
      return [put(state, placeAt(state, o.target), constantOf(o.text, n.id))];
    case 'update': {
      // The next round: what was followed stands in an earlier element from here on.
      const here: State =
        state.index !== null && namesOf(local.graph, state.index).includes(o.target) && n.loops.some((l) => isTaking(local, l))
          ? altered(state, { index: null })
          : state;
      const place = placeAt(here, o.target);
      // A pointer that goes on stays in the same memory.
      if (place === null || valueAt(here, place) === theReference || isPointer(local.graph, o.target)) return [here];
      const fresh = `~${n.id}`;
      const more = isStep(local, n) ? sign.positive : (here.signs.get(`+${o.target}`) ?? sign.any);
      const grows = isIncrease(local, n) && (signOf(here, valueAt(here, place)) & sign.negative) === 0;
      const changed = put(renewed(summed(here, o.target), fresh), place, fresh);
      return [grows ? (withSign(changed, fresh, more === sign.positive ? more : sign.zero | sign.positive) ?? changed) : changed];
    }
    case 'assume': {
      if (local.entry.kind === 'again' && testsState(state, o)) return [];
      if (state.phase !== 'before' && settled(local, n, state)) return [];
      const next = assume(state, o, local.entry.kind === 'site' ? local.entry.acquired : null);
      if (!next) return [];
      if (next.phase === 'held' && (next.outcomes & (outcome.short | outcome.all | outcome.earlier)) === 0) return [];
      const text = next.phase === 'before' ? null : conditionText(n);
      return [text === null ? next : told(local, n, next, text)];
    }
    case 'return': {
      const value = o.value ? valueIn(state, o.value) : null;
      return [told(local, n, put(state, '%return', value), null)];
    }
  }
}

function isTaking({ graph, entry }: Called, loop: Loop): boolean {
  if (entry.kind === 'given' || entry.kind === 'object') return false;
  return graph.nodes.some((n) => isSeed(n, entry) && n.loops.some((l) => l.id === loop.id));
}

/** True for a test of something that outlives the function: it may be what keeps a second round out. */
function testsState(state: State, o: Assume): boolean {
  const values = [o.left, o.right, ...(o.call?.args ?? [])].map((v) => valueIn(state, v) ?? '');
  return values.some((v) => v === theReference || (!/^[=~]/.test(v) && (v.includes('.') || v.startsWith('::'))));
}

/** True for a call that may drop or test what an object holds before it is filled again. */
function isLookedAfter(local: Called, name: string | null): boolean {
  return (
    name !== null &&
    (/test_and_set|cmpxchg|xchg|busy|_inc_not_zero/.test(name) ||
      (!releases.has(name) && !isNeutral(name) && local.mayDrop(name, local.reference.file)))
  );
}

function isStoredOver(before: State, after: State, target: string): boolean {
  if (before.phase !== 'held' || rootOf(target) === target) return false;
  return holders(before).some(
    (place) => suffixAfter(place, target) !== null && (after.store.get(place) !== theReference || isCut(after, place, baseOf(place))),
  );
}

/** Remembers the sign of what the next statement adds. */
function added(state: State, target: string, value: string | null): State {
  const signs = new Map(state.signs);
  signs.set(`+${target}`, signOf(state, value));
  return altered(state, { signs });
}

/** Forgets that sign where it was added. */
function summed(state: State, target: string): State {
  if (!state.signs.has(`+${target}`)) return state;
  return altered(state, { signs: new Map([...state.signs].filter(([value]) => value !== `+${target}`)) });
}

/** `chunk[i].pages = …` */
function isInElement({ program, reference }: Called, n: Node): boolean {
  const text = program.file(reference.file)?.text.slice(n.pos, n.pos + 120) ?? '';
  return /^[^=;]*\[[^\]=;]+\]\s*(\.|->)[^=;]*=/.test(text);
}

/** `n++`, of which the sum is above zero where `n` was not below. */
function isStep({ program, reference }: Called, n: Node): boolean {
  return /^(\+\+|[\w>.[\]-]+?\s*\+\+)/.test(program.file(reference.file)?.text.slice(n.pos, n.pos + 80) ?? '');
}

/** `n++`, `n += more`. */
function isIncrease({ program, reference }: Called, n: Node): boolean {
  const text = program.file(reference.file)?.text.slice(n.pos, n.pos + 80) ?? '';
  return /^(\+\+|[\w>.[\]-]+?\s*(\+\+|\+=))/.test(text);
}

function isOwnMemory(graph: Graph, path: string): boolean {
  const type = graph.types.get(path);
  return type !== undefined && (type.dims.length > 0 || (type.pointers === 0 && type.tag !== null));
}

function constantOf(text: string, id: number): string {
  const plain = text.replace(/\s/g, '');
  return /^-?\w+$/.test(plain) ? `=${plain}` : `?${id}`;
}

function conditionText(n: Node): string | null {
  const o = n.operation;
  if (o?.kind !== 'assume') return null;
  if (o.call?.name) return `where ${o.call.name}() is ${o.op === '!=' ? 'true' : 'false'}`;
  const tested = o.left.text || o.left.path || '';
  if (tested === '' || tested.startsWith('%')) return null;
  return `where ${tested} ${o.op} ${o.right.text || o.right.path || '0'}`;
}

/** A path along one edge: into and out of loops. */
function along(local: Called, from: Node, to: Node, state: State): State | null {
  if (from.loops.length === 0 && to.loops.length === 0) return state;
  let loops: Set<number> | null = null;
  let rest: State | null = null;
  let unsure = state.unsure;
  for (const l of to.loops) {
    if (state.loops.has(l.id) || to.pos < l.bodyPos) continue;
    loops ??= new Set(state.loops);
    loops.add(l.id);
  }
  for (const l of from.loops) {
    if (to.loops.some((m) => m.id === l.id)) continue;
    if (state.phase === 'held') {
      const around = local.entry.kind === 'site' && local.entry.pos >= l.pos && local.entry.pos < l.end;
      // A loop over pages that are held has at least one round; one that drops pages drops all, unless it is jumped out of.
      if (!state.loops.has(l.id) && !isUndoing(local, l, state)) return null;
      const drops = local.shape.dropLoops.has(l.id) && !isUndoing(local, l, state) && !around && !isCallLoop(local, l.pos, l.end);
      if (drops && !local.shape.isJump(from.id, to.id, l)) unsure = true;
    }
    if (state.phase === 'released' && isOthersLeft(local, from, to, l, state)) {
      const text = `the other elements are still there, ${conditionText(from) ?? 'where the loop is left'}`;
      rest = told(local, from, altered(state, { phase: 'held', dropped: null }), text);
    }
    if (state.loops.has(l.id)) {
      loops ??= new Set(state.loops);
      loops.delete(l.id);
    }
  }
  if (rest) return altered(rest, { loops: loops ?? state.loops });
  return loops || unsure !== state.unsure ? altered(state, { loops: loops ?? state.loops, unsure }) : state;
}

/** True for a jump out of a loop that has dropped one element of an array in this round: those of later rounds are held. */
function isOthersLeft({ entry, graph, shape }: Called, from: Node, to: Node, loop: Loop, state: State): boolean {
  if (entry.kind !== 'site' || (entry.pos >= loop.pos && entry.pos < loop.end)) return false;
  // Where another loop that drops stands in it, that is for the others.
  if (
    graph.nodes.some(
      (n) =>
        n.loops.some((l) => l.id === loop.id) && n.loops.some((l) => l.id !== loop.id && l.pos > loop.pos && shape.dropLoops.has(l.id)),
    )
  )
    return false;
  return state.dropped?.loop === loop.id && shape.isJump(from.id, to.id, loop) && holders(state).some((place) => place.endsWith('[]'));
}

/** True in a loop that drops what earlier rounds of another took, and not what the path follows. */
function isUndoing({ program, reference, graph }: Called, loop: Loop, state: State): boolean {
  return state.index !== null && (state.outcomes & outcome.earlier) === 0 && isBelow(program, reference, graph, loop, state.index);
}

/** True if the call that hands the reference back stands in a loop. */
function isCallLoop(local: Called, pos: number, end: number): boolean {
  if (local.entry.kind !== 'returned') return false;
  const { callee } = local.entry;
  return local.graph.nodes.some((n) => n.pos >= pos && n.pos < end && n.operation?.kind === 'call' && n.operation.name === callee);
}
