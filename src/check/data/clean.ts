/**
 * Which drops leave pages clean that were taken to be written to. Where a function hands the pages to its callers, each caller is judged by
 * itself: one may mark the pages, and another not.
 */
import { contentsOf, isHeap, isLocal, scopeOf } from '../../flow/facts.js';
import { type CallEvent, sourcesOf } from '../../flow/flow.js';
import { isGivenFresh } from '../../flow/fresh.js';
import { isOffAt } from '../../flow/kernels.js';
import { lateMarks } from '../../flow/late-marks.js';
import { isHandedOut } from '../../flow/mentions.js';
import { placeOf } from '../../flow/moves.js';
import { onlyCallOf } from '../../flow/paths/function/forwarder.js';
import type { SeenRelease } from '../../flow/releases.js';

import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { callsAt, type Guard, leadsTo, type Node } from '../../program/graph.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { namesIn, sourceName } from '../../program/text.js';
import { allocatingCalls, cacheUnlocks, dirtyCalls, extraReferenceCalls } from '../../protocol/index.js';
import { isFollowedByNotifier } from '../../survey/case.js';
import { type Calling, isGiven, isNeverTrue, isOpposite } from '../../survey/constant.js';
import { mayHold } from '../../survey/flags.js';
import { assumptionsOf } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { no } from '../../syntax/truth.js';
import { isOurs, kindOf } from '../company.js';
import { pathsIn, releasesIn } from '../evidence.js';
import { above, holdersOf, isLate } from '../ways.js';
import { type Access, accessesOf, dirtiesOf, locking, marking } from './access.js';
import { destinationOfArgument } from './destination.js';
import { markedWhereTold } from './frames.js';
import { isGivenUp, isUnmade } from './given-up.js';

/** A release of pages that nothing has marked dirty on the way. */
export interface CleanDrop {
  release: SeenRelease;
  /** The call that leads to the release, in the one caller that leaves the pages clean; `null` if all callers do. */
  from: { visit: Visit; call: CallEvent } | null;
}

/**
 * The holders whose pages are marked dirty, or may be: a function that sees the pages names a marking call, or one that is given their
 * address or frame number marks them.
 */
function markedHolders(subject: Subject): Set<Visit> {
  const { followed } = subject;
  const releases = releasesIn(subject);
  const accesses = accessesOf(subject).map((a) => a.visit);
  const folders = new Set(
    [subject.row.file, ...[...releases.map((s) => s.visit), ...accesses].map((v) => v.flow.reference.file)].map(folderOf),
  );
  const marks = dirtiesOf(subject).filter(
    ({ visit, event }) => !isNeverRun(subject.program, visit, event.guards) && !isTooLate(subject, visit, event.pos),
  );
  const events = new Set(marks.map(({ visit }) => visit));
  for (const s of releases) if (isMarking(subject, s) && !isNeverRun(subject.program, s.visit, s.event.guards)) events.add(s.visit);
  for (const v of followed.visits) if (folders.has(folderOf(v.flow.reference.file)) && mayMark(subject, v)) events.add(v);
  for (const { visit } of markedWhereTold(subject)) events.add(visit);
  return new Set([...events].flatMap((v) => holdersOf(v)));
}

/** True for a release that marks the pages dirty. One that does so by a flag which is never true does not. */
function isMarking({ program }: Subject, { visit, event: { call, pos, dirty } }: SeenRelease): boolean {
  if (!dirty || typeof call.dirty !== 'number') return dirty;
  const at = call.dirty;
  const { reference } = visit.flow;
  const flags = program
    .graphs(reference)
    .flatMap((graph) => callsAt(graph, pos).map(({ args }) => ({ graph, path: args[at]?.path ?? null })));
  const calls = allCallsOf(program, visit);
  const isFalse = ({ graph, path }: (typeof flags)[number]): boolean =>
    path !== null &&
    (isNeverTrue(program, reference, graph, path) || (calls.length > 0 && isGiven(program, reference, path, false, calls)));
  return flags.length === 0 || !flags.every(isFalse);
}

/**
 * True for code under a test of a flag that is never true, or of a parameter for which no call passes what the test wants. If only
 * some calls pass it, the flag tells written pages from others, and a caller which says that its pages are not written to is believed.
 */
function isNeverRun(program: Program, visit: Visit, guards: readonly Guard[]): boolean {
  const { reference } = visit.flow;
  const calls = guards.length === 0 ? [] : allCallsOf(program, visit);
  const isUnset = ({ path, call, values, negated }: Guard): boolean =>
    path !== null &&
    call === '' &&
    values.length === 0 &&
    !negated &&
    program.graphs(reference).every((g) => isNeverTrue(program, reference, g, path));
  return guards.some((guard) => isUnset(guard) || (calls.length > 0 && isOpposite(program, reference, guard, calls)));
}

