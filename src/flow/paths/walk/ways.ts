/** Exits as callers can tell them apart, and which failures callers answer. */
import type { FunctionReference } from '../../../program/file.js';
import { callsOf, isRead } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { handedContainers } from '../../../protocol/index.js';
import { requirementText } from '../memory/required.js';
import { type Exit, type Holder, outcome, sign, type Turned } from '../memory/state.js';
import { happened, stepsOf, type Trail, type TrailStep } from '../memory/trail.js';
import { leavesPointers, saysFailed, succeeds } from './keeping.js';
import type { Walked } from './walk.js';

/** True for an exit that reports failure, has dropped everything, and leaves pointers to what it dropped below parameters. */
export function isStale(e: Exit): boolean {
  return leavesPointers(e) && e.drop?.whole === true && e.holders.some((h) => h.of >= 0);
}

/** One exit for each kind that a caller can tell apart: a certain one if there is one. */
export function surest(exits: readonly Exit[]): Exit[] {
  const found = new Map<string, Exit>();
  for (const e of exits) {
    // Unless the result is the count, nobody sees by it what an earlier iteration took.
    const took = e.counts || (e.outcomes & (outcome.all | outcome.earlier)) === 0 ? e.outcomes : outcome.all;
    const key = wayOf({ ...e, outcomes: took, unsure: false });
    const known = found.get(key);
    if (!known || (known.unsure && !e.unsure)) found.set(key, e);
  }
  return [...found.values()];
}

/** A key of all that a caller can tell of an exit. */
export function wayOf(e: Exit): string {
  const placeOf = (h: Holder): string => `${h.of}${h.suffix}`;
  const asked = typeof e.asked === 'string' || e.asked === null ? e.asked : placeOf(e.asked);
  const places = e.holders.map(placeOf).sort();
  const known = [
    e.result,
    e.outcomes,
    e.counts,
    asked,
    e.equals,
    e.gives,
    e.got && placeOf(e.got),
    e.allocated,
    e.extra,
    e.linked,
    e.unsure,
  ];
  return [
    ...known,
    ...e.askedIn.map(placeOf),
    ...e.made,
    ...e.requires.map(requirementText),
    ...e.sets.map((s) => `${placeOf(s)}${s.value}`),
    ...e.untouched.map((h) => `${placeOf(h)}-`),
    ...e.chains.map((h) => `${h.object}@${placeOf(h)}`),
    ...places,
    ...failedOn(e.trail).map(({ key }) => key),
  ].join();
}

const handedWhole = new Set(handedContainers.values());

/**
 * The failures of a function that keeps the pages where it succeeds and drops them where it fails, on some path at least. A function that
 * takes them itself need not drop them on any path, if all of them certainly are there: of a short count it may store the number, for
 * whoever ends the object.
 */
export function untidy({ exits: all, failing }: Walked, takes: boolean): Turned[] {
  const exits = all.filter((e) => !e.unsure);
  const good = exits.filter(succeeds);
  const isZeroGood = good.some((e) => e.result === sign.zero);
  const failed = (e: Exit): boolean => e.result === sign.negative || (isZeroGood && saysFailed(e));
  const taken = outcome.short | outcome.all | outcome.earlier;
  const drops = exits.some((e) => e.kind === 'dropped' && failed(e) && (e.outcomes & taken) !== 0);
  const areThere = ({ outcomes }: Exit): boolean => (outcomes & outcome.all) !== 0 && (outcomes & (outcome.error | outcome.zero)) === 0;
  // The caller may have been promised those that were moved into its container one by one.
  const isMoved = ({ holders }: Exit): boolean =>
    holders.some((h) => h.suffix.endsWith('[]')) && holders.some((h) => handedWhole.has(h.suffix));
  const mayTell = (e: Exit): boolean => failed(e) && !isMoved(e) && (drops || (takes && areThere(e)) || happened(e.trail, 'abandoned'));
  // A function that drops them where it succeeds keeps nothing.
  const isDone = takes && good.length === 0 && exits.some((e) => e.kind === 'dropped' && e.result === sign.zero && areThere(e));
  const isTidy = !isDone && good.every(failed);
  // One that has dropped some pages does not leave the others to its caller.
  return failing.filter(({ exit }) => happened(exit.trail, 'spared') || (!isTidy && mayTell(exit)));
}

/** The functions on a path that handed the pages on though they failed, innermost first. */
export function failedOn(trail: Trail | null): FunctionReference[] {
  return stepsOf(trail).flatMap(failedAt);
}

function failedAt({ event }: TrailStep): FunctionReference[] {
  return event?.kind === 'handed' && event.says === 'failed' ? [event.by] : [];
}

/** As {@link failedAt}, and also for a result of which only is known that it is not zero. */
function mayFailAt(step: TrailStep): FunctionReference[] {
  const { event } = step;
  return event?.kind === 'handed' && event.says === 'nonzero' ? [event.by] : failedAt(step);
}

/** Functions whose failure a caller answers by dropping the pages: a failure that it passes on, not one that becomes a success. */
export function cleanedIn({ undone }: Walked, isIgnored: (callee: FunctionReference, step: TrailStep) => boolean): FunctionReference[] {
  return undone.flatMap((trail) => {
    const steps = stepsOf(trail);
    const success = steps.findLastIndex(({ event: e }) => e?.kind === 'handed' && (e.says === 'zero' || e.says === 'succeeded'));
    return steps.slice(success + 1).flatMap((step) => mayFailAt(step).filter((callee) => !isIgnored(callee, step)));
  });
}

/** True if a function calls another one and never looks at what it returns. */
export function ignores(program: Program, callee: string, caller: FunctionReference): boolean {
  return program.graphs(caller).every((graph) => callsOf(graph, callee).every(({ call }) => !isRead(graph, call.result)));
}
