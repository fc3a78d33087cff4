/** What several rules ask of a followed site. */
import { type At, type FunctionFlow, sourcesOf } from '../flow/flow.js';
import { isExported, isHandedOut } from '../flow/mentions.js';
import { type Dropping, type Given, type Kept, keepsPages, type Witness, walkPaths } from '../flow/paths.js';
import { releasesOf, type SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import { callsAt } from '../program/graph.js';
import { installedAs } from '../program/installed.js';
import { rootOf, type Value } from '../program/path.js';
import { memberText } from '../program/patterns.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { consumed, endingOperations, handedContainers, type Release, type ReleaseCall, releases, userTests } from '../protocol/index.js';
import { assumptionsOf, startOf } from '../survey/sites.js';
import { stepsTo } from '../survey/trace.js';
import type { Subject } from '../survey/unit.js';
import { isBefore } from '../syntax/assumptions.js';
import type { CType } from '../syntax/ast.js';
import { isApart } from './apart.js';
import { type Complaint, type FindingStep, taken } from './finding.js';
import { isMadeIn } from './made.js';
import { mixedAt } from './mixed.js';
import { failsOfNewObject } from './new-objects.js';
import { isReadOtherwise } from './read-otherwise.js';

/** Every statement that can drop the reference, including those that free the pages. */
export const releasesIn = remembered(({ program, followed, site }: Subject): SeenRelease[] =>
  releasesOf(program, followed, site.node, assumptionsOf(program, site)),
);

/**
 * True for a site of kernels that do not have a call or flag yet, which came with a certain release: the site is in an arm of an `#if` or
 * in a function for older kernels only, has a signature that only those had, or is in a tree whose headers do not name it.
 */
export function isBeforeName({ program, site }: Subject, name: string, [major, minor]: Release): boolean {
  const alternatives = assumptionsOf(program, site);
  if (alternatives.length > 0 && alternatives.every((assumed) => isBefore(assumed, major, minor))) return true;
  const until = site.signature?.until;
  if (until && (until[0] - major || until[1] - minor) <= 0) return true;
  return program.tree.exists(memoryHeaders[0]) && memoryHeaders.every((file) => !program.tree.mentions(file, name));
}

/** True for a plain reference of a macro that takes a pin in another arm of an `#if`: the plain one is for kernels without pins. */
export function isPinnedInArm({ site }: Subject, others: readonly Subject[]): boolean {
  return others.some((other) => other.site.call.pos === site.call.pos && other.site.acquire.taken === 'pin');
}

/** Headers that declare what takes references on user pages, and the flags for it; every kernel has the first. */
const memoryHeaders = ['include/linux/mm.h', 'include/linux/mm_types.h'] as const;

/** Paths from the site that end wrongly, in its function, in functions that it calls and in its callers. */
export const pathsIn = remembered((subject: Subject): Witness[] => {
  const { program, analysis, site, row } = subject;
  // If the iterator need not be a user's and nothing drops its pages anywhere, nothing is held.
  if (row.reference === 'conditional' && releasesIn(subject).length === 0) return [];
  return walkPaths(analysis, startOf(program, site), whereKept(subject)).filter(
    (w) => isCertain(subject, w) && !isReadOtherwise(subject, w) && !failsOfNewObject(program, w),
  );
});

/** True if the acquiring function can succeed with the pages left in memory that outlives it. */
export function keptOnSuccess({ program, analysis, site }: Subject): boolean {
  return keepsPages(analysis, startOf(program, site));
}

/** What a walk over paths has to know of the site: the fields that keep the pages, and the functions that drop them or forget them. */
function whereKept(subject: Subject): Kept {
  const seen = releasesIn(subject).filter((s) => s.visit.heap !== null);
  const facts = [...new Set([...seen.map((s) => s.visit.heap as string), ...subject.followed.heap.filter(holdsPages)])].filter(
    (h) => !h.startsWith('#::'),
  );
  return {
    carriers: facts.map((h) => ({ tag: rootOf(h).slice(1), suffix: h.slice(rootOf(h).length) })),
    files: [...new Set([subject.site.reference.file, ...seen.map((s) => s.visit.flow.reference.file)])],
    backs: backsIn(subject),
    endings: endingsIn(subject),
    handlers: handlersIn(subject),
    passed: passedIn(subject),
    drops: droppingsIn(subject, takerKeys(subject)),
    heap: subject.followed.heap,
  };
}

/** The functions that are passed one page, folio or frame number by itself. */
function passedIn({ followed }: Subject): Kept['passed'] {
  return followed.visits.flatMap(({ way, heap, parent, flow: { reference } }) => {
    const call =
      way === 'call' && heap === null
        ? parent?.visit.flow.calls.find((c) => c.pos === parent.pos && c.callee.key === reference.key)
        : undefined;
    return call && /^\w+$/.test(call.entry) ? [{ reference, fact: call.entry }] : [];
  });
}

/**
 * The functions that are called back with a bio, skb or pipe that holds the pages, and those of the site's file that, by the tables, drop
 * what such a container holds: they have to.
 */
function backsIn({ program, followed, site }: Subject): Kept['backs'] {
  const named = (program.shell(site.reference.file)?.functions ?? []).flatMap((reference) => {
    const match = reference.macro ? null : /^(\d+)(@\w+)$/.exec(releases.get(reference.name)?.pages ?? '');
    const param = match ? program.variants(reference)[0]?.params[Number(match[1])] : undefined;
    return param ? [{ reference, fact: `${param.name}${match?.[2]}` }] : [];
  });
  const called = followed.visits.flatMap(({ way, flow: { reference } }) =>
    way !== 'callback' ? [] : givenBelow(program, reference, ({ tag }) => handedContainers.get(tag ?? '')),
  );
  return [...called, ...named.filter(({ reference }) => !called.some((c) => c.reference.key === reference.key))];
}

/** The operations of the site's file that a library calls to drop what the site has filled. */
function endingsIn({ program, followed, site: { reference } }: Subject): Kept['endings'] {
  const filled = new Set(followed.visits.flatMap(({ flow }) => [...flow.origins.keys()].map((f) => /@\w+$/.exec(f)?.[0] ?? '')));
  return endingOperations.flatMap(([struct, member, element]) => {
    const content = handedContainers.get(element) ?? '';
    if (!filled.has(content)) return [];
    return installedAs(program.shell(reference.file)?.outside ?? '', struct, member).flatMap((name) =>
      (program.shell(reference.file)?.byName.get(name) ?? []).flatMap((r) => givenBelow(program, r, belowOne(element, content))),
    );
  });
}

/**
 * The facts that hold the pages at a function's entry, by the types of its parameters.
 * @param below the suffix below a parameter of a type; `undefined` if it leads to no pages
 */
function givenBelow(program: Program, reference: FunctionReference, below: (type: CType) => string | undefined): Given[] {
  return (program.variants(reference)[0]?.params ?? []).flatMap(({ name, type }) => {
    const suffix = below(type);
    return suffix === undefined ? [] : [{ reference, fact: name + suffix }];
  });
}

/** A suffix below a pointer to one struct, and below no other type. */
function belowOne(struct: string, suffix: string): (type: CType) => string | undefined {
  return ({ tag, pointers }) => (tag === struct && pointers === 1 ? suffix : undefined);
}

/** Matches a store of nothing to an element, or a store to what says where a queue begins: the object forgets what stood there. */
const forgetting = new RegExp(
  `\\]\\s*=\\s*(?:NULL|0)\\s*;|(?:${[...consumed.keys()].map((f) => `->${f.slice(f.indexOf('.') + 1)}`).join('|')})\\s*=[^=]`,
);

/** Matches a move of a whole element to another queue. */
const whole = /\*\s*\w+\s*=\s*\*\s*\w+\s*;/;

/** Functions that may forget the pages: those that get them through a field, and those of the file that consume what was filled. */
function handlersIn({ program, followed, site }: Subject): Kept['handlers'] {
  const mayForget = (reference: FunctionReference): boolean => !reference.macro && forgetting.test(program.textOf(reference));
  const byField = followed.visits.flatMap(({ way, heap, flow: { reference } }) =>
    way !== 'field' || heap === null || heap.startsWith('#::') || !mayForget(reference)
      ? []
      : givenBelow(program, reference, belowOne(rootOf(heap).slice(1), heap.slice(rootOf(heap).length))),
  );
  const filled = new Set(followed.visits.flatMap(({ flow }) => [...flow.origins.keys()].map((f) => /@\w+$/.exec(f)?.[0] ?? '')));
  const queues = [...consumed].flatMap(([field, content]) =>
    filled.has(content) ? [[field.slice(0, field.indexOf('.')), content] as const] : [],
  );
  const byQueue = queues.flatMap(([tag, content]) =>
    (program.shell(site.reference.file)?.functions ?? [])
      .filter((r) => mayForget(r) && !whole.test(program.textOf(r)))
      .flatMap((reference) => givenBelow(program, reference, belowOne(tag, content))),
  );
  return [...byField, ...byQueue];
}

/** False for a frame number or an address: the object that has it may be freed before the pages are dropped. */
function holdsPages(heap: string): boolean {
  return !/@(address|pfn)$/.test(heap);
}

/** The functions that take the pages, by their keys: the site's function and, if it keeps none itself, those that it hands them to. */
function takerKeys({ site: { reference }, followed }: Subject): Set<string> {
  const takers = new Set([reference.key]);
  const isHanding = followed.visits[0]?.flow.heap.length === 0;
  for (const { way, parent, flow } of isHanding ? followed.visits : [])
    if (way === 'return' && parent?.visit.way === 'site') takers.add(flow.reference.key);
  return takers;
}

/** True if only the acquiring function, and what it calls, drops the pages: that undoes a failure, and is no end of what is kept. */
export function isOnlyUndone(subject: Subject): boolean {
  const { key } = subject.site.reference;
  return droppingsIn(subject, new Set([key])).every((d) => d.heaps.length === 0 && d.holder === key);
}

const maxHelpers = 2;

/**
 * Every way in which the pages are dropped, except for what the acquiring function and its callers undo themselves.
 * @param takers keys of the functions whose helpers undo what they do
 */
function droppingsIn(subject: Subject, takers: ReadonlySet<string>): Dropping[] {
  const { program, site } = subject;
  const { visits } = subject.followed;
  const placeOf = (v: Visit, pos: number): string => `${v.flow.reference.file}:${pos}`;
  const known = new Set(releasesIn(subject).map((s) => placeOf(s.visit, s.event.pos)));
  const { row } = subject;
  // If pages of other origins that need a put stand beside pins, a plain put is for those. Nobody takes a reference by a frame number.
  const isOfOthers = (v: Visit, call: ReleaseCall): boolean =>
    row.reference !== 'get' && call.drops === 'get' && mixedAt(subject, v).some(({ kind }) => kind !== 'frame');
  // A call that frees is for pages from the allocator, unless nothing else drops these.
  const isFreed = releasesIn(subject).every((s) => s.event.call.frees);
  const dropsOf = (v: Visit): string[] =>
    v.flow.releases.flatMap((e) =>
      (e.call.frees && !isFreed) || isOfOthers(v, e.call) || !known.has(placeOf(v, e.pos)) ? [] : [placeOf(v, e.pos)],
    );
  // True for a helper that only the acquiring function calls, or other such helpers: it undoes what that function has done.
  const isHelper = (reference: FunctionReference, taking = takers, level = 0): boolean => {
    // If its name is given to somebody, or it is exported to other modules, it may be called for the end of what is kept.
    if (!reference.cleanup && (isHandedOut(program, reference) || isExported(program, reference))) return false;
    // Whether other files call it is looked up in the index: to find the functions that do would take all those files to be read.
    const isLocal = reference.static && reference.file.endsWith('.c');
    if (!isLocal && program.tree.filesCalling(reference.name).some((file) => file !== site.reference.file)) return false;
    const callers = program.callers(reference);
    const isUndoing = (by: FunctionReference): boolean => taking.has(by.key) && !isApart(program, site, by, reference);
    return callers.length > 0 && callers.every((by) => isUndoing(by) || (level < maxHelpers && isHelper(by, taking, level + 1)));
  };
  const isTakersCaller = (by: string): boolean => program.callers(site.reference).some(({ key }) => key === by);
  const undoes = (reference: FunctionReference, by: string): boolean => isTakersCaller(by) && isHelper(reference, new Set([...takers, by]));
  const dropping = visits.map((visit) => ({ visit, drops: dropsOf(visit) })).filter(({ drops }) => drops.length > 0);
  const undone = new Set(dropping.flatMap(({ visit: v, drops }) => (isOwn(v) || isHelper(v.flow.reference) ? drops : [])));
  return dropping
    .filter(({ visit, drops }) => drops.some((drop) => visit.heap === null || !undone.has(drop)))
    .flatMap(({ visit, drops }) => droppingsOf(program, visit, new Set(drops), undoes));
}

/**
 * The ways on which the pages came to a visited function that drops them: through a field, or handed to a caller by a function that it
 * calls.
 * @param drops the positions of its drops that count
 * @param undoes true if a function only undoes what another did, which is given by its key
 */
function droppingsOf(
  program: Program,
  visit: Visit,
  drops: ReadonlySet<string>,
  undoes: (reference: FunctionReference, by: string) => boolean,
): Dropping[] {
  const found: Dropping[] = [];
  const seen = new Set<Visit>();
  const { reference } = visit.flow;
  const own = visit.flow.releases.filter((e) => drops.has(`${reference.file}:${e.pos}`));
  const asks = (member: string): boolean =>
    own.every((e) => isAsked(program, reference, e, member) || isCounted(program, reference, e.pos, member));
  const queue = [{ at: visit, asks }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { at, asks } = next;
    if (seen.has(at)) continue;
    seen.add(at);
    if (at.way !== 'call') {
      const { reference } = at.flow;
      const isMade = at === visit && own.every((e) => isMadeIn(program, at.flow, e.fact));
      const isAbove = (member: string): boolean => at.way === 'field' && isAskedAbove(program, reference, member);
      found.push({
        heaps: fieldsBefore(at),
        holder: reference.key,
        asks: (member) => asks(member) || isAbove(member),
        // In an object that it has made, a function has found no pages of others.
        undoes: (by) => (isMade && by === reference.key) || undoes(reference, by),
      });
    } else {
      const arrivals = arrivalsOf(at);
      const own = new Set(arrivals.flatMap(({ visit: v, pos }) => (isOwn(v) ? [`${v.flow.reference.key}:${pos}`] : [])));
      for (const { visit: from, pos } of arrivals) {
        // A helper that is called to undo what its caller has just taken did not get the pages through a field.
        if (from.heap !== null && own.has(`${from.flow.reference.key}:${pos}`)) continue;
        const call = from.flow.calls.find((c) => c.pos === pos);
        const isHere = (member: string): boolean => call !== undefined && isAsked(program, from.flow.reference, call, member);
        queue.push({ at: from, asks: (member) => asks(member) || isHere(member) });
      }
    }
  }
  return found;
}

/** True for the function that takes the pages, and for a caller that they are handed up to. */
function isOwn({ heap, way }: Visit): boolean {
  return heap === null && (way === 'site' || way === 'return');
}

/** True if the call at a position is given a member that may be the number of pages. */
function isCounted(program: Program, reference: FunctionReference, pos: number, member: string): boolean {
  const isNumber = ({ path }: Value): boolean => path?.endsWith(`.${member}`) === true;
  return program.graphs(reference).some((graph) => callsAt(graph, pos).some(({ args }) => args.slice(1).some(isNumber)));
}

/** How many callers up a test of a member is looked for. */
const maxCallers = 3;

/** True if every caller of a function tests a member first. */
function isAskedAbove(program: Program, reference: FunctionReference, member: string, level = 0): boolean {
  const calls = level < maxCallers ? program.callSites(reference) : [];
  return (
    calls.length > 0 &&
    calls.every(({ caller, node }) => isAsked(program, caller, node, member) || isAskedAbove(program, caller, member, level + 1))
  );
}

/** True if a guard around a place, or the head of a loop around it, names a member. */
function isAsked(program: Program, { file }: FunctionReference, { guards, loops }: Pick<At, 'guards' | 'loops'>, member: string): boolean {
  const named = new RegExp(memberText(member));
  return guards.some((g) => named.test(g.text)) || loops.some((l) => named.test(program.between(file, l.pos, l.bodyPos)));
}

/** The field through which the pages came to a visited function, and the fields of the same struct that they had been moved from. */
function fieldsBefore(visit: Visit): string[] {
  const found: string[] = [];
  for (let at: Visit | undefined = visit; at; at = at.parent?.visit) {
    const { heap, parent } = at;
    if (heap === null || found.includes(heap)) continue;
    // A field of another struct that only led to this one never held them.
    if (found.length > 0 && rootOf(heap) !== rootOf(found[0] as string) && !at.flow.storedThrough) break;
    found.push(heap, ...(parent ? movedFrom(parent.visit.flow, heap) : []));
  }
  return found;
}

/** Fields in which a function had the pages of `field` before it moved them there: of the same struct, or below the same object. */
function movedFrom(flow: FunctionFlow, field: string): string[] {
  const before = new Set(sourcesOf(flow, field));
  const holder = (h: string): string => rootOf(flow.origins.get(h)?.from ?? '');
  const isBeside = (h: string): boolean => rootOf(h) === rootOf(field) || (/^\w/.test(holder(h)) && holder(h) === holder(field));
  return flow.heap.filter((h) => h !== field && isBeside(h) && before.has(flow.origins.get(h)?.from ?? ''));
}

/**
 * False for a path in another file that need not have a user's iterator. Whether an iterator is a user's is known where it is used, and
 * callers may pass others; a function that asks for that, or drops pages somewhere, has a user's. A plain reference is taken on the pages
 * of any iterator.
 */
function isCertain({ program, site, row }: Subject, { file, function: name, steps }: Witness): boolean {
  if (site.acquire.iterator === null || file === row.file) return true;
  if (row.reference === 'get' && steps[0]?.event?.kind === 'taken') return true;
  return (
    program
      .shell(file)
      ?.byName.get(name)
      ?.some((f) => knowsUser.test(program.textOf(f))) === true
  );
}

const knowsUser = new RegExp(`\\b(?:${[...userTests, ...releases.keys()].join('|')})\\s*\\(`);

/** A path that ends wrongly as a complaint. */
export function complaintOf({ program }: Subject, witness: Witness, message: string): Complaint {
  const steps = witness.steps.map(
    ({ file, function: name, pos, text }): FindingStep => ({ file, ...program.position(file, pos), function: name, text }),
  );
  return { message, file: witness.file, function: witness.function, pos: witness.pos, path: steps };
}

/** A complaint about one release, with the path to it. */
export function complaintAt(subject: Subject, release: SeenRelease, message: string): Complaint {
  const { reference } = release.visit.flow;
  const path: FindingStep[] = [taken(subject), ...stepsTo(subject.program, release.visit, `-${release.event.pos}`)];
  return { message, file: reference.file, function: reference.name, pos: release.event.pos, path };
}

/** A complaint about the acquiring call itself. */
export function complaintHere(subject: Subject, message: string): Complaint {
  const { row, site } = subject;
  return { message, file: row.file, function: row.function, pos: site.call.pos, path: [taken(subject)] };
}
