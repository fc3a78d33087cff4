/**
 * The state at one point of one path. Memory is a map from places to values, both written as access paths over what was there when the
 * function was entered: `obj.pages` is a place and, until something is stored there, also its value. So two names of one object are one,
 * on this path. Other values are `=3` (a constant), `&x` (an address), `%3` (a call's result), `%3~` (that of an earlier loop iteration),
 * `~7` (a number computed at node 7), `?…` (unknown) and {@link theReference}.
 */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import type { ReleaseCall } from '../../../protocol/index.js';
import type { StepEvent, Trail, TrailStep } from './trail.js';

/** The value of the followed reference: the page, its frame number and its address alike. */
export const theReference = '%R';

/** Outcomes of the acquiring call as bits; `earlier`: pages of an earlier loop iteration are held. */
export const outcome = { error: 1, zero: 2, short: 4, all: 8, earlier: 16 } as const;

/** Signs of a value as bits. A valid pointer is positive, NULL zero, an error pointer negative. */
export const sign = { negative: 1, zero: 2, positive: 4, any: 7 } as const;

/** The drop on a path on which nothing is held any more. */
export interface Drop {
  /** Offset of the dropping call. */
  pos: number;
  /** The table's entry of the call; null if a function of the tree drops. */
  call: ReleaseCall | null;
  /** True if everything was dropped, by a statement outside of loops. */
  whole: boolean;
  /** The result of a call that may or may not have dropped and does not tell which by this result: a test of something else may tell. */
  doubt: string | null;
  /** The loop that drops one element in each iteration, by its own index; `null` for any other drop. */
  loop: number | null;
  /** The variable that was dropped by, until it is set again or another iteration begins. */
  by: string | null;
  /** True if the path was unsure before the drop (see {@link State.unsure}): the pages may not have been there. */
  unsure: boolean;
  /** The places that held the reference before the drop. */
  places: readonly string[];
}

/** What is known at one point of one path. */
export interface State {
  /** Values by place; a place that is not in the map has its own name as its value. */
  store: ReadonlyMap<string, string>;
  /** Signs of values, as bits of {@link sign}. */
  signs: ReadonlyMap<string, number>;
  /** Comparisons of values, `a < b`, and how they came out on this path. */
  conditions: ReadonlyMap<string, boolean>;
  /** Whether the reference is still to come, is held, or was dropped. */
  phase: 'before' | 'held' | 'released';
  /** Id of the node by which the reference came in, where several may hand it in. */
  from: number | null;
  /** Possible outcomes of the acquiring call, as bits of {@link outcome}. */
  outcomes: number;
  /** The value that is the acquiring call's result. */
  result: string | null;
  /** The value that is the number of pages which that call was asked for. */
  asked: string | null;
  /** How many extra references on the same page are held. */
  extra: number;
  /** The loop that takes, or gives back, an extra reference for each element of an array: counted once, where the loop is left. */
  each: number | null;
  /** Memory that this path has allocated. */
  fresh: ReadonlySet<string>;
  /** The part of `fresh` that is zero wherever nothing was stored. */
  zeroed: ReadonlySet<string>;
  /** The part of `fresh` that somebody else may reach. */
  shared: ReadonlySet<string>;
  /** True if something that holds the reference was put on a list, scheduled or handed to somebody who keeps it. */
  linked: boolean;
  /** True after a call that could not be looked into: the pages may not be where they were. Behind a drop, of calls since the drop. */
  unsure: boolean;
  /** The variable that indexes the element in which the reference is, until the path moves on from that element. */
  index: string | null;
  /** The variable that indexes the element at which a loop over held pages was jumped out of, until the variable is set. */
  stopped: string | null;
  /** Ids of the loops whose body was entered. */
  loops: ReadonlySet<number>;
  /** By the id of a counting loop, whether this iteration is known to be the last one, or not to be. */
  last: ReadonlyMap<number, boolean>;
  /** The drop, if the reference was dropped. */
  dropped: Drop | null;
  /** The path's steps so far. */
  trail: Trail | null;
}

/** The state before anything is known. */
export const nothingKnown: State = {
  store: new Map(),
  signs: new Map(),
  conditions: new Map(),
  phase: 'before',
  from: null,
  outcomes: 0,
  result: null,
  asked: null,
  extra: 0,
  each: null,
  fresh: new Set(),
  zeroed: new Set(),
  shared: new Set(),
  linked: false,
  unsure: false,
  index: null,
  stopped: null,
  loops: new Set(),
  last: new Map(),
  dropped: null,
  trail: null,
};

/**
 * A copy of a state with some parts replaced. All states are made by this one literal, so that they have one hidden class in V8: a
 * spread would give each its own, and code that was optimized for some would be thrown away at the next.
 */
