/** Loops that may end before their first iteration though pages are held: they go on only until there are some. */
import type { Loop, Node } from '../../../program/graph.js';
import { noPointer } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { isSeed } from '../entry.js';
import { reaches, valueIn } from '../memory/memory.js';
import type { State } from '../memory/state.js';

/** True if a loop ends by a test of what leads to the pages, `while (!buf)`, or if its test takes them, `while (!(buf = take(queue)))`. */
export function isUntilHeld({ graph, entry }: WalkContext, { operation: o }: Node, loop: Loop, state: State): boolean {
  if (o?.kind !== 'assume' || o.call?.iterates) return false;
  if (o.op === '!=' && noPointer.test(o.right.text) && reaches(state, valueIn(state, o.left))) return true;
  const isInTest = (n: Node): boolean => n.pos < loop.bodyPos && n.loops.some(({ id }) => id === loop.id);
  return graph.nodes.some((n) => isSeed(n, entry) && isInTest(n) && !(n.operation?.kind === 'call' && n.operation.iterates));
}
