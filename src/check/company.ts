/**
 * Whose pages a release drops besides a site's own: what a rule asks before it calls a drop of the other kind wrong. A field,
 * an array or a teardown helper may hold pages of several origins, told apart by a flag.
 */
import type { SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { CallSite } from '../program/callers.js';
import { areOpposite, type Guard } from '../program/graph.js';
import { rootOf, suffixAfter } from '../program/path.js';
import type { Program } from '../program/program.js';
import { acquires, allocatingCalls, countType, extraReferenceCalls, type OriginKind, originCalls } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';
import { releasesIn } from './evidence.js';
import { mixedAt } from './mixed.js';

/** What a site's reference must be dropped as. Extracted pages are pinned, or not held at all. */
export function kindOf({ row }: Subject): 'get' | 'pin' {
  return row.reference === 'get' ? 'get' : 'pin';
}

const pinning = [...acquires.values()].filter((a) => a.taken !== 'get').map((a) => a.name);
const getting = [...acquires.values()].filter((a) => a.taken !== 'pin').map((a) => a.name);
/** Origins whose pages come without a reference of their own, if nobody takes one for them. */
const uncounted: ReadonlySet<OriginKind> = new Set(['kernel', 'zero', 'found', 'frame']);
/** Calls whose pages come with a plain reference, which somebody has to put. */
const counted = [...originCalls.values()].filter((o) => !uncounted.has(o.kind)).map((o) => o.name);

function calls(program: Program, file: string, names: Iterable<string>): boolean {
  for (const name of names) if (program.tree.filesCalling(name).includes(file)) return true;
  return false;
}

/** The site's file and the drop's. */
function bothFiles({ row }: Subject, release: SeenRelease): string[] {
  return [...new Set([row.file, release.visit.flow.reference.file])];
}

/** True if the site's file or the drop's takes pages from the allocator. */
function allocatesNear(subject: Subject, release: SeenRelease): boolean {
  return bothFiles(subject, release).some((file) => calls(subject.program, file, allocatingCalls));
}

/**
 * True if plain references of other origins can stand where the site's pages do. Of an iterator's pages those that are no
 * user's are not held at all, and the page of zeros, looked-up pages and the kernel's own need no put unless one was taken.
 */
function plainBeside(subject: Subject, release: SeenRelease): boolean {
  return mixedAt(subject, release.visit).some(
    ({ kind }) =>
      kind !== 'iterator' &&
      (!uncounted.has(kind) || bothFiles(subject, release).some((file) => calls(subject.program, file, extraReferenceCalls))),
  );
}

/** True if pages with a plain reference of another origin come up in the site's or the drop's file at all. */
function plainNear(subject: Subject, release: SeenRelease): boolean {
  return bothFiles(subject, release).some((file) => calls(subject.program, file, [...counted, ...allocatingCalls, ...extraReferenceCalls]));
}

/**
 * True if pages that another file pins may come to a drop: one that calls the dropping function, or, where the pages were
 * fetched from a field, one that touches that field of that struct.
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

/** True if a drop fetches its pages from a field in a file other than the site's, which takes plain references itself. */
function isOfItsFile({ program, row }: Subject, { visit: { heap, flow } }: SeenRelease): boolean {
  const { file } = flow.reference;
  return heap !== null && file !== row.file && calls(program, file, getting);
}

/** True if another site of the file, with another kind of reference, comes to the same drop or keeps its pages in the same field. */
function sharedWith(subject: Subject, release: SeenRelease, others: readonly Subject[]): boolean {
  const { file } = release.visit.flow.reference;
  return others.some(
    (o) =>
      kindOf(o) !== kindOf(subject) &&
      ((release.visit.heap !== null && o.followed.heap.some((h) => subject.followed.heap.includes(h))) ||
        releasesIn(o).some((s) => s.event.pos === release.event.pos && s.visit.flow.reference.file === file)),
  );
}

/** The conditions around a drop and around the calls that lead to it. */
function guardsOf({ visit, event }: SeenRelease): Guard[] {
  const guards = [...event.guards];
  for (let v = visit; v.way === 'call' && v.parent; v = v.parent.visit) {
    const { pos, visit: from } = v.parent;
    guards.push(...(from.flow.calls.find((c) => c.pos === pos)?.guards ?? []));
  }
  return guards;
}

/** `if (pinned) unpin_user_page(page); else put_page(page);`: two drops of which a flag chooses one. */
function chosenBetween({ program }: Subject, one: SeenRelease, other: SeenRelease): boolean {
  const there = guardsOf(other);
  return guardsOf(one).some(
    (g) => there.some((h) => areOpposite(g, h)) && !isPageTest(g, one) && !isPageTest(g, other) && mayBeFlag(program, one, g),
  );
}

/**
 * `if (obj->pin) pin_user_pages(…); else get_user_pages(…);`: a flag of the object says what was taken, and who drops it may know.
 * True if the kind of drop that the site's reference wants is there.
 */
export function flagDecides(subject: Subject, others: readonly Subject[]): boolean {
  const { reference, node } = subject.site;
  return (
    others.some(
      ({ site }) => site.reference.key === reference.key && site.node.guards.some((g) => node.guards.some((h) => areOpposite(g, h))),
    ) && releasesIn(subject).some((s) => s.event.call.drops === kindOf(subject))
  );
}

/** True if a flag, of whatever meaning, decides whether a drop is made. */
export function flaggedIn({ program }: Subject, release: SeenRelease): boolean {
  return guardsOf(release).some((g) => g.text !== '' && !isPageTest(g, release) && mayBeFlag(program, release, g));
}

/** A test of the pointer that leads to the pages says whether there are any, not of what kind they are. */
function isPageTest(guard: Guard, { event }: SeenRelease): boolean {
  return guard.call === '' && guard.path !== null && suffixAfter(event.fact, guard.path) !== null;
}

/** False for a test of a number, which counts, or reports an error: it tells nothing of the kind of a reference. */
function mayBeFlag(program: Program, { visit }: SeenRelease, guard: Guard): boolean {
  if (/[<>]|[=!]=/.test(guard.text)) return false;
  if (guard.call !== '' || guard.path === null || guard.text.includes('&')) return true;
  const { reference } = visit.flow;
  const graph = program.graphs(reference)[0];
  const type = graph && rootOf(guard.path) === guard.path ? program.typeOf(guard.path, graph, reference.file) : null;
  return !(type && type.pointers === 0 && countType.test(type.base));
}

/** Calls between a drop and the function in which the pages were taken. */
const maxBetween = 3;

/**
 * True if a drop can be of nothing but what the call, or the helper that makes it, has just put in the function's own variable
 * or in the array that it was given: no page of another origin comes there, nor does anybody else call what drops.
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

/** True for a variable of the function, or an element behind it; and for the whole array that was given to the site's call. */
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

/** False for a drop of the wrong kind that may be that of another origin's page in the same place. */
export function isOurs(subject: Subject, release: SeenRelease, others: readonly Subject[]): boolean {
  const { row, followed } = subject;
  const seen = releasesIn(subject);
  const { drops, frees } = release.event.call;
  const right = seen.filter((s) => s !== release && s.event.call.drops === kindOf(subject) && !s.event.call.frees);
  const chosen = right.some((s) => chosenBetween(subject, release, s));
  // What frees is meant for pages from the allocator.
  if (frees) return !row.mixed && !(allocatesNear(subject, release) && (release.visit.heap !== null || chosen));
  // A file with plain references of its own has put those there, where some other one ends the site's.
  const isEnd = (s: SeenRelease): boolean => s.visit.heap !== null && !s.event.partial && !isOfItsFile(subject, s);
  if (drops === 'get' && isOfItsFile(subject, release) && seen.some(isEnd)) return false;
  // Nothing drops what was taken, or was kept, but this, and its like.
  const there = release.visit.heap === null ? right : right.filter((s) => s.visit.heap !== null);
  if (right.some((s) => !s.event.partial) && drops !== 'pin' && isShared(subject, release)) return false;
  if (there.length === 0 && row.gaps.length === 0 && !followed.cut) return true;
  if (sharedWith(subject, release, others)) return false;
  // No page of another origin is pinned: only another site can bring one that is.
  if (drops === 'pin') return !pinnedElsewhere(subject, release);
  // Where only a short count of this call is dropped, nothing else can be.
  if (release.event.partial) return true;
  if (isOfTheCall(subject, release.visit, release.event.pos, release.event.fact)) return true;
  if (plainBeside(subject, release)) return false;
  if (!plainNear(subject, release)) return true;
  if (chosen) return false;
  const isBeside = (s: SeenRelease): boolean => s.visit === release.visit || s.visit.parent?.visit === release.visit;
  if (release.visit.way === 'call' && right.some(isBeside)) return false;
  // One teardown that drops both ways, in helpers of its own: which pages go which way is not told apart.
  return !(
    release.visit.way === 'call' && right.some((s) => s.visit !== release.visit && fieldOf(s) !== null && fieldOf(s) === fieldOf(release))
  );
}

/** True if a function takes plain references on the pages in the field from which a drop gets them, and leaves them with those who drop there. */
function isShared({ followed }: Subject, { visit: { heap } }: SeenRelease): boolean {
  return heap !== null && followed.visits.some((v) => v.way === 'field' && v.heap === heap && v.flow.extras.length > 0);
}

/** Key of the function that fetched the pages from a field, on the way to a drop. */
function fieldOf({ visit }: SeenRelease): string | null {
  for (let v: SeenRelease['visit'] | undefined = visit; v; v = v.parent?.visit) if (v.way === 'field') return v.flow.reference.key;
  return null;
}
