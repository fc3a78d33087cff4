/**
 * What is known at one point of one path. Memory is a map from places to values, both written as access paths over the
 * values that stood there when the function was entered: `obj.pages` is the place, and until somebody stores there also
 * its value. So two names of one object are one, on this path.
 */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import type { ReleaseCall } from '../../../protocol/index.js';
import type { StepEvent, Trail, TrailStep } from './trail.js';

/** The value that is the followed reference: the page, its frame number or its address alike. */
export const theReference = '%R';

/** Outcomes of the acquiring call as bits. */
export const outcome = { error: 1, zero: 2, short: 4, all: 8, earlier: 16 } as const;

/** Signs of a value as bits; a pointer is zero or positive, an error pointer negative. */
export const sign = { negative: 1, zero: 2, positive: 4, any: 7 } as const;

/** What was dropped, on a path where nothing is held any more. */
export interface Drop {
  pos: number;
  call: ReleaseCall | null;
  /** Everything was dropped, by a statement that stands in no loop. */
  whole: boolean;
  /** The result of a call that has dropped or not, and does not say by it which: another test may know. */
  doubt: string | null;
  /** The loop that drops one element in a round, by its own index; `null` for any other drop. */
  loop: number | null;
  /** The variable by which it was dropped, as long as it is not set to another and no other round has begun. */
  by: string | null;
  /** The path had come from a call that could not be looked into: that the pages were still where they had been was not certain. */
  unsure: boolean;
  /** Places that held the reference. */
  places: readonly string[];
}

export interface State {
  /** Values by place; a place that is not there holds its own name. */
  store: ReadonlyMap<string, string>;
  /** Signs of values. */
  signs: ReadonlyMap<string, number>;
  /** Comparisons of values that came out on this path. */
  conditions: ReadonlyMap<string, boolean>;
  phase: 'before' | 'held' | 'released';
  /** The node of the call that handed the reference in, of several that may. */
  from: number | null;
  /** Possible outcomes of the acquiring call. */
  outcomes: number;
  /** The value that is the acquiring call's result, and the one that it is compared with. */
  result: string | null;
  asked: string | null;
  /** Further references on the same page. */
  extra: number;
  /** The loop that takes one more on each element of an array, or gives one back: that is counted where it is left. */
  each: number | null;
  /** Memory that this path allocated. */
  fresh: ReadonlySet<string>;
  /** Of that, what still is zero where nobody has stored. */
  zeroed: ReadonlySet<string>;
  /** Memory that somebody else may reach. */
  shared: ReadonlySet<string>;
  /** Something that holds the reference was listed, scheduled or handed to somebody who keeps it. */
  linked: boolean;
  /** The path goes on from a call that could not be looked into, behind the drop if there was one: that the pages still are where they were is not certain. */
  unsure: boolean;
  /** The variable that says which element of an array the reference stands in, on a path that has not gone on from it. */
  index: string | null;
  /** Loops of which the body was entered. */
  loops: ReadonlySet<number>;
  /** Of loops that count, whether this round is known to be the last one. */
  last: ReadonlyMap<number, boolean>;
  dropped: Drop | null;
  trail: Trail | null;
}

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
  loops: new Set(),
  last: new Map(),
  dropped: null,
  trail: null,
};

/**
 * A state of which some parts are other ones. All states are made by one literal and so have one shape: the engine gives every
 * spread a shape of its own, and what is compiled for some shapes is thrown away when it meets the next.
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
    loops: s.loops,
    last: s.last,
    dropped: s.dropped,
    trail: s.trail,
  };
  return Object.assign(next, parts);
}

/** What a function does with a reference that it was given or took, on one of its paths. */
export interface Exit {
  /** The function that was left, and the variant of it; `null` where a walk was given up. */
  by: FunctionReference | null;
  graph: Graph | null;
  /** Sign of the result. */
  result: number;
  kind: 'held' | 'dropped' | 'lost' | 'unknown';
  /** Where it is held, in the caller's terms: below a parameter, below the result, or in memory of nobody's. */
  holders: readonly Holder[];
  /** Of where it stands below memory that is not the function's own, how it is come to from there: somebody else may have another way to that. */
  within: readonly string[];
  outcomes: number;
  /** The result is the acquiring call's result. */
  counts: boolean;
  /** What the acquiring call was asked for: a constant, or where it stands in the caller's terms. */
  asked: Holder | string | null;
  /** Further places that it stands at, in the caller's terms: an object that keeps it beside the pages. */
  askedIn: readonly Holder[];
  /** The constant that the result is. */
  equals: string | null;
  /** The parameter that the result is, as it was given, `null` for any other. */
  gives: number | null;
  /** The place below a parameter from which the result was got, as it stood there: `return obj->pages`; `null` for any other. */
  got: Holder | null;
  /** The result is memory that the function allocated. */
  allocated: boolean;
  /** Parameters through which memory that the function allocated is handed out with the reference in it: `*out = obj`. */
  made: readonly number[];
  /** Once the pages are dropped, or where a function fails with them, memory below parameters that was set to zero: the count of those left, the pointer to them. */
  none: readonly Holder[];
  /** Where a function fails with the pages, numbers below parameters that it sets on other ways: the count of those there. */
  unset: readonly Holder[];
  extra: number;
  /** Constants other than zero that are stored below what the function was given, and flags that are set there, on every way that ends like this one. */
  sets: readonly Stored[];
  /** Numbers below what the function was given that it sets on some way, and on none that ends like this one. */
  untouched: readonly Holder[];
  /** What was found on the way of numbers that the function was given, of those of which its callers' constants decide. */
  requires: readonly Requirement[];
  /** Where all that is held was taken in earlier rounds of a loop, what says how many rounds that has: of one, none are earlier. */
  rounds: readonly Holder[];
  /** Lists below what the function was given on which it has put objects that hold the reference, by what it calls those. */
  chains: readonly (Holder & { object: string })[];
  drop: Drop | null;
  /** A call has failed by which all ways of the function to its drops lead: whatever the object is, that may happen. */
  early: boolean;
  trail: Trail | null;
  /** Where the function was left. */
  pos: number;
  /** What the path went through was listed, scheduled or handed to somebody who keeps it. */
  linked: boolean;
  /** What a call that could not be looked into did is not known: only what is kept by all that is known is told. */
  unsure: boolean;
}

/** A way out, and the statement from which on every path ends as it does. */
export interface Turned {
  exit: Exit;
  pos: number;
}

/** A constant at a place in the terms of a function's caller, or of the number there a flag that is set, see flags.ts. */
export interface Stored extends Holder {
  value: string;
}

/** What a way out asks of the number that a parameter is: signs, or how it compares with a constant. */
export type Requirement = { of: number; op: null; right: ''; bits: number } | { of: number; op: string; right: string; truth: boolean };

/** A place in the terms of a function's caller. */
export interface Holder {
  /** Index of the parameter, -1 for the result, -2 for memory that is reached in another way. */
  of: number;
  suffix: string;
}

/** True for two names of one place. */
export function isSameHolder(a: Holder, b: Holder): boolean {
  return a.of === b.of && a.suffix === b.suffix;
}

/** Adds a step to a path. */
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