/** True for a mark of pages that were dropped before it. */
function isTooLate(subject: Subject, { flow: { reference } }: Visit, pos: number): boolean {
  const isHere = (found: { pos: number }): boolean => found.pos === pos;
  const { program } = subject;
  return (
    program.graphs(reference).some((graph) => lateMarks(graph, { program, reference }).some(isHere)) ||
    pathsIn(subject).some((w) => w.kind === 'use' && w.file === reference.file && isHere(w))
  );
}

/**
 * All calls of a function that was visited through a call or a field. Calls in a forwarder that nobody uses are left out if there are
 * others.
 */
function allCallsOf(program: Program, { way, flow }: Visit): Calling[] {
  const calls = way === 'call' || way === 'field' ? program.callSites(flow.reference) : [];
  const used = calls.filter(({ caller }) => !isUnusedForwarder(program, caller));
  return used.length > 0 ? used : calls;
}

/** True for a macro, or a static function that only calls another, which is there for others to use and which nobody uses. */
function isUnusedForwarder(program: Program, reference: FunctionReference): boolean {
  const isForwarder = reference.macro || (reference.static && onlyCallOf(program, reference) !== null);
  return isForwarder && program.callers(reference).length === 0 && !isHandedOut(program, reference);
}

/** True if a function names a marking call that exists on the site's kernels and can be reached in time. */
function mayMark(subject: Subject, visit: Visit): boolean {
  const { program, site } = subject;
  const { reference } = visit.flow;
  if (!marking.test(program.textOf(reference))) return false;
  const alternatives = assumptionsOf(program, site);
  const graphs = program.graphs(reference);
  const there = graphs.filter((g) => !isOffAt(alternatives, visit, [g.assumptions]));
  const isMark = ({ operation: o }: Node): boolean => o?.kind === 'unread' || (o?.kind === 'call' && dirtyCalls.has(o.name ?? ''));
  const marks = there.flatMap(({ nodes }) => nodes.filter(isMark));
  if (marks.length > 0 && marks.every((n) => isNeverRun(program, visit, n.guards) || isTooLate(subject, visit, n.pos))) return false;
  return there.length === graphs.length || marks.length > 0;
}

/**
 * True if somebody takes a reference of their own on the pages of a clean drop: then that drop is not the last word on them. A page that
 * has just taken their place does not count, nor do the pages of another holder.
 */
export function isSharedOn(subject: Subject, { release, from }: CleanDrop): boolean {
  const dropping = from?.visit ?? release.visit;
  const holders = new Set(holdersOf(dropping));
  const fields = fieldsOn(dropping);
  return sharersOf(subject).some((v) => holdersOf(v).some((h) => holders.has(h)) || [...fieldsOn(v)].some((f) => fields.has(f)));
}

/** The fields in which pages are found on the ways to a visit. */
function fieldsOn(visit: Visit): Set<string> {
  return new Set([...above(visit)].flatMap(({ heap }) => heap ?? []));
}

/** The visits of functions that take one more reference (`get_page()`) on a site's pages. */
const sharersOf = remembered(({ program, followed, site }: Subject): Visit[] =>
  followed.visits.filter((visit) => {
    const { reference, origins } = visit.flow;
    // The acquiring function, entered again through the field, may take that reference on another kind of page.
    if ([...above(visit)].some((v) => v.way === 'field' && v.flow.reference.key === site.reference.key)) return false;
    const facts = new Set([...origins.keys()].filter((f) => isLocal(f) || isHeap(f)));
    return program.graphs(reference).some((graph) => {
      const scope = scopeOf(program, graph, reference);
      return graph.nodes.some(({ operation: o }) => {
        if (o?.kind !== 'call' || o.name === null || !extraReferenceCalls.has(o.name)) return false;
        const place = placeOf(o, '0');
        return place !== null && contentsOf(place, facts, scope).includes('') && !isGivenFresh(program, visit, o.pos, 0);
      });
    });
  }),
);

