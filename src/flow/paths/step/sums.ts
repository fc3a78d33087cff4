/** Sums of numbers: what is known of their signs. */
import type { Copy, Graph, Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { isNumber as isNumberType } from '../../../program/types.js';
import { unsignedType } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { byOne, textAt } from '../function/text.js';
import { set } from '../memory/flags.js';
import { keptOf, withEntry } from '../memory/maps.js';
import { keepsBits } from '../memory/masks.js';
import { put, renewed, valueAt } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type State, sign } from '../memory/state.js';

/** The signs that a variable may have by its type: an unsigned one is not negative. */
function signsOfType(graph: Graph, path: string | null): number {
  const type = path === null ? undefined : graph.types.get(path);
  const unsigned = type !== undefined && type.pointers === 0 && type.dims.length === 0 && unsignedType.test(type.base);
  return unsigned ? sign.zero | sign.positive : sign.any;
}

/** Remembers the sign of an operand for the sum in the next statement, as the sign of the value `+target`. */
export function added(graph: Graph, state: State, { target, source }: Copy, value: string | null): State {
  return altered(state, { signs: withEntry(state.signs, `+${target}`, signOf(state, value) & signsOfType(graph, source.path)) });
}

/**
 * The state after `left = done + 8`, of numbers; `null` for a copy that is no such sum.
 *
 * @param value the value that something is added to
 */
export function offset(
  local: WalkContext,
  n: Node,
  { target, source }: Copy,
  place: string | null,
  value: string | null,
  state: State,
): State | null {
  const [, op, text = ''] = sum.exec(source.text) ?? [];
  if (op === undefined || place === null || value === null || source.path === null) return null;
  const from = numberOf(value);
  if ((from === null && !isNumberIn(local, source.path)) || !isNumberIn(local, target)) return null;
  const by = number.exec(text)?.[1];
  if (by !== undefined && from !== null) return put(state, place, `=${op === '+' ? from + Number(by) : from - Number(by)}`);
  const fresh = `~${n.id}`;
  const next = put(renewed(state, fresh), place, fresh);
  const isAbove = op === '+' && Number(by) > 0 && (signOf(state, value) & signsOfType(local.graph, source.path) & sign.negative) === 0;
  return isAbove ? withSign(next, fresh, sign.positive) : next;
}

/** True for a variable of a numeric type. */
export function isNumber({ types }: Graph, path: string): boolean {
  return isNumberType(types.get(path));
}

/** True for a variable or member of a numeric type. */
export function isNumberIn({ program, graph, reference }: WalkContext, path: string): boolean {
  return isNumber(graph, path) || (rootOf(path) !== path && isNumberType(program.typeOf(path, graph, reference.file)));
}

/** The number that a value is; `null` if it is no number. */
function numberOf(value: string): number | null {
  const digits = /^=(\d+)$/.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The state without the remembered sign of an operand. */
function summed(state: State, target: string): State {
  const signs = keptOf(state.signs, (value) => value !== `+${target}`);
  return signs === state.signs ? state : altered(state, { signs });
}

/** The state after a number grew: positive after `n++` or `n += 2` if it was not negative, and at least what it was after `n += more`. */
export function grown(local: WalkContext, n: Node, target: string, place: string, state: State): State {
  const fresh = `~${n.id}`;
  const text = textAt(local, n);
  const known = signOf(state, valueAt(state, place)) & signsOfType(local.graph, target);
  if (keepsBits(text)) return merged(summed(state, target), place, fresh, known, state.signs.get(`+${target}`) ?? sign.any);
  const added = step.test(text) ? sign.positive : (state.signs.get(`+${target}`) ?? sign.any);
  // A tally of loop iterations that take pages is not negative, and positive once something was added.
  const isTally = state.phase === 'held' && n.loops.some((l) => local.taking.some((t) => t.id === l.id));
  const before = isTally && known === sign.any ? sign.zero | sign.positive : known;
  const more = isTally && added & sign.positive ? sign.positive : added;
  // Outside of loops a number that is stepped by one is known exactly.
  const number = n.loops.length === 0 ? numberOf(valueAt(state, place)) : null;
  if (number !== null && byOne.test(text)) return put(state, place, `=${number + 1}`);
  const changed = put(renewed(summed(state, target), fresh), place, fresh);
  if (!increase.test(text) || before & sign.negative) return changed;
  const above = more === sign.positive || (before === sign.positive && (more & sign.negative) === 0);
  return withSign(changed, fresh, above ? sign.positive : sign.zero | sign.positive) ?? changed;
}

/** The state after `err |= more`: zero only if both are, negative if one of them is. */
function merged(state: State, place: string, fresh: string, known: number, more: number): State {
  if (more === sign.zero) return state;
  const changed = put(renewed(state, fresh), place, fresh);
  if (known === sign.negative || more === sign.negative) return withSign(changed, fresh, sign.negative) ?? changed;
  return (known & sign.zero) === 0 || (more & sign.zero) === 0 ? (withSign(changed, fresh, set) ?? changed) : changed;
}

/** `n += …`, `n++` */
export function isIncrease(local: WalkContext, n: Node): boolean {
  return increase.test(textAt(local, n));
}

const increase = /^(?:\+\+|[\w>.[\]-]+?\s*\+[+=])/;
const step = /^(?:\+\+|[\w>.[\]-]+?\s*(?:\+\+|\+=\s*[1-9]\d*[uUlL]*\s*[;,)]))/;
/** `done + 8`, `n - 1`, `n + PAGE_SIZE` */
const sum = /^[\w.>[\]-]+ ([+-]) (\w+)$/;
const number = /^(\d+)[uUlL]*$/;
