/** Flags that are set and cleared in a number: which of its bits are known by that. */
import type { Node } from '../../../program/graph.js';
import type { Called } from '../context.js';
import { isHandedUp } from '../entry.js';
import { textAt } from '../function/text.js';
import { set } from '../memory/flags.js';
import { withEntry } from '../memory/maps.js';
import { bitsOf } from '../memory/masks.js';
import { baseOf, put, renewed, valueAt } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { altered, type State, sign } from '../memory/state.js';

/** `flags |= A`, `obj->flags = obj->flags | A | BIT(3)` */
const setting = /^(?<of>[\w.>[\]-]+?)\s*(?:\|=|=\s*\k<of>\s*\|)\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** `flags &= ~A`, `obj->flags = obj->flags & ~(A | BIT(3))` */
const clearing = /^(?<of>[\w.>[\]-]+?)\s*(?:&=|=\s*\k<of>\s*&)\s*~\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** A variable may have none of the bits. */
const constant = /^\(?(?:[A-Z_][A-Z\d_]*|BIT\(\w+\)|0x[\da-f]*[1-9a-f][\da-f]*|[1-9]\d*|1U?L* ?<< ?\w+)\)?$/;
const name = /^[A-Z_][A-Z\d_]*$/;

/** The state behind a node that sets or clears flags in the number at a place, by their names; `null` for any other node. */
export function flagged(local: Called, n: Node, target: string, place: string, state: State): State | null {
  const text = textAt(local, n);
  const mask = setting.exec(text)?.groups?.['mask'];
  const bits = mask === undefined ? sign.zero : set;
  const all = (mask ?? clearing.exec(text)?.groups?.['mask'])
    ?.replace(/^\((.*)\)$/, '$1')
    .split('|')
    .map((one) => one.trim());
  if (all === undefined || all.some((one) => !constant.test(one))) return null;
  const fresh = `~${n.id}`;
  const before = valueAt(state, place);
  // What was set stays set, and what was not stays that.
  const stays = [...state.signs].flatMap(([value, known]): [string, number][] =>
    value.startsWith(`${before}@`) && (bits === set ? (known & sign.zero) === 0 : known === sign.zero)
      ? [[fresh + value.slice(before.length), known]]
      : [],
  );
  // What nobody asks for would only keep paths apart; callers may ask for what is set in their objects.
  const isAsked =
    (bits === set && state.phase === 'held' && isHandedUp(local.entry) && isGiven(local, place)) ||
    local.shape.isTested(n.id, target) ||
    all.some((mask) => local.shape.areBitsTested(n.id, bitsOf('', mask)));
  if (stays.length === 0 && !isAsked) return null;
  const changed = put(renewed(state, fresh), place, fresh);
  const known = stays.length === 0 ? changed : altered(changed, { signs: new Map([...changed.signs, ...stays]) });
  const now = all.map((mask) => bitsOf(fresh, mask));
  const signed = (bits === set ? [fresh, ...now] : now).reduce((next, value) => withSign(next, value, bits) ?? next, known);
  // `(flags & A) == A`
  const named = all.filter((mask) => name.test(mask));
  return named.reduce(
    (next, mask) => altered(next, { conditions: withEntry(next.conditions, `${bitsOf(fresh, mask)} == ${mask}`, bits === set) }),
    signed,
  );
}

/** True for a place below a parameter. */
function isGiven({ graph }: Called, place: string): boolean {
  const base = baseOf(place);
  return place !== base && graph.params.some((p) => p.name === base);
}
