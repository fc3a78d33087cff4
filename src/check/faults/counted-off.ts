/**
 * Places that hold pages beside a count of their users: who finds the count at zero takes pages, and stores them over those that the last
 * user has left there, since who counts users off drops nothing.
 */
import { heapFact, scopeOf } from '../../flow/facts.js';
import { placeOf, sourcesOf } from '../../flow/flow.js';
import { isMade } from '../../flow/paths/faults/reentry.js';
import { spelledIn } from '../../flow/paths/function/text.js';
import { functionsOf } from '../../flow/paths/walk/functions.js';
import type { Visit } from '../../flow/visit.js';
import { heldText } from '../../flow/words.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, isPrinted, isStore, leadsTo, type Node, readBy, says } from '../../program/graph.js';
import { rootOf, stepsOf, suffixAfter } from '../../program/path.js';
import { folderOf, isNear } from '../../program/place.js';
import { remembered } from '../../program/remembered.js';
import { freeingCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { zero } from '../../syntax/truth.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn, taken } from '../finding.js';

/** A count in the object that keeps the pages, beside them. */
interface Count {
  /** As the acquiring function writes it, and as a field. */
  path: string;
  fact: string;
  /** What they stand in. */
  holder: string;
  /** Where it is found at zero. */
  asked: Node;
}

/** A function that counts a user off, and where. */
interface Lowering {
  reference: FunctionReference;
  node: Node;
}

/** Where pages that the last user has left are stored over. */
interface Left {
  own: Visit;
  heap: string;
  count: Count;
  lowering: Lowering;
  /** Where the others are stored. */
  pos: number;
}

/** The places where a site's pages are stored over so. */
export function leftByLastUser(subject: Subject): Complaint[] {
  return leftIn(subject).map((left) => complaintOf(subject, left));
}

/**
 * Drops of what is found there, as something fails behind the store, with what the end of the place asks for left as an earlier call has set it: the end
 * drops that once more.
 */
export function droppedByNextUser(subject: Subject): Complaint[] {
  const { program, site } = subject;
  const { graph, reference } = site;
  const scope = scopeOf(program, graph, reference);
  return leftIn(subject).flatMap((left) => {
    const { own, count, pos } = left;
    const asked = askedByEnds(subject, count);
    const sets = ({ operation: o }: Node): boolean => isStore(o) && asked.has(heapFact(o.target, scope) ?? '');
    const isThere = (fact: string): boolean => isBelow(heapFact(fact, scope), count.holder);
    const found = new Set(own.flow.releases.filter((e) => sourcesOf(own.flow, e.fact).some(isThere)).map((e) => e.pos));
    const drops = graph.nodes.filter((n) => n.pos > pos && n.operation?.kind === 'call' && found.has(n.pos));
    const wrong = drops.filter((n) => asked.size > 0 && leadsTo(graph, n, (m) => m.id === graph.exit, sets));
    return wrong.map((n) => secondOf(subject, left, n));
  });
}

const leftIn = remembered((subject: Subject): readonly Left[] => {
  const own = subject.followed.visits.find(({ way }) => way === 'site');
  for (const heap of own?.flow.heap ?? [])
    for (const count of countsBeside(subject, heap)) {
      const lowering = loweredBy(subject, count);
      const origin = own?.flow.origins.get(heap);
      if (own && lowering) return [{ own, heap, count, lowering, pos: origin ? placeOf(origin) : subject.site.node.pos }];
    }
  return [];
});

/** The members of the place that all ask for who find the pages there, and drop them. */
function askedByEnds(subject: Subject, { holder }: Count): ReadonlySet<string> {
  const { program } = subject;
  const ends = releasesIn(subject).filter(({ visit }) => visit.way === 'field' && visit.flow.reference.key !== subject.site.reference.key);
  const asked = ends.map(({ visit: { flow }, event }) => {
    const facts = program.graphs(flow.reference).flatMap((graph) => {
      const scope = scopeOf(program, graph, flow.reference);
      return event.guards.flatMap((g) => (g.path !== null && says(g, false) ? (heapFact(g.path, scope) ?? []) : []));
    });
    return new Set(facts.filter((fact) => isBelow(fact, holder)));
  });
  const [first, ...others] = asked;
  return new Set([...(first ?? [])].filter((fact) => others.every((all) => all.has(fact))));
}

/** The counts beside a field that keeps the pages, of which one alone says whether pages are to be taken. */
function countsBeside({ program, analysis, site }: Subject, heap: string): Count[] {
  const { graph, node, reference } = site;
  const { mayDrop } = functionsOf(analysis).context;
  const scope = scopeOf(program, graph, reference);
  const isSite = (n: Node): boolean => n === node;
  return graph.nodes.flatMap((asked): Count[] => {
    const path = zeroIn(asked);
    const fact = path === null ? null : heapFact(path, scope);
    const holder = fact?.slice(0, -(stepsOf(fact).at(-1)?.length ?? 0)) ?? '';
    if (path === null || fact === null || suffixAfter(heap, holder) === null || !leadsTo(graph, asked, isSite)) return [];
    const entrance = graph.nodes[graph.entry] as Node;
    const isAsked = (n: Node): boolean => zeroIn(n) === path;
    const isRaised = ({ operation: o }: Node): boolean => isStore(o) && o.target === path && !(o.kind === 'clear' && zero.test(o.text));
    const drops = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.name !== null && mayDrop(o.name, reference.file);
    const looks = (n: Node): boolean => drops(n) || looksElsewhere(graph, n, path, (other) => isBelow(heapFact(other, scope), holder));
    const isOnly = !leadsTo(graph, entrance, isSite, isAsked) && leadsTo(graph, entrance, isSite, looks);
    return isOnly && leadsTo(graph, node, isRaised) ? [{ path, fact, holder, asked }] : [];
  });
}

function isBelow(fact: string | null, holder: string): boolean {
  return fact !== null && suffixAfter(fact, holder) !== null;
}

/** What a condition finds to be zero: a plain path. */
function zeroIn({ operation: o }: Node): string | null {
  return o?.kind === 'assume' && o.call === null && o.op === '==' && zero.test(o.right.text) ? o.left.path : null;
}

/**
 * True for what may tell whether pages are there beside the count: a condition on another member that says of it what a constant can, one on what
 * a function says that was given the object, a member that is taken out into a variable.
 */
function looksElsewhere(graph: Graph, { operation: o }: Node, count: string, isThere: (path: string) => boolean): boolean {
  const isOther = (path: string | null): boolean => path !== null && path !== count && isThere(path);
  if (o?.kind === 'copy') return !o.source.address && isOther(o.source.path);
  if (o?.kind !== 'assume') return false;
  const isNonzero = o.op === '!=' && zero.test(o.right.text);
  const given = graph.nodes.flatMap(({ operation: c }) => (c?.kind === 'call' && c.result === o.left.path ? c.args : []));
  const isGiven = given.some(({ path }) => path !== null && rootOf(path) === rootOf(count));
  return isGiven || (isOther(o.left.path) && o.right.path === null && !isNonzero);
}

/** Who counts a user off and leaves the pages, for a place that lives on; `null` if nobody does, or if somebody else asks for the count. */
function loweredBy(subject: Subject, { fact }: Count): Lowering | null {
  const { program, site } = subject;
  const { file, key } = site.reference;
  const field = stepsOf(fact).at(-1)?.slice(1) ?? '';
  const files = program.tree.filesAccessing(field).filter((other) => isNear(other, folderOf(file)));
  const others = files
    .flatMap((other) => program.touching(other, [field], rootOf(fact).slice(1)))
    .filter((reference) => !reference.macro && reference.key !== key);
  if (!others.some((reference) => lowering(field).test(program.textOf(reference)))) return null;
  const graphs = others.flatMap((reference) => program.graphs(reference).map((graph) => ({ reference, graph })));
  const found = graphs.map(({ reference, graph }) => {
    const scope = scopeOf(program, graph, reference);
    const isCount = (path: string | null): boolean => path !== null && heapFact(path, scope) === fact;
    const asks = graph.nodes.some((n) => isAskedFor(n, isCount));
    const node = graph.nodes.find(
      ({ pos, operation: o }) => o?.kind === 'update' && isCount(o.target) && lowers(program.between(reference.file, pos, pos + 200)),
    );
    return { reference, graph, asks, node };
  });
  if (found.some(({ asks }) => asks)) return null;
  const lowered = found.flatMap(({ reference, graph, node }): Lowering[] =>
    node && leavesAll(subject, reference, graph, node) && isCalledToUndo(subject, reference) ? [{ reference, node }] : [],
  );
  return lowered[0] ?? null;
}

function lowering(field: string): RegExp {
  return new RegExp(`--[^;]*\\b${field}\\b|\\b${field}\\s*(?:--|-=)`);
}

function lowers(text: string): boolean {
  return /^[^;]*(?:--|-=)/.test(text);
}

/** True for an operation that reads the count, or may. */
function isAskedFor({ operation: o }: Node, isCount: (path: string | null) => boolean): boolean {
  const isLookedAt = (argument: number): boolean => o?.kind !== 'call' || !isPrinted(o, argument);
  return o?.kind === 'unread' || readBy(o).some(({ path }, i) => isCount(path) && isLookedAt(i));
}

/** True if a function drops nothing, and all that it does behind a place is of no matter for the pages. */
function leavesAll({ program, analysis }: Subject, { file }: FunctionReference, graph: Graph, node: Node): boolean {
  const { mayDrop } = functionsOf(analysis).context;
  const drops = ({ operation: o }: Node): boolean => o?.kind === 'call' && (o.name === null || mayDrop(o.name, file));
  const changes = (n: Node): boolean => {
    const o = n.operation;
    return o?.kind === 'call' ? o.name === null || !program.isNeutral(o.name, file) : n !== node && isStore(o);
  };
  return !graph.nodes.some(drops) && !leadsTo(graph, node, changes);
}

/**
 * True if somebody who has pages taken for a place that lives on undoes that by the function, and others call it as well: a user's end, not
 * that of the place.
 */
function isCalledToUndo({ program, analysis, site }: Subject, reference: FunctionReference): boolean {
  const { mayDrop } = functionsOf(analysis).context;
  const takers = program.callSites(site.reference);
  const undoers = program.callSites(reference);
  const isTaker = (caller: FunctionReference): boolean => takers.some((t) => t.caller.key === caller.key);
  const isUndone = ({ caller, graph, node, call }: (typeof undoers)[number]): boolean => {
    const objects = call.args.flatMap(({ path }) => (path !== null && rootOf(path) !== path ? [rootOf(path)] : []));
    const ends = ({ operation: o }: Node): boolean =>
      o?.kind === 'call' && (o.name === null || freeingCalls.has(o.name) || mayDrop(o.name, caller.file));
    return isTaker(caller) && objects.some((object) => !isMade(graph, object)) && leadsTo(graph, node, (n) => n.id === graph.exit, ends);
  };
  return undoers.some(isUndone) && undoers.some(({ caller }) => !isTaker(caller));
}

function complaintOf(subject: Subject, left: Left): Complaint {
  const { program, row, site } = subject;
  const { reference } = site;
  const { count, lowering, pos } = left;
  const users = usersIn(subject, count);
  return {
    message: `pages of an earlier ${row.api}() are stored over where ${users} is zero: ${lowering.reference.name}() counts the last user off and drops nothing`,
    ...{ file: reference.file, function: reference.name, pos },
    path: [...stepsOver(subject, left), stepIn(program, reference, pos, 'other pages are stored over them')],
  };
}

function secondOf(subject: Subject, left: Left, drop: Node): Complaint {
  const { program, row, site } = subject;
  const { reference } = site;
  return {
    message: `pages of ${row.api}() are dropped a second time: where an earlier call was the last user's, the place still stands for pages`,
    ...{ file: reference.file, function: reference.name, pos: drop.pos },
    path: [
      ...stepsOver(subject, left),
      stepIn(program, reference, left.pos, 'other pages are stored over them'),
      stepIn(
        program,
        reference,
        drop.pos,
        'dropped here, with all else left as the earlier call has set it, and once more by the end of the place',
      ),
    ],
  };
}

function usersIn({ program, site: { graph, reference } }: Subject, { path }: Count): string {
  return spelledIn({ program, reference, graph }, path);
}

/** How pages come to be left, up to where they are stored over. */
function stepsOver(subject: Subject, { heap, count, lowering, pos }: Left): FindingStep[] {
  const { program, site } = subject;
  const { reference } = site;
  return [
    taken(subject),
    stepIn(program, reference, pos, `kept in ${heldText(heap)}`),
    stepIn(program, lowering.reference, lowering.node.pos, 'the last user is counted off, and the pages stay'),
    stepIn(program, reference, count.asked.pos, `in a later call, where ${usersIn(subject, count)} is zero`),
  ];
}
