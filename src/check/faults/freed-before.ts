/** Drops of pages that a function looks for in memory which it has freed: in an array, an object, the entries of a scatterlist. */
import { contentsOf, type Scope, scopeOf } from '../../flow/facts.js';
import { sourcesOf } from '../../flow/flow.js';
import { placeOf } from '../../flow/moves.js';
import { functionsOf } from '../../flow/paths/walk/functions.js';
import { behindDrops, type WrittenDrop } from '../../flow/repeated.js';
import type { Visit } from '../../flow/visit.js';
import { neutralIn, writtenAs } from '../../flow/written.js';
import { type CallOperation, type Graph, leadsTo, type Node, type Operation, readBy } from '../../program/graph.js';
import { rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { deferredFreeing, freedOf, freeingCalls, releases, tableFreeing } from '../../protocol/index.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../data/access.js';
import { type Complaint, taken } from '../finding.js';

/** Complaints about drops of what was found in freed memory, each at the drop. */
export function droppedFromFreed(subject: Subject): Complaint[] {
  const { program, row, followed } = subject;
  const found = new Map<string, Complaint>();
  for (const visit of followed.visits) {
    const { reference } = visit.flow;
    for (const graph of program.graphs(reference)) {
      for (const late of lateIn(subject, visit, graph)) {
        const key = `${reference.file}:${late.pos}`;
        if (found.has(key)) continue;
        const steps = [
          ...stepsTo(program, visit, late.fact, { pos: late.freed, path: late.path }, true),
          stepAt(subject, visit, late.freed, `the memory that they are found in is freed by ${late.by}()`),
          stepAt(subject, visit, late.pos, `looked for there, and dropped by ${late.api}()`),
        ];
        const message = `pages of ${row.api}() are looked for in memory that was freed before, and dropped`;
        found.set(key, { message, file: reference.file, function: reference.name, pos: late.pos, path: [taken(subject), ...steps] });
      }
    }
  }
  return [...found.values()];
}

/** A drop that comes after the freeing of what its pages are found in. */
interface LateDrop {
  pos: number;
  api: string;
  /** Offset and name of the freeing call. */
  freed: number;
  by: string;
  /** What is freed, and the fact which says that the pages are there. */
  path: string;
  fact: string;
}

/** A freeing of memory that one name leads to. */
interface Freeing extends WrittenDrop {
  call: CallOperation;
  value: Value & { path: string };
}

function lateIn(subject: Subject, visit: Visit, graph: Graph): LateDrop[] {
  const { program, analysis } = subject;
  const { flow } = visit;
  const scope = scopeOf(program, graph, flow.reference);
  const frees = graph.nodes.map((n) => freeingAt(program, visit, n, scope));
  const freed = frees.filter((f) => f !== null);
  if (freed.length === 0) return [];
  const { mayDrop } = functionsOf(analysis).context;
  const isPassedOn = ({ name }: CallOperation): boolean =>
    name !== null && !releases.has(name) && !freeingCalls.has(name) && mayDrop(name, flow.reference.file);
  const asks = (n: Node, { value, call }: Freeing): boolean => {
    const o = n.operation;
    if (o?.kind === 'call' && isPassedOn(o)) return o.args.some((a) => !a.address && a.path === value.path);
    const isTable = tableFreeing.has(call.name ?? '');
    return readAt(o).some((read) => isBehind(read, value.path, isTable) && holds(visit, read, scope));
  };
  const late = behindDrops(graph, { program, reference: flow.reference }, frees, (n) => freed.filter((f) => asks(n, f)).map((f) => f.text));
  return late.flatMap(({ firsts, pos }): LateDrop[] => {
    const first = freed.find((f) => firsts.includes(f.by));
    const read = graph.nodes.find((n) => n.pos === pos && first && asks(n, first));
    if (!first || !read) return [];
    const { value, call } = first;
    const held = [...flow.origins.keys()].find((f) => contentsOf(value, new Set([f]), scope).length > 0);
    const heap = visit.heap ?? '';
    const fact = held ?? heap;
    const path = held === undefined ? value.path + heap.slice(rootOf(heap).length) : value.path;
    return dropsOf(visit, graph, read, isPassedOn).map((drop) => ({
      ...drop,
      freed: first.by,
      by: call.name ?? '',
      path,
      fact,
    }));
  });
}

/** The freeing, at a node, of memory with the site's pages that is named without an index; `null` for any other node. */
function freeingAt(program: Program, visit: Visit, { pos, operation: o }: Node, scope: Scope): Freeing | null {
  if (o?.kind !== 'call' || o.name === null || !freeingCalls.has(o.name) || deferredFreeing.has(o.name)) return null;
  const [value] = freedOf(o.name, o.args);
  const e = value && o.expressions[o.args.indexOf(value)];
  if (value?.path == null || !e || (value.address && !tableFreeing.has(o.name)) || /\[\]|%/.test(value.path)) return null;
  const written = writtenAs([e], neutralIn({ program, reference: visit.flow.reference }));
  const isHolder = holds(visit, value, scope) || isObject(program, visit, value.path, scope);
  return written && isHolder ? { text: value.path, names: written.names, by: pos, call: o, value: { ...value, path: value.path } } : null;
}

/** True for a value behind which pages are. */
function holds({ flow: { origins } }: Visit, value: Value, scope: Scope): boolean {
  return contentsOf(value, new Set(origins.keys()), scope).length > 0;
}

/** True for a pointer to an object in a field of which the function has found the pages. */
function isObject(program: Program, { heap, flow: { reference } }: Visit, path: string, { graph }: Scope): boolean {
  const type = program.typeOf(path, graph, reference.file);
  return heap !== null && type?.pointers === 1 && type.tag !== null && rootOf(heap) === `#${type.tag}`;
}

/** The values that a node reads from memory: of a drop, the pages; not the addresses of members. */
function readAt(o: Operation | null): readonly Value[] {
  const release = o?.kind === 'call' ? releases.get(o.name ?? '') : undefined;
  if (o?.kind === 'call' && release) return [placeOf(o, release.pages)].filter((place) => place !== null);
  return readBy(o);
}

/** True for a value that is read from the memory which a path points at; of a table's entries, also for the table itself. */
function isBehind({ path }: Value, freed: string, isTable: boolean): boolean {
  const suffix = path === null ? null : suffixAfter(path, freed);
  return suffix !== null && (isTable || suffix !== '');
}

/** The drops of what a node has read from memory: its own, or a later one by the variable that it has set. */
function dropsOf(visit: Visit, graph: Graph, read: Node, isPassedOn: (o: CallOperation) => boolean): Pick<LateDrop, 'pos' | 'api'>[] {
  const { flow } = visit;
  const o = read.operation;
  if (o?.kind === 'call' && o.name !== null && (releases.has(o.name) || isPassedOn(o))) return [{ pos: read.pos, api: o.name }];
  const set = o?.kind === 'copy' ? [rootOf(o.target)] : o?.kind === 'call' ? setBy(o) : [];
  return flow.releases.filter(({ fact, pos }) => {
    const isSet = sourcesOf(flow, fact).some((from) => set.includes(rootOf(from)));
    return isSet && leadsTo(graph, read, (n) => n.pos === pos && n.operation?.kind === 'call');
  });
}

/** The variables that a call sets: its result, and the cursor of an iterating macro. */
function setBy({ result, iterates, args }: CallOperation): string[] {
  return iterates ? args.flatMap(({ path }) => (path === null ? [] : [rootOf(path)])) : [result];
}
