/**
 * What stands in an object before a call, of what the function that is called asks there: constants, and what is zero in memory that was
 * allocated as zeros. The latter also for the caller of who took the pages.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsOf, type Graph } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import type { Called } from '../context.js';
import type { Known } from '../entry.js';
import { askedFor } from '../function/asked.js';
import { constantName } from '../memory/conditions.js';
import { placeAt, placeBelow, put, valueAt, valueIn } from '../memory/memory.js';
import type { State } from '../memory/state.js';
import { unset } from '../memory/unset.js';
import { mayChange } from './shared.js';

/** Of the paths below its parameters that a function tests, those at which a constant stands before a call, or nothing was stored yet in memory of zeros. */
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
    graph.params.flatMap(({ name }, i) => {
      const value = valueIn(before, o.args[i]);
      if (value === null) return [];
      return (testedIn(graph).get(name) ?? []).flatMap((suffix): [string, string][] => {
        const constant = constantAt(value, suffix);
        return constant === null ? [] : [[name + suffix, constant]];
      });
    }),
  );
  return [...new Map(found)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, value]) => ({ path, value }));
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

/** What a function asks of what it is given: paths below its parameters that a condition compares with something. */
const testedIn = remembered(({ nodes, params }: Graph): ReadonlyMap<string, readonly string[]> => {
  const names = new Set(params.map(({ name }) => name));
  const found = new Map<string, string[]>();
  for (const { operation: o } of nodes) {
    const path = o?.kind === 'assume' && o.call === null ? o.left.path : null;
    const root = path === null ? '' : rootOf(path);
    if (path === null || root === path || !names.has(root)) continue;
    const suffixes = found.get(root) ?? [];
    const suffix = path.slice(root.length);
    if (!suffixes.includes(suffix)) found.set(root, [...suffixes, suffix]);
  }
  return found;
});
