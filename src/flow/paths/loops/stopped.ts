/**
 * Loops over held pages that are jumped out of at some element. What goes back from there, or counts up to there, drops only the elements
 * before it: that one and those behind it are still held.
 */
import { type CallOperation, type Graph, isStore, type Loop, leadsTo, type Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import { plainPath } from '../../../program/text.js';
import { transfers } from '../../../protocol/index.js';
import type { Expression } from '../../../syntax/ast.js';
import type { WalkContext } from '../context.js';
import { goesOn } from '../function/shape.js';
import { textAt, type Within } from '../function/text.js';
import { withEntry } from '../memory/maps.js';
import { isContained, placeAt, reaches, valueIn } from '../memory/memory.js';
import { altered, outcome, type State, theReference, told } from '../memory/state.js';
import { plain } from './last.js';
import { boundOf } from './sweep.js';
import { behindIndex, indexOf, isBelow, lookedUp, ownIndex, takenOutBy } from './unwind.js';

/** The state where a loop is left: at some element if it is a loop over the pages that are held, and jumped out of. */
export function stoppedIn(local: WalkContext, from: Node, loop: Loop, state: State): State {
  const index = stoppedAt(local, from, loop, state);
  if (index !== null) return altered(state, { stopped: index, conditions: shortOf(local, loop, index, state) });
  return isSetIn(local.graph, loop, state.stopped) ? goneOn(state) : state;
}

/** What is known of comparisons where a loop is left at an element: its index is not the loop's bound. */
function shortOf(local: WalkContext, loop: Loop, index: string, state: State): State['conditions'] {
  const bound = boundOf(loop, local);
  if (bound === null) return state.conditions;
  const [at, end] = [index, bound].map((path) => valueIn(state, { path, address: false, text: '' }));
  return withEntry(state.conditions, `${at} == ${end}`, false);
}

/** True for a loop that sets the variable at which another one was left, as it goes back from there. */
function isSetIn({ nodes }: Graph, loop: Loop, variable: string | null): boolean {
  return variable !== null && nodes.some((n) => isStore(n.operation) && n.operation.target === variable && isWithin(n, loop));
}

/**
 * The variable that indexes the element at which a path leaves a loop over the pages that it holds; `null` where it leaves the loop
 * otherwise, or where nothing drops by that variable.
 */
function stoppedAt(local: WalkContext, from: Node, loop: Loop, state: State): string | null {
  if (!isAbout(local, loop, state) || !local.shape.isJump(from.id, loop)) return null;
  const found = stopsIn(loop)(local, from);
  return found.find(({ array }) => isHeldIn(state, array))?.index ?? null;
}

/** The state behind a node, where the variable at which a loop was left may be set: by what goes back from there it may. */
export function stillStopped(local: WalkContext, n: Node, state: State): State {
  const { stopped } = state;
  if (stopped === null || !isStore(n.operation) || n.operation.target !== stopped) return state;
  return goesAround(local, n, stopped) ? state : goneOn(state);
}

/** The state in which the variable at which a loop was left is another number. */
function goneOn(state: State): State {
  return altered(state, { stopped: null, index: state.index === state.stopped ? null : state.index });
}

/** True for a node of a loop over the elements before an index, or behind it. */
function goesAround(local: WalkContext, n: Node, index: string): boolean {
  return loopsIn(local.graph).some((l) => isWithin(n, l) && (isBelow(l, index, local) || behindIndex(l, local) === index));
}

/** True if a loop visits only the elements behind the one that is followed, at which another loop was left. */
export function isBehindStop(local: WalkContext, loop: Loop, { index, stopped }: State): boolean {
  return index !== null && index === stopped && isBehind(local, loop, index);
}

/** True for a loop over the elements behind one that nobody else can have dropped or kept. */
function isBehind(local: WalkContext, loop: Loop, index: string): boolean {
  return behindIndex(loop, local) === index && isRefused(local, index);
}

/**
 * True if all that is done with the element at an index is to move it to a container, by calls that leave it to the caller where they
 * fail. Whoever else is handed an element may have dropped it as it failed.
 */
function isRefused(local: WalkContext, index: string): boolean {
  const given = local.graph.nodes.flatMap((n) =>
    n.operation?.kind === 'call' && !local.shape.drops(n.id) && isGiven(local, n, index) ? [transfers.get(n.operation.name ?? '')] : [],
  );
  return given.some((moves) => moves?.fails !== undefined) && given.every((moves) => moves !== undefined && moves.drops !== true);
}

/** True for a call that is given the element at an index, or a variable that the iteration has put it into. */
function isGiven(local: WalkContext, n: Node, index: string): boolean {
  const { operation: o } = n;
  if (o?.kind !== 'call') return false;
  if (elementsAt(local, n, index).length > 0) return true;
  return n.loops.some((l) => o.expressions.some((e) => takenOutBy(local, l, e)?.index === index));
}

function isWithin({ pos }: Node, loop: Loop): boolean {
  return pos >= loop.pos && pos < loop.end;
}

/** The state with the elements that a call leaves out, as it drops only those before; `null` for any other call. */
export function sparedBy(local: WalkContext, n: Node, o: CallOperation, state: State): State | null {
  const index = state.phase === 'held' && !state.unsure && local.shape.drops(n.id) ? stopOf(local, n, state) : null;
  return index !== null && dropsOthers(local, n, o, index, state) ? withRest(local, n, index, state) : null;
}

/** The state behind a loop that had nothing to drop, as the path left the loop over the pages at the first one; `null` for any other. */
export function sparedAll(local: WalkContext, from: Node, loop: Loop, state: State): State | null {
  const index = state.unsure ? null : stopOf(local, from, state);
  if (index === null) return null;
  const isDrop = (n: Node): boolean =>
    n.operation?.kind === 'call' && n.loops.at(-1)?.id === loop.id && dropsOthers(local, n, n.operation, index, state);
  const drop = local.graph.nodes.find(isDrop);
  return drop ? withRest(local, drop, index, state) : null;
}

/** The variable that indexes the element at which a loop was left, or is being left; `null` where the path follows that element already. */
function stopOf(local: WalkContext, n: Node, state: State): string | null {
  if (state.stopped !== null) return state.index === state.stopped ? null : state.stopped;
  // What follows in a loop itself on the way out of it is no iteration of it any more.
  const around = n.loops.filter((l) => isAbout(local, l, state) && !goesOn(local.graph.nodes, n, l));
  return around.flatMap((l) => stoppedAt(local, n, l, state) ?? [])[0] ?? null;
}

function withRest(local: WalkContext, n: Node, index: string, state: State): State {
  const rest = altered(state, { stopped: index, index });
  return told(local, n, rest, `leaves out the page at ${index}, at which the loop was left, and those behind it`, { kind: 'spared' });
}

/** True for a call that drops only elements of the array before an index, or behind it: one by one or, before it, as many as it says. */
function dropsOthers(local: WalkContext, n: Node, o: CallOperation, index: string, state: State): boolean {
  if (!local.shape.drops(n.id)) return false;
  const isThere = (at: number): boolean => reaches(state, valueIn(state, o.args[at]));
  if (o.expressions.some((e) => plainPath(e) === index) && o.args.some((_, at) => isThere(at))) return true;
  const loop = n.loops.at(-1);
  if (!loop || !(isBelow(loop, index, local) || isBehind(local, loop, index))) return false;
  return o.expressions.some((e, at) => {
    const own = countedBy(lookedUp(e));
    if (own !== null) return loop.variables.includes(own) && isThere(at);
    const put = takenOutBy(local, loop, e);
    return put !== null && loop.variables.includes(put.index) && isHeldIn(state, `${plain(put.array)}[]`);
  });
}

/** The variable that indexes an element, or its address, and that may be stepped there: `pages[--i]`. */
function countedBy(e: Expression): string | null {
  const step = e.kind === 'index' && e.index.kind === 'update' ? e.index.operand : null;
  return step === null ? indexOf(e) : plainPath(step);
}

/** True for a loop over pages that were all there before it began, if something may drop those before an index of the loop. */
function isAbout({ shape, entry, taking }: WalkContext, loop: Loop, state: State): boolean {
  if (state.phase !== 'held' || state.unsure || (state.outcomes & outcome.earlier) !== 0 || isContained(state)) return false;
  if (entry.kind === 'object' || entry.kind === 'again' || taking.some((l) => l.id === loop.id)) return false;
  return loop.variables.some((v) => shape.counts.has(v) || shape.indexes.get(v)?.some((other) => other.id !== loop.id) === true);
}

function isHeldIn(state: State, array: string): boolean {
  const place = placeAt(state, array);
  return place !== null && state.store.get(place) === theReference;
}

/** A variable, and the array whose element it indexes. */
interface Stop {
  index: string;
  array: string;
}

/** The answers to: by which variables is a loop left from a node, with what elements looked at in that iteration? */
const stopsIn = remembered((loop: Loop) => {
  const known = new Map<number, readonly Stop[]>();
  return (local: WalkContext, from: Node): readonly Stop[] => {
    const found = known.get(from.id) ?? stopsFrom(local, loop, from);
    known.set(from.id, found);
    return found;
  };
});

function stopsFrom(local: WalkContext, loop: Loop, from: Node): Stop[] {
  const { graph } = local;
  const body = graph.nodes.filter((n) => n.pos >= loop.bodyPos && n.loops.some((l) => l.id === loop.id));
  const head = graph.nodes.find((n) => n.operation === null && n.pos === loop.pos && n.loops.some((l) => l.id === loop.id));
  if (head === undefined) return [];
  const isFrom = (n: Node): boolean => n === from;
  const isHead = (n: Node): boolean => n === head;
  return [...new Set(loop.variables)].flatMap((index) => {
    const isStep = (n: Node): boolean => isStore(n.operation) && n.operation.target === index && !goesAround(local, n, index);
    // Only where this iteration has looked at its element was there one: the loop may be left as there are no more.
    const arrays = new Set(body.flatMap((n) => elementsAt(local, n, index)));
    const isSeen = (array: string): boolean => !leadsTo(graph, head, isFrom, (n) => elementsAt(local, n, index).includes(array));
    const isMovedOn = body.some((n) => isStep(n) && leadsTo(graph, n, isFrom, isHead));
    if (arrays.size === 0 || isMovedOn) return [];
    return [...arrays].flatMap((array) => (isSeen(array) ? [{ index, array }] : []));
  });
}

/** The arrays of which a node reads the element that a variable indexes, other than to test it. */
function elementsAt(within: Within, n: Node, index: string): string[] {
  const { operation: o } = n;
  if (o?.kind === 'call') {
    const isElement = (e: Expression | undefined): boolean => e !== undefined && ownIndex(lookedUp(e)) === index;
    return o.args.flatMap(({ path }, i) => (path !== null && isElement(o.expressions[i]) ? [path] : []));
  }
  if (o?.kind !== 'copy' || o.source.path === null) return [];
  return new RegExp(String.raw`^[^;=]*=[^;=]*\[\s*${index}\s*\][\w.>-]*\s*[;,]`).test(textAt(within, n)) ? [o.source.path] : [];
}

const loopsIn = remembered(({ nodes }: Graph): readonly Loop[] => [...new Set(nodes.flatMap((n) => n.loops))]);
