/**
 * A member of an object says whether pages are for writing: they are taken by it, and dropped, dirty or clean, by it. If somebody changes
 * the member for pages to come while the object still holds pages to be written to, those are dropped clean.
 */
import { failureOf } from '../../flow/paths/function/tested.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { areApart, callsAt, callsOf, leadsTo, type Node } from '../../program/graph.js';
import { type Member, memberAt } from '../../program/members.js';
import type { Program } from '../../program/program.js';
import { namesIn, sourceName } from '../../program/text.js';
import type { Subject } from '../../survey/unit.js';
import { no, one } from '../../syntax/truth.js';
import { stepAt } from '../data/access.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn, taken } from '../finding.js';
import { endingNames } from './endings.js';

/** The nodes of a function at which the member is set to say that pages are for writing, the pages are taken, and the member is cleared. */
interface Changed {
  reference: FunctionReference;
  set: Node;
  call: Node;
  cleared: Node;
}

/** Complaints about places where such a member is changed while pages are held that were taken by it. */
export function changedFlags(subject: Subject): Complaint[] {
  const { program, site } = subject;
  return releasesIn(subject).flatMap((release) => {
    const member = markedBy(program, release);
    if (member === null || !isTakenBy(subject, member)) return [];
    const ending = endingNames(program, release.visit.flow.reference);
    const functions = program.touching(site.reference.file, [member.field], member.tag);
    const found = functions.flatMap((reference) => changedIn(program, reference, site.reference.name, member, ending).slice(0, 1));
    return found.map((changed) => complaintOf(subject, release, member, changed));
  });
}

/** The member that a release is given as its flag for marking pages dirty; `null` for any other release. */
function markedBy(program: Program, { visit: { flow }, event: { call, pos } }: SeenRelease): Member | null {
  if (typeof call.dirty !== 'number') return null;
  const at = call.dirty;
  for (const graph of program.graphs(flow.reference))
    for (const { args } of callsAt(graph, pos)) {
      const member = memberAt(program, flow.reference, graph, args[at]?.path ?? null);
      if (member) return member;
    }
  return null;
}

/** True if a member decides between the flags with which the pages are taken: `obj->write ? FOLL_WRITE : 0`. */
function isTakenBy({ program, site }: Subject, { tag, field }: Member): boolean {
  const at = site.signature?.flags ?? null;
  const flags = at === null ? undefined : site.call.expressions[at];
  if (!flags) return false;
  const isMember = (path: string): boolean => {
    const member = memberAt(program, site.reference, site.graph, path);
    return member?.tag === tag && member.field === field;
  };
  return flags.kind === 'conditional' && namesIn(flags.test).some(isMember) && sourceName(flags).includes('FOLL_WRITE');
}

/** Where a function sets the member, takes pages by a call of `taker`, and clears the member before any function in `ending` is called. */
function changedIn(program: Program, reference: FunctionReference, taker: string, member: Member, ending: ReadonlySet<string>): Changed[] {
  return program.graphs(reference).flatMap((graph) => {
    const stores = (text: RegExp): Node[] =>
      graph.nodes.filter(({ operation: o }) => {
        const at = o?.kind === 'clear' && text.test(o.text) ? memberAt(program, reference, graph, o.target) : null;
        return at?.tag === member.tag && at.field === member.field;
      });
    const [set, cleared] = [stores(one), stores(no)];
    const isSet = (n: Node): boolean => set.includes(n) || cleared.includes(n);
    const isDrop = ({ operation: o }: Node): boolean => o?.kind === 'call' && ending.has(o.name ?? '');
    return set.flatMap((first) =>
      callsOf(graph, taker).flatMap(({ node: call, call: { result } }) => {
        const hasFailed = failureOf(graph, result);
        if (!leadsTo(graph, first, (n) => n === call, isSet)) return [];
        return cleared
          .filter((last) => !areApart(first.guards, last.guards))
          .filter((last) =>
            leadsTo(
              graph,
              call,
              (n) => n === last,
              (n) => isSet(n) || isDrop(n) || hasFailed(n),
            ),
          )
          .filter((last) => leadsTo(graph, last, (n) => isDrop(n) || n.id === graph.exit, isSet))
          .map((last) => ({ reference, set: first, call, cleared: last }));
      }),
    );
  });
}

function complaintOf(subject: Subject, release: SeenRelease, { field }: Member, { reference, set, call, cleared }: Changed): Complaint {
  const { program, row } = subject;
  const { file, name } = reference;
  const step = ({ pos }: Node, text: string): FindingStep => stepIn(program, reference, pos, text);
  const steps = [
    step(set, `${field} says that the pages will be written to`),
    step(call, 'the pages are taken for writing'),
    step(cleared, `${field} is set to say that they will not, while they are held`),
    stepAt(subject, release.visit, release.event.pos, `dropped by ${release.event.api}(), which marks them dirty only if ${field} says so`),
  ];
  const message = `pages taken by ${row.api}() for writing are dropped clean where ${field} has been changed since`;
  return { message, file, function: name, pos: cleared.pos, path: [taken(subject), ...steps] };
}
