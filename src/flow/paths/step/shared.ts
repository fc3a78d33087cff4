/** Memory that somebody else may reach from now on, or has written to. */
import type { FunctionReference } from '../../../program/file.js';
import type { CallOperation, Graph, Node } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { sleepingName } from '../../../protocol/index.js';
import { changesOf, settersOf } from '../../stores.js';
import type { Called } from '../context.js';
import { askedFor, numbersSetIn } from '../function/asked.js';
import { flagsIn } from '../memory/flags.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, holders, isVariable, reach, valueIn } from '../memory/memory.js';
import { altered, type State } from '../memory/state.js';
import { isHandedOver } from './removed.js';

/** Objects that are put on a list, or handed to somebody who keeps them. */
export function share(state: State, { args }: Pick<CallOperation, 'args'>): State {
  const bases = args.flatMap((a) => {
    const value = valueIn(state, a);
    const base = value === null ? null : (/^&?([^.[@]+)/.exec(value)?.[1] ?? null);
    return base !== null && state.fresh.has(base) && !state.shared.has(base) ? [base] : [];
  });
  return bases.length === 0 ? state : altered(state, { shared: new Set([...state.shared, ...bases]) });
}

/**
 * True from then on for a reference that is reached from something that was listed or scheduled. Who waits, with the pages in memory
 * that others reach, waits for those: they have them.
 */
export function linked(state: State, o: CallOperation): State {
  if (state.linked || state.phase !== 'held') return state;
  if (o.name !== null && sleepingName.test(o.name))
    return holders(state).some((place) => isOthers(state, baseOf(place))) ? altered(state, { linked: true }) : state;
  const bases = new Set(holders(state).map(baseOf));
  const isOf = (value: string | null): boolean => value !== null && (bases.has(baseOf(value)) || reach(state, value).length > 0);
  return o.args.some((a) => isOf(valueIn(state, a))) ? altered(state, { linked: true }) : state;
}

/** True for memory that is not the function's own, or to which a pointer was stored somewhere. */
function isOthers({ fresh, shared, store }: State, base: string): boolean {
  if (!fresh.has(base) || shared.has(base)) return true;
  for (const [place, value] of store) if (baseOf(value) === base && rootOf(place) !== place && baseOf(place) !== base) return true;
  return false;
}

/** A call that is not looked into may keep what it is given. */
export function escaped(local: Called, state: State, n: Node, o: CallOperation): State {
  if (state.fresh.size === 0) return state;
  const { isNeutral, isLinking } = local.nodes.callee(n, o);
  if (isNeutral && !isHandedOver(local, o, state, isLinking)) return state;
  return o.name !== null && local.mayKeep(o.name, local.reference.file) ? share(state, o) : state;
}

/** What a function is given it may write to. */
export function written(state: State, o: CallOperation): State {
  return state.zeroed.size === 0 ? state : withoutZeros(state, new Set(o.args.map((a) => (valueIn(state, a) ?? '').replace(/^&/, ''))));
}

/** As {@link written}, of a function that may be the driver's: it may write to a member that is a struct, `&req->in`, as well. */
export function writtenBy(local: Called, state: State, o: CallOperation): State {
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

/** True for a function that is not seen, that stores numbers other than zero below a parameter, or that hands this on. */
function mayFill({ program, reference }: Called, { name }: CallOperation, index: number): boolean {
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

/** What is known of numbers in memory that a function is given goes where it changes them. */
export function changed(local: Called, o: CallOperation, callee: string, state: State): State {
  return changedAt(local, o, callee, state, () => true);
}

/** As {@link changed}, of constants and flags, which functions are told of, and of what the calling function asks for in a condition; of the rest it is not known what it is there for. */
export function changedIfAsked(local: Called, o: CallOperation, state: State): State {
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

/** True if a function of a name may store at a path below what it is given. */
export function mayChange({ program, reference }: Called, callee: string, index: number, suffix: string): boolean {
  return program.resolve(callee, reference.file).some((r) => changesOf(program)(r, index, suffix));
}

/** The same, but for what it only sets to zero. */
export function maySet({ program, reference }: Called, callee: string, index: number, suffix: string): boolean {
  return program.resolve(callee, reference.file).some((r) => settersOf(program)(r, index, suffix));
}

function changedAt(
  local: Called,
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
  const isNumber = (value: string): boolean => value.startsWith('=') || value.startsWith('~');
  const store = keptOf(state.store, (place, value) => !isNumber(value) || !matters(place, value) || !isChanged(place));
  return store === state.store ? state : altered(state, { store });
}

/** Memory that a call gets to. */
interface Given {
  base: string;
  /** Which argument leads there; `null` where a pointer does that stands in what the call is given: who reads that is not looked for. */
  index: number | null;
  /** It is a variable of the function's own, whose address is given. */
  isOwn: boolean;
}

/** The memory that a call is given, and the variables whose addresses stand in that. */
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

/** True for the address of a variable. */
function isAddress(value: string): boolean {
  return value.startsWith('&') && isVariable(value.slice(1));
}

/** True for a function that the tree does not have: what it writes to is not known. */
function isUnread({ program, reference }: Called, callee: string): boolean {
  return program.resolve(callee, reference.file).length === 0;
}

/** The last members of what the conditions of a function compare with something. */
const asksFor = remembered((graph: Graph): ReadonlySet<string> => new Set(askedFor(graph).map(lastOf)));

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.'));
}
