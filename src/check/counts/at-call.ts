/** Calls that use or drop pages: the number that they are given, compared with the number of pages there. */
import { storesOf } from '../../flow/stores.js';
import { type CallOperation, leadsTo, type Node, offsetsOf } from '../../program/graph.js';
import { acquires, releases } from '../../protocol/index.js';
import { noPointer } from '../../syntax/truth.js';
import type { Drop } from './drops.js';
import type { CountFault } from './fault.js';
import { isOnlyFreed, takesUpNone } from './helper.js';
import { faultAt, isArray, isTest, type State, type Walking } from './path.js';
import { ALL, addedIn, ERROR, type Known, moved, SHORT, symbolOf, ZERO } from './symbols.js';

/** The faults at a place, and whether the acquiring call's result is used there as the number of pages. */
export interface Noted {
  faults: readonly CountFault[];
  counted: boolean;
}

/** A place that has no fault and does not use the result as a count. */
export const unnoted: Noted = { faults: [], counted: false };

const nothing = unnoted.faults;

/** The faults of a call, and whether it is given the result as a count. */
export function atCall(w: Walking, state: State, n: Node, o: CallOperation): Noted {
  const release = w.drops.get(o.pos)?.[0];
  if (w.one)
    return { faults: isUse(w, o) ? faultAt(w, state, n.pos, release ? 'drop' : 'use', 'unfilled', ERROR | ZERO) : nothing, counted: true };
  if (release) {
    const early = isEarly(w, state, release) ? faultAt(w, state, n.pos, 'drop', 'early', ERROR | ZERO | SHORT | ALL) : nothing;
    if (release.loop || early.length > 0) return { faults: early, counted: false };
    const symbol = moved(symbolOf(release.count.value, state.names, w.words), release.count.plus);
    return { faults: ofDrop(w, state, n, symbol, release), counted: symbol?.base === 'result' && symbol.plus >= 0 };
  }
  const { reference } = w.taking;
  const isGiven = o.args.some((a) => isArray(w, a.path));
  if (!isGiven || w.program.isNeutral(o.name ?? '', reference.file) || w.tested.has(o.pos)) return unnoted;
  const symbols = o.args.map((a) => symbolOf(a, state.names, w.words));
  if (symbols.some((s) => s?.base === 'result')) return { faults: nothing, counted: true };
  const isAsked = symbols.some((s) => s?.base === 'asked' && s.plus === 0) && !takesUpNone(w, o);
  return { faults: isAsked ? faultAt(w, state, n.pos, 'use', 'unfilled', ERROR | ZERO | SHORT) : nothing, counted: false };
}

/** True for a drop of the total that the loop around the acquiring call wants, before the loop has taken that many. */
function isEarly({ wanted: { totals } }: Walking, { complete }: State, { count: { value, plus, fromFirst } }: Drop): boolean {
  return !complete && fromFirst && plus === 0 && totals.has(value.path ?? '') && addedIn(value) === 0;
}

/** True for a call that is given the single page, or the array that it stands in, and takes the page to be there. */
function isUse(w: Walking, o: CallOperation): boolean {
  const { program, taking } = w;
  const isLeft = (i: number): boolean => !isArray(w, o.args[i]?.path ?? null) || isOnlyFreed(program, taking.reference.file, o, i);
  return !o.args.every((_, i) => isLeft(i)) && !isTest(o.name) && !isCleanUp(w, o);
}

/**
 * True for what runs at the end of a variable's scope (`__free(x)`), if the variable is NULL at first: it tests by itself whether there is
 * a page.
 */
function isCleanUp({ graph }: Walking, { args, expressions }: CallOperation): boolean {
  const isNull = ({ operation: o }: Node): boolean => o?.kind === 'clear' && o.target === args[0]?.path && noPointer.test(o.text);
  return expressions.length === 0 && args.length === 1 && graph.nodes.some(isNull);
}

/** The faults of a drop of `count` pages. */
function ofDrop(w: Walking, state: State, n: Node, count: Known | null, { wide, count: { fromFirst } }: Drop): readonly CountFault[] {
  const drop = (how: CountFault['how'], wrong: number): CountFault[] => faultAt(w, state, n.pos, 'drop', how, wrong);
  if (count === null || count.base === 'number') return nothing;
  const there = thereOf(count);
  if (count.plus < 0) return fromFirst && !leavesOne(w, n) ? drop('few', there) : nothing;
  // If fewer pages than asked for may be there, that is the fault to report (below).
  if (count.plus > 0 && (count.base === 'result' || (state.outcomes & ~there) === 0)) return drop('past', there);
  if (count.base === 'asked') return drop('unfilled', ERROR | ZERO | SHORT);
  return wide ? drop('negative', ERROR) : nothing;
}

/** The outcomes with which `base` pages are there: for the number asked for only ALL, for the result SHORT too. */
export function thereOf({ base }: Known): number {
  return base === 'asked' ? ALL : SHORT | ALL;
}

/** True if some path through a drop also goes through a drop of other pages of the array: that may drop the page which this one leaves. */
export function leavesOne(w: Walking, drop: Node): boolean {
  const isOther = ({ pos, operation: o }: Node): boolean =>
    pos !== drop.pos &&
    (w.drops.get(pos)?.some(({ count }) => !count.fromFirst) ??
      (o?.kind === 'call' && releases.has(o.name ?? '') && o.args.some((a) => isArray(w, a.path))));
  return leadsTo(w.graph, drop, isOther) || w.graph.nodes.some((n) => isOther(n) && leadsTo(w.graph, n, (m) => m.id === drop.id));
}

/** True for a call that puts pages into the array: another acquiring call, or a function that stores into its elements. */
export function fills(w: Walking, { name, args }: CallOperation): boolean {
  if (name === null) return false;
  if (acquires.has(name)) return args.some((a) => isArray(w, a.path));
  // A pointer that was set to a place inside the pages, `p = pages + n`, is not the array.
  const behind = offsetsOf(w.graph);
  const given = args.flatMap((a, i) => (a.path !== null && isArray(w, a.path) && !behind.has(a.path) ? [i] : []));
  if (given.length === 0) return false;
  const stores = storesOf(w.program);
  const callees = w.program.resolve(name, w.taking.reference.file);
  return callees.some((callee) => given.some((i) => !args[i]?.address && stores(callee, i, '[]')));
}
