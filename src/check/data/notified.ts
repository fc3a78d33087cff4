/**
 * Users of pages in a driver that is told of the page table by an MMU notifier (case 3 of pin_user_pages.rst). Who maps a page asks whether
 * the notifier was called meanwhile, and the page table holds the page from then on. Who does not ask has it by its reference alone.
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
 * A way by which a visited function has the pages at one of its places by the reference, and not because the page table does: it was
 * handed them by whoever took them, and they are still held; as a visit that came about by that way alone. `null` if there is none.
 */
export function byReference(subject: Subject, visit: Visit, pos: number): Visit | null {
  const isSuch = (way: Visit): boolean =>
    !byField(way) && lineTo(way).every((v) => !asks(subject, v) && !maps(subject, v)) && isHeld(subject, way, pos);
  return waysTo(visit).find(isSuch) ?? null;
}

/**
 * True for the address of a page in a field, if the pages are dropped by way of that field's struct, and neither who keeps it nor who
 * drops them has to do with the notifier.
 */
export function isKeptByReference(subject: Subject, visit: Visit, heap: string): boolean {
  const isBeside = (v: Visit): boolean => v.way === 'field' && v.heap !== null && rootOf(v.heap) === rootOf(heap);
  const dropping = subject.followed.visits.filter((v) => v.flow.releases.length > 0);
  const users = [visit, ...new Set(dropping.flatMap((v) => [...above(v)].filter(isBeside)))];
  return users.length > 1 && !users.some((v) => asks(subject, v) || isTold(subject, v));
}

/** True for a function that the notifier's operations may call, which stand in its file. */
function isTold(subject: Subject, visit: Visit): boolean {
  const { file, name } = visit.flow.reference;
  if (!isFollowedByNotifier(subject, visit)) return false;
  const facts = subject.program.file(file);
  const told = facts ? toldIn(facts) : null;
  return told === null || told.has(name);
}

/** The names that a file's operations of a notifier call, and what those call in it, and so on; `null` if the file has no such operations. */
const toldIn = remembered(({ text, byName }: WholeFile): ReadonlySet<string> | null => {
  const found = new Set(notifierOperations.flatMap(([struct, member]) => installedAs(text, struct, member)));
  if (found.size === 0) return null;
  for (const name of found)
    for (const { item } of byName.get(name) ?? [])
      for (const [, called] of text.slice(item.pos, item.end).matchAll(/\b(\w+)\s*\(/g)) found.add(called as string);
  return found;
});

function asks({ program }: Subject, { flow }: Visit): boolean {
  return notifierQuestion.test(program.textOf(flow.reference));
}

/** True for who may map the page itself, in which his caller keeps the notifier out. */
function maps({ program }: Subject, { flow }: Visit): boolean {
  return frameHandedOn.test(program.textOf(flow.reference));
}

/** The visits of a visit's own way, from where its calls begin. */
function lineTo(visit: Visit): [start: Visit, ...calls: Visit[]] {
  return visit.way === 'call' && visit.parent ? [...lineTo(visit.parent.visit), visit] : [visit];
}

/** True if nothing has dropped the pages on some way to where the calls to a place begin. */
function isHeld(subject: Subject, way: Visit, pos: number): boolean {
  const [start, next] = lineTo(way);
  const { reference } = start.flow;
  const at = next?.parent?.pos ?? pos;
  const drops = (n: Node): boolean => droppingIn(subject).has(`${reference.key}:${n.pos}`);
  return subject.program
    .graphs(reference)
    .some((graph) => takingIn(subject, start, graph).some((n) => leadsTo(graph, n, (to) => to.pos === at, drops)));
}

/** Where a function takes the pages, or is handed them by one that it calls. */
function takingIn({ site }: Subject, { way, parent }: Visit, graph: Graph): Node[] {
  if (way === 'site') return graph.nodes.filter((n) => n.pos === site.call.pos);
  return parent ? callsOf(graph, parent.visit.flow.reference.name).map(({ node }) => node) : [];
}

/** The places at which pages are dropped, or a function is called that drops them: each by its function's key and its position. */
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
