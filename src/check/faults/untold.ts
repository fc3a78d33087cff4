/**
 * Functions that store, through an address that they are given, how many pages they have handed on, but not where they fail after some
 * iterations: the caller takes the pages of those iterations for its own, and drops them as well.
 */
import { failureOf } from '../../flow/paths/function/tested.js';
import { functionsOf } from '../../flow/paths/walk/functions.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isStore, leadsTo, type Node, namedCall } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { releases } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';
import { above } from '../ways.js';

/** A call that is given the address of a variable, for the number of pages that it hands on. */
interface Telling {
  node: Node;
  call: CallOperation;
  argument: number;
}

/** Where a function has handed pages on and counted them, the call that may fail in a later iteration, and the return behind that. */
interface Untold {
  reference: FunctionReference;
  raised: Node;
  failing: Node;
  left: Node;
}

/** A call by which a function drops the pages that it takes for its own. */
interface OwnDrop {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
  call: CallOperation;
}

/** Complaints about drops of pages that were handed on so. */
export function droppedThoughHandedOn(subject: Subject): Complaint[] {
  const { program } = subject;
  if (keepingNames(subject).size === 0) return [];
  const found = new Map<string, Complaint>();
  for (const dropping of addingTakers(subject).flatMap((reference) => droppingsIn(subject, reference)))
    for (const telling of tellingsBefore(subject, dropping)) {
      const callee = onlyFunction(program.resolve(telling.call.name ?? '', dropping.reference.file));
      const untold = callee && untoldIn(subject, callee, telling.argument);
      if (!untold) continue;
      const complaint = complaintOf(subject, dropping, telling, untold);
      found.set(`${complaint.file}:${complaint.pos}`, complaint);
    }
  return [...found.values()];
}

/** The functions that take the pages, or have them taken, and add something up. */
function addingTakers({ program, followed }: Subject): FunctionReference[] {
  const taking = followed.visits.flatMap(({ way, flow }) => (way === 'site' || way === 'return' ? [flow.reference] : []));
  const takers = [...taking, ...taking.flatMap((reference) => program.callers(reference))];
  const once = new Map(takers.map((reference) => [reference.key, reference]));
  return [...once.values()].filter((reference) => !reference.macro && program.textOf(reference).includes('+='));
}

/** The calls of a function that may drop the pages. */
function droppingsIn({ program, followed, analysis }: Subject, reference: FunctionReference): OwnDrop[] {
  const { mayDrop } = functionsOf(analysis).context;
  const visited = new Set(followed.visits.map(({ flow }) => flow.reference.name));
  return program.graphs(reference).flatMap((graph) =>
    graph.nodes.flatMap((node): OwnDrop[] => {
      const call = namedCall(node);
      const isDrop = call !== null && (releases.has(call.name) || visited.has(call.name)) && mayDrop(call.name, reference.file);
      return isDrop ? [{ reference, graph, node, call }] : [];
    }),
  );
}

/**
 * The calls before a drop that are given the address of a variable which is added to a sum that the drop goes by. A path leads from the
 * call's failure to the drop without that addition, and none past a drop of anything else.
 */
function tellingsBefore(subject: Subject, { reference: { file }, graph, node: drop, call }: OwnDrop): Telling[] {
  const { mayDrop } = functionsOf(subject.analysis).context;
  const dropsOthers = (n: Node): boolean => n !== drop && n.operation?.kind === 'call' && mayDrop(n.operation.name ?? '', file);
  return call.args.flatMap(({ path: sum, address }) => {
    const added = sum === null || address ? [] : addedTo(graph, sum);
    return added.flatMap((part) => failedBefore(graph, drop, part, sum as string, dropsOthers));
  });
}

/** The variables that are added to a sum. */
function addedTo({ nodes }: Graph, sum: string): string[] {
  const isAdded = (path: string | null): path is string => path !== null && path !== sum && rootOf(path) === path;
  return nodes.flatMap(({ operation: o }) =>
    o?.kind === 'copy' && o.target === sum && !o.replaces && isAdded(o.source.path) ? [o.source.path] : [],
  );
}

