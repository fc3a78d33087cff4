/**
 * Objects that are ended without a look whether that failed. Where the end may fail before it drops the pages, whatever the object is,
 * and who ends it leaves with an error, nobody knows the object any more.
 */
import { type CallOperation, type Graph, isRead, type Node, nodesBehind } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { errorCalls } from '../../../protocol/index.js';
import type { Called } from '../context.js';
import { spelledIn } from '../function/text.js';
import { baseOf, freed, reach, valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign, told } from '../memory/state.js';
import { isAroundParameter, nameOf } from './around.js';

/** The state where an object was ended by a call that has failed, and nobody looks; `null` if somebody may know the object yet, or may be told. */
export function abandoned(local: Called, n: Node, o: CallOperation, object: string, state: State): State | null {
  const { graph } = local;
  if (isRead(graph, o.result) || state.linked || baseOf(object) !== object || !leavesFailed(local, n, state)) return null;
  const isGiven = graph.params.some((p) => p.name === object) || isAroundParameter(graph, object);
  if (!isGiven && (!state.fresh.has(object) || state.shared.has(object) || isStored(state, object))) return null;
  // What was made here is gone with it; what the function was given is its caller's still.
  const left = isGiven ? state : freed(state, object);
  const [suffix = ''] = reach(state, object);
  const kept = spelledIn(local, nameOf(graph, object) + suffix);
  return told(local, n, left, `nobody looks whether ${o.name}() has failed, with the pages still in ${kept}`, { kind: 'abandoned' });
}

/** True if something else than a variable leads to an object. */
export function isStored({ store }: State, object: string): boolean {
  return [...store].some(([place, value]) => baseOf(value) === object && rootOf(place) !== place && baseOf(place) !== object);
}

/** True if a function is left with an error on every way from a node. */
function leavesFailed({ program, reference, graph }: Called, n: Node, state: State): boolean {
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

/** The code that an error pointer is made of; `null` for what is no such pointer. */
function codeOf({ nodes }: Graph, value: Value): Value | null {
  const maker = nodes.find(({ operation: o }) => o?.kind === 'call' && o.result === value.path)?.operation;
  return maker?.kind === 'call' && errorCalls.test(maker.name ?? '') ? (maker.args[0] ?? null) : null;
}