/** The drops of a site's pages that leave them clean. */
export function cleanDrops(subject: Subject, others: readonly Subject[]): CleanDrop[] {
  const { followed, site } = subject;
  const marked = markedHolders(subject);
  const isMarked = (holder: Visit): boolean => [...above(holder)].some((v) => marked.has(v));
  const handing = new Set(followed.visits.filter((v) => v.way === 'return').flatMap((v) => arrivalsOf(v).map((a) => a.visit)));
  return lastDrops(subject, others).flatMap((release): CleanDrop[] => {
    const late = isLate(subject, release.visit);
    if (late && isTakenClean(subject, release.visit.flow.reference)) return [];
    const holders = holdersOf(release.visit).filter((h) => !handing.has(h) || late);
    const calls = holders
      .filter((h) => !isMarked(h))
      .flatMap((visit) => callsTo(visit, release).map((call) => ({ visit, call })))
      .filter(({ visit, call }) => isWritten(subject, visit, call.fact));
    // Pages that are kept in a field cannot be told apart by caller.
    const all = late ? marked.size === 0 : !holders.some(isMarked);
    if (!all) return calls.map((from) => ({ release, from }));
    // A helper in another file drops for whoever calls it.
    const helper = release.visit.flow.reference.file !== site.reference.file;
    const here = helper ? calls.filter((c) => c.visit.flow.reference.file === site.reference.file) : [];
    if (here.length > 0) return here.map((from) => ({ release, from }));
    return holders.some((h) => writesFor(subject, h, release)) ? [{ release, from: null }] : [];
  });
}

/** The drops at the end of what is kept, if a field keeps the pages; else those that follow an access. */
function lastDrops(subject: Subject, others: readonly Subject[]): SeenRelease[] {
  const all = releasesIn(subject).filter(
    (s) =>
      !s.event.partial &&
      !s.event.call.frees &&
      !isMarking(subject, s) &&
      !isNeverRun(subject.program, s.visit, s.event.guards) &&
      !isGivenUp(subject, s) &&
      !isUnmade(subject, s) &&
      (s.event.call.drops === 'any' || s.event.call.drops === kindOf(subject) || isOurs(subject, s, others)) &&
      !isFollowedByNotifier(subject, s.visit),
  );
  const late = all.filter((s) => isLate(subject, s.visit));
  if (late.length > 0) {
    const users = all.filter((s) => !late.includes(s) && holdersOf(s.visit).some(isLocalUser));
    return [...late.filter((s) => s.visit.way === 'site' || !isOfOthers(subject, s)), ...users];
  }
  // If pages stay kept, and are dropped only where the filling of the field fails, nothing was written to the dropped ones yet.
  if (pathsIn(subject).some((w) => w.kind === 'kept')) return [];
  if (isHandedAsFrame(subject)) return all;
  const { kind, reference } = subject.row;
  // Each function that a wrapper hands pages to writes to its own. For a plain reference, the complaint that it should be a pin comes
  // first.
  const isMet = (a: Access, s: SeenRelease): boolean =>
    a.device || kind !== 'wrapper' || (reference !== 'get' && holdersOf(s.visit).some((h) => holdersOf(a.visit).includes(h)));
  return all.filter((s) => accessesOf(subject).some((a) => isMet(a, s) && mayPrecede(subject, a, s)));
}

/** False for an access in the dropping function from which every path to the drop takes pages anew. */
function mayPrecede({ program, site }: Subject, access: Access, { visit, event }: SeenRelease): boolean {
  const { reference } = visit.flow;
  if (access.visit.flow.reference.key !== reference.key) return true;
  const taking = reference.key === site.reference.key ? site.node.pos : null;
  const drops = (n: Node): boolean => n.pos === event.pos;
  const takes = (n: Node): boolean => n.pos === taking;
  return program.graphs(reference).some((graph) => graph.nodes.some((n) => n.pos === access.pos && leadsTo(graph, n, drops, takes)));
}

const allocating = new RegExp(`\\b(?:${allocatingCalls.join('|')})\\s*\\(`);
const unlocking = new RegExp(`\\b(?:${[...cacheUnlocks].join('|')})\\s*\\(`);

/**
 * True for a drop that may be of other pages: its function allocates pages, or unlocks pages that it has not locked, as only pages of the
 * page cache need; or the loop around it drops only some elements, the others being dropped elsewhere.
 */
function isOfOthers({ program }: Subject, { visit, event }: SeenRelease): boolean {
  const text = program.textOf(visit.flow.reference);
  const loop = event.loops.at(-1);
  const some = loop !== undefined && event.guards.slice(loop.guards).some((g) => /[<>]/.test(g.text));
  return allocating.test(text) || (unlocking.test(text) && !locking.test(text)) || some;
}

/** True for a user of a wrapper that gives a device or firmware the frame numbers of the pages, and keeps the pages themselves nowhere. */
function isLocalUser({ way, flow }: Visit): boolean {
  return way === 'return' && flow.heap.every(isFrame) && (flow.heap.length > 0 || handsFrame(flow));
}