/** The same for one variable. */
function failedBefore(graph: Graph, drop: Node, part: string, sum: string, dropsOthers: (n: Node) => boolean): Telling[] {
  const adds = ({ operation: o }: Node): boolean => isStore(o) && o.target === sum;
  return graph.nodes.flatMap((node): Telling[] => {
    const call = namedCall(node);
    const argument = call?.args.findIndex((a) => a.address && a.path === part) ?? -1;
    if (call === null || argument < 0) return [];
    const hasFailed = failureOf(graph, call.result);
    const isDrop = (n: Node): boolean => n === drop;
    const isBetween = (n: Node): boolean => dropsOthers(n) && leadsTo(graph, n, isDrop);
    const isWay = (n: Node): boolean => hasFailed(n) && leadsTo(graph, n, isDrop, adds) && !leadsTo(graph, n, isBetween, isDrop);
    return leadsTo(graph, node, isWay, adds) ? [{ node, call, argument }] : [];
  });
}

/**
 * Where a function fails in a later iteration and has not stored through a parameter what it adds up, though it has handed on pages in
 * earlier iterations; `null` if it does not.
 */
function untoldIn(subject: Subject, reference: FunctionReference, argument: number): Untold | null {
  const { program, analysis } = subject;
  const { mayDrop } = functionsOf(analysis).context;
  const keeping = keepingNames(subject);
  for (const graph of program.graphs(reference)) {
    const told = `${graph.params[argument]?.name}[]`;
    const tells = ({ operation: o }: Node): boolean => isStore(o) && o.target === told;
    const sums = graph.nodes.flatMap(({ operation: o }) =>
      o?.kind === 'copy' && o.target === told && o.source.path ? [o.source.path] : [],
    );
    const raises = ({ loops, operation: o }: Node): boolean =>
      loops.length > 0 && isStore(o) && sums.includes(o.target) && !(o.kind === 'copy' && o.replaces) && o.kind !== 'clear';
    for (const failing of graph.nodes) {
      const call = namedCall(failing);
      if (call === null || failing.loops.length === 0 || !keeping.has(call.name)) continue;
      const hasFailed = failureOf(graph, call.result);
      const raised = graph.nodes.find((n) => raises(n) && leadsTo(graph, failing, (m) => m === n, hasFailed));
      const ends = (n: Node): boolean => tells(n) || raises(n);
      const drops = (n: Node): boolean => n !== failing && n.operation?.kind === 'call' && mayDrop(n.operation.name ?? '', reference.file);
      // A drop in a loop that takes the pages back counts as well, though the loop need not have an iteration.
      const isLeft = (from: Node, n: Node): boolean =>
        n.operation?.kind === 'return' && leadsTo(graph, from, (m) => m === n, ends) && !leadsTo(graph, from, drops, ends);
      const failures = graph.nodes.filter((n) => hasFailed(n) && leadsTo(graph, failing, (m) => m === n, ends));
      const isAgain = raised && leadsTo(graph, raised, (n) => n === failing, tells);
      const left = isAgain && graph.nodes.find((n) => failures.some((from) => isLeft(from, n)));
      if (raised && left) return { reference, raised, failing, left };
    }
  }
  return null;
}

/** Names of the functions that keep the pages in fields from which they are dropped. */
const keepingNames = remembered((subject: Subject): ReadonlySet<string> => {
  const dropped = new Set(releasesIn(subject).flatMap(({ visit }) => [...above(visit)].map(({ heap }) => heap)));
  const keeping = subject.followed.visits.filter(({ flow, heap }) => flow.heap.some((h) => h !== heap && dropped.has(h)));
  return new Set(keeping.map(({ flow }) => flow.reference.name));
});

function complaintOf(subject: Subject, { reference: by, node: drop }: OwnDrop, { node, argument }: Telling, untold: Untold): Complaint {
  const { program, row } = subject;
  const { reference, raised, failing, left } = untold;
  const { file, name } = reference;
  const told = program.variants(reference)[0]?.params[argument]?.name ?? '';
  return {
    message: `pages of ${row.api}() that ${name}() has already handed on are dropped by ${by.name}(), too: where a later iteration fails, *${told} is not set`,
    ...{ file, function: name, pos: left.pos },
    path: [
      taken(subject),
      stepIn(program, by, node.pos, `handed to ${name}()`),
      stepIn(program, reference, raised.pos, 'the pages of this iteration are handed on, and counted'),
      stepIn(program, reference, failing.pos, 'fails in a later iteration'),
      stepIn(program, reference, left.pos, `left without setting *${told}`),
      stepIn(program, by, drop.pos, 'dropped as if they were still here'),
    ],
  };
}
