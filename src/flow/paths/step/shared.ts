/** Memory that somebody else may reach, or has written to. */
import type { FunctionReference } from '../../../program/file.js';
import type { CallOperation, Graph, Node } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { sleepingName } from '../../../protocol/index.js';
import { changesOf, settersOf } from '../../stores.js';
import type { WalkContext } from '../context.js';
import { askedFor, numbersSetIn } from '../function/asked.js';
import { flagsIn } from '../memory/flags.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, holders, isNumber, isVariable, reach, valueIn } from '../memory/memory.js';
import { altered, type State } from '../memory/state.js';
import { isHandedOver } from './removed.js';

/** The state after objects are put on a list, or handed to somebody who keeps them. */
export function share(state: State, { args }: Pick<CallOperation, 'args'>): State {
  const bases = args.flatMap((a) => {
    const value = valueIn(state, a);
    const base = value === null ? null : (/^&?([^.[@]+)/.exec(value)?.[1] ?? null);
    return base !== null && state.fresh.has(base) && !state.shared.has(base) ? [base] : [];
  });
  return bases.length === 0 ? state : altered(state, { shared: new Set([...state.shared, ...bases]) });
}

/**
 * The state after something is listed or scheduled that leads to the reference, see {@link State.linked}. Also after a wait with the
 * pages in memory that others reach: the wait is for those others, so they have the pages.
 */
export function linked(state: State, o: CallOperation): State {
  if (state.linked || state.phase !== 'held') return state;
  if (o.name !== null && sleepingName.test(o.name))
    return holders(state).some((place) => isOthers(state, baseOf(place))) ? altered(state, { linked: true }) : state;
  const bases = new Set(holders(state).map(baseOf));
  const isOf = (value: string | null): boolean => value !== null && (bases.has(baseOf(value)) || reach(state, value).length > 0);
  return o.args.some((a) => isOf(valueIn(state, a))) ? altered(state, { linked: true }) : state;
}

/** True for memory that this path did not allocate, or to which a pointer was stored somewhere. */
function isOthers({ fresh, shared, store }: State, base: string): boolean {
  if (!fresh.has(base) || shared.has(base)) return true;
  for (const [place, value] of store) if (baseOf(value) === base && rootOf(place) !== place && baseOf(place) !== base) return true;
  return false;
}

/** The state after a call that is not looked into, and that may keep what it is given. */
export function escaped(local: WalkContext, state: State, n: Node, o: CallOperation): State {
  if (state.fresh.size === 0) return state;
  const { isNeutral, isLinking } = local.nodes.callee(n, o);
  if (isNeutral && !isHandedOver(local, o, state, isLinking)) return state;
  return o.name !== null && local.mayKeep(o.name, local.reference.file) ? share(state, o) : state;
}

/** The state after a call that may write to the memory it is given: that is not known to be zeros any more. */
export function written(state: State, o: CallOperation): State {
  return state.zeroed.size === 0 ? state : withoutZeros(state, new Set(o.args.map((a) => (valueIn(state, a) ?? '').replace(/^&/, ''))));
}

/** As {@link written}, for a function that may be the driver's own: it may also write to a struct inside of that memory, `&req->in`. */
export function writtenBy(local: WalkContext, state: State, o: CallOperation): State {
  const next = written(state, o);
  if (next.zeroed.size === 0) return next;
  const values = o.args.map((a) => valueIn(next, a) ?? '');
  const within = values.filter((value, i) => value.startsWith('&') && next.zeroed.has(baseOf(value)) && mayFill(local, o, i));
  return within.length === 0 ? next : withoutZeros(next, new Set(within.map(baseOf)));
}

function withoutZeros(state: State, bases: ReadonlySet<string>): State {
  const zeroed = [...state.zeroed].filter((z) => !bases.has(z));
  return zeroed.length === state.zeroed.size ? state : altered(state, { zeroed: new Set(zeroed) });
}

/**
 * True for a function that is not in the tree, that stores to numbers below a parameter (not only zeros), or that hands the parameter on.
 */
function mayFill({ program, reference }: WalkContext, { name }: CallOperation, index: number): boolean {
  const callees = name === null ? [] : program.resolve(name, reference.file);
  const handsOn = ({ nodes }: Graph, parameter: string, file: string): boolean =>
    nodes.some(
      ({ operation: o }) =>
        o?.kind === 'call' &&
        !(o.name !== null && program.isNeutral(o.name, file)) &&
        o.args.some(({ path, address }) => path === parameter || (address && path !== null && rootOf(path) === parameter)),
    );
  const fills = (callee: FunctionReference): boolean =>
    program
      .graphs(callee)
      .some((graph) => numbersSetIn(graph).some(({ of }) => of === index) || handsOn(graph, graph.params[index]?.name ?? '', callee.file));
  return callees.length === 0 || callees.some(fills);
}

/** The state after a call: numbers in memory that the callee changes are not known any more. */
export function changed(local: WalkContext, o: CallOperation, callee: string, state: State): State {
  return changedAt(local, o, callee, state, () => true);
}

/**
 * As {@link changed}, but only for constants and flags, which callees are told of, and for what this function compares with something.
 * Other numbers keep their values, as it is not known what they are for.
 */
export function changedIfAsked(local: WalkContext, o: CallOperation, state: State): State {
  if (o.name === null) return state;
  const asked = asksFor(local.graph);
  return changedAt(
    local,
    o,
    o.name,
    state,
    (place, value) => value.startsWith('=') || asked.has(lastOf(place)) || flagsIn(state, value).length > 0,
  );
}

/** True if a function of this name may store at a suffix below an argument. */
export function mayChange({ program, reference }: WalkContext, callee: string, index: number, suffix: string): boolean {
  return program.resolve(callee, reference.file).some((r) => changesOf(program)(r, index, suffix));
}

/** As {@link mayChange}, but not for a function that only sets it to zero. */
export function maySet({ program, reference }: WalkContext, callee: string, index: number, suffix: string): boolean {
  return program.resolve(callee, reference.file).some((r) => settersOf(program)(r, index, suffix));
}

function changedAt(
  local: WalkContext,
  o: CallOperation,
  callee: string,
  state: State,
  matters: (place: string, value: string) => boolean,
): State {
  let given = null as readonly Given[] | null;
  const isChanged = (place: string): boolean => {
    given ??= givenTo(state, o);
    return given.some(({ base, index, isOwn }) => {
      const suffix = suffixAfter(place, base);
      if (suffix === null || (suffix === '' && index !== null)) return false;
      return index === null || (isOwn && isUnread(local, callee)) || mayChange(local, callee, index, suffix);
    });
  };
  const store = keptOf(state.store, (place, value) => !isNumber(value) || !matters(place, value) || !isChanged(place));
  return store === state.store ? state : altered(state, { store });
}

/** Memory that a call gets to. */
interface Given {
  /** The place that it begins at. */
  base: string;
  /** Index of the argument that leads there; `null` if a pointer inside of an argument does: whether that is followed is not looked at. */
  index: number | null;
  /** True for a local variable whose address is passed. */
  isOwn: boolean;
}

/** The memory that a call is given, and the local variables whose addresses are stored in that. */
function givenTo(state: State, { args }: CallOperation): Given[] {
  const found: Given[] = [];
  args.forEach((a, index) => {
    const value = valueIn(state, a) ?? '';
    const base = value.replace(/^&/, '');
    if (base === '') return;
    found.push({ base, index, isOwn: isAddress(value) });
    state.store.forEach((held, place) => {
      if (isAddress(held) && (suffixAfter(place, base) ?? '') !== '') found.push({ base: held.slice(1), index: null, isOwn: true });
    });
  });
  return found;
}

/** True for the address of a local variable. */
function isAddress(value: string): boolean {
  return value.startsWith('&') && isVariable(value.slice(1));
}

/** True for a function that is not in the tree: what it writes to is not known. */
function isUnread({ program, reference }: WalkContext, callee: string): boolean {
  return program.resolve(callee, reference.file).length === 0;
}

/** The last fields of the paths that the function's conditions compare with something. */
const asksFor = remembered((graph: Graph): ReadonlySet<string> => new Set(askedFor(graph).map(lastOf)));

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.'));
}
