/** What becomes of one site's reference in one function: plain data, made by analyse.ts, read by follow.ts and survey/. */
import type { FunctionReference } from '../program/file.js';
import type { CallOperation, Guard, Loop } from '../program/graph.js';
import type { Program } from '../program/program.js';
import type { PageNumber, ReleaseCall } from '../protocol/index.js';
import type { Acquired } from './outcome.js';

/** The place of an event in its function: enough to tell events apart and to show them. */
export interface At {
  /** Offset in the file's text. */
  pos: number;
  /** Id of the graph's node. */
  node: number;
  /** The loops around the node, outermost first. */
  loops: readonly Loop[];
  /** The conditions of the `if`s and `switch`es around the node. */
  guards: readonly Guard[];
}

/** A drop of the reference. */
export interface ReleaseEvent extends At {
  /** The table's entry for the releasing call. */
  call: ReleaseCall;
  /** Name of the call as the table has it. */
  api: string;
  /** The path that the call is given. */
  fact: string;
  /** True if the call also marks the pages dirty. */
  dirty: boolean;
  /** True if at most some of the pages that were asked for can be held here (only `?short` is possible). */
  partial: boolean;
  /** The `#if` conditions that it depends on: one list for each variant in which it is reached with the reference. */
  assumptions: (readonly string[])[];
}

/** A page of the reference is marked dirty. */
export interface DirtyEvent extends At {
  /** Name of the marking call. */
  api: string;
  /** The path that the call is given. */
  fact: string;
  /** As in {@link ReleaseEvent}. */
  assumptions: (readonly string[])[];
}

/** The reference is handed to a function with a known body. */
export interface CallEvent extends At {
  /** The function that is called. */
  callee: FunctionReference;
  /** The fact at the callee's entry. */
  entry: string;
  /** The same path in terms of the caller. */
  fact: string;
}

/** The reference is handed to something that cannot be followed. */
export interface UnknownEvent extends At {
  /** Name of the callee, or of the field or variable of a call through a pointer. */
  name: string;
  /** True for a call through a pointer. */
  indirect: boolean;
  /** By argument, the suffixes below it at which it holds the reference. */
  given: readonly (readonly string[])[];
}

/** Where a fact came from: one link of the chain that a row's trace is read from. */
export interface Origin {
  /** `given`: held on entry. `taken`: by the acquiring call, or a callee that hands it back. `made`: derived from another fact. */
  kind: 'given' | 'taken' | 'made';
  /** Offset of the operation that gave rise to the fact. */
  pos: number;
  /** The fact that it was derived from. */
  from: string | null;
  /** What was done, as a person reads it; `''` where nothing was done or nothing has a name. */
  text: string;
  /** Offset of the store, where it differs from `pos`: `obj->p = p` may stand before or behind what fills `*p`. */
  stored?: number | undefined;
  /** What the page's pointer was turned into: a frame number or an address. */
  form?: PageNumber | undefined;
  /** True if this origin says all that the origin of `from` says, and more: a trace shows only this one. */
  isMore?: boolean;
  /** The other name, of a fact that is only another name for the same memory as `from`. */
  alias?: string | undefined;
  /** How the function spells the field that the fact came from. */
  path?: string;
}

/** Offset of what an origin tells of. */
export function placeOf({ pos, stored }: Origin): number {
  return stored ?? pos;
}

/** A place below a parameter: the parameter's index, and the suffix below it. */
export type Place = [index: number, suffix: string];

/** What became of the reference in one function. */
export interface FunctionFlow {
  /** The function. */
  reference: FunctionReference;
  /** Drops of the reference. */
  releases: ReleaseEvent[];
  /** Marks of its pages as dirty. */
  dirties: DirtyEvent[];
  /** Calls of known functions that are handed the reference. */
  calls: CallEvent[];
  /** Calls that are handed the reference and cannot be followed. */
  unknowns: UnknownEvent[];
  /** Statements that the parser could not read, on a path on which the reference is held. */
  unread: { pos: number; why: string }[];
  /** Stores of the reference into memory of unknown owner (see astray.ts), and the words in which a gap tells of them. */
  astray: { pos: number; where: string }[];
  /** Every fact that held anywhere in the function, with where it came from. */
  origins: Map<string, Origin>;
  /** Suffixes below the return value at which it holds the reference. */
  returns: string[];
  /** Places below parameters that hold the reference when the function returns. */
  outs: Place[];
  /** Places below parameters that hold an extra reference (`get_page()`) when the function returns. */
  extras: Place[];
  /** Field facts for stores of the same pages with an extra reference, taken here: not the site's reference. */
  shared: string[];
  /** Field and global facts that this function, or one that it calls, brings about. */
  heap: string[];
  /** True if a callee stored the reference through an object, handed to it, into memory that is a parameter's or this function's own. */
  storedThrough: boolean;
  /** Functions that may be called back with an object of type `struct tag` that holds the reference at `suffix`. */
  callbacks: { callee: string; suffix: string; tag: string; pos: number }[];
}

/** Facts that begin to hold after the calls at an offset, or (`pos` null) at the function's entry. */
export interface Seed {
  /** Offset of the calls, or null. */
  pos: number | null;
  /** Name of the called function, where that is not the acquiring call: a wrapper, a helper that hands the reference back. */
  callee?: string;
  /** The facts, of every call at that offset that `layouts` does not list. */
  facts: readonly string[];
  /** The facts by call: the arms of an `#if` may write one call as several kernels have it. */
  layouts?: Layouts;
  /** What is known of the acquiring call's result. */
  acquired?: Acquired;
}

/** The facts of a seed by call; an empty list where the arguments fit no kernel's signature. */
export type Layouts = ReadonlyMap<CallOperation, readonly string[]>;

/** The facts that begin to hold after one of the calls at a seed's offset. */
export function factsAt({ facts, layouts }: Pick<Seed, 'facts' | 'layouts'>, call: CallOperation): readonly string[] {
  return layouts?.get(call) ?? facts;
}

/** False for another call at a seed's offset: a macro can be the acquiring call in one arm of an `#if` and some other call in another. */
export function isSeeding({ layouts }: Pick<Seed, 'layouts'>, call: CallOperation): boolean {
  const [own] = layouts?.keys() ?? [];
  return own === undefined || own.name === call.name;
}

/** What the analysis of one function needs of the rest of the program. */
export interface Analysis {
  /** The program. */
  program: Program;
  /** True if what a callee does may matter to a reference that it is handed at `suffix` below an argument. */
  matters(callee: FunctionReference, suffix: string, from: FunctionReference): boolean;
  /** The callee's flow for one fact at its entry. */
  summary(callee: FunctionReference, entry: string): FunctionFlow;
}

/** A flow with nothing in it yet. */
export function emptyFlow(reference: FunctionReference): FunctionFlow {
  return {
    reference,
    releases: [],
    dirties: [],
    calls: [],
    unknowns: [],
    unread: [],
    astray: [],
    origins: new Map(),
    returns: [],
    outs: [],
    extras: [],
    shared: [],
    heap: [],
    storedThrough: false,
    callbacks: [],
  };
}

/** A fact and the facts that it was derived from in its function, latest first. */
export function sourcesOf(flow: FunctionFlow, fact: string): string[] {
  const found = new Set<string>();
  for (let f: string | null = fact; f !== null && !found.has(f); f = flow.origins.get(f)?.from ?? null) found.add(f);
  return [...found];
}