/** True if the frame number of a page is passed to a function or stored in memory: a device or firmware then reaches the page by it. */
function isHandedAsFrame({ followed }: Subject): boolean {
  return followed.heap.some(isFrame) || followed.visits.some(({ flow }) => handsFrame(flow));
}

function handsFrame({ unknowns, calls }: Visit['flow']): boolean {
  return unknowns.some((u) => u.given.flat().some(isFrame)) || calls.some((c) => isFrame(c.entry) && !c.callee.macro);
}

/** True for a fact, or a suffix of one, that is the frame number of a page. */
function isFrame(fact: string): boolean {
  return fact.endsWith('@pfn');
}

/** The calls in a holder of the function that has a release in it. */
function callsTo(holder: Visit, { visit }: SeenRelease): CallEvent[] {
  return arrivalsOf(visit)
    .filter((a) => a.visit === holder)
    .flatMap((a) => holder.flow.calls.filter((c) => c.pos === a.pos && c.callee.key === visit.flow.reference.key));
}

/** False if a holder says in its call of the acquiring function that nothing is written to the pages which it drops here. */
function writesFor(subject: Subject, holder: Visit, release: SeenRelease): boolean {
  if (holder === release.visit) return isWritten(subject, holder, release.event.fact);
  const calls = callsTo(holder, release);
  return calls.length === 0 || calls.some((c) => isWritten(subject, holder, c.fact));
}

/** The functions that pass a parameter on as the acquiring call's flags, by key: their names, and the parameter's index. */
const flaggedBy = remembered(({ program, site }: Subject): Map<string, { name: string; index: number }> => {
  const found = new Map<string, { name: string; index: number }>();
  const at = site.acquire.iterator === null ? (site.signature?.flags ?? null) : null;
  const add = (reference: FunctionReference, flags: Expression | undefined, depth: number): void => {
    const index = flags ? (program.variants(reference)[0]?.params ?? []).findIndex((p) => p.name === sourceName(flags)) : -1;
    if (index < 0 || depth > maxHanding || found.has(reference.key)) return;
    found.set(reference.key, { name: reference.name, index });
    for (const { caller, call } of program.callSites(reference)) if (!caller.macro) add(caller, call.expressions[index], depth + 1);
  };
  if (at !== null) add(site.reference, site.call.expressions[at], 0);
  return found;
});

/** How many callers up the flags are followed. */
const maxHanding = 3;

/** True if a function takes the pages itself that it drops, and passes no write flag each time. */
function isTakenClean(subject: Subject, reference: FunctionReference): boolean {
  const { program } = subject;
  const by = [...flaggedBy(subject).values()];
  const given = program.graphs(reference).flatMap((graph) =>
    graph.nodes.flatMap(({ operation: o }) => {
      if (o?.kind !== 'call') return [];
      const taker = by.find(({ name }) => name === o.name);
      return taker ? [o.expressions[taker.index]] : [];
    }),
  );
  return given.length > 0 && given.every((flags) => flags !== undefined && no.test(sourceName(flags)));
}

/**
 * False if the call by which a holder got the pages of `fact` says in its flags or its iterator that nothing is written to them. True also
 * where that is not known.
 */
function isWritten({ program, site }: Subject, holder: Visit, fact: string): boolean {
  if (holder.way !== 'return' || holder.parent?.visit.way !== 'site') return true;
  const at = site.acquire.iterator ?? site.signature?.flags ?? null;
  const wanted = at === null ? undefined : site.call.expressions[at];
  const params = program.variants(site.reference)[0]?.params ?? [];
  const index = wanted ? params.findIndex((p) => namesIn(wanted).includes(p.name)) : -1;
  if (!wanted || index < 0) return true;
  const origins = sourcesOf(holder.flow, fact).map((f) => holder.flow.origins.get(f));
  const taken = origins.findLast((o) => o !== undefined)?.pos;
  const { reference } = holder.flow;
  for (const graph of program.graphs(reference)) {
    const call = graph.nodes.find((n) => n.pos === taken)?.operation;
    const given = call?.kind === 'call' ? call.expressions[index] : undefined;
    if (!given) continue;
    const isSame = sourceName(wanted) === params[index]?.name;
    if (site.acquire.iterator !== null) return !isSame || destinationOfArgument(program, reference, graph, given) !== null;
    if (no.test(sourceName(given))) return false;
    // Where the flags only depend on the parameter, its value does not say what they are.
    return !isSame || mayHold(program, reference, graph, given, 'FOLL_WRITE');
  }
  return true;
}
