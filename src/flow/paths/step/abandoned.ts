/**
 * Objects that are ended by a call whose result nobody reads. If that call may fail before it drops the pages, whatever the object is,
 * and the caller then returns an error, nobody knows the object any more and the pages are lost.
 */
import { type CallOperation, type Graph, isRead, type Node, nodesBehind } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { errorCalls } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { spelledIn } from '../function/text.js';
import { baseOf, freed, reach, valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign, told } from '../memory/state.js';
import { isAroundParameter, nameOf } from './around.js';

/** The state after such a call has failed; `null` if somebody may still know the object, or be told of the failure. */
export function abandoned(local: WalkContext, n: Node, o: CallOperation, object: string, state: State): State | null {
  const { graph } = local;
  if (isRead(graph, o.result) || state.linked || baseOf(object) !== object || !leavesFailed(local, n, state)) return null;
  const isGiven = graph.params.some((p) => p.name === object) || isAroundParameter(graph, object);
  if (!isGiven && (!state.fresh.has(object) || state.shared.has(object) || isStored(state, object))) return null;
  // An object that was made here is gone with it. One that the function was given is still its caller's.
  const left = isGiven ? state : freed(state, object);
  const [suffix = ''] = reach(state, object);
  const kept = spelledIn(local, nameOf(graph, object) + suffix);
  return told(local, n, left, `nothing checks whether ${o.name}() has failed, with the pages still in ${kept}`, { kind: 'abandoned' });
}

/** True if a pointer other than a local variable leads to an object. */
export function isStored({ store }: State, object: string): boolean {
  return [...store].some(([place, value]) => baseOf(value) === object && rootOf(place) !== place && baseOf(place) !== object);
}

/** True if every path from a node on returns an error. */
function leavesFailed({ program, reference, graph }: WalkContext, n: Node, state: State): boolean {
  const isPointer = (program.variants(reference)[0]?.returns.pointers ?? 0) > 0;
  const left = [...nodesBehind(graph, n, () => false)].flatMap(({ operation: o }) => (o?.kind === 'return' ? [o.value] : []));
  const isError = (returned: Value | null): boolean => {
    const code = returned && codeOf(graph, returned);
    const signs = signOf(state, valueIn(state, code ?? returned ?? undefined));
    if (isPointer && code === null) return signs === sign.negative || (returned?.path === null && signs === sign.zero);
    return (signs & sign.zero) === 0;
  };
  return left.length > 0 && left.every(isError);
}

/** The error code in `ERR_PTR(code)`; `null` for any other value. */
function codeOf({ nodes }: Graph, value: Value): Value | null {
  const maker = nodes.find(({ operation: o }) => o?.kind === 'call' && o.result === value.path)?.operation;
  return maker?.kind === 'call' && errorCalls.test(maker.name ?? '') ? (maker.args[0] ?? null) : null;
}
