/** What is left of the reference when a function returns: makes the exits. */
import type { Node } from '../../../program/graph.js';
import { suffixAfter } from '../../../program/path.js';
import { goingOn } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { numbersSetIn } from '../function/asked.js';
import { belowParameter } from '../function/parameter.js';
import { boundOf } from '../loops/sweep.js';
import { equalOf } from '../memory/conditions.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, holders, isConstant, isVariable, placeBelow, reach, valueAt } from '../memory/memory.js';
import { requiredOf } from '../memory/required.js';
import { errorSigns, signOf } from '../memory/signs.js';
import { altered, type Exit, type Holder, isSameHolder, outcome, type State, sign, theReference } from '../memory/state.js';
import { happened, latest } from '../memory/trail.js';
import { chainsOf } from '../step/chained.js';
import { setsOf, untouchedBy } from './sets.js';

/** The exit of a path; `null` for a path on which the reference never was. */
export function exitOf(local: WalkContext, state: State, n: Node): Exit | null {
  if (state.phase === 'before') return null;
  const returned = state.store.get('%return') ?? null;
  const pos = leftAt(local, state, n);
  const equals = equalOf(state, returned);
  const signs = goingOn.has(equals?.slice(1) ?? '') ? sign.zero : signOf(state, returned);
  const exit: Exit = {
    by: local.reference,
    graph: local.graph,
    result: happened(state.trail, 'abandoned') ? errorSigns(signs) : signs,
    kind: 'dropped',
    holders: [],
    within: [],
    outcomes: state.outcomes,
    counts: returned !== null && returned === state.result,
    ...askedOf(local, state),
    equals,
    gives: givenOf(local, state, returned),
    got: gotFrom(local, returned),
    allocated: returned !== null && state.fresh.has(returned),
    made: [],
    none: [],
    unset: [],
    extra: state.extra,
    sets: setsOf(local, state),
    untouched: untouchedBy(local, state),
    requires: requiredOf(state, local.graph, local.modes),
    rounds: [],
    chains: state.linked ? chainsOf(local, state) : [],
    drop: state.dropped,
    early: false,
    trail: state.trail,
    pos,
    linked: state.linked,
    unsure: state.unsure || state.dropped?.unsure === true,
  };
  // With an error returned, what is below the return value on other paths is not there.
  const object = exit.result === sign.negative ? null : returned;
  if (state.phase === 'released') {
    const holders = outliving(local, state, object);
    return { ...exit, holders, made: madeFor(local, state, holders), none: emptied(local, state) };
  }
  // If the call took nothing, there is no reference to lose.
  if ((state.outcomes & (outcome.short | outcome.all | outcome.earlier)) === 0) return null;
  const found = outliving(local, state, object);
  if (found.length > 0) {
    const rounds = roundsOf(local, state);
    // A function that fails may have made the object forget the pages: its counts and pointers tell.
    const hasFailed = exit.result === sign.negative && local.entry.kind !== 'given';
    const [none, unset] = hasFailed ? [emptied(local, state), unsetIn(local, state)] : [[], []];
    return { ...exit, kind: 'held', holders: found, within: withinOthers(state), made: madeFor(local, state, found), none, unset, rounds };
  }
  if (byValue(local)) return { ...exit, kind: 'held', holders: [] };
  return { ...exit, kind: state.extra > 0 || state.unsure ? 'unknown' : 'lost' };
}

/** The bound of the one loop in which pages are taken, if those of earlier iterations are all that is held. */
function roundsOf(local: WalkContext, { outcomes }: State): Holder[] {
  const [loop] = local.taking;
  if ((outcomes & outcome.earlier) === 0 || (outcomes & (outcome.short | outcome.all)) !== 0 || !loop || local.taking.length > 1) return [];
  const bound = boundOf(loop, local);
  const place = bound === null ? null : belowParameter(local.graph, bound);
  return place === null ? [] : [place];
}

