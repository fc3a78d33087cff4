/** Where the function is left: pages that are handed on as a success, and a count that is handed on as an error. */
import type { Graph, Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { no, one } from '../../syntax/truth.js';
import { isEntered } from './bounds.js';
import type { CountFault } from './fault.js';
import { faultAt, isArray, type State, type Walking } from './path.js';
import { ALL, ERROR, SHORT, symbolOf, ZERO } from './symbols.js';

/** What a return says. */
export interface Returned {
  faults: readonly CountFault[];
  /** Zero is returned with all pages there. */
  zeroIsSuccess: boolean;
  /** Outcomes with which the result itself is returned; for a failure, an error of the function's own. */
  handed: number;
}

const silent: Returned = { faults: [], zeroIsSuccess: false, handed: 0 };

export function atReturn(w: Walking, state: State, { operation: o, pos }: Node): Returned {
  const { reference } = w.taking;
  const type = w.program.variants(reference)[0]?.returns;
  if (o?.kind !== 'return' || w.one || !type) return silent;
  // Zero is a success of a number; a pointer that is NULL and `false` are failures.
  if (/bool/i.test(type.base) || answersYes(w.graph))
    return one.test(o.value?.text ?? '') ? { ...silent, faults: asSuccess(w, state, pos) } : silent;
  if (type.pointers > 0 || returnsNull(w.graph)) {
    const isFault = isArray(w, o.value?.path ?? null) && isToldAsked(w, state);
    return isFault ? { ...silent, faults: faultAt(w, state, pos, 'success', 'unfilled', SHORT | ZERO | ERROR) } : silent;
  }
  const value = o.value ? symbolOf(o.value, state.names, w.words) : null;
  if (value === null || (value.plus !== 0 && value.base !== 'number')) return silent;
  const isAll = (state.outcomes & ALL) !== 0;
  if (value.base === 'result')
    return { faults: isAll ? [] : faultAt(w, state, pos, 'result', 'unfilled', SHORT), zeroIsSuccess: false, handed: state.outcomes };
  if (value.base !== 'number') return silent;
  if (value.plus !== 0) return { ...silent, handed: value.plus < 0 ? state.outcomes & ERROR : 0 };
  return { faults: asSuccess(w, state, pos), zeroIsSuccess: isAll, handed: 0 };
}

/** What is wrong with saying at a place that all went well. */
function asSuccess(w: Walking, state: State, pos: number): CountFault[] {
  // A loop over counts may end early, with what it has.
  const early = w.start.loops.length > 0 && w.taking.subject.site.acquire.result !== 'bytes';
  const isError = !early && !state.told && !(state.outcomes & (SHORT | ALL));
  return [
    ...(isError ? faultAt(w, state, pos, 'error', 'unfilled', ERROR) : []),
    ...(isKept(w, state) ? faultAt(w, state, pos, 'success', 'unfilled', SHORT | ZERO | ERROR) : []),
  ];
}

/** True where NULL is returned: by a pointer, whatever the name of its type. */
const returnsNull = remembered(({ nodes }: Graph): boolean =>
  nodes.some(({ operation: o }) => o?.kind === 'return' && o.value?.text === 'NULL'),
);

/** True for a function that answers by one or zero, whatever its type is: there zero is the failure. */
const answersYes = remembered(({ nodes }: Graph): boolean => {
  const stored = (path: string): string[] =>
    nodes.flatMap(({ operation: o }) => {
      if (o?.kind === 'clear' && o.target === path) return [o.text];
      return o?.kind === 'copy' && o.target === path ? [o.source.path === null ? o.source.text : '?'] : [];
    });
  const answers = nodes.flatMap(({ operation: o }) => {
    if (o?.kind !== 'return') return [];
    const path = o.value?.path ?? null;
    return path === null ? [o.value?.text ?? ''] : stored(path);
  });
  return answers.some((text) => one.test(text)) && answers.every((text) => one.test(text) || no.test(text));
});

/** True if pages stay in an object beside the number asked for, and nothing has taken the result for their number. */
function isKept(w: Walking, state: State): boolean {
  const { subject, reference } = w.taking;
  if (!subject.followed.visits.some((v) => isEntered(v, reference) && v.flow.heap.length > 0)) return false;
  return isToldAsked(w, state) || (!state.counted && w.start.loops.length === 0 && subject.row.carrier.length > 0);
}

/** True if the number asked for stands in an object or behind a pointer, and nothing has taken the result for their number. */
function isToldAsked({ start }: Walking, state: State): boolean {
  if (state.counted || start.loops.length > 0) return false;
  return [...state.names].some(([name, s]) => s.base === 'asked' && s.plus === 0 && rootOf(name) !== name);
}
