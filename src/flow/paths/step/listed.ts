/** Calls that put an object where others find it, and may fail to. */
import type { CallOperation, Node } from '../../../program/graph.js';
import { type Listing, transfers } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { baseOf, reaches, valueIn } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { type State, told } from '../memory/state.js';
import { share } from './shared.js';
import { results } from './transfer.js';

/** The state after such a call; and, if the object has the reference, the state after it has failed. */
export function listed(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  { name, object, fails, replaced }: Listing,
  state: State,
): [done: State, failed?: State] {
  const given = o.args[object];
  const value = valueIn(state, given);
  if (given === undefined || value === null) return [state];
  if (replaced !== undefined && !noPointer.test(o.args[replaced]?.text ?? '')) return [share(state, { args: [given] })];
  if (state.phase !== 'held' || !(reaches(state, value) || reaches(state, baseOf(value)))) return [share(state, { args: [given] })];
  const [found, not] = results[fails];
  // What the tables move into a slot, with the reference in it, is found in that slot on this path.
  const isSeen = transfers.get(name)?.moves.some(([from]) => from === `${object}`) === true;
  const there = isSeen ? state : share(state, { args: [given] });
  const done = withSign(there, o.result, found) ?? there;
  const failed = withSign(told(local, n, state, `where ${name}() fails`), o.result, not);
  return failed ? [done, failed] : [done];
}
