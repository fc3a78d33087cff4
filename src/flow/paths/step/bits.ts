/** Statements that set or clear flags in a number: what is known of its bits after that. */
import type { Node } from '../../../program/graph.js';
import type { WalkContext } from '../context.js';
import { isHandedUp } from '../entry.js';
import { textAt } from '../function/text.js';
import { set } from '../memory/flags.js';
import { withEntry } from '../memory/maps.js';
import { bitsOf, isError, masksClearedAt, masksSetAt } from '../memory/masks.js';
import { baseOf, put, renewed, valueAt } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { altered, type State, sign } from '../memory/state.js';

const name = /^[A-Z_][A-Z\d_]*$/;

/** The state after a node that sets or clears named flags in the number at a place; `null` for any other node. */
export function flagged(local: WalkContext, n: Node, target: string, place: string, state: State): State | null {
  const text = textAt(local, n);
  const masks = masksSetAt(text);
  // `x |= -EIO` makes the number an error code, below zero.
  const isSetting = masks !== null;
  const bits = !isSetting ? sign.zero : masks.some(isError) ? sign.negative : set;
  const all = masks ?? masksClearedAt(text);
  if (all === null) return null;
  const fresh = `~${n.id}`;
  const before = valueAt(state, place);
  // Bits that were set stay set when others are set; bits that were clear stay clear when others are cleared.
  const stays = [...state.signs].flatMap(([value, known]): [string, number][] =>
    value.startsWith(`${before}@`) && (isSetting ? (known & sign.zero) === 0 : known === sign.zero)
      ? [[fresh + value.slice(before.length), known]]
      : [],
  );
  // Bits that nobody asks about would only keep paths apart. Callers may ask about those in their objects.
  const isAsked =
    (isSetting && state.phase === 'held' && isHandedUp(local.entry) && isGiven(local, place)) ||
    local.shape.isTested(n.id, target) ||
    all.some((mask) => local.shape.areBitsTested(n.id, bitsOf('', mask)));
  if (stays.length === 0 && !isAsked) return null;
  const changed = put(renewed(state, fresh), place, fresh);
  const known = stays.length === 0 ? changed : altered(changed, { signs: new Map([...changed.signs, ...stays]) });
  const now = all.map((mask) => bitsOf(fresh, mask));
  const signed = (isSetting ? [fresh, ...now] : now).reduce((next, value) => withSign(next, value, bits) ?? next, known);
  // `(flags & A) == A` is known, too.
  const named = all.filter((mask) => name.test(mask));
  return named.reduce(
    (next, mask) => altered(next, { conditions: withEntry(next.conditions, `${bitsOf(fresh, mask)} == ${mask}`, isSetting) }),
    signed,
  );
}

/** True for a place below a parameter. */
function isGiven({ graph }: WalkContext, place: string): boolean {
  const base = baseOf(place);
  return place !== base && graph.params.some((p) => p.name === base);
}
