/** Live variables: which are read from a node on, before they are set anew. */
import type { Graph, Node, Operation } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { acquires, errorCalls, releases } from '../../../protocol/index.js';

/** True if a name may be read from a node on, before it is set. */
export type Live = (node: number, name: string) => boolean;

const none: number[] = [];

/** By node id, the ids of the nodes before it. */
export const predecessorsOf = remembered(({ nodes }: Graph): readonly (readonly number[])[] => {
  const found: number[][] = new Array(nodes.length).fill(none);
  for (const n of nodes)
    for (const s of n.successors) {
      const others = found[s] as number[];
      if (others === none) found[s] = [n.id];
      else others.push(n.id);
    }
  return found;
});

/** The variables that may be read from each node on, before they are set. */
export const readLater = remembered((graph: Graph): Live => liveness(graph, readsOf));

/**
 * A backward liveness analysis.
 * @param readsIn the names that an operation reads
 * @param setsIn the names that it sets anew
 */
export function liveness(
  graph: Graph,
  readsIn: (o: Operation | null) => string[],
  setsIn: (o: Operation | null) => string[] = setsOf,
): Live {
  const { nodes } = graph;
  const predecessors = predecessorsOf(graph);
  const numbers = new Map<string, number>();
  const number = (name: string): number => {
    let at = numbers.get(name);
    if (at === undefined) {
      at = numbers.size;
      numbers.set(name, at);
    }
    return at;
  };
  const numbersOf = (names: readonly string[]): readonly number[] => (names.length === 0 ? none : names.map(number));
  const reads = nodes.map((n) => numbersOf(readsIn(n.operation)));
  const sets = nodes.map((n) => numbersOf(setsIn(n.operation)));
  // Node `n` has the words from `n * words` on, with one bit for each name.
  const words = Math.ceil((numbers.size + 1) / 32);
  const live = new Uint32Array(words * nodes.length);
  const now = new Uint32Array(words);
  const queue = nodes.map((n) => n.id);
  const waiting = new Uint8Array(nodes.length).fill(1);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    waiting[id] = 0;
    const at = id * words;
    now.fill(0);
    for (const s of (nodes[id] as Node).successors) for (let i = 0; i < words; i++) now[i] = at32(now, i) | at32(live, s * words + i);
    for (const v of sets[id] as readonly number[]) now[v >> 5] = at32(now, v >> 5) & ~(1 << (v & 31));
    for (const v of reads[id] as readonly number[]) now[v >> 5] = at32(now, v >> 5) | (1 << (v & 31));
    let isNew = false;
    for (let i = 0; i < words; i++) {
      if (at32(now, i) === at32(live, at + i)) continue;
      isNew = true;
      live[at + i] = at32(now, i);
    }
    if (!isNew) continue;
    for (const p of predecessors[id] ?? []) {
      if (waiting[p]) continue;
      waiting[p] = 1;
      queue.push(p);
    }
  }
  return (node, variable) => {
    const v = numbers.get(variable);
    return v !== undefined && (at32(live, node * words + (v >> 5)) & (1 << (v & 31))) !== 0;
  };
}

function at32(words: Uint32Array, index: number): number {
  return words[index] as number;
}

function rootsOf(...values: (Value | null)[]): string[] {
  return values.flatMap((v) => (v?.path ? [rootOf(v.path)] : []));
}

function readsOf(o: Operation | null): string[] {
  switch (o?.kind) {
    case 'copy':
      return [...rootsOf(o.source), ...(rootOf(o.target) === o.target && o.replaces ? [] : [rootOf(o.target)])];
    case 'clear':
      return rootOf(o.target) === o.target ? [] : [rootOf(o.target)];
    case 'update':
      return [rootOf(o.target)];
    case 'assume':
      return [...rootsOf(o.left, o.right), ...(o.call ? rootsOf(...o.call.args) : [])];
    case 'return':
      return rootsOf(o.value);
    case 'call':
      return rootsOf(...o.args);
    default:
      return [];
  }
}

/**
 * What an operation reads other than to pass it to a call: a call does not depend on what is known of its arguments. Except for an
 * acquiring call, a bulk drop's count, and calls on error pointers.
 */
export function testsOf(o: Operation | null): string[] {
  if (o?.kind !== 'call') return readsOf(o);
  const name = o.name ?? '';
  if (errorCalls.test(name) || acquires.has(name)) return readsOf(o);
  return releases.get(name)?.shape === 'bulk' ? rootsOf(o.args[1] ?? null) : [];
}

/** The fields in what an operation reads or stores to; not those in a call's arguments. */
export function fieldsOf(o: Operation | null): string[] {
  const paths = (...values: (Value | null)[]): (string | null)[] => values.map((v) => v?.path ?? null);
  const of = (found: (string | null)[]): string[] => found.flatMap((path) => (path === null ? [] : (path.match(/\.[^.@[\]]+/g) ?? [])));
  switch (o?.kind) {
    case 'copy':
      return of([o.target, ...paths(o.source)]);
    case 'clear':
    case 'update':
      return of([o.target]);
    case 'assume':
      return of([...paths(o.left, o.right), ...paths(...(o.call?.args ?? []))]);
    case 'return':
      return of(paths(o.value));
    default:
      return [];
  }
}

function setsOf(o: Operation | null): string[] {
  if (o?.kind === 'copy') return o.replaces && rootOf(o.target) === o.target ? [o.target] : [];
  if (o?.kind === 'clear') return rootOf(o.target) === o.target ? [o.target] : [];
  return o?.kind === 'call' ? [o.result] : [];
}