/** Suffixes at which the reference is below memory that the function did not allocate, or that others know. */
function withinOthers(state: State): string[] {
  const isOthers = (base: string): boolean => !state.fresh.has(base) || state.shared.has(base);
  return holders(state).flatMap((place) => (place !== baseOf(place) && isOthers(baseOf(place)) ? [place.slice(baseOf(place).length)] : []));
}

/** Places below parameters that were set to zero. */
function emptied({ graph }: WalkContext, { store }: State): Holder[] {
  return [...store].flatMap(([place, value]) => {
    const base = baseOf(place);
    const of = isConstant(value, noPointer) && place !== base ? graph.params.findIndex((p) => p.name === base) : -1;
    return of < 0 ? [] : [{ of, suffix: place.slice(base.length) }];
  });
}

/** Numbers below parameters that the function sets on other paths, and not on this one. */
function unsetIn({ graph }: WalkContext, { store }: State): Holder[] {
  return numbersSetIn(graph).filter(({ of, suffix }) => !store.has(`${graph.params[of]?.name}${suffix}`));
}

/**
 * Parameters through which memory is handed out that this path allocated and nobody else reaches, with the reference in it: `*out = obj`.
 */
function madeFor({ graph }: WalkContext, state: State, found: readonly Holder[]): number[] {
  return graph.params.flatMap(({ name }, index) => {
    if (!found.some((h) => h.of === index && /^([.@]|\[\]\[\])/.test(h.suffix))) return [];
    const place = placeBelow(state, valueAt(state, name), '[]');
    const value = place === null ? null : valueAt(state, place);
    if (value === null || !state.fresh.has(value) || state.shared.has(value)) return [];
    // What a container of the caller's holds as well, is found there by the same suffix.
    const isThere = (held: string): boolean => isVariable(held) || suffixAfter(held, value) !== null;
    return found.some((h) => h.of === index && h.suffix.startsWith('@')) && !holders(state).every(isThere) ? [] : [index];
  });
}

