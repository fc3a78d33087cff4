/**
 * Pages that are dropped while the caches of an IOMMU still lead to them: the call that takes their addresses out of its table leaves the
 * caches as they are, and the call that flushes those comes behind the drop.
 */
import { resultsOf } from '../../flow/paths/function/results.js';
import { type CallOperation, type Graph, leadsTo, type Node } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import { type CachedUnmapping, cachedUnmappings } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { type Complaint, stepIn } from '../finding.js';
import { type Dropping, leadingTo, nameAt } from './droppings.js';

/** The most calls from the function that unmaps to a drop. */
const maxLevels = 2;

/** Matches a call that unmaps and does not flush. */
const unmapping = new RegExp(`\\b(?:${[...cachedUnmappings.keys()].join('|')})\\s*\\(`);

/** Complaints about drops of a site's pages before the caches are flushed, each once. */
export function droppedBeforeFlush(subject: Subject): Complaint[] {
  const { program } = subject;
  const found = new Map<string, Complaint>();
  for (const release of releasesIn(subject))
    for (const dropping of leadingTo(program, release, maxLevels)) {
      const { reference, pos } = dropping;
      const key = `${reference.file}:${pos}`;
      const early = found.has(key) || !unmapping.test(program.textOf(reference)) ? null : flushBehind(program, dropping);
      if (early !== null) found.set(key, complaintOf(subject, dropping, early));
    }
  return [...found.values()];
}

/** The call that unmaps before a drop, the call that flushes behind it, and the name of what is called for the drop. */
interface Early {
  unmap: CallOperation;
  flush: CallOperation;
  called: string;
}

/** The flush that a drop comes too early for; `null` if there is none. */
function flushBehind(program: Program, { reference, pos }: Dropping): Early | null {
  for (const graph of program.graphs(reference))
    for (const { node, unmap, table } of unmappingsIn(graph)) {
      const isDrop = (n: Node): boolean => n.pos === pos && n.operation?.kind === 'call';
      const drop = graph.nodes.find(isDrop);
      const flushes = flushesIn(graph, unmap, table);
      const isFlush = (n: Node): boolean => flushes.includes(n);
      const hasFailed = noneUnmapped(graph, unmap, table);
      if (!drop || !leadsTo(graph, node, isDrop, (n) => isFlush(n) || hasFailed(n))) continue;
      const flush = flushes.find((n) => leadsTo(graph, drop, (m) => m === n))?.operation;
      if (flush?.kind === 'call') return { unmap, flush, called: nameAt(graph, pos) };
    }
  return null;
}

/** The calls of a function that unmap and do not flush. */
function unmappingsIn({ nodes }: Graph): { node: Node; unmap: CallOperation; table: CachedUnmapping }[] {
  return nodes.flatMap((node) => {
    const { operation: o } = node;
    const table = o?.kind === 'call' ? cachedUnmappings.get(o.name ?? '') : undefined;
    return o?.kind === 'call' && table !== undefined ? [{ node, unmap: o, table }] : [];
  });
}

/** The calls that flush what another has unmapped: they are given the same domain or table. */
function flushesIn({ nodes }: Graph, unmap: CallOperation, { flushes }: CachedUnmapping): Node[] {
  const given = new Set(unmap.args.flatMap(({ path }) => path ?? []));
  return nodes.filter(
    ({ operation: o }) => o?.kind === 'call' && flushes.has(o.name ?? '') && o.args.some(({ path }) => path !== null && given.has(path)),
  );
}

/** Makes a test for branches on which the call has unmapped nothing. */
function noneUnmapped(graph: Graph, unmap: CallOperation, { fails }: CachedUnmapping): (n: Node) => boolean {
  const results = resultsOf(graph, unmap);
  return ({ operation: o }) => {
    if (o?.kind !== 'assume' || !results.has(o.left.path ?? '') || o.right.text !== '0') return false;
    return fails === 'zero' ? o.op === '==' : o.op === '!=' || o.op === '<';
  };
}

function complaintOf(subject: Subject, { reference, pos, release }: Dropping, { unmap, flush, called }: Early): Complaint {
  const { program, row } = subject;
  const message = `pages of ${row.api}() are dropped before ${flush.name}() flushes them from the IOMMU's cache, where ${unmap.name}() leaves them`;
  const complaint = complaintAt(subject, release, message);
  const steps = complaint.path;
  const call = stepIn(program, reference, pos, `called here: ${called}()`);
  const isTold = steps.some((step) => step.file === call.file && step.line === call.line && step.function === call.function);
  const path = [
    ...steps.slice(0, -1),
    stepIn(program, reference, unmap.pos, `unmapped by ${unmap.name}(), and still in the IOMMU's cache`),
    ...steps.slice(-1),
    ...(isTold ? [] : [call]),
    stepIn(program, reference, flush.pos, `flushed from the cache by ${flush.name}()`),
  ];
  return { message, file: reference.file, function: reference.name, pos, path };
}
