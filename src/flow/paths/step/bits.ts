/** Flags that are set and cleared in a number: which of its bits are known by that. */
import type { Node } from '../../../program/graph.js';
import type { Called } from '../context.js';
import { textAt } from '../function/text.js';
import { bitsOf } from '../memory/conditions.js';
import { put, renewed, valueAt } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { altered, type State, sign } from '../memory/state.js';

/** `flags |= A`, `obj->flags |= A | B` */
const setting = /^[\w.>[\]-]+?\s*\|=\s*\(?([\w\s|]+?)\)?\s*[;,)]/;
/** `flags &= ~A`, `obj->flags &= ~(A | B)` */
const clearing = /^[\w.>[\]-]+?\s*&=\s*~\s*\(?([\w\s|]+?)\)?\s*[;,)]/;

const set = sign.negative | sign.positive;

/** The state behind a node that sets or clears flags in the number at a place, by their names; `null` for any other node. */
export function flagged(local: Called, n: Node, place: string, state: State): State | null {
  const text = textAt(local, n);
  const names = setting.exec(text)?.[1];
  const bits = names === undefined ? sign.zero : set;
  const all = (names ?? clearing.exec(text)?.[1])?.split('|').map((name) => name.trim());
  // A variable may have none of the bits.
  if (all === undefined || all.some((name) => !/^[A-Z_][A-Z\d_]*$/.test(name))) return null;
  const fresh = `~${n.id}`;
  const before = valueAt(state, place);
  // What was set stays set, and what was not stays that.
  const stays = [...state.signs].flatMap(([value, known]): [string, number][] =>
    value.startsWith(`${before}@`) && (bits === set ? (known & sign.zero) === 0 : known === sign.zero)
      ? [[fresh + value.slice(before.length), known]]
      : [],
  );
  const changed = put(renewed(state, fresh), place, fresh);
  const known = stays.length === 0 ? changed : altered(changed, { signs: new Map([...changed.signs, ...stays]) });
  const now = bits === set ? [fresh, ...all.map((name) => bitsOf(fresh, name))] : all.map((name) => bitsOf(fresh, name));
  return now.reduce((next, value) => withSign(next, value, bits) ?? next, known);
}
