/** Decides when two states are the same: what no later statement reads is forgotten, and the rest is compared. */
import { rootOf, suffixAfter } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import type { Shape } from '../function/shape.js';
import { constantName } from '../memory/conditions.js';
import { isSameMap, isSameSet, keptOf } from '../memory/maps.js';
import { baseOf, isNumber, isVariable } from '../memory/memory.js';
import { altered, type State, theReference } from '../memory/state.js';

/** What callers are told at the function's end, though nothing in it reads that any more. */
export interface Told {
  /** Variables of which all that was found is told: the parameters that decide how the function ends. */
  variables: ReadonlySet<string>;
  /** True if flags that were set below parameters are told. */
  flags: boolean;
}

/** A state without what nothing reads from a node on. */
export function forgetting(state: State, shape: Shape, node: number, told: Told): State {
  const wordOf = wordsOf(shape);
  const store = keptOf(state.store, (place, value) => {
    if (value === theReference || place === '%return' || !wordOf(place).isVariable) return true;
    return shape.isLive(node, place) && !(isNumber(value) && !shape.isTested(node, place) && isLeaf(state, place));
  });
  if (state.signs.size === 0 && state.conditions.size === 0) return store === state.store ? state : altered(state, { store });
  /** True for the root of a place that is no variable, and for the root of a value that a place may bring up again. */
  const isBase = (base: string): boolean => {
    let found = false;
    store.forEach((value, place) => {
      if (found) return;
      const { root, isVariable } = wordOf(place);
      found = !isVariable && root === base;
      if (!found && wordOf(value).base === base) found = !isVariable || place === '%return' || shape.isTested(node, place);
    });
    return found;
  };
  const isKept = (value: string): boolean => {
    const { base, field, bits } = wordOf(value);
    if (base.startsWith('+') || constantName.test(value) || told.variables.has(value)) return true;
    const isFlag = told.flags && bits !== null && base.startsWith('~');
    if (bits !== null && !isFlag && shape.testedBits.has(bits) && !shape.areBitsTested(node, bits)) return false;
    if (!(base.startsWith('::') || base === state.result || shape.isTested(node, base) || isBase(base))) return false;
    // The value of a field is met again if that field is read, or wherever it was copied to.
    return field === null || value === state.result || value === state.asked || shape.isFieldTested(node, field) || isStored(store, value);
  };
  const signs = keptOf(state.signs, isKept);
  const conditions = keptOf(state.conditions, (key) => {
    const left = key.indexOf(' ');
    return isKept(key.slice(0, left)) && isKept(key.slice(key.indexOf(' ', left + 1) + 1));
  });
  if (store === state.store && signs === state.signs && conditions === state.conditions) return state;
  return altered(state, { store, signs, conditions });
}

function isStored(store: ReadonlyMap<string, string>, value: string): boolean {
  let found = false;
  store.forEach((stored) => {
    found ||= stored === value;
  });
  return found;
}

/** The parts of a value that decide whether it is still read. */
interface Word {
  /** The root, without `&`. */
  base: string;
  /** The root. */
  root: string;
  /** True for a local variable itself: it ends with the function. */
  isVariable: boolean;
  /** The last field. */
  field: string | null;
  /** The step behind `@`: the content of a container, or bits of a number (see `bitsOf`). */
  bits: string | null;
}

/** Takes values apart, remembered: a function has few, and they are asked about at every join. */
const wordsOf = remembered((_shape: Shape): ((value: string) => Word) => {
  const known = new Map<string, Word>();
  return (value) => {
    let found = known.get(value);
    if (!found) {
      found = {
        base: baseOf(value),
        root: rootOf(value),
        isVariable: isVariable(value),
        field: /\.[^.@[\]]+(?=[@[\]\w]*$)/.exec(value)?.[0] ?? null,
        bits: /@\w+$/.exec(value)?.[0] ?? null,
      };
      known.set(value, found);
    }
    return found;
  };
});

/** True if nothing is known of what is below a variable: without the variable's value it would seem to be there again. */
function isLeaf({ store }: State, variable: string): boolean {
  let found = true;
  store.forEach((_, place) => {
    found &&= place === variable || suffixAfter(place, variable) === null;
  });
  return found;
}

/** True for two states at one node that are the same from there on. */
export function isSame(a: State, b: State): boolean {
  return (
    a.phase === b.phase &&
    a.from === b.from &&
    a.outcomes === b.outcomes &&
    a.extra === b.extra &&
    a.each === b.each &&
    a.result === b.result &&
    a.index === b.index &&
    a.stopped === b.stopped &&
    a.unsure === b.unsure &&
    a.dropped?.pos === b.dropped?.pos &&
    a.dropped?.by === b.dropped?.by &&
    a.dropped?.unsure === b.dropped?.unsure &&
    isSameMap(a.store, b.store) &&
    isSameMap(a.signs, b.signs) &&
    isSameMap(a.conditions, b.conditions) &&
    isSameSet(a.fresh, b.fresh) &&
    isSameSet(a.zeroed, b.zeroed) &&
    isSameSet(a.shared, b.shared) &&
    isSameSet(a.loops, b.loops) &&
    isSameMap(a.last, b.last)
  );
}
