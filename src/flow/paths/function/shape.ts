/** What is known of a graph before any path is walked: which variables are read later, and from where a drop can be reached. */
import { type CallOperation, type Graph, isStore, type Loop, type Node, offsetsOf } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { acquires, handedEnds, releases } from '../../../protocol/index.js';
import { bitsTestedBy } from '../memory/masks.js';
import { fieldsOf, liveness, predecessorsOf, readLater, testsOf } from './live.js';

/** Answers about a graph's nodes and names. */
export interface Shape {
  /** True if a variable may be read from a node on, before it is set anew. */
  isLive(node: number, variable: string): boolean;
  /** True if a variable, or what is below it, may be tested, stored or returned from a node on before it is set anew. */
  isTested(node: number, variable: string): boolean;
  /** True if a field of this name, of any object, may be tested, copied or returned from a node on. */
  isFieldTested(node: number, field: string): boolean;
  /** Bits that are tested somewhere in the graph. */
  testedBits: ReadonlySet<string>;
  /** True if these bits, of any number, may be tested from a node on. */
  areBitsTested(node: number, bits: string): boolean;
  /** True if a sibling edge of this condition leads to all the drops that this one leads to, and to more: this edge passes a drop. */
  passesDrop(node: number): boolean;
  /** True if some condition tests a call's result, or a variable that is set to it. */
  isDecided(result: string): boolean;
  /** True for a node in the body of a loop that has a test: whoever leaves the loop from there does not leave by the test. */
  isJump(from: number, loop: Loop): boolean;
  /** True for a node that may drop pages. */
  drops(node: number): boolean;
  /** Ids of the loops with such a node in them. */
  dropLoops: ReadonlySet<number>;
  /** By node id, the ids of the nodes before it. */
  predecessors: readonly (readonly number[])[];
  /** Pointers that are set to `array + n`. */
  offsets: ReadonlySet<string>;
  /** Those of `offsets` that pages are taken into or dropped by: taken for arrays of their own, as they have their own counts. */
  parts: ReadonlySet<string>;
  /** Names that are passed to what drops: they may say how much is dropped. */
  counts: ReadonlySet<string>;
  /** Names that the controls of loops which drop count with, and these loops. */
  indexes: ReadonlyMap<string, readonly Loop[]>;
}

/** Answers about a graph. @param mayDrop true for the name of a function that may drop references, as the graph's file sees it */
export function shapeOf(graph: Graph, mayDrop: (name: string) => boolean): Shape {
  const { nodes } = graph;
  const predecessors = predecessorsOf(graph);
  const drops = new Uint8Array(nodes.length);
  const dropLoops = new Set<number>();
  const counts = new Set<string>();
  const indexes = new Map<string, Loop[]>();
  for (const n of nodes) {
    const o = n.operation;
    if (o?.kind !== 'call' || o.name === null) continue;
    const table = releases.has(o.name);
    // An object that is handed to its end is not kept for somebody who knows better.
    if (handedEnds.has(o.name)) drops[n.id] = 1;
    if (!table && (handedEnds.has(o.name) || acquires.has(o.name) || !mayDrop(o.name))) continue;
    drops[n.id] = 1;
    for (const l of n.loops) {
      if (!goesOn(nodes, n, l)) continue;
      dropLoops.add(l.id);
      for (const v of l.variables) indexes.set(v, [...(indexes.get(v) ?? []), l]);
    }
    for (const a of o.args) if (a.path !== null && !a.path.startsWith('%')) counts.add(a.path);
  }
  const offsets = offsetsOf(graph);
  return {
    isLive: whenAsked(() => readLater(graph)),
    isTested: whenAsked(() => liveness(graph, testsOf)),
    testedBits: new Set(nodes.flatMap((n) => bitsTestedBy(n.operation))),
    areBitsTested: whenAsked(() => liveness(graph, bitsTestedBy, () => [])),
    isFieldTested: whenAsked(() => liveness(graph, fieldsOf, () => [])),
    passesDrop: whenAsked<void>(() => passings(nodes, predecessors, drops)),
    isDecided: decisions(graph),
    isJump: jumps(nodes),
    drops: (node) => drops[node] === 1,
    dropLoops,
    predecessors,
    counts,
    indexes,
    offsets,
    parts: new Set(nodes.flatMap(({ operation: o }) => (o?.kind === 'call' ? partsIn(o, offsets) : []))),
  };
}

/** A question whose answers take work to prepare: it is done when first asked, as most are never asked. */
function whenAsked<What>(make: () => (node: number, what: What) => boolean): (node: number, what: What) => boolean {
  let answer: ((node: number, what: What) => boolean) | undefined;
  return (node, what) => {
    answer ??= make();
    return answer(node, what);
  };
}

function passings(nodes: readonly Node[], predecessors: readonly (readonly number[])[], drops: Uint8Array): Shape['passesDrop'] {
  const isLess = dropsAhead(drops, nodes, predecessors);
  const isSibling = (id: number, s: number): boolean => s !== id && nodes[s]?.operation?.kind === 'assume';
  const passes = (id: number): boolean =>
    (predecessors[id] ?? []).some((p) => nodes[p]?.successors.some((s) => isSibling(id, s) && isLess(id, s)));
  const known = new Map<number, boolean>();
  return (id) => {
    const found = known.get(id) ?? passes(id);
    known.set(id, found);
    return found;
  };
}