export function altered(s: State, parts: Partial<State>): State {
  const next: State = {
    store: s.store,
    signs: s.signs,
    conditions: s.conditions,
    phase: s.phase,
    from: s.from,
    outcomes: s.outcomes,
    result: s.result,
    asked: s.asked,
    extra: s.extra,
    each: s.each,
    fresh: s.fresh,
    zeroed: s.zeroed,
    shared: s.shared,
    linked: s.linked,
    unsure: s.unsure,
    index: s.index,
    stopped: s.stopped,
    loops: s.loops,
    last: s.last,
    dropped: s.dropped,
    trail: s.trail,
  };
  return Object.assign(next, parts);
}

/** One way in which a function ends, with what became of the reference that it was given or took: in terms of its caller. */
export interface Exit {
  /** The function; `null` for a walk that was given up. */
  by: FunctionReference | null;
  /** Its variant. */
  graph: Graph | null;
  /** Signs of the return value, as bits of {@link sign}. */
  result: number;
  /** Whether the reference is still held, was dropped, is lost, or is not known of. */
  kind: 'held' | 'dropped' | 'lost' | 'unknown';
  /** Where it is held or, once dropped, pointed at: below a parameter or the return value, or in other memory that lives on. */
  holders: readonly Holder[];
  /** Suffixes at which it is below memory that the function did not allocate, or that others know: they may get to it by those. */
  within: readonly string[];
  /** Possible outcomes of the acquiring call, as bits of {@link outcome}. */
  outcomes: number;
  /** True if the return value is the acquiring call's result. */
  counts: boolean;
  /** The number of pages that the acquiring call was asked for: a constant, or where that number is. */
  asked: Holder | string | null;
  /** Further places of that number: an object that keeps it beside the pages. */
  askedIn: readonly Holder[];
  /** The constant that the return value is known to be. */
  equals: string | null;
  /** Index of the parameter that the return value is, as it was passed; `null` if it is none. */
  gives: number | null;
  /** The place below a parameter whose value is returned, `return obj->pages`; `null` for any other return value. */
  got: Holder | null;
  /** True if the return value is memory that the function has allocated. */
  allocated: boolean;
  /** Indices of the parameters by which memory that the function allocated is handed out, with the reference in it: `*out = obj`. */
  made: readonly number[];
  /** Places below parameters that were set to zero (counts, pointers), if the pages were dropped or the function fails with them. */
  none: readonly Holder[];
  /** Where the function fails with the pages: numbers below parameters that it sets on other paths and not on this one. */
  unset: readonly Holder[];
  /** How many extra references are left. */
  extra: number;
  /** Constants other than zero, and flags, that are set below parameters on every path that ends by this exit. */
  sets: readonly Stored[];
  /** Numbers below parameters that the function sets on some path, and on none that ends by this exit. */
  untouched: readonly Holder[];
  /** What the path has found of the parameters that decide how the function ends (see {@link WalkContext.modes}), or what it drops. */
  requires: readonly Requirement[];
  /**
   * Where all that is held was taken in earlier iterations of a loop: the loop's bound. If that is one, there are no earlier iterations.
   */
  rounds: readonly Holder[];
  /** Lists below parameters on which objects with the reference were put, and the function's name for the object. */
  chains: readonly (Holder & { object: string })[];
  /** The drop, if the reference was dropped. */
  drop: Drop | null;
  /** True for a failure that precedes every drop of the function, by the result of a call that may fail for any object. */
  early: boolean;
  /** The path's steps. */
  trail: Trail | null;
  /** Offset of the return statement, or of the function's end. */
  pos: number;
  /** True if something that held the reference was put on a list, scheduled or handed to somebody who keeps it. */
  linked: boolean;
  /** True if a call on the path could not be looked into: only that the pages are kept is told of such an exit, not that they are lost. */
  unsure: boolean;
}

/** An exit, and the branch that decides for it. */
export interface Turned {
  /** The exit. */
  exit: Exit;
  /** Offset of the statement from which on every path ends by such an exit. */
  pos: number;
}

/** A constant at a place in the caller's terms, or a flag (`@FLAG`, see flags.ts) that is set in the number there. */
export interface Stored extends Holder {
  /** The constant or flag. */
  value: string;
}

/** What an exit requires of the number that the parameter with index `of` is: its signs, or how it compares with a constant. */
export type Requirement = { of: number; op: null; right: ''; bits: number } | { of: number; op: string; right: string; truth: boolean };

/** A place in terms of the function's caller. */
export interface Holder {
  /** Index of the parameter, -1 for the return value, -2 for memory that is reached otherwise: `suffix` is then a whole path. */
  of: number;
  /** The suffix below it. */
  suffix: string;
}

/** True for the same place. */
export function isSameHolder(a: Holder, b: Holder): boolean {
  return a.of === b.of && a.suffix === b.suffix;
}

/** The state with one more step on its path. */
export function told(
  { reference: { file, name } }: { reference: FunctionReference },
  { pos }: { pos: number },
  state: State,
  text: string,
  event: StepEvent | null = null,
): State {
  const step: TrailStep = { file, function: name, pos, text, event };
  return altered(state, { trail: { step, before: state.trail } });
}
