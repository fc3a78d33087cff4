/** Objects that a function takes from where others find them: from there on they are its own. */
import { type CallOperation, isPrinted, type Node } from '../../../program/graph.js';
import { type Removal, reportingName, sleepingName, wakingName } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { removingCall } from '../function/taking-out.js';
import { baseOf, put, reaches, renamed, valueAt, valueIn, withFresh } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { altered, type State, sign, told } from '../memory/state.js';

/** The states after a call that removes an object by a member of it; where the call fails, the object is still where it was. */
export function removed(local: WalkContext, n: Node, o: CallOperation, removal: Removal, state: State): State[] {
  const next = takenOut(local, n, o, removal, state);
  if (next === state || !removal.mayFail || !local.shape.isDecided(o.result)) return [next];
  return [withSign(next, o.result, sign.zero) ?? [], withSign(state, o.result, sign.negative) ?? []].flat();
}

function takenOut(local: WalkContext, n: Node, o: CallOperation, removal: Removal, before: State): State {
  const { entry } = local;
  const { member } = removal;
  if (member === null || before.phase !== 'held') return before;
  const state = unlinked(before, valueIn(before, o.args[member]));
  if (entry.kind !== 'object' || !entry.removed) return state;
  const object = valueAt(state, entry.variable);
  const isIt = valueIn(state, o.args[member])?.startsWith(`&${object}.`) === true && reaches(state, object);
  // An object that a field leads to may be found by that field still.
  return isIt && /^[%?]|\.(next|prev)$/.test(object) ? taken(local, n, entry.variable, removal, state) : state;
}

/** The state after something is taken off a list that leads to the reference, see {@link State.linked}. */
function unlinked(state: State, member: string | null): State {
  const isOn = state.linked && member !== null && reaches(state, baseOf(member));
  return isOn ? altered(state, { linked: false }) : state;
}

/** The state in which the object is the result of a call that took it out. */
export function removedBy(local: WalkContext, n: Node, variable: string, state: State): State {
  const by = n.operation?.kind === 'copy' && state.phase === 'held' ? removingCall(local, n.operation.source.path) : null;
  return by === null ? state : taken(local, n, variable, by, state);
}

/** The state in which the object is the path's own, under a new name. */
function taken(local: WalkContext, n: Node, variable: string, { name, from }: Removal, state: State): State {
  const own = `?removed${n.id}`;
  const next = put(renamed(state, valueAt(state, variable), own), variable, own);
  return told(local, n, withFresh(next, own), `${name}() takes it ${from} which others would find it`, { kind: 'removed' });
}

/**
 * True for a call that makes an object known to others. A path that has taken it out makes it known to whoever it wakes, but not by a
 * wait for it.
 */
export function isHandedOver({ entry }: WalkContext, o: CallOperation, state: State, isLinking: boolean): boolean {
  if (entry.kind !== 'object' || !entry.removed || o.name === null || reportingName.test(o.name)) return isLinking;
  if ((isLinking && !sleepingName.test(o.name)) || wakingName.test(o.name)) return true;
  // The object's address itself may be passed as a number, to where a device or firmware finds it.
  const object = valueAt(state, entry.variable);
  return o.args.some((a, i) => valueIn(state, a) === object && !isPrinted(o, i));
}
