/**
 * Objects with the reference on a list of which the head stands in another object. Who frees that one ends the list, and all that is there, where
 * nobody has looked into it since. A place behind the object says which head that is.
 */
import type { CallOperation, Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { linking } from '../../../protocol/index.js';
import type { Called } from '../context.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, placeBelow, put, reach, valueIn } from '../memory/memory.js';
import { altered, type Exit, type State, theReference, told } from '../memory/state.js';

const adding = /^list_add(?:_tail)?(?:_rcu)?$/;
const on = '@on';
/** A head that stands in the object itself, and not in what a pointer there leads to. */
const ownHead = /^&[^:.[@]+\.\w+$/;

/** The head of the list on which an object is, by what stands at its place for that; `null` at any other place. */
function headAt(place: string, value: string): string | null {
  return place.endsWith(on) ? value.slice(1) : null;
}

/**
 * The state behind a call that puts an object on a list, or that may look into one, or take something from there.
 * @param before what was known before the call: who has the object then finds it without the list
 */
export function chained(o: CallOperation, isNeutral: boolean, before: State, state: State): State {
  if (!state.linked || state.phase !== 'held') return state;
  const [object, head] = o.args.map((a) => valueIn(state, a));
  if (adding.test(o.name ?? '') && object && head && baseOf(object) !== baseOf(head)) {
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

/** The state in which an object has been freed with a list in it, and what holds the reference is on that list. */
export function freedWithList({ reference }: Pick<Called, 'reference'>, n: Node, o: CallOperation, value: string, state: State): State {
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

/** The lists on which a function has left what holds the reference, in what it was given: the object, and where the head stands. */
export function chainsOf({ graph }: Called, { store }: State): Exit['chains'] {
  const found: { object: string; of: number; suffix: string }[] = [];
  store.forEach((value, place) => {
    const list = headAt(place, value);
    const of = list === null ? -1 : graph.params.findIndex((p) => p.name === baseOf(list));
    if (list !== null && of >= 0) found.push({ object: rootOf(place), of, suffix: list.slice(baseOf(list).length) });
  });
  return found;
}

/** The state of a caller in which a function has left them there. */
export function withChains(state: State, o: CallOperation, { chains }: Exit): State {
  return chains.reduce((next, { object, of, suffix }) => {
    const value = valueIn(next, o.args[of]);
    const list = value === null ? null : placeBelow(next, value, suffix);
    return list === null ? next : put(next, `::elsewhere ${object}${on}`, `=${list}`);
  }, state);
}
