/**
 * Users of pages in a driver with an MMU notifier (case 3 of pin_user_pages.rst). Code that maps a page asks whether the notifier was
 * called meanwhile, and from then on the page table holds the page. Code that does not ask has the page by its reference alone.
 */
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { WholeFile } from '../../program/file.js';
import { callsOf, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { installedAs } from '../../program/installed.js';
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { frameHandedOn, notifierOperations, notifierQuestion } from '../../protocol/index.js';
import { isFollowedByNotifier } from '../../survey/case.js';
import type { Subject } from '../../survey/unit.js';
import { above, byField, waysTo } from '../ways.js';

/**
 * A way by which a visited function holds the pages at a position through their reference, and not because the page table holds them: along
 * a chain of calls from the function that took them, without a drop on it. Returns the visit with that way only; `null` if there is none.
 */
export function byReference(subject: Subject, visit: Visit, pos: number): Visit | null {
  const isSuch = (way: Visit): boolean =>
    !byField(way) && lineTo(way).every((v) => !asks(subject, v) && !maps(subject, v)) && isHeld(subject, way, pos);
  return waysTo(visit).find(isSuch) ?? null;
}

/**
 * True for a page's address in a field, if the pages are dropped by way of that field's struct, and neither the function that keeps the
 * address nor those that drop the pages have to do with the notifier.
 */
export function isKeptByReference(subject: Subject, visit: Visit, heap: string): boolean {
  const isBeside = (v: Visit): boolean => v.way === 'field' && v.heap !== null && rootOf(v.heap) === rootOf(heap);
  const dropping = subject.followed.visits.filter((v) => v.flow.releases.length > 0);
  const users = [visit, ...new Set(dropping.flatMap((v) => [...above(v)].filter(isBeside)))];
  return users.length > 1 && !users.some((v) => asks(subject, v) || isTold(subject, v));
}

/**
 * True for a function of such a driver that the notifier's operations may call. If they are not in its file, nothing says that they do not.
 */
function isTold(subject: Subject, visit: Visit): boolean {
  const { file, name } = visit.flow.reference;
  if (!isFollowedByNotifier(subject, visit)) return false;
  const facts = subject.program.file(file);
  const told = facts ? calledByNotifier(facts) : null;
  return told === null || told.has(name);
}

/**
 * The names of what a file's notifier operations call, and of what that calls in the file, and so on; `null` if the file has no such
 * operations.
 */
const calledByNotifier = remembered(({ text, byName }: WholeFile): ReadonlySet<string> | null => {
  const found = new Set(notifierOperations.flatMap(([struct, member]) => installedAs(text, struct, member)));
  if (found.size === 0) return null;
  for (const name of found)
    for (const { item } of byName.get(name) ?? [])
      for (const [, called] of text.slice(item.pos, item.end).matchAll(/\b(\w+)\s*\(/g)) found.add(called as string);
  return found;
});

/** True for a function that asks whether the notifier was called, as by `mmu_interval_read_retry()`. */
function asks({ program }: Subject, { flow }: Visit): boolean {
  return notifierQuestion.test(program.textOf(flow.reference));
}

/** True for a function that may map the page itself: its caller keeps the notifier out meanwhile. */
function maps({ program }: Subject, { flow }: Visit): boolean {
  return frameHandedOn.test(program.textOf(flow.reference));
}

/** The visits on a visit's own way, from the one in which the chain of calls begins. */
function lineTo(visit: Visit): [start: Visit, ...calls: Visit[]] {
  return visit.way === 'call' && visit.parent ? [...lineTo(visit.parent.visit), visit] : [visit];
}

/** True if on some path the pages are not yet dropped where the chain of calls to a position begins. */
function isHeld(subject: Subject, way: Visit, pos: number): boolean {
  const [start, next] = lineTo(way);
  const { reference } = start.flow;
  const at = next?.parent?.pos ?? pos;
  const drops = (n: Node): boolean => droppingIn(subject).has(`${reference.key}:${n.pos}`);
  return subject.program
    .graphs(reference)
    .some((graph) => takingIn(subject, start, graph).some((n) => leadsTo(graph, n, (to) => to.pos === at, drops)));
}

/** Where a function takes the pages, or calls the function that hands them to it. */
function takingIn({ site }: Subject, { way, parent }: Visit, graph: Graph): Node[] {
  if (way === 'site') return graph.nodes.filter((n) => n.pos === site.call.pos);
  return parent ? callsOf(graph, parent.visit.flow.reference.name).map(({ node }) => node) : [];
}

/** The positions at which pages are dropped, or a function is called that drops them, each as `function key:position`. */
const droppingIn = remembered(({ followed }: Subject): ReadonlySet<string> => {
  const found = new Set<string>();
  const dropping = new Set(followed.visits.filter((v) => v.flow.releases.length > 0));
  for (const v of dropping) {
    for (const { pos } of v.flow.releases) found.add(`${v.flow.reference.key}:${pos}`);
    for (const a of v.way === 'call' ? arrivalsOf(v) : []) {
      found.add(`${a.visit.flow.reference.key}:${a.pos}`);
      dropping.add(a.visit);
    }
  }
  return found;
});
