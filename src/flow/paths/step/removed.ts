/** Objects that a function takes from where others find them: from there on it has to see to them itself. */
import { type CallOperation, isPrinted, type Node } from '../../../program/graph.js';
import { type Removal, sleepingName, tellingName, wakingName } from '../../../protocol/index.js';
import type { Called } from '../context.js';
import { removingCall } from '../function/taking-out.js';
import { put, reaches, renamed, valueAt, valueIn, withFresh } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { type State, sign, told } from '../memory/state.js';

/** The states behind a call that is given a member by which the object was found; where it fails, the object is where it was. */
export function removed(local: Called, n: Node, o: CallOperation, removal: Removal, state: State): State[] {
  const next = takenOut(local, n, o, removal, state);
  if (next === state || !removal.mayFail || !local.shape.isDecided(o.result)) return [next];
  return [withSign(next, o.result, sign.zero) ?? [], withSign(state, o.result, sign.negative) ?? []].flat();
}

function takenOut(local: Called, n: Node, o: CallOperation, removal: Removal, state: State): State {
  const { entry } = local;
  const { member } = removal;
  if (member === null || entry.kind !== 'object' || !entry.removed || state.phase !== 'held') return state;
  const object = valueAt(state, entry.variable);
  const isIt = valueIn(state, o.args[member])?.startsWith(`&${object}.`) === true && reaches(state, object);
  // Where a field leads to it, others may come by that.
  return isIt && /^[%?]|\.(next|prev)$/.test(object) ? taken(local, n, entry.variable, removal, state) : state;
}

/** The state where the object is what a call has given that took it from there. */
export function removedBy(local: Called, n: Node, variable: string, state: State): State {
  const by = n.operation?.kind === 'copy' && state.phase === 'held' ? removingCall(local, n.operation.source.path) : null;
  return by === null ? state : taken(local, n, variable, by, state);
}

function taken(local: Called, n: Node, variable: string, { name, from }: Removal, state: State): State {
  const own = `?removed${n.id}`;
  const next = put(renamed(state, valueAt(state, variable), own), variable, own);
  return told(local, n, withFresh(next, own), `${name}() takes it ${from} which others would find it`, { kind: 'removed' });
}

/**
 * True for a call that gives others what they find an object by. Who has taken one out gives it to whom he wakes, and does not where he
 * waits for it.
 */
export function isHandedOver({ entry }: Called, o: CallOperation, state: State, isLinking: boolean): boolean {
  if (entry.kind !== 'object' || !entry.removed || o.name === null || tellingName.test(o.name)) return isLinking;
  if ((isLinking && !sleepingName.test(o.name)) || wakingName.test(o.name)) return true;
  // Its address is a number, too, that is written where a device or a firmware finds it.
  const object = valueAt(state, entry.variable);
  return o.args.some((a, i) => valueIn(state, a) === object && !isPrinted(o, i));
}
