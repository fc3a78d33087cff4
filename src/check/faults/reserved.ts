/** Reserved pages (PageReserved) that are not dropped where others are, though a reference was taken on them as well. */
import { type ReleaseEvent, sourcesOf } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { Visit } from '../../flow/visit.js';
import { onlyFunction } from '../../program/definitions.js';
import type { Guard, Node } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import { reservedExceptions, reservedTests } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../data/access.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Complaint, FindingStep } from '../finding.js';

/**
 * Complaints about drops that skip reserved pages. If reserved pages are dropped somewhere on a path of their own, the driver knows what
 * they are.
 */
export function reservedIn(subject: Subject): Complaint[] {
  const { program, row } = subject;
  const drops = releasesIn(subject);
  if (row.reference !== 'get' && row.reference !== 'pin') return [];
  if (drops.some(({ visit, event }) => event.guards.some((g) => !g.negated && isTest(program, visit, g)))) return [];
  const message = `pages of ${row.api}() are not dropped where they are reserved, although a reference was taken on them`;
  const complaints = drops.flatMap((release) => passedBy(program, release).map((pos) => leftOut(subject, release, pos, message)));
  return [...new Map(complaints.map((c) => [`${c.file}:${c.pos}`, c])).values()];
}

/**
 * True for a test of whether a page is reserved, and of nothing else: by a call of the tables, or by a function that returns the result of
 * one.
 */
function isTest(program: Program, { flow: { reference } }: Visit, { call }: Guard): boolean {
  if (reservedTests.includes(call)) return true;
  const helper = call === '' ? null : onlyFunction(program.resolve(call, reference.file));
  if (helper === null) return false;
  const text = program.textOf(helper);
  return returnsTest.test(text) && !reservedExceptions.test(text);
}

/** True for a test of whether a page is one of those reserved ones on which references are taken. */
function isException({ call }: Guard): boolean {
  return reservedExceptions.test(call);
}

/** Matches a function that returns the result of such a test. */
const returnsTest = new RegExp(`\\breturn\\s+(?:${reservedTests.join('|')})\\s*\\(`);

/** Positions of the branch on which a drop is skipped for a reserved page, if no other drop of the function is made there. */
function passedBy(program: Program, { visit, event }: SeenRelease): number[] {
  const guard = event.guards.find((g) => g.negated && isTest(program, visit, g) && isOf(visit, event, g));
  if (guard === undefined || event.guards.some(isException)) return [];
  const isElse = visit.flow.releases.some((other) => !other.guards.some((g) => g.negated && g.call === guard.call));
  const isGuard = ({ operation: o }: Node): boolean => o?.kind === 'assume' && o.call?.name === guard.call && o.op === '!=';
  const node = isElse ? undefined : program.graphs(visit.flow.reference).flatMap(({ nodes }) => nodes.find(isGuard) ?? [])[0];
  return node ? [node.pos] : [];
}

/** True if a test is of the page, or of the frame number, that is dropped. */
function isOf({ flow }: Visit, { fact }: ReleaseEvent, { args }: Guard): boolean {
  const sources = sourcesOf(flow, fact);
  return args.some((path) => path !== null && (sources.includes(path) || sources.includes(`${path}@pfn`)));
}

function leftOut(subject: Subject, release: SeenRelease, pos: number, message: string): Complaint {
  const complaint = complaintAt(subject, release, message);
  const last = stepAt(subject, release.visit, pos, 'a reserved page is left here with the reference still held');
  const isBefore = (step: FindingStep): boolean => step.file !== last.file || step.function !== last.function || step.line < last.line;
  return { ...complaint, pos, path: [...complaint.path.filter(isBefore), last] };
}
