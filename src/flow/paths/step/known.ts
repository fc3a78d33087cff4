/**
 * What stands in an object before a call, of what the function that is called asks there: constants, flags that are set, and what is zero
 * in memory that was allocated as zeros. The latter also for the caller of who took the pages.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsOf, type Graph } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import type { Called } from '../context.js';
import type { Known } from '../entry.js';
import { askedFor } from '../function/asked.js';
import { constantName } from '../memory/conditions.js';
import { areSet, isFlag } from '../memory/flags.js';
import { bitsOf, maskOf } from '../memory/masks.js';
import { placeAt, placeBelow, put, valueAt, valueIn } from '../memory/memory.js';
import type { State } from '../memory/state.js';
import { unset } from '../memory/unset.js';
import { mayChange } from './shared.js';

/** Of the paths below its parameters that a function tests, those at which a constant or a flag stands before a call, or nothing was stored yet in memory of zeros. */
export function knownFor(local: Called, o: CallOperation, callee: FunctionReference, before: State): Known[] {
  const { program } = local;
  const constantAt = (value: string, suffix: string): string | null => {
    const place = placeBelow(before, value, suffix);
    if (place === null) return null;
    const stored = before.store.get(place);
    if (stored !== undefined && constantName.test(stored)) return stored;
    if (!before.zeroed.has(value)) return null;
    return unset(before, valueAt(before, place)) === '=0' && !isSetBefore(local, before, value, suffix) ? '=0' : null;
  };
  const found = program.graphs(callee).flatMap((graph) =>
    graph.params.flatMap(({ name }, i): Known[] => {
      const value = valueIn(before, o.args[i]);
      if (value === null) return [];
      const { whole, bits } = testedIn(graph).get(name) ?? none;
      const constants = whole.flatMap((suffix): Known[] => {
        const constant = constantAt(value, suffix);
        return constant === null ? [] : [{ path: name + suffix, value: constant }];
      });
      const flags = bits.flatMap(({ suffix, mask }): Known[] => {
        const place = placeBelow(before, value, suffix);
        const isSet = place !== null && areSet(before, valueAt(before, place), mask);
        return isSet ? [{ path: name + suffix, value: bitsOf('', mask) }] : [];
      });
      return [...constants, ...flags];
    }),
  );
  const keyOf = ({ path, value }: Known): string => (isFlag(value) ? path + value : path);
  return [...new Map(found.map((known) => [keyOf(known), known]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, known]) => known);
}

/** The state behind a call that may have stored to such memory: of what the function itself asks for there, that is zero no more. */
export function storedTo(local: Called, o: CallOperation, callee: string, state: State): State {
  if (state.zeroed.size === 0) return state;
  let next = state;
  o.args.forEach((a, i) => {
    const value = valueIn(state, a);
    if (value === null || !state.zeroed.has(value)) return;
    for (const path of askedFor(local.graph)) {
      const place = placeAt(state, path);
      const suffix = place === null || state.store.has(place) ? null : suffixAfter(place, value);
      if (suffix && mayChange(local, callee, i, suffix)) next = put(next, place, null);
    }
  });
  return next;
}

/** True for what is stored by the function that has taken the pages, and hands them to this one. */
function isSetBefore(local: Called, before: State, value: string, suffix: string): boolean {
  const { graph, entry } = local;
  if (entry.kind !== 'returned') return false;
  const isSetBy = ({ args }: CallOperation): boolean =>
    args.some((a, i) => valueIn(before, a) === value && mayChange(local, entry.callee, i, suffix));
  return callsOf(graph, entry.callee).some(({ call }) => isSetBy(call));
}

/** What a function asks of one of its parameters: paths below it that a condition compares with something, and bits of numbers there. */
interface Tested {
  whole: readonly string[];
  bits: readonly { suffix: string; mask: string }[];
}

const none: Tested = { whole: [], bits: [] };

const testedIn = remembered(({ nodes, params }: Graph): ReadonlyMap<string, Tested> => {
  const names = new Set(params.map(({ name }) => name));
  const whole = new Set<string>();
  const bits = new Map<string, { path: string; mask: string }>();
  const isBelow = (path: string): boolean => rootOf(path) !== path && names.has(rootOf(path));
  for (const { operation: o } of nodes) {
    if (o?.kind !== 'assume' || o.call !== null) continue;
    const mask = maskOf(o.left);
    const path = mask === undefined ? o.left.path : (maskedPath.exec(o.left.text)?.[0] ?? null);
    if (path === null || !isBelow(path)) continue;
    if (mask === undefined) whole.add(path);
    else bits.set(o.left.text, { path, mask });
  }
  const suffixesOf = (name: string, paths: Iterable<string>): string[] =>
    [...paths].flatMap((path) => (rootOf(path) === name ? [path.slice(name.length)] : []));
  const bitsIn = (name: string): Tested['bits'] =>
    [...bits.values()].flatMap(({ path, mask }) => (rootOf(path) === name ? [{ suffix: path.slice(name.length), mask }] : []));
  return new Map([...names].map((name) => [name, { whole: suffixesOf(name, whole), bits: bitsIn(name) }]));
});

/** The member whose bits are asked for. */
const maskedPath = /^\w+(?:\.\w+)+(?= & )/;
