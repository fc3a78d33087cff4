/** Faults where the function returns: a failure or a short count that is reported as a success. */
import type { Graph, Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { no, one } from '../../syntax/truth.js';
import { isEntered } from './bounds.js';
import type { CountFault } from './fault.js';
import { faultAt, isArray, type State, type Walking } from './path.js';
import { ALL, ERROR, SHORT, symbolOf, ZERO } from './symbols.js';

/** What was seen at a return. */
export interface Returned {
  faults: readonly CountFault[];
  /** Zero is returned on a path that may have all pages: zero is the function's success. */
  zeroIsSuccess: boolean;
  /** Outcomes with which the call's result is returned; for a negative constant, ERROR if the call may have failed. */
  handed: number;
}

const silent: Returned = { faults: [], zeroIsSuccess: false, handed: 0 };

/** The faults of a return, and what it tells of the function's return value. */
export function atReturn(w: Walking, state: State, { operation: o, pos }: Node): Returned {
  const { reference } = w.taking;
  const type = w.program.variants(reference)[0]?.returns;
  if (o?.kind !== 'return' || w.one || !type) return silent;
  // Zero is the success of a number; for a pointer NULL, and for a bool `false`, are the failure.
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

/** The faults of reporting success at a place. */
function asSuccess(w: Walking, state: State, pos: number): CountFault[] {
  // A loop that adds up counts may end early and succeed with what it has.
  const early = w.start.loops.length > 0 && w.taking.subject.site.acquire.result !== 'bytes';
  const isError = !early && !state.told && !(state.outcomes & (SHORT | ALL));
  return [
    ...(isError ? faultAt(w, state, pos, 'error', 'unfilled', ERROR) : []),
    ...(isKept(w, state) ? faultAt(w, state, pos, 'success', 'unfilled', SHORT | ZERO | ERROR) : []),
  ];
}

/** True for a function that returns NULL somewhere: its return value is a pointer, whatever the type is called. */
const returnsNull = remembered(({ nodes }: Graph): boolean =>
  nodes.some(({ operation: o }) => o?.kind === 'return' && o.value?.text === 'NULL'),
);

/** True for a function that only returns one or zero, whatever its type is: zero is then the failure. */
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

/** True if the function leaves the pages in an object, and nothing on the path has used the result as their number. */
function isKept(w: Walking, state: State): boolean {
  const { subject, reference } = w.taking;
  if (!subject.followed.visits.some((v) => isEntered(v, reference) && v.flow.heap.length > 0)) return false;
  return isToldAsked(w, state) || (!state.counted && w.start.loops.length === 0 && subject.row.carrier.length > 0);
}

/**
 * True if an object, or memory behind a pointer, holds the number asked for, and nothing on the path has used the result as the number of
 * pages. Never true of a call in a loop, where a later iteration may take the rest.
 */
function isToldAsked({ start }: Walking, state: State): boolean {
  if (state.counted || start.loops.length > 0) return false;
  return [...state.names].some(([name, s]) => s.base === 'asked' && s.plus === 0 && rootOf(name) !== name);
}