function partsIn({ name, args }: CallOperation, offsets: ReadonlySet<string>): string[] {
  if (!acquires.has(name ?? '') && !releases.has(name ?? '')) return [];
  return args.flatMap(({ path }) => (path !== null && offsets.has(path) ? [path] : []));
}

/** True if another iteration of a loop may follow a node: it is not on a way out. */
export function goesOn(nodes: readonly Node[], from: Node, loop: Loop): boolean {
  const seen = new Set<number>();
  const queue = [...from.successors];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const n = nodes[id] as Node;
    if (seen.has(id) || !n.loops.some((l) => l.id === loop.id)) continue;
    if (n.operation === null && n.pos === loop.pos) return true;
    seen.add(id);
    queue.push(...n.successors);
  }
  return false;
}

/** Makes the answers to {@link Shape.isJump}. */
function jumps(nodes: readonly Node[]): Shape['isJump'] {
  const tested = new Map<number, boolean>();
  const hasTest = (loop: Loop): boolean => {
    const isTest = (n: Node): boolean => n.operation?.kind === 'assume' && !isInBody(n, loop) && n.loops.some((l) => l.id === loop.id);
    const found = tested.get(loop.id) ?? nodes.some(isTest);
    tested.set(loop.id, found);
    return found;
  };
  return (from, loop) => isInBody(nodes[from] as Node, loop) && hasTest(loop);
}

function isInBody({ pos }: Node, { bodyPos, testPos }: Loop): boolean {
  return pos >= bodyPos && (testPos === undefined || pos < testPos);
}

/** Makes a test for two nodes: all drops that can be reached from the first can be reached from the second, and more. */
function dropsAhead(
  drops: Uint8Array,
  nodes: readonly Node[],
  predecessors: readonly (readonly number[])[],
): (a: number, b: number) => boolean {
  const ids = [...drops.keys()].filter((id) => drops[id]);
  // Node `n` has the words from `n * words` on, with one bit for each drop that is ahead.
  const words = Math.ceil((ids.length + 1) / 32);
  const ahead = new Uint32Array(words * nodes.length);
  ids.forEach((id, bit) => {
    const queue = [id];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const word = at * words + (bit >> 5);
      if (((ahead[word] as number) & (1 << (bit & 31))) !== 0) continue;
      ahead[word] = (ahead[word] as number) | (1 << (bit & 31));
      queue.push(...(predecessors[at] ?? []));
    }
  });
  return (a, b) => {
    let isMore = false;
    for (let i = 0; i < words; i++) {
      const [own, other] = [ahead[a * words + i] as number, ahead[b * words + i] as number];
      if ((own & ~other) !== 0) return false;
      isMore ||= own !== other;
    }
    return isMore;
  };
}

/** The nodes from which a marked one can be reached, with the marked ones. */
export function backwards(marked: Uint8Array, predecessors: readonly (readonly number[])[]): Uint8Array {
  const found = Uint8Array.from(marked);
  const queue = [...found.keys()].filter((id) => found[id]);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const p of predecessors[id] ?? []) {
      if (found[p]) continue;
      found[p] = 1;
      queue.push(p);
    }
  }
  return found;
}

function decisions({ nodes }: Graph): Shape['isDecided'] {
  const tested = new Set<string>();
  for (const { operation: o } of nodes)
    if (o?.kind === 'assume') for (const v of [o.left, o.right, ...(o.call?.args ?? [])]) if (v.path !== null) tested.add(v.path);
  const results = new Map<string, string[]>();
  for (const { operation: o } of nodes)
    if (o?.kind === 'copy' && o.source.path?.startsWith('%')) results.set(o.target, [...(results.get(o.target) ?? []), o.source.path]);
  // What is tested may have come by another variable: `err = obj ? take_out(obj) : -ENOENT`.
  for (const path of tested) for (const result of results.get(path) ?? []) tested.add(result);
  return (result) => tested.has(result);
}

const alwaysSet = remembered((_graph: Graph) => new Map<string, boolean>());

/** True if on every path through a function something is stored to a path. */
export function isAlwaysSet(graph: Graph, path: string): boolean {
  const answers = alwaysSet(graph);
  const found = answers.get(path) ?? !canAvoid(graph, path);
  answers.set(path, found);
  return found;
}

/** True for a call whose functions store to what its argument with index `at` points at, whatever path they take. */
export function isSetBy(program: Program, file: string, { name }: CallOperation, at: number): boolean {
  const graphs = name === null ? [] : program.resolve(name, file).flatMap(program.graphs);
  return graphs.length > 0 && graphs.every((graph) => isAlwaysSet(graph, `${graph.params[at]?.name}[]`));
}

function canAvoid({ nodes, entry, exit }: Graph, path: string): boolean {
  const seen = new Set<number>();
  const queue = [entry];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const { operation: o, successors } = nodes[id] as Node;
    if (isStore(o) && o.target === path) continue;
    if (id === exit || successors.length === 0) return true;
    queue.push(...successors);
  }
  return false;
}

/** True for a variable that is declared as a pointer. */
export function isPointer(graph: Graph, path: string): boolean {
  const type = graph.types.get(path);
  return type !== undefined && type.pointers > 0;
}
