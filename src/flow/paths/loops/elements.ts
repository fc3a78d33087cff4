/** Stores to the array element of one loop iteration, while the pages are in the element of another one. */
import { type Clear, type Copy, isStore, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import type { WalkContext } from '../context.js';
import { isSeed } from '../entry.js';
import { type InGraph, textAt } from '../function/text.js';
import { reaches, valueAt } from '../memory/memory.js';
import { outcome, type State } from '../memory/state.js';

/** True for a store over what leads to the pages in an array of structs, if another element may be meant. */
export function isOfAnother(local: WalkContext, n: Node, o: Copy | Clear, place: string | null, state: State): boolean {
  if (place === null || state.phase !== 'held' || !state.store.has(place) || !reaches(state, valueAt(state, place))) return false;
  return isInElement(local, n) || isOfLaterRound(local, n, o, state);
}

/** True for a store to the current iteration's element, by index or by a variable, where an earlier iteration has taken the pages. */
export function isOfLaterRound(local: WalkContext, n: Node, { target }: Copy | Clear, state: State): boolean {
  const loop = state.phase === 'held' ? n.loops.find((l) => local.taking.some((t) => t.id === l.id)) : undefined;
  if (loop === undefined || rootOf(target) === target || !(isInElement(local, n) || isElementIn(local, loop.id, rootOf(target))))
    return false;
  // Behind the call that takes pages in an iteration, earlier pages are all that is held only where it took none.
  return (
    (state.outcomes & outcome.earlier) !== 0 ||
    local.graph.nodes.every((m) => m.pos >= n.pos || !isIn(m, loop.id) || !isSeed(m, local.entry))
  );
}

/** True for `chunk[i].pages = …` and `chunks[i] = …`. */
function isInElement(local: InGraph, n: Node): boolean {
  return /^[^=;]*\[[^\]=;]+\]\s*((\.|->)[^=;]*)?=/.test(textAt(local, n));
}

/** True for a variable that is only ever set, in the loop, to the iteration's element: `seg = &job->segs[i]`. */
export function isElementIn(local: InGraph, loop: number, variable: string): boolean {
  const key = `${loop} ${variable}`;
  const answers = elementsIn(local.graph);
  let found = answers.get(key);
  if (found === undefined) {
    const stores = local.graph.nodes.filter(
      ({ operation: o }) => isStore(o) && o.target === variable && (o.kind !== 'clear' || o.text !== ''),
    );
    found = stores.length > 0 && stores.every((n) => n.operation?.kind === 'copy' && isIn(n, loop) && elementPlace.test(textAt(local, n)));
    answers.set(key, found);
  }
  return found;
}

const elementsIn = remembered((_graph: InGraph['graph']) => new Map<string, boolean>());

/** `seg = &job->segs[i]` */
const elementPlace = /^[\w\s*]*=\s*&[\w.>()-]+\[[^\]]+\]\s*[;,]/;

function isIn({ loops }: Node, loop: number): boolean {
  return loops.some((l) => l.id === loop);
}
