/** Objects with a reference count: each user gives up its own use, as by `kref_put()`, and the last one ends the object. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { raisingName, raisingText, userLowering } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';

/** True if a callee gives up one use of an object, and a call before it has counted one more: it is not the use given up before. */
export function isOtherUse(local: WalkContext, n: Node, { args }: CallOperation, callee: FunctionReference, at: number): boolean {
  const object = args[at]?.path ?? null;
  return object !== null && userLowering.test(local.program.textOf(callee)) && isUsedMore(local, n, object);
}

/** True if a call on a path to a node has counted one more use of an object, or of a member of it. */
export function isUsedMore({ program, graph, reference }: WalkContext, n: Node, object: string): boolean {
  const raises = (name: string): boolean =>
    raisingName.test(name) || program.resolveNear(name, reference.file).some((r) => raisingText.test(program.textOf(r)));
  return graph.nodes.some(
    (m) =>
      m.operation?.kind === 'call' &&
      m.operation.name !== null &&
      m.operation.args.some(({ path }) => path !== null && rootOf(path) === rootOf(object)) &&
      leadsTo(graph, m, (last) => last === n) &&
      raises(m.operation.name),
  );
}
