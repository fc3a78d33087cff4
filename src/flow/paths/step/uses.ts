/** Objects with a reference count: each user gives up its own use, as by `kref_put()`, and the last one ends the object. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, type Graph, leadsTo, type NamedCall, type Node, namedCall, nodesBehind } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { raisingName, raisingText, userLowering } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { signOf, signOfText } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** True if a callee gives up one use of an object, and a call before it has counted one more: it is not the use given up before. */
export function isOtherUse(
  local: WalkContext,
  n: Node,
  { args }: CallOperation,
  callee: FunctionReference,
  at: number,
  state: State,
): boolean {
  const object = args[at]?.path ?? null;
  return object !== null && userLowering.test(local.program.textOf(callee)) && isUsedMore(local, n, object, state);
}

/** True if a call on the path to a node has counted one more use of an object, or of a member of it. */
export function isUsedMore(local: WalkContext, n: Node, object: string, state: State): boolean {
  const { graph } = local;
  return graph.nodes.some((m) => {
    const o = namedCall(m);
    const isOf = o?.args.some(({ path }) => path !== null && rootOf(path) === rootOf(object)) === true;
    return o !== null && isOf && leadsTo(graph, m, (last) => last === n) && raises(local, o, state);
  });
}

/** True if a call counts one more use of what it is given, where its result is as it is known to be. */
function raises({ program, reference }: WalkContext, { name, result }: NamedCall, state: State): boolean {
  const signs = signOf(state, result);
  const raisesIn = (graph: Graph): boolean => {
    const found = graph.nodes.filter((n) => raisingName.test(namedCall(n)?.name ?? ''));
    return found.length === 0 || found.some((n) => (returnedBehind(graph, n) & signs) !== 0);
  };
  return (
    raisingName.test(name) ||
    program.resolveNear(name, reference.file).some((r) => raisingText.test(program.textOf(r)) && program.graphs(r).some(raisesIn))
  );
}

/** The signs of what a function may return behind a node. */
function returnedBehind(graph: Graph, from: Node): number {
  let signs = 0;
  for (const { operation: o } of nodesBehind(graph, from, () => false)) if (o?.kind === 'return') signs |= signOfText(o.value?.text ?? '');
  return signs === 0 ? sign.any : signs;
}
