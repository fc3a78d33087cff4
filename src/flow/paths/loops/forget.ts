/** Stores by which an object forgets pages that it holds: an element is cleared, or stepped over. */
import type { Loop, Node } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { consumed, releases } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { byOne, spelledIn, textAt } from '../function/text.js';
import { keptOf } from '../memory/maps.js';
import { holders, isVariable, placeAt, valueIn } from '../memory/memory.js';
import { altered, type State, theReference, told } from '../memory/state.js';

/** The state after `pages[i] = NULL`, if this iteration has that page in a variable, which now alone holds it; `null` for other stores. */
export function forgetElement(local: WalkContext, n: Node, target: string, state: State): State | null {
  const place = placeAt(state, target);
  if (state.phase !== 'held' || state.unsure || place === null || state.store.get(place) !== theReference) return null;
  const index = /^[\w>.-]+\[(\w+)\]\s*=\s*(?:NULL|0)\b/.exec(textAt(local, n))?.[1];
  const loop = n.loops.at(-1);
  if (index === undefined || !loop?.variables.includes(index)) return null;
  const others = holders(state).filter((p) => p !== place);
  if (!others.every(isVariable) || !isSeen(local, loop, state)) return null;
  return without(local, n, state, [place], target);
}

/** The state after a store to a queue's start, as a pipe's `tail`: buffers before it hold nothing any more; `null` for other stores. */
export function stepOver(local: WalkContext, n: Node, target: string, state: State): State | null {
  const dot = target.lastIndexOf('.');
  if (state.phase !== 'held' || dot < 0) return null;
  const object = target.slice(0, dot);
  const content = consumed.get(`${local.graph.types.get(object)?.tag}${target.slice(dot)}`);
  const base = content === undefined ? null : placeAt(state, object);
  if (base === null) return null;
  const value = valueIn(state, { path: object, address: false, text: '' });
  const gone = holders(state).filter((p) => p === `${value}${content}`);
  // Whatever else was done to the buffer: whoever is done with it has to drop it.
  return gone.length === 0 ? null : without(local, n, altered(state, { unsure: false }), gone, target);
}

/**
 * The state after `page = obj->pages[obj->head]; obj->head++`, if the file drops what is left in the array from that member on: the element
 * that was taken out is only in the path's own variable. `null` for any other update.
 */
export function stepPast(local: WalkContext, n: Node, target: string, state: State): State | null {
  const field = /\.(\w+)$/.exec(target)?.[1];
  if (state.phase !== 'held' || field === undefined || !byOne.test(textAt(local, n))) return null;
  const places = holders(state);
  const gone = places.filter((p) => isFront(local, /\.(\w+)\[\]$/.exec(p)?.[1], field));
  const isTakenOut = gone.length > 0 && places.some(isVariable) && places.every((p) => isVariable(p) || gone.includes(p));
  return isTakenOut ? without(local, n, state, gone, target) : null;
}

/** True if a drop in the file begins at the element of the array that the member indexes. */
function isFront({ program, reference }: WalkContext, array: string | undefined, member: string): boolean {
  return array !== undefined && array !== member && frontsIn(program)(reference.file).has(`${array}.${member}`);
}

/** Arrays that a file drops from an element on that a member indexes, as `array.member`: `put_page(obj->pages[obj->head++])`. */
const frontsIn = remembered((program: Program) => {
  const known = program.ledger.memo<ReadonlySet<string>>();
  const find = (file: string): ReadonlySet<string> =>
    new Set(program.searched(file, front).flatMap((reference) => frontsOf(program.textOf(reference))));
  return (file: string): ReadonlySet<string> => known.get(file) ?? known.work(file, () => find(file));
});

const front = /\b(\w+)\s*(?:\[\s*\w+(?:->|\.)(\w+)\s*\+\+\s*\]|\+\s*\w+(?:->|\.)(\w+)\s*,)/;

function frontsOf(text: string): string[] {
  const isDropped = (at: number): boolean => dropCall.test(text.slice(text.lastIndexOf(';', at) + 1, at));
  return [...text.matchAll(new RegExp(front, 'g'))].flatMap(({ index, 1: array, 2: one, 3: first }) =>
    isDropped(index) ? [`${array}.${one ?? first}`] : [],
  );
}

const dropCall = new RegExp(String.raw`\b(?:${[...releases.keys()].join('|')})\s*\(`);

function without(local: WalkContext, n: Node, state: State, places: readonly string[], target: string): State {
  const store = keptOf(state.store, (place) => !places.includes(place));
  return told(local, n, altered(state, { store }), `${spelledIn(local, target)} forgets the pages in it`, { kind: 'forgotten' });
}

/** True if an iteration has had the followed element in a variable of its own, and did not drop it. */
export function isSeen({ graph }: WalkContext, loop: Loop, state: State): boolean {
  const own = new Set(
    graph.nodes.flatMap(({ operation: o, loops }) => (o?.kind === 'copy' && loops.some((l) => l.id === loop.id) ? [o.target] : [])),
  );
  return holders(state).some((place) => own.has(place) && isVariable(place));
}
