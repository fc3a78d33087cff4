/**
 * Pages that a request drops from the object behind an open file, and that stand there afterwards as before: the next request, or the end
 * of the object, drops them once more.
 */
import { sourcesOf } from '../../flow/flow.js';
import { isRequest } from '../../flow/paths/faults/reentry.js';
import { isFailure, resultsOf } from '../../flow/paths/function/results.js';
import { spelledIn } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, type Graph, type Guard, isRead, isStore, leadsTo, type Node } from '../../program/graph.js';
import { rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { acquires, castCalls, freeingCalls, memberChangingCall } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { type Complaint, stepIn } from '../finding.js';

/** Complaints about drops in requests after which nothing in the object says that they were made. */
export function redropped(subject: Subject): Complaint[] {
  const { program, row } = subject;
  if (row.gaps.length > 0) return [];
  return releasesIn(subject).flatMap((release): Complaint[] => {
    const { visit, event } = release;
    const { reference } = visit.flow;
    if (visit.way !== 'field' || visit.heap === null || event.call.shape === 'container') return [];
    return program.graphs(reference).flatMap((graph): Complaint[] => {
      const place = placeIn(graph, release);
      const node = callNodeAt(graph, event.pos);
      if (place === null || !node || !isAskedAlone(event.guards, place, countsAt(node))) return [];
      if (!isRepeated(program, { reference, graph, node, object: rootOf(place) })) return [];
      const text = spelledIn({ program, reference, graph }, place);
      const message = `pages of ${row.api}() are dropped, and ${text} still leads to them: the next request drops them again`;
      const complaint = complaintAt(subject, release, message);
      return [
        { ...complaint, path: [...complaint.path, stepIn(program, reference, event.pos, 'the object is left as it was behind the drop')] },
      ];
    });
  });
}

/** The member of an object in which a function has found what it drops; `null` if there is none. */
function placeIn(graph: Graph, { visit: { flow }, event }: SeenRelease): string | null {
  const members = sourcesOf(flow, event.fact).map((path) => path.replace(/(\[\]|@\w+)+$/, ''));
  const place = members.find((path) => /^[A-Za-z_]\w*\.\w+$/.test(path));
  return place !== undefined && graph.types.get(rootOf(place))?.pointers === 1 ? place : null;
}

/** The paths that a drop is given after the pages: how many there are. */
function countsAt({ operation: o }: Node): readonly (string | null)[] {
  return o?.kind === 'call' ? o.args.slice(1).map(({ path }) => path) : [];
}

/** True if the conditions around a drop test nothing else of the object than the member itself, and how many pages there are. */
function isAskedAlone(guards: readonly Guard[], place: string, counts: readonly (string | null)[]): boolean {
  const isOther = (path: string | null): boolean =>
    path !== null && suffixAfter(path, rootOf(place)) !== null && path !== place && !counts.includes(path);
  return guards.every(({ path, args }) => ![path, ...args].some(isOther));
}

/** A node that concerns an object which a variable of the function points at. */
interface About {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
  object: string;
}

/** How many callers up the request may be. */
const maxLevels = 3;

/**
 * True for a node that a request reaches, itself or by calls that pass the object on, if nothing is changed in the object on the way to it
 * and out again: on any path, or on one on which other pages were to be taken and could not be.
 */
function isRepeated(program: Program, { reference, graph, node, object }: About, level = 0): boolean {
  const isChange = (n: Node): boolean =>
    n !== node && (mayChangeObject(program, reference.file, n, object) || isAskedOf(program, reference.file, graph, n, object));
  const isWay = (from: Node, to: (n: Node) => boolean): boolean => leadsTo(graph, from, to);
  const isLookedUp = graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === object && o.source.path?.startsWith('%'));
  const changes = graph.nodes.filter(isChange);
  if (isLookedUp || changes.some((n) => isWay(n, (m) => m === node))) return false;
  if (changes.some((n) => isWay(node, (m) => m === n)) && !failsUnchanged(graph, node, isChange)) return false;
  if (isRequest(program, reference)) return true;
  const at = graph.params.findIndex((p) => p.name === object);
  if (at < 0 || level >= maxLevels) return false;
  return program.callSites(reference).some(({ caller, graph: above, node: call, call: { args } }) => {
    const given = args[at];
    return (
      given?.path != null &&
      !given.address &&
      rootOf(given.path) === given.path &&
      isRepeated(program, { reference: caller, graph: above, node: call, object: given.path }, level + 1)
    );
  });
}

/** True for a call that is given the object and whose result is read: it may say that the pages are gone. */
function isAskedOf(program: Program, file: string, graph: Graph, { operation: o }: Node, object: string): boolean {
  const isCall = o?.kind === 'call' && o.name !== null && o.args.some((a) => !a.address && a.path === object);
  return isCall && !program.isNeutral(o.name ?? '', file) && isRead(graph, o.result);
}

/** True if on some path from a drop to the function's end other pages could not be taken, and nothing was changed. */
function failsUnchanged(graph: Graph, drop: Node, isChange: (n: Node) => boolean): boolean {
  const isTaking = ({ operation: o }: Node): boolean => o?.kind === 'call' && acquires.has(o.name ?? '');
  // A call that takes no pages has changed nothing.
  const bars = (n: Node): boolean => isChange(n) && !isTaking(n);
  return graph.nodes.some((n) => {
    const o = n.operation;
    if (o?.kind !== 'call' || !isTaking(n) || !leadsTo(graph, drop, (m) => m === n, bars)) return false;
    const results = resultsOf(graph, o);
    const fails = (m: Node): boolean => isFailure(m, results) && leadsTo(graph, m, ({ id }) => id === graph.exit, bars);
    return leadsTo(graph, n, fails, bars);
  });
}

/** How deep the functions are read that are given the object; past that, a call may change it. */
const maxDepth = 3;

/** True for a store to the object, and for a call that is given it or the address of a member, and may store to it. */
function mayChangeObject(program: Program, file: string, { operation: o }: Node, object: string, depth = 0): boolean {
  const isOf = (path: string | null): boolean => path !== null && suffixAfter(path, object) !== null;
  if (isStore(o)) return isOf(o.target) && o.target !== object;
  if (o?.kind !== 'call') return o?.kind === 'unread';
  if (o.name === 'swap' && o.args.some((a) => isOf(a.path))) return true;
  const isGiven = ({ path, address }: Value): boolean => (address ? isOf(path) : path === object);
  if (!o.args.some(isGiven)) return false;
  if (o.name === null || freeingCalls.has(o.name) || castCalls.test(o.name) || memberChangingCall.test(o.name)) return true;
  return !program.isNeutral(o.name, file) && !onlyReads(program, file, o, isGiven, depth);
}

/** True for a call of a known function that stores nothing to the objects that it is given, itself or by what it calls. */
function onlyReads(program: Program, file: string, o: CallOperation, isGiven: (a: Value) => boolean, depth: number): boolean {
  const callee = o.name === null || depth >= maxDepth ? null : onlyFunction(program.resolve(o.name, file));
  if (callee === null) return false;
  return program.graphs(callee).every((graph) =>
    graph.params.every(({ name }, i) => {
      const given = o.args[i];
      if (given === undefined || !isGiven(given)) return true;
      // By another name of the object it could be changed unseen.
      const isNamed = ({ operation: n }: Node): boolean => n?.kind === 'copy' && n.source.path === name && !n.target.startsWith('%');
      return graph.nodes.every((n) => !isNamed(n) && !mayChangeObject(program, callee.file, n, name, depth + 1));
    }),
  );
}
