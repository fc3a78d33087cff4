/** Constants that a function stores in what it was given, and flags that it sets there: by those its callers know what it did. */
import { nothing } from '../../../program/graph.js';
import type { Called } from '../context.js';
import { isHandedUp } from '../entry.js';
import { constantName } from '../memory/conditions.js';
import { flagsIn } from '../memory/flags.js';
import { baseOf } from '../memory/memory.js';
import type { State, Stored } from '../memory/state.js';

/** Those on one path; not zeros, which say that nothing is there, see `emptied` of exit.ts. */
export function setsOf({ graph, entry }: Called, state: State): Stored[] {
  if (!isHandedUp(entry)) return [];
  const found: Stored[] = [];
  state.store.forEach((value, place) => {
    const values = value.startsWith('~') ? flagsIn(state, value) : isConstant(value) ? [value] : [];
    const base = baseOf(place);
    const of = values.length === 0 || place === base ? -1 : graph.params.findIndex((p) => p.name === base);
    if (of >= 0) for (const value of values) found.push({ of, suffix: place.slice(base.length), value });
  });
  return found;
}

function isConstant(value: string): boolean {
  return constantName.test(value) && !nothing.test(value.replace(/^=/, ''));
}

/** Those on both of two paths. */
export function commonSets(some: readonly Stored[], others: readonly Stored[]): readonly Stored[] {
  const isSame = (a: Stored, b: Stored): boolean => a.of === b.of && a.suffix === b.suffix && a.value === b.value;
  return some.filter((a) => others.some((b) => isSame(a, b)));
}
