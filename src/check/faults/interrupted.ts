/** Pages that are dropped where a signal has ended the wait for a device, which was given them and still works with them. */

import { failureOf, testedBy } from '../../flow/paths/function/tested.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import { type Assume, type CallOperation, type Graph, leadsTo, type Node, nodesBehind } from '../../program/graph.js';
import { sourceName } from '../../program/text.js';
import { freeingCalls, interruptedWait, isSilentToDevices, startingCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { type Access, accessesOf, accessSteps, stepAt } from '../data/access.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, taken } from '../finding.js';

/** A drop, or a call that leads to it, in a function that is followed. */
interface Dropping {
  visit: Visit;
  pos: number;
  release: SeenRelease;
}

interface Start {
  node: Node;
  call: CallOperation;
}

/**
 * The drops to which a way leads on which a device was given the pages, a wait for it may have been interrupted, and nothing was called
 * since that could tell the device to leave them alone. The first of each wait.
 */
export function interruptedDrops(subject: Subject): Complaint[] {
  const found = new Map<string, Complaint>();
  const accesses = accessesOf(subject).filter((a) => a.device);
  if (accesses.length === 0) return [];
  const droppings = releasesIn(subject).flatMap(leadingTo);
  for (const access of accesses) {
    const { reference } = access.visit.flow;
    const drops = droppings.filter(({ visit }) => visit.flow.reference.key === reference.key);
    if (drops.length === 0) continue;
    for (const graph of subject.program.graphs(reference))
      for (const start of startsBehind(graph, access))
        for (const wait of waitsBehind(graph, start)) {
          const drop = firstDrop(graph, wait, drops);
          const key = `${reference.file}:${wait.node.pos}`;
          if (drop && !found.has(key)) found.set(key, complaintOf(subject, access, start, wait, drop));
        }
  }
  return [...found.values()];
}

const maxLevels = 3;

/** A drop, and the calls that lead to it, some levels up. */
function leadingTo(release: SeenRelease): Dropping[] {
  const found: Dropping[] = [{ visit: release.visit, pos: release.event.pos, release }];
  let above = found;
  for (let level = 0; level < maxLevels; level++) {
    above = above.flatMap(({ visit }) => (visit.way === 'call' ? arrivalsOf(visit).map((a) => ({ ...a, release })) : []));
    found.push(...above);
  }
  return found;
}

function named({ operation: o }: Node): CallOperation | null {
  return o?.kind === 'call' && o.name !== null ? o : null;
}

/** The calls by which a device begins to work with pages that it was let at: that itself, or one behind it. */
function startsBehind(graph: Graph, { pos, name }: Access): Start[] {
  const access = graph.nodes.find((n) => n.pos === pos && named(n)?.name === name);
  if (!access) return [];
  const starts = graph.nodes.filter((n) => n === access || leadsTo(graph, access, (m) => m === n));
  return starts.flatMap((node) => {
    const call = named(node);
    const given = call === null ? undefined : startingCalls.get(call.name ?? '');
    return call && given !== undefined && (given === 'its own' ? node === access : node !== access) ? [{ node, call }] : [];
  });
}

/** The waits that a signal ends, on ways on which a device has begun to work. */
function waitsBehind(graph: Graph, { node, call }: Start): Start[] {
  const hasFailed = failureOf(graph, call.result);
  return [...nodesBehind(graph, node, hasFailed)].flatMap((n) => {
    const wait = named(n);
    return wait && interruptedWait.test(wait.name ?? '') && !hasFailed(n) ? [{ node: n, call: wait }] : [];
  });
}

/** The first drop behind a wait that was interrupted, with nothing done before that might have stopped the device. */
function firstDrop(graph: Graph, wait: Start, drops: readonly Dropping[]): Dropping | null {
  const dropAt = (n: Node): Dropping | undefined => (named(n) ? drops.find(({ pos }) => pos === n.pos) : undefined);
  const isAnswered = (n: Node): boolean => dropAt(n) !== undefined || mayStop(n) || !canBe(graph, n, wait.call);
  for (const n of nodesBehind(graph, wait.node, isAnswered)) {
    const drop = canBe(graph, n, wait.call) ? dropAt(n) : undefined;
    if (drop) return drop;
  }
  return null;
}

/** True for a call, or what could not be read, by which the device may be told, or waited for. */
function mayStop({ operation: o }: Node): boolean {
  if (o?.kind === 'unread') return true;
  return o?.kind === 'call' && (o.name === null || !(freeingCalls.has(o.name) || isSilentToDevices(o.name)));
}

/** False for a condition that does not hold where a wait was interrupted: it says that this has succeeded, or that what was waited for is there. */
function canBe(graph: Graph, n: Node, wait: CallOperation): boolean {
  const o = n.operation;
  if (o?.kind !== 'assume') return true;
  if (testedBy(graph, n).includes(wait.result)) return isInterrupted(o);
  const awaited = wait.expressions[1] ? sourceName(wait.expressions[1]) : '';
  const asked = o.left.path?.match(/\w+/g)?.at(-1);
  if (asked === undefined || !new RegExp(`\\b${asked}\\b`).test(awaited)) return true;
  const isZero = o.right.text === '0' || o.right.text === 'NULL';
  if (/^!|== ?(0|NULL)$/.test(awaited)) return isZero && o.op === '!=';
  return isZero ? o.op === '==' : o.op === '!=' || o.op === '<';
}

/** True if a condition may be so of -ERESTARTSYS. */
function isInterrupted({ op, right }: Assume): boolean {
  if (/^-\s*ERESTARTSYS$/.test(right.text)) return op === '==';
  return right.path === null && (right.text === '0' || right.text === '') && (op === '!=' || op === '<' || op === '<=');
}

function complaintOf(subject: Subject, access: Access, start: Start, wait: Start, { visit, pos, release }: Dropping): Complaint {
  const { file, name } = visit.flow.reference;
  const { row } = subject;
  const by = release.event.api;
  const message = `pages of ${row.api}() are dropped where ${wait.call.name}() was interrupted, and the device may still reach them`;
  const steps: FindingStep[] = accessSteps(subject, access);
  if (start.node.pos !== access.pos) steps.push(stepAt(subject, access.visit, start.node.pos, `worked on from ${start.call.name}() on`));
  steps.push(
    stepAt(subject, access.visit, wait.node.pos, `waited for by ${wait.call.name}(), which a signal ends`),
    stepAt(subject, visit, pos, `dropped by ${by}()${visit === release.visit ? '' : ` in ${release.visit.flow.reference.name}()`}`),
  );
  return { message, file, function: name, pos, path: [taken(subject), ...steps] };
}
