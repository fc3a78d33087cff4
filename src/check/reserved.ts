/** Pages that are left for being reserved, with the reference that was taken on them. */
import { placeOf, type ReleaseEvent, sourcesOf } from '../flow/flow.js';
import { predecessorsOf } from '../flow/paths/function/live.js';
import type { SeenRelease } from '../flow/releases.js';
import type { Visit } from '../flow/visit.js';
import type { Graph, Guard, Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { reservedExceptions, reservedTests } from '../protocol/index.js';
import { stepsTo } from '../survey/trace.js';
import type { Subject } from '../survey/unit.js';
import { stepAt } from './access.js';
import { complaintAt, releasesIn } from './evidence.js';
import { type Complaint, type FindingStep, taken } from './finding.js';

/**
 * Where a page that is reserved is not dropped, or forgotten. Who drops those too, on a way of their own, knows what they are.
 */
export function reservedIn(subject: Subject): Complaint[] {
  const { program, followed, row } = subject;
  const drops = releasesIn(subject);
  if (row.reference !== 'get' && row.reference !== 'pin') return [];
  if (drops.some(({ visit, event }) => event.guards.some((g) => !g.negated && isTest(program, visit, g)))) return [];
  const message = `pages of ${row.api}() are left where they are reserved, which does not say that no reference was taken`;
  const complaints = [
    ...drops.flatMap((release) => passedBy(program, release).map((pos) => leftOut(subject, release, pos, message))),
    ...followed.visits.flatMap((visit) =>
      forgottenIn(program, visit).map(({ pos, path }) => forgotten(subject, visit, pos, path, message)),
    ),
  ];
  return [...new Map(complaints.map((c) => [`${c.file}:${c.pos}`, c])).values()];
}

/** True for a test of whether a page is reserved, and nothing else: a call of the tables', or of a function that returns one's answer. */
function isTest(program: Program, { flow: { reference } }: Visit, { call }: Guard): boolean {
  if (reservedTests.includes(call)) return true;
  const [helper, ...others] = call === '' ? [] : program.resolve(call, reference.file);
  if (!helper || helper.macro || others.length > 0) return false;
  const text = program.textOf(helper);
  return returnsTest.test(text) && !reservedExceptions.test(text);
}

/** True for a test of whether it is one of those on which references are taken. */
function isException({ call }: Guard): boolean {
  return reservedExceptions.test(call);
}

const returnsTest = new RegExp(`\\breturn\\s+(?:${reservedTests.join('|')})\\s*\\(`);

/** Where a drop is passed by for what is reserved, if it is and no other drop of the function is for that. */
function passedBy(program: Program, { visit, event }: SeenRelease): number[] {
  const guard = event.guards.find((g) => g.negated && isTest(program, visit, g) && isOf(visit, event, g));
  if (guard === undefined || event.guards.some(isException)) return [];
  const isElse = visit.flow.releases.some((other) => !other.guards.some((g) => g.negated && g.call === guard.call));
  const isGuard = ({ operation: o }: Node): boolean => o?.kind === 'assume' && o.call?.name === guard.call && o.op === '!=';
  const node = isElse ? undefined : program.graphs(visit.flow.reference).flatMap(({ nodes }) => nodes.find(isGuard) ?? [])[0];
  return node ? [node.pos] : [];
}

/** True if a test is of the page, or the frame number, that is dropped. */
function isOf({ flow }: Visit, { fact }: ReleaseEvent, { args }: Guard): boolean {
  const sources = sourcesOf(flow, fact);
  return args.some((path) => path !== null && (sources.includes(path) || sources.includes(`${path}@pfn`)));
}

/** Where the only variable for a page that is reserved is set to nothing. */
function forgottenIn(program: Program, visit: Visit): { pos: number; path: string }[] {
  const { reference, origins, releases } = visit.flow;
  return program.graphs(reference).flatMap((graph) =>
    graph.nodes.flatMap((n) => {
      const o = n.operation;
      const origin = o?.kind === 'clear' ? origins.get(o.target) : undefined;
      if (o?.kind !== 'clear' || origin === undefined) return [];
      const isReserved =
        !n.guards.some(isException) && n.guards.some((g) => !g.negated && g.args.includes(o.target) && isTest(program, visit, g));
      // Elsewhere it is dropped by that variable.
      const isDropped = releases.length > 0 && releases.every((e) => e.fact === o.target);
      const places = isReserved && isDropped ? setBefore(graph, n, o.target) : [];
      return places.length > 0 && places.every((pos) => pos === placeOf(origin)) ? [{ pos: n.pos, path: o.target }] : [];
    }),
  );
}

/** The places where a variable was set last before a node is come to. */
function setBefore(graph: Graph, node: Node, path: string): number[] {
  const predecessors = predecessorsOf(graph);
  const found: number[] = [];
  const seen = new Set(predecessors[node.id]);
  for (const id of seen) {
    const { operation: o, pos } = graph.nodes[id] as Node;
    const isSet =
      ((o?.kind === 'copy' || o?.kind === 'clear' || o?.kind === 'update') && o.target === path) ||
      (o?.kind === 'call' && o.args.some((a) => a.address && a.path === path));
    if (isSet) found.push(pos);
    else for (const p of predecessors[id] ?? []) seen.add(p);
  }
  return found;
}

function leftOut(subject: Subject, release: SeenRelease, pos: number, message: string): Complaint {
  const complaint = complaintAt(subject, release, message);
  const last = stepAt(subject, release.visit, pos, 'left here where it is reserved, with the reference still held');
  const isBefore = (step: FindingStep): boolean => step.file !== last.file || step.function !== last.function || step.line < last.line;
  return { ...complaint, pos, path: [...complaint.path.filter(isBefore), last] };
}

function forgotten(subject: Subject, visit: Visit, pos: number, path: string, message: string): Complaint {
  const { file, name } = visit.flow.reference;
  const last = stepAt(subject, visit, pos, `${path} is set to nothing where the page is reserved, with the reference still held`);
  return { message, file, function: name, pos, path: [taken(subject), ...stepsTo(subject.program, visit, path, { pos, path }), last] };
}
