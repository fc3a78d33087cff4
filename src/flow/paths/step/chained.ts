/**
 * Objects with the reference that are on a list whose head is in another object. If that object is freed and nobody has looked into
 * the list since, the objects and their pages are lost. The state has this as a value: at the place `object@on`, `=` and the head's place.
 */
import type { CallOperation, Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { headedListing, linking } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, placeBelow, put, reach, valueIn } from '../memory/memory.js';
import { altered, type Exit, type State, theReference, told } from '../memory/state.js';

const on = '@on';
/** The address of a head inside of an object itself, not behind a pointer in it: `&obj.list`. */
const ownHead = /^&[^:.[@]+\.\w+$/;

/** The place of the head of the list that an object is on, for the place that says so; `null` for any other place. */
function headAt(place: string, value: string): string | null {
  return place.endsWith(on) ? value.slice(1) : null;
}

/**
 * The state after a call that may put an object on a list, or look into a list.
 * @param before the state before the call: only an object that nobody else knew is found by the list alone
 */
export function chained(o: CallOperation, isNeutral: boolean, before: State, state: State): State {
  if (!state.linked || state.phase !== 'held') return state;
  const [object, head] = o.args.map((a) => valueIn(state, a));
  if (headedListing.test(o.name ?? '') && object && head && baseOf(object) !== baseOf(head)) {
    const isOwn = before.fresh.has(baseOf(object)) && !before.shared.has(baseOf(object));
    if (ownHead.test(head) && isOwn && reach(state, baseOf(object)).length > 0) return put(state, baseOf(object) + on, `=${head.slice(1)}`);
  }
  const isAdded = linking.test(o.name ?? '');
  const given = o.args.flatMap((a) => valueIn(state, a) ?? []);
  const isLookedAt = (place: string, list: string): boolean =>
    given.some((value) => {
      const isOf = baseOf(value) === rootOf(place) || baseOf(value) === baseOf(list);
      return isOf && !(isNeutral && !isAdded && value.startsWith('&') && value !== `&${list}`);
    });
  const store = keptOf(state.store, (place, value) => {
    const list = headAt(place, value);
    return list === null || !isLookedAt(place, list);
  });
  return store === state.store ? state : altered(state, { store });
}

/** The state after an object is freed: the reference is lost in objects that are on a list with its head in there. */
export function freedWithList(
  { reference }: Pick<WalkContext, 'reference'>,
  n: Node,
  o: CallOperation,
  value: string,
  state: State,
): State {
  const lost = new Set<string>();
  state.store.forEach((list, place) => {
    if (baseOf(headAt(place, list) ?? '') === value) lost.add(rootOf(place));
  });
  if (lost.size === 0) return state;
  const store = keptOf(state.store, (place, held) => held !== theReference || !lost.has(rootOf(place)));
  if (store === state.store) return state;
  return told({ reference }, n, altered(state, { store, linked: false }), `${o.name}() frees the head of the list on which the pages are`, {
    kind: 'freed',
    what: 'object',
  });
}

/** The lists below parameters on which a function has left objects with the reference. */
export function chainsOf({ graph }: WalkContext, { store }: State): Exit['chains'] {
  const found: { object: string; of: number; suffix: string }[] = [];
  store.forEach((value, place) => {
    const list = headAt(place, value);
    const of = list === null ? -1 : graph.params.findIndex((p) => p.name === baseOf(list));
    if (list !== null && of >= 0) found.push({ object: rootOf(place), of, suffix: list.slice(baseOf(list).length) });
  });
  return found;
}

/** The caller's state, with the objects that a function has left on lists. */
export function withChains(state: State, o: CallOperation, { chains }: Exit): State {
  return chains.reduce((next, { object, of, suffix }) => {
    const value = valueIn(next, o.args[of]);
    const list = value === null ? null : placeBelow(next, value, suffix);
    return list === null ? next : put(next, `::elsewhere ${object}${on}`, `=${list}`);
  }, state);
}