/** True if the caller has the page itself in a variable. */
function byValue({ entry }: WalkContext): boolean {
  return entry.kind === 'given' && entry.facts.some((f) => !/[.[@]/.test(f));
}

/** The number of pages that the acquiring call was asked for: a constant, or the places in the caller's terms that have it. */
function askedOf({ graph }: WalkContext, state: State): Pick<Exit, 'asked' | 'askedIn'> {
  const { asked } = state;
  if (asked === null || asked.startsWith('=')) return { asked, askedIn: [] };
  const below = (place: string): Holder[] => {
    const base = baseOf(place);
    const of = graph.params.findIndex((p) => p.name === base);
    return of < 0 || (place === base && asked !== base) ? [] : [{ of, suffix: place.slice(base.length) }];
  };
  // A parameter's value is what the caller passed. A field counts only if it still has that number.
  const kept = [...state.store].flatMap(([place, value]) => (value === asked && place !== asked ? below(place) : []));
  const [first = null, ...others] = asked === baseOf(asked) || valueAt(state, asked) === asked ? [...below(asked), ...kept] : kept;
  return { asked: first, askedIn: others };
}

/** Index of the parameter, a number, that is returned as it was passed; `null` if none is. */
function givenOf({ graph }: WalkContext, { conditions }: State, returned: string | null): number | null {
  if (returned === null) return null;
  const isIt = (name: string): boolean => name === returned || conditions.get(`${returned} == ${name}`) === true;
  const index = graph.params.findIndex((p) => p.name !== '' && p.type.pointers === 0 && p.type.tag === null && isIt(p.name));
  return index < 0 ? null : index;
}

/** The place below a parameter whose value is returned as it was on entry. */
function gotFrom({ graph }: WalkContext, returned: string | null): Holder | null {
  if (returned === null || !/^\w+(?:\.\w+|\[\])+$/.test(returned)) return null;
  const base = baseOf(returned);
  const of = graph.params.findIndex((p) => p.name === base);
  return of < 0 ? null : { of, suffix: returned.slice(base.length) };
}

/** Offset of the return statement, or of the function's end. Callees have returned on the path, too: only the function's own counts. */
function leftAt({ reference: { file, name } }: WalkContext, { trail }: State, n: Node): number {
  const left = latest(trail, 'returned', (step) => step.function === name && step.file === file);
  return left?.pos ?? n.pos;
}

/** The places that hold the reference and outlive the function, in the caller's terms. */
function outliving(local: WalkContext, state: State, returned: string | null): Holder[] {
  const { graph } = local;
  const found: Holder[] = [];
  const add = (of: number, suffix: string): void => {
    if (!found.some((h) => isSameHolder(h, { of, suffix }))) found.push({ of, suffix });
  };
  graph.params.forEach((param, index) => {
    if (param.name === '') return;
    for (const suffix of reach(altered(state, { store: withoutPlace(state, param.name) }), param.name))
      if (suffix !== '') add(index, suffix);
  });
  if (returned !== null) for (const suffix of reach(state, returned)) add(-1, suffix);
  for (const place of holders(state)) {
    const base = baseOf(place);
    if (place === base && !base.startsWith('::')) continue;
    if (graph.params.some((p) => p.name === base)) continue;
    // What is reached from a parameter or the return value is in the list already.
    const isNobodys = state.fresh.has(base) ? !state.shared.has(base) : base.startsWith('%');
    if (isNobodys && found.some((h) => h.of >= -1) && isReached(local, state, base, returned)) continue;
    if (outlives(local, state, base, returned, 0)) for (const name of namesFrom(state, base)) add(-2, name + place.slice(base.length));
  }
  return found;
}

/** Names of some memory by the pointers in other memory that lead to it; its own name if none does. */
function namesFrom(state: State, base: string): string[] {
  const found = [...state.store].flatMap(([place, value]) => (value === base && place !== baseOf(place) ? [place] : []));
  return found.length > 0 ? found : [base];
}

function isReached({ graph }: WalkContext, state: State, base: string, returned: string | null): boolean {
  const roots = new Set([...graph.params.map((p) => p.name), ...(returned === null ? [] : [returned])]);
  const seen = new Set<string>();
  const queue = [base];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (roots.has(at)) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const [place, value] of state.store)
      if (baseOf(value) === at && value !== theReference && place !== baseOf(place)) queue.push(baseOf(place));
  }
  return false;
}

function withoutPlace(state: State, name: string): ReadonlyMap<string, string> {
  return keptOf(state.store, (place) => place !== name);
}

/** True if somebody else may reach the memory below a base once the function has returned. */
function outlives(local: WalkContext, state: State, base: string, returned: string | null, depth: number): boolean {
  if (base.startsWith('::') || (returned !== null && leadsTo(returned, base))) return true;
  // Below an error or NULL there is nothing.
  if (!base.startsWith('=') && (signOf(state, base) & sign.positive) === 0) return false;
  const { graph } = local;
  if (graph.params.some((p) => p.name === base)) return true;
  if (base.startsWith('%') || base.startsWith('?')) {
    if (!state.fresh.has(base)) return true;
    if (state.shared.has(base)) return true;
    if (depth > 4) return true;
    for (const [place, value] of state.store) {
      if (baseOf(value) !== base || value === theReference) continue;
      const holder = baseOf(place);
      if (holder === base || (place === holder && !place.startsWith('::'))) continue;
      if (outlives(local, state, holder, returned, depth + 1)) return true;
    }
    return false;
  }
  const type = graph.types.get(base);
  if (!type) return true;
  // A local array or struct ends with the function. A local pointer of unknown value leads to somebody's object.
  return type.pointers > 0 && type.dims.length === 0 && !isOwnArray(state, base);
}

/** True for a pointer to, or into, some memory. A value that was read from there, `req->status`, does not lead back. */
function leadsTo(value: string, base: string): boolean {
  return baseOf(value) === base && (value.startsWith('&') || !/\.\w/.test(suffixAfter(value, base) ?? ''));
}

function isOwnArray(state: State, base: string): boolean {
  return [...state.store.keys()].some((place) => suffixAfter(place, base) !== null && state.fresh.has(base));
}
