/** What becomes of one reference in one function: plain data, made by analyse.ts, read by follow.ts and survey/. */
import type { FunctionReference } from '../program/file.js';
import type { CallOperation, Guard, Loop } from '../program/graph.js';
import type { Program } from '../program/program.js';
import type { PageNumber, ReleaseCall } from '../protocol/index.js';
import type { Acquired } from './outcome.js';

/** Where a node stands: what an event needs to be told apart and shown. */
export interface At {
  pos: number;
  node: number;
  loops: readonly Loop[];
  guards: readonly Guard[];
}

/** A drop of the reference. */
export interface ReleaseEvent extends At {
  call: ReleaseCall;
  api: string;
  fact: string;
  /** The call marks the pages dirty. */
  dirty: boolean;
  /** Only some of the pages can be held here. */
  partial: boolean;
  /** What each variant of the function assumes in which it stands and is reached with the reference, of what it depends on. */
  assumptions: (readonly string[])[];
}

/** A page of the reference is marked dirty. */
export interface DirtyEvent extends At {
  api: string;
  fact: string;
  /** As those of a release. */
  assumptions: (readonly string[])[];
}

/** The reference is handed to a function whose body is known. */
export interface CallEvent extends At {
  callee: FunctionReference;
  /** Fact at the callee's entry. */
  entry: string;
  fact: string;
}

/** The reference is handed to something that cannot be followed. */
export interface UnknownEvent extends At {
  name: string;
  /** A call through a pointer. */
  indirect: boolean;
  /** What each argument holds of the reference, as suffixes below it. */
  given: readonly (readonly string[])[];
}

/** Where a fact came from: for the trace. */
export interface Origin {
  /** Whether the function was given what the fact says on entry, took it, itself or from who did, or brought it about. */
  kind: 'given' | 'taken' | 'made';
  pos: number;
  from: string | null;
  /** What was done, as a person reads it; `''` where nothing was, or nothing that has a name. */
  text: string;
  /** Where it was done, if that is not where it is followed: a pointer may be stored before what it leads to is, or behind. */
  stored?: number | undefined;
  /** What a number stands for that the page's pointer was turned into. */
  form?: PageNumber | undefined;
  /** It says all that was said of where the fact came from, and more. */
  isMore?: boolean;
  /** Of a fact that is but another name of where it came from: that name. */
  alias?: string | undefined;
  /** What the function calls the field that the fact came from. */
  path?: string;
}

/** Where what an origin tells was done. */
export function placeOf({ pos, stored }: Origin): number {
  return stored ?? pos;
}

/** What stands below a parameter, by its index. */
export type Place = [index: number, suffix: string];

/** What became of the reference in one function. */
export interface FunctionFlow {
  reference: FunctionReference;
  releases: ReleaseEvent[];
  dirties: DirtyEvent[];
  calls: CallEvent[];
  unknowns: UnknownEvent[];
  /** Statements on the way that could not be read. */
  unread: { pos: number; why: string }[];
  /** Where the reference was stored that is left where no name leads, and what is said of that memory. */
  astray: { pos: number; where: string }[];
  /** Every fact that held anywhere, with where it came from. */
  origins: Map<string, Origin>;
  /** Suffixes below the result when the function is left. */
  returns: string[];
  /** Below parameters when the function is left: index and suffix. */
  outs: Place[];
  /** Pages below parameters that are given one more reference which is still there when the function is left. */
  extras: Place[];
  /** Fields in which the same pages stand with a reference of their own, taken here. */
  shared: string[];
  /** Facts about fields and globals that this function, or one that it calls, brings about. */
  heap: string[];
  /** It gave callees an object through which they stored the reference in memory that it was given, or that is its own. */
  storedThrough: boolean;
  /** Functions that may be called back with an object that holds the reference. */
  callbacks: { callee: string; suffix: string; tag: string; pos: number }[];
}

/** Facts that begin to hold after the calls at a position, or (`pos` null) at the function's entry. */
export interface Seed {
  pos: number | null;
  /** The function whose call it is, if that is not the acquiring one. */
  callee?: string;
  facts: readonly string[];
  /** Facts of each call at the position: an arm of an `#if` may write it as another kernel has it. */
  layouts?: Layouts;
  acquired?: Acquired;
}

/** Seeds' facts by calls; none where the arguments fit no kernel. */
export type Layouts = ReadonlyMap<CallOperation, readonly string[]>;

/** The facts that begin to hold at one of the calls at a seed's position. */
export function factsAt({ facts, layouts }: Pick<Seed, 'facts' | 'layouts'>, call: CallOperation): readonly string[] {
  return layouts?.get(call) ?? facts;
}

/** False for what a macro is at a seed's position in another arm of an `#if`: another call than the seed's. */
export function isSeeding({ layouts }: Pick<Seed, 'layouts'>, call: CallOperation): boolean {
  const [own] = layouts?.keys() ?? [];
  return own === undefined || own.name === call.name;
}

export interface Analysis {
  program: Program;
  /** True if a function is worth entering with a suffix: what it does may matter to the reference. */
  matters(callee: FunctionReference, suffix: string, from: FunctionReference): boolean;
  /** The callee's flow for one entry fact. */
  summary(callee: FunctionReference, entry: string): FunctionFlow;
}

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

/** A fact and those that it came from within its function, latest first. */
export function sourcesOf(flow: FunctionFlow, fact: string): string[] {
  const found = new Set<string>();
  for (let f: string | null = fact; f !== null && !found.has(f); f = flow.origins.get(f)?.from ?? null) found.add(f);
  return [...found];
}
