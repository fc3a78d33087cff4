/**
 * Whose pages a release drops besides a site's own. A rule asks this before it calls a release of the other kind wrong: a field, an array
 * or a teardown helper may hold pages of several origins, told apart by a flag.
 */
import type { SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { CallSite } from '../program/callers.js';
import { areApart, areOpposite, type Guard } from '../program/graph.js';
import { rootOf, suffixAfter } from '../program/path.js';
import type { Program } from '../program/program.js';
import { acquires, allocatingCalls, countType, extraReferenceCalls, type OriginKind, originCalls } from '../protocol/index.js';
import { assumptionsOf } from '../survey/sites.js';
import type { Subject } from '../survey/unit.js';
import { excludes } from '../syntax/assumptions.js';
import { releasesIn } from './evidence.js';
import { mixedAt } from './mixed.js';

/** The kind of release that a site's reference needs. Extracted pages are pinned or not held at all, so they count as pins. */
export function kindOf({ row }: Subject): 'get' | 'pin' {
  return row.reference === 'get' ? 'get' : 'pin';
}

const pinning = [...acquires.values()].filter((a) => a.taken !== 'get').map((a) => a.name);
const getting = [...acquires.values()].filter((a) => a.taken !== 'pin').map((a) => a.name);
/** Origins whose pages come without a reference of their own, unless somebody takes one for them. */
const uncounted: ReadonlySet<OriginKind> = new Set(['kernel', 'zero', 'found', 'frame']);
/** Calls whose pages come with a plain reference, which somebody has to put. */
const counted = [...originCalls.values()].filter((o) => !uncounted.has(o.kind)).map((o) => o.name);

function calls(program: Program, file: string, names: Iterable<string>): boolean {
  for (const name of names) if (program.tree.filesCalling(name).includes(file)) return true;
  return false;
}

/** The site's file and the release's file, once if they are the same. */
function bothFiles({ row }: Subject, release: SeenRelease): string[] {
  return [...new Set([row.file, release.visit.flow.reference.file])];
}

/** True if the site's file or the release's file takes pages from the allocator. */
function allocatesNear(subject: Subject, release: SeenRelease): boolean {
  return bothFiles(subject, release).some((file) => calls(subject.program, file, allocatingCalls));
}

/**
 * True if plain references of other origins can stand where a release finds the site's pages. An iterator's pages that are not the user's
 * are not held at all; the zero page, looked-up pages and the kernel's own pages need a put only if one of the two files takes a reference
 * on them.
 */
function plainBeside(subject: Subject, release: SeenRelease): boolean {
  return mixedAt(subject, release.visit).some(
    ({ kind }) =>
      kind !== 'iterator' &&
      (!uncounted.has(kind) || bothFiles(subject, release).some((file) => calls(subject.program, file, extraReferenceCalls))),
  );
}

/** True if the site's file or the release's file takes plain references of any other origin at all. */
function plainNear(subject: Subject, release: SeenRelease): boolean {
  return bothFiles(subject, release).some((file) => calls(subject.program, file, [...counted, ...allocatingCalls, ...extraReferenceCalls]));
}

/**
 * True if pages that some other file pins may reach a release: that file has the release in it, or calls the function that has it, or,
 * where the pages are fetched from a field, touches that field of that struct.
 */
function pinnedElsewhere({ program, row }: Subject, release: SeenRelease): boolean {
  const { reference } = release.visit.flow;
  const { heap } = release.visit;
  const pins = new Set(pinning.flatMap((name) => [...program.tree.filesCalling(name)]));
  pins.delete(row.file);
  if (pins.has(reference.file)) return true;
  if (heap === null) return program.callers(reference).some((caller) => pins.has(caller.file));
  const field = /\.([^.@[\]]+)/.exec(heap)?.[1];
  if (field === undefined) return false;
  const struct = new RegExp(`\\bstruct\\s+${rootOf(heap).slice(1)}\\b`);
  return program.tree.filesAccessing(field).some((file) => pins.has(file) && program.says(file, struct));
}

/** True if a release fetches its pages from a field in a file other than the site's, and that file takes plain references itself. */
function isOfItsFile({ program, row }: Subject, { visit: { heap, flow } }: SeenRelease): boolean {
  const { file } = flow.reference;
  return heap !== null && file !== row.file && calls(program, file, getting);
}

/** True for two sites that no build has both: they are in arms of `#if`s that exclude each other. */
export function areOfOtherBuilds({ program, site }: Subject, { site: other }: Subject): boolean {
  const [here, there] = [assumptionsOf(program, site), assumptionsOf(program, other)];
  return here.length > 0 && there.length > 0 && here.every((one) => there.every((two) => excludes(one, two)));
}

/** True if another site of the file, with the other kind of reference, reaches the same release or keeps its pages in the same field. */
function sharedWith(subject: Subject, release: SeenRelease, others: readonly Subject[]): boolean {
  const { file } = release.visit.flow.reference;
  return others.some(
    (o) =>
      kindOf(o) !== kindOf(subject) &&
      !areOfOtherBuilds(subject, o) &&
      ((release.visit.heap !== null && o.followed.heap.some((h) => subject.followed.heap.includes(h))) ||
        releasesIn(o).some((s) => s.event.pos === release.event.pos && s.visit.flow.reference.file === file)),
  );
}

/** The conditions around a release and around each call on the way to it. */
function guardsOf({ visit, event }: SeenRelease): Guard[] {
  const guards = [...event.guards];
  for (let v = visit; v.way === 'call' && v.parent; v = v.parent.visit) {
    const { pos, visit: from } = v.parent;
    guards.push(...(from.flow.calls.find((c) => c.pos === pos)?.guards ?? []));
  }
  return guards;
}

/** True if a flag chooses between two releases: `if (pinned) unpin_user_page(page); else put_page(page);`. */
function chosenBetween({ program }: Subject, one: SeenRelease, other: SeenRelease): boolean {
  const there = guardsOf(other);
  return guardsOf(one).some(
    (g) => there.some((h) => areOpposite(g, h)) && !isPageTest(g, one) && !isPageTest(g, other) && mayBeFlag(program, one, g),
  );
}

/**
 * True if a flag chooses between the site and another call, `if (obj->pin) pin_user_pages(…); else get_user_pages(…);`, and a release of
 * the kind that the site's reference needs exists: the releasing code may test the same flag.
 */
export function flagDecides(subject: Subject, others: readonly Subject[]): boolean {
  const { reference, node } = subject.site;
  return (
    others.some(({ site }) => site.reference.key === reference.key && areApart(site.node.guards, node.guards)) &&
    releasesIn(subject).some((s) => s.event.call.drops === kindOf(subject))
  );
}

/** True if a flag, whatever it means, decides whether a release is made. */
export function flaggedIn({ program }: Subject, release: SeenRelease): boolean {
  return guardsOf(release).some((g) => g.text !== '' && !isPageTest(g, release) && mayBeFlag(program, release, g));
}

/** True for a test of the pointer that leads to the pages: it says whether there are any, not of which kind they are. */
function isPageTest(guard: Guard, { event }: SeenRelease): boolean {
  return guard.call === '' && guard.path !== null && suffixAfter(event.fact, guard.path) !== null;
}

/** False for a comparison and for a test of a number: a count or an error code says nothing of the kind of a reference. */
function mayBeFlag(program: Program, { visit }: SeenRelease, guard: Guard): boolean {
  if (/[<>]|[=!]=/.test(guard.text)) return false;
  if (guard.call !== '' || guard.path === null || guard.text.includes('&')) return true;
  const { reference } = visit.flow;
  const graph = program.graphs(reference)[0];
  const type = graph && rootOf(guard.path) === guard.path ? program.typeOf(guard.path, graph, reference.file) : null;
  return !(type && type.pointers === 0 && countType.test(type.base));
}

/** The most calls between a release and the function in which the pages were taken. */
const maxBetween = 3;

/**
 * True if a drop can only be of what the site's call, or the helper around it, has just put in a local variable or in the array that it was
 * given: no page of another origin reaches it, and nobody else calls the functions on the way to it.
 */
function isOfTheCall(subject: Subject, visit: Visit, pos: number, fact: string, between = 0): boolean {
  if (subject.origins.reach(visit, pos, fact)) return false;
  if (visit.way === 'site' || visit.way === 'return') return isJustFilled(subject, visit, fact);
  if (visit.way !== 'call' || between === maxBetween) return false;
  const arrivals = arrivalsOf(visit);
  const isKnown = ({ caller, call }: CallSite): boolean =>
    arrivals.some((a) => a.pos === call.pos && a.visit.flow.reference.key === caller.key);
  if (!subject.program.callSites(visit.flow.reference).every(isKnown)) return false;
  return arrivals.every((arrival) => {
    const event = arrival.visit.flow.calls.find((c) => c.pos === arrival.pos);
    return event !== undefined && isOfTheCall(subject, arrival.visit, arrival.pos, event.fact, between + 1);
  });
}

/** True for a local variable, for an element that it points at, and for the whole array that was given to the site's call. */
function isJustFilled({ program, site }: Subject, visit: Visit, fact: string): boolean {
  const root = rootOf(fact);
  const graph = program.graphs(visit.flow.reference)[0];
  if (!graph || visit.heap !== null) return false;
  if (/^(\[\])?(@(bvec|sgl))?$/.test(fact.slice(root.length)) && graph.types.has(root) && !graph.params.some((p) => p.name === root))
    return true;
  const at = site.signature?.pages ?? null;
  const array = at === null || visit.way !== 'site' ? undefined : site.call.args[at];
  const isWhole = array?.path && site.call.expressions[at as number]?.kind !== 'binary' && !array.path.endsWith('[]');
  return isWhole === true && suffixAfter(fact, array?.path as string) !== null;
}

/** The releases of the wrong kind that are meant for the site's pages. */
export function wrongReleases(subject: Subject, others: readonly Subject[]): SeenRelease[] {
  const { row } = subject;
  const kind = kindOf(subject);
  return releasesIn(subject)
    .filter((s) => s.event.call.drops !== 'any' && (s.event.call.drops !== kind || (s.event.call.frees && row.reference === 'get')))
    .filter((s) => isOurs(subject, s, others));
}

/** False for a release of the wrong kind that may be meant for a page of another origin in the same place. */
export function isOurs(subject: Subject, release: SeenRelease, others: readonly Subject[]): boolean {
  const { row, followed } = subject;
  const seen = releasesIn(subject);
  const { drops, frees } = release.event.call;
  const right = seen.filter((s) => s !== release && s.event.call.drops === kindOf(subject) && !s.event.call.frees);
  const chosen = right.some((s) => chosenBetween(subject, release, s));
  // A call that frees is meant for pages from the allocator.
  if (frees) return !row.mixed && !(allocatesNear(subject, release) && (release.visit.heap !== null || chosen));
  // A file that takes plain references of its own has put those there, if another release ends the site's.
  const isEnd = (s: SeenRelease): boolean => s.visit.heap !== null && !s.event.partial && !isOfItsFile(subject, s);
  if (drops === 'get' && isOfItsFile(subject, release) && seen.some(isEnd)) return false;
  // Releases of the right kind for the same pages: from a field, if this one is from a field. If there are none, this one is meant for
  // them.
  const there = release.visit.heap === null ? right : right.filter((s) => s.visit.heap !== null);
  if (right.some((s) => !s.event.partial) && drops !== 'pin' && isShared(subject, release)) return false;
  if (there.length === 0 && row.gaps.length === 0 && !followed.cut) return true;
  if (sharedWith(subject, release, others)) return false;
  // No page of another origin is pinned: only another site can bring one that is.
  if (drops === 'pin') return !pinnedElsewhere(subject, release);
  // A release that is reached only with a short count of this call can be of no other pages.
  if (release.event.partial) return true;
  if (isOfTheCall(subject, release.visit, release.event.pos, release.event.fact)) return true;
  if (plainBeside(subject, release)) return false;
  if (!plainNear(subject, release)) return true;
  if (chosen) return false;
  const isBeside = (s: SeenRelease): boolean => s.visit === release.visit || s.visit.parent?.visit === release.visit;
  if (release.visit.way === 'call' && right.some(isBeside)) return false;
  // One teardown that drops both kinds, in two helpers: which pages go to which helper cannot be told.
  return !(
    release.visit.way === 'call' && right.some((s) => s.visit !== release.visit && fieldOf(s) !== null && fieldOf(s) === fieldOf(release))
  );
}

/**
 * True if a function takes plain references on pages in the field from which a release gets them, and leaves them there for that release.
 */
function isShared({ followed }: Subject, { visit: { heap } }: SeenRelease): boolean {
  return heap !== null && followed.visits.some((v) => v.way === 'field' && v.heap === heap && v.flow.extras.length > 0);
}

/** Key of the function on the way to a release that fetched the pages from a field; `null` if none did. */
function fieldOf({ visit }: SeenRelease): string | null {
  for (let v: SeenRelease['visit'] | undefined = visit; v; v = v.parent?.visit) if (v.way === 'field') return v.flow.reference.key;
  return null;
}
