/** Which calls' results a condition tests, and whether it says that they failed. */
import { type Assume, type CallOperation, type Graph, isStore, type Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import { errorTestName, mappingTests } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import { predecessorsOf } from './live.js';

/** The results of calls that a condition tests: what it compares, or passes to a test such as `IS_ERR(p)`. */
export function testedBy(graph: Graph, n: Node): readonly string[] {
  const o = n.operation;
  if (o?.kind !== 'assume') return [];
  const known = testedIn(graph);
  const found = known.get(n.id) ?? resultsOf(graph, n, o);
  known.set(n.id, found);
  return found;
}

const testedIn = remembered((_: Graph) => new Map<number, readonly string[]>());

function resultsOf(graph: Graph, n: Node, { left, call }: Assume): string[] {
  const found = new Set(call ? [call.result, ...givenTo(graph, n, call)] : pathIn(graph, n, left.path));
  // An error made of another call's result, `err = PTR_ERR_OR_ZERO(p)`, tells of that call, too.
  for (const result of found) {
    const maker = makersIn(graph).get(result);
    if (maker) for (const given of givenTo(graph, maker.node, maker.call)) found.add(given);
  }
  return [...found];
}

/** By result, the calls with one argument, and the tests for mapping errors. */
const makersIn = remembered(
  ({ nodes }: Graph): ReadonlyMap<string, { node: Node; call: CallOperation }> =>
    new Map(
      nodes.flatMap((node) =>
        node.operation?.kind === 'call' && (node.operation.args.length === 1 || mappingTests.test(node.operation.name ?? ''))
          ? [[node.operation.result, { node, call: node.operation }] as const]
          : [],
      ),
    ),
);

function givenTo(graph: Graph, n: Node, { args }: CallOperation): string[] {
  return args.flatMap((a) => (a.address ? [] : pathIn(graph, n, a.path)));
}

function pathIn(graph: Graph, n: Node, path: string | null): string[] {
  return path === null ? [] : path.startsWith('%') ? [path] : resultsIn(graph, n, path);
}

/** The calls' results that a variable or field may have before a node. */
function resultsIn(graph: Graph, n: Node, path: string): string[] {
  const predecessors = predecessorsOf(graph);
  const found: string[] = [];
  const seen = new Set(predecessors[n.id]);
  for (const id of seen) {
    const o = graph.nodes[id]?.operation;
    const isSet = isStore(o) && o.target === path;
    if (isSet && o.kind === 'copy' && o.source.path?.startsWith('%')) found.push(o.source.path);
    if (!isSet) for (const p of predecessors[id] ?? []) seen.add(p);
  }
  return found;
}

/** True for a condition that says that a call failed; or that anything did, if an error is then set or returned. */
export function saysFailure(graph: Graph, n: Node): boolean {
  const o = n.operation;
  return o?.kind === 'assume' && ((isError(graph, o) && testedBy(graph, n).length > 0) || setsError(graph, n));
}

/** Makes a test for conditions that say that the call with this result failed. */
export function failureOf(graph: Graph, result: string): (n: Node) => boolean {
  return (n) => saysFailure(graph, n) && testedBy(graph, n).includes(result);
}

function isError({ types }: Graph, { left, op, right, call }: Assume): boolean {
  if (right.path !== null || !noPointer.test(right.text)) return false;
  if (errorTestName.test(call?.name ?? '')) return op === '!=';
  const isPointer = (types.get(left.path ?? '')?.pointers ?? 0) > 0;
  return !isPointer && (op === '!=' || op === '<');
}

/** True if an error is stored or returned right behind a condition, with at most calls (that print) in between. */
function setsError({ nodes }: Graph, n: Node): boolean {
  for (let at = n; at.successors.length === 1; ) {
    at = nodes[at.successors[0] as number] as Node;
    const o = at.operation;
    if (o?.kind === 'clear') return error.test(o.text);
    if (o?.kind === 'return') return error.test(o.value?.text ?? '');
    if (at === n || (o !== null && o.kind !== 'call')) return false;
  }
  return false;
}

const error = /^-\s*E[A-Z]/;
