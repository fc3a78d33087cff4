/**
 * What a function sets below its parameters: constants, flags, and the numbers that it leaves alone. By these a caller knows which way
 * the function went.
 */
import { type CallOperation, callsOf } from '../../../program/graph.js';
import { suffixAfter } from '../../../program/path.js';
import { noPointer } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { isHandedUp } from '../entry.js';
import { numbersSetIn } from '../function/asked.js';
import { belowParameter } from '../function/parameter.js';
import { constantName } from '../memory/conditions.js';
import { flagsIn } from '../memory/flags.js';
import { baseOf } from '../memory/memory.js';
import { type Holder, isSameHolder, type State, type Stored } from '../memory/state.js';
import { maySet } from '../step/shared.js';

/** The constants and flags that one path sets. Not zeros: they say that nothing is there, see `emptied` in exit.ts. */
export function setsOf({ graph, entry }: WalkContext, state: State): Stored[] {
  if (!isHandedUp(entry)) return [];
  const found: Stored[] = [];
  state.store.forEach((value, place) => {
    const values = value.startsWith('~') ? flagsIn(state, value) : isConstant(value) ? [value] : [];
    const base = baseOf(place);
    const of = values.length === 0 || place === base ? -1 : graph.params.findIndex((p) => p.name === base);
    if (of >= 0) for (const value of values) found.push({ of, suffix: place.slice(base.length), value });
  });
  return found;
}

function isConstant(value: string): boolean {
  return constantName.test(value) && !noPointer.test(value.replace(/^=/, ''));
}

/** Those that two paths have in common. */
export function commonSets(some: readonly Stored[], others: readonly Stored[]): readonly Stored[] {
  const isSame = (a: Stored, b: Stored): boolean => isSameHolder(a, b) && a.value === b.value;
  return some.filter((a) => others.some((b) => isSame(a, b)));
}

/**
 * The numbers below parameters that the function sets on some path, itself or by the callee that hands it the pages, and not on this one.
 */
export function untouchedBy(local: WalkContext, { store }: State): Holder[] {
  const { graph, entry } = local;
  if (!isHandedUp(entry)) return [];
  const handed = entry.kind === 'returned' ? callsOf(graph, entry.callee).flatMap(({ call }) => given(local, call)) : [];
  return [...numbersSetIn(graph), ...handed].filter((holder, i, all) => {
    const place = `${graph.params[holder.of]?.name}${holder.suffix}`;
    return !store.has(place) && all.findIndex((h) => isSameHolder(h, holder)) === i && !isSetByCall(local, place);
  });
}

/** The numbers that the callee left as they were on some exits, in terms of this function's caller. */
function given({ graph, entry }: WalkContext, { args }: CallOperation): Holder[] {
  if (entry.kind !== 'returned') return [];
  return entry.exits.flatMap(({ untouched }) =>
    untouched.flatMap(({ of, suffix }) => {
      const argument = args[of];
      return argument?.path == null || argument.address ? [] : (belowParameter(graph, argument.path + suffix) ?? []);
    }),
  );
}

/** True if a called function may set a number; not the one that hands on the pages, of which it is known what it has set. */
function isSetByCall(local: WalkContext, place: string): boolean {
  const { graph, entry } = local;
  return graph.nodes.some(({ operation: o }) => {
    if (o?.kind !== 'call' || o.name === null || (entry.kind === 'returned' && o.name === entry.callee)) return false;
    const { name, args } = o;
    return args.some((a, i) => {
      const suffix = a.path === null || a.address ? null : suffixAfter(place, a.path);
      return suffix !== null && suffix !== '' && maySet(local, name, i, suffix);
    });
  });
}

/** The places that two paths have in common. */
export function commonHolders(some: readonly Holder[], others: readonly Holder[]): readonly Holder[] {
  return some.filter((a) => others.some((b) => isSameHolder(a, b)));
}
