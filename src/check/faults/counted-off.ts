/**
 * Places that hold pages beside a count of users. The call that finds the count at zero takes pages. If counting off the last user does not
 * drop the old ones, they are still there and are stored over.
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

/** A count in the object that keeps the pages. */
interface Count {
  /** The count as the acquiring function names it. */
  path: string;
  /** The count as a field of its struct, `#tag.field`. */
  fact: string;
  /** The object or member that holds both the count and the pages. */
  holder: string;
  /** The condition that finds the count to be zero. */
  asked: Node;
}

/** Where a function counts a user off. */
interface Lowering {
  reference: FunctionReference;
  node: Node;
}

/** Pages that the last user has left, where they are stored over. */
interface Left {
  /** The visit of the acquiring function. */
  own: Visit;
  /** The field that holds the pages. */
  heap: string;
  count: Count;
  lowering: Lowering;
  /** Position of the store of the new pages. */
  pos: number;
}

/** Complaints about stores of a site's pages over those that the last user has left. */
export function leftByLastUser(subject: Subject): Complaint[] {
  return leftIn(subject).map((left) => complaintOf(subject, left));
}

/**
 * Complaints about drops in the acquiring function as something fails behind such a store: what the end of the object tests is still as an
 * earlier call has set it, so the end drops the same pages once more.
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

/** The first place in the acquiring function where a site's pages are stored over; empty if there is none. */
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

/** The members of the object that all functions test which find the pages there and drop them. */
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

/**
 * The counts beside a field with pages, if the count alone decides whether pages are taken: every path to the call tests it for zero, and
 * some path there tests nothing else that could tell.
 */
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

/** True for a fact that is the holder or stands below it. */
function isBelow(fact: string | null, holder: string): boolean {
  return fact !== null && suffixAfter(fact, holder) !== null;
}

/** The plain path that a condition finds to be zero; `null` for any other node. */
function zeroIn({ operation: o }: Node): string | null {
  return o?.kind === 'assume' && o.call === null && o.op === '==' && zero.test(o.right.text) ? o.left.path : null;
}

/**
 * True for a node that may tell whether pages are there, otherwise than by the count: a condition on another member, on the result of a
 * function that was given the object, or a copy of a member to a variable.
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

/**
 * The function that counts a user off and leaves the pages in an object that lives on; `null` if there is none, or if another function
 * reads the count.
 */
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

/** Matches a text that lowers a field: `--obj->n`, `obj->n--`, `obj->n -= 1`. */
function lowering(field: string): RegExp {
  return new RegExp(`--[^;]*\\b${field}\\b|\\b${field}\\s*(?:--|-=)`);
}

/** True if a statement lowers what it begins with. */
function lowers(text: string): boolean {
  return /^[^;]*(?:--|-=)/.test(text);
}

/** True for an operation that reads the count, or may. Printing it does not count. */
function isAskedFor({ operation: o }: Node, isCount: (path: string | null) => boolean): boolean {
  const isLookedAt = (argument: number): boolean => o?.kind !== 'call' || !isPrinted(o, argument);
  return o?.kind === 'unread' || readBy(o).some(({ path }, i) => isCount(path) && isLookedAt(i));
}

/** True if a function drops nothing, and does nothing behind `node` that could matter for the pages. */
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
 * True if a function that takes pages for an object which lives on undoes that by calling `reference`, and functions that take none call it
 * as well: it ends a user, not the object.
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
    message: `pages of an earlier ${row.api}() are overwritten where ${users} is zero: ${lowering.reference.name}() lowers it to zero without dropping them`,
    ...{ file: reference.file, function: reference.name, pos },
    path: [...stepsOver(subject, left), stepIn(program, reference, pos, 'overwritten with other pages')],
  };
}

function secondOf(subject: Subject, left: Left, drop: Node): Complaint {
  const { program, row, site } = subject;
  const { reference } = site;
  return {
    message: `pages of ${row.api}() are dropped a second time: after the last user of an earlier call, the entry still says that it holds pages`,
    ...{ file: reference.file, function: reference.name, pos: drop.pos },
    path: [
      ...stepsOver(subject, left),
      stepIn(program, reference, left.pos, 'overwritten with other pages'),
      stepIn(
        program,
        reference,
        drop.pos,
        'dropped here, with the rest of the entry as the earlier call left it, and once more where the entry is torn down',
      ),
    ],
  };
}

function usersIn({ program, site: { graph, reference } }: Subject, { path }: Count): string {
  return spelledIn({ program, reference, graph }, path);
}

/** The steps of a path on which pages are left behind, up to where others are stored over them. */
function stepsOver(subject: Subject, { heap, count, lowering, pos }: Left): FindingStep[] {
  const { program, site } = subject;
  const { reference } = site;
  return [
    taken(subject),
    stepIn(program, reference, pos, `kept in ${heldText(heap)}`),
    stepIn(program, lowering.reference, lowering.node.pos, 'the count of users falls to zero, and the pages stay'),
    stepIn(program, reference, count.asked.pos, `in a later call, where ${usersIn(subject, count)} is zero`),
  ];
}
