/** How the reference comes in: by the acquiring call, or by a function that hands it on. */
import type { CallOperation, Graph, Node } from '../../../program/graph.js';
import { elsewherePath } from '../../../program/path.js';
import { noPointer } from '../../../syntax/truth.js';
import { factsAt } from '../../flow.js';
import { type Acquired, outcomesOfNone } from '../../outcome.js';
import type { WalkContext } from '../context.js';
import { elementOf } from '../loops/unwind.js';
import { equalOf, withAtMost } from '../memory/conditions.js';
import { isFlag, withFlag } from '../memory/flags.js';
import { keptOf } from '../memory/maps.js';
import { baseOf, holders, isConstant, isVariable, placeAt, placeBelow, put, renewed, valueIn, withFresh } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { altered, type Exit, outcome, type State, type Stored, sign, theReference, told } from '../memory/state.js';
import { withChains } from './chained.js';
import { isDecided } from './enter.js';
import { after, emptied, leadsNowhere, placed, requiredBy, resulting, resultText, saysOf, standingAt, stored } from './exits.js';
import { touchedOn } from './known.js';

/** The states after the acquiring call itself. */
export function take(local: WalkContext, n: Node, o: CallOperation, given: State): State[] {
  const { entry } = local;
  if (entry.kind !== 'site' || given.phase === 'released') return [];
  const before = withNumbers(given, o);
  const { acquired } = entry;
  const facts = factsAt(entry, o);
  const places = facts.map((fact) => takenAt(before, o, fact));
  // With no argument that fits a kernel, or NULL for the page array, the call takes no references.
  if (places.length === 0 || places.some((place) => isConstant(place, noPointer))) return [before];
  const outcomes = outcome.all | (acquired.result === 'count' && acquired.count !== '1' ? outcome.short : 0);
  const result = acquired.result === 'page' ? null : o.result;
  // Where the call takes nothing there is nothing to follow, except for what an earlier iteration still holds.
  const failed: State[] =
    before.phase === 'held' && acquired.result !== 'page'
      ? [
          told(
            local,
            n,
            altered(before, { outcomes: nothingBy(o.name, acquired) | outcome.earlier, result, asked: null, index: null }),
            `nothing taken by ${o.name}()`,
          ),
        ]
      : [];
  const filled = facts.flatMap((f) => Number(/^%arg(\d+)/.exec(f)?.[1] ?? []));
  let state: State = altered(before, { phase: 'held', index: elementOf(local.graph, o, filled, n.loops), outcomes, result, asked: null });
  for (const fact of facts) {
    const value = takenAt(state, o, fact);
    if (value === null) return [];
    const suffix = fact.replace(/^%(result|arg\d+)/, '');
    if (suffix === '[][]') state = withArray(local, state, value, o.result);
    state = put(state, suffix === '' ? value : placeBelow(state, value, suffix), theReference);
  }
  const isNumber = /^\d+$/.test(acquired.count);
  const count = acquired.countPath === null || isNumber ? null : o.args.findIndex((a) => a.path === acquired.countPath);
  if (count !== null && count >= 0) {
    const counted = withAsked(state, valueIn(state, o.args[count]));
    if (counted === null) return failed;
    state = isOne(counted, counted.asked) ? altered(counted, { outcomes: outcome.all }) : counted;
  } else if (isNumber) state = altered(state, { asked: `=${acquired.count}` });
  const bytes = acquired.bytesPath === null ? undefined : o.args.find((a) => a.path === acquired.bytesPath);
  if (bytes !== undefined) state = withAtMost(state, o.result, valueIn(state, bytes));
  return [told(local, n, state, `taken by ${o.name}()`, { kind: 'taken' }), ...failed];
}

/** The state in which members whose addresses a call is given, `&req->offset`, are set by it, if nothing was stored there yet. */
function withNumbers(state: State, { args }: CallOperation): State {
  if (state.zeroed.size === 0) return state;
  return args.reduce((next, a) => {
    const place = a.address && a.path !== null ? placeAt(state, a.path) : null;
    return place !== null && place !== baseOf(place) && !state.store.has(place) ? put(next, place, null) : next;
  }, state);
}

/** The outcomes with which the acquiring call takes nothing, as bits. */
function nothingBy(name: string | null, acquired: Acquired): number {
  return outcomesOfNone(name, acquired).reduce((bits, none) => bits | (none === '?error' ? outcome.error : outcome.zero), 0);
}

/** True for a number that is one: a call for one page is never short, and a loop with one iteration has no earlier ones. */
function isOne(state: State, value: string | null): boolean {
  return equalOf(state, value) === '=1';
}

/** The state in which the number of pages asked for is above zero, as nobody asks for none; `null` if it cannot be. */
export function withSome(state: State, asked: string | null): State | null {
  return asked === null || asked.startsWith('=') ? state : withSign(state, asked, sign.positive);
}

/** The state in which the call that took the pages was asked for this number; `null` if that cannot be. */
function withAsked(state: State, asked: string | null): State | null {
  const some = withSome(state, asked);
  return some && altered(some, { asked });
}

/** The value of the argument or result that a seed's fact begins at. */
function takenAt(state: State, o: CallOperation, fact: string): string | null {
  const match = /^%(?:result|arg(\d+))/.exec(fact);
  return match?.[1] === undefined ? o.result : valueIn(state, o.args[Number(match[1])]);
}

/** The state in which the acquiring call has allocated the page array (`&pages`, with `pages` NULL); not where the caller may have one. */
function withArray({ graph }: WalkContext, state: State, pointer: string, result: string): State {
  const isParameter = (name: string): boolean => graph.params.some((p) => p.name === name);
  const isGiven = isParameter(pointer);
  const place = isGiven ? placeBelow(state, pointer, '[]') : pointer.startsWith('&') ? pointer.slice(1) : null;
  if (place === null || (!isGiven && (baseOf(place) !== place || isParameter(place)))) return state;
  if (!leadsNowhere(state, place)) return state;
  const made = `${result}~0`;
  return withFresh(put(renewed(state, made), place, made), made);
}

/** The states after a call that hands the reference to this function, by some exits. */
export function handedBack(local: WalkContext, n: Node, o: CallOperation, state: State, exits: readonly Exit[]): State[] {
  if (state.phase === 'released') return [];
  // What another call hands in is another reference: it is followed on paths of its own.
  if (state.phase === 'held' && state.from !== n.id) return [state];
  const others = state.phase === 'before' && local.seeds > 1 ? [state] : [];
  const failed = failedLater(local, n, o, state);
  if (isStoredOver(local.graph, o, state)) return [...failed, ...goneBy(local, n, o, state)];
  return [...others, ...failed, ...exits.flatMap((exit) => handedBy(local, n, o, touchedOn(exits, o, exit, state), exit))];
}

/** The state in which the call fails in a later loop iteration: what earlier ones were handed is still held. */
function failedLater(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  if (state.phase !== 'held' || holders(state).length === 0 || !isDecided(local, n, o)) return [];
  // The number that the call returned in the earlier iteration is not what it returns now.
  const again = altered(calledAgain(state, o), {
    outcomes: outcome.error | outcome.zero | outcome.earlier,
    result: null,
    asked: null,
    index: null,
  });
  const failed = withSign(again, o.result, local.nodes.failing(n, o));
  return failed ? [told(local, n, failed, `nothing taken by ${o.name}()`)] : [];
}

/** True if all that leads to what an earlier iteration was handed are variables that this iteration's result is stored to. */
function isStoredOver({ nodes }: Graph, { result }: CallOperation, { phase, store, fresh, shared }: State): boolean {
  if (phase !== 'held') return false;
  const targets = new Set(nodes.flatMap(({ operation: c }) => (c?.kind === 'copy' && c.source.path === result ? [c.target] : [])));
  const isOver = (place: string): boolean => isVariable(place) && (place === result || targets.has(place));
  const isObject = (value: string): boolean => fresh.has(baseOf(value)) && !shared.has(baseOf(value));
  let found = false;
  for (const [place, value] of store) {
    if (value !== theReference && !isObject(value)) continue;
    if (!isOver(place) && !isObject(place)) return false;
    found = true;
  }
  return found;
}

/** The state in which this iteration is handed other pages, and nothing leads to those of an earlier one. */
function goneBy(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  const before = calledAgain(state, o);
  const gone = altered(before, { store: keptOf(before.store, (_, value) => value !== theReference), from: null });
  const known = isDecided(local, n, o) ? withSign(gone, o.result, sign.any & ~local.nodes.failing(n, o)) : gone;
  return known ? [told(local, n, known, `what ${o.name}() handed on before is lost as it hands on more`)] : [];
}

/** The state in which nothing is stored as the result of a call that is made again. */
function calledAgain(state: State, { result }: CallOperation): State {
  return altered(state, { store: keptOf(state.store, (place) => place !== result) });
}

/** The states after a call that hands the reference in, by one exit of the callee. */
function handedBy(local: WalkContext, n: Node, o: CallOperation, state: State, exit: Exit): State[] {
  if (exit.kind !== 'held' && exit.kind !== 'dropped') return [];
  const earlier = state.phase === 'held' ? outcome.earlier : 0;
  const asked = exit.asked === null || typeof exit.asked === 'string' ? exit.asked : standingAt(state, o, exit.asked);
  if (exit.rounds.some((place) => isOne(state, standingAt(state, o, place)))) return [];
  const outcomes = (isOne(state, asked) ? exit.outcomes & ~outcome.short : exit.outcomes) | earlier;
  if ((outcomes & (outcome.short | outcome.all | outcome.earlier)) === 0) return [];
  const given = requiredBy(local, o, state, exit);
  const counted = given && withAsked(given, asked);
  if (counted === null) return [];
  if (exit.kind === 'dropped') return givenUp(local, n, o, counted, exit);
  let next: State | null = withSign(counted, o.result, exit.result);
  if (!next) return [];
  next = altered(next, {
    phase: 'held',
    from: n.id,
    index: elementOf(
      local.graph,
      o,
      exit.holders.map((h) => h.of),
      n.loops,
    ),
    outcomes,
    result: exit.counts ? o.result : null,
    extra: next.extra + exit.extra,
    trail: after(exit.trail, next.trail),
    linked: next.linked || exit.linked,
    unsure: next.unsure || exit.unsure,
  });
  next = withChains(listedBy(placed(resulting(next, o, exit), o, exit.holders), o, exit), o, exit);
  for (const set of exit.sets) next = isFlag(set.value) ? flagged(next, n, o, set) : stored(next, o, [set], set.value);
  if (asked !== null) next = stored(next, o, exit.askedIn, asked);
  return [
    told(local, n, next, `handed on by ${o.name}()${resultText(exit)}`, exit.by && { kind: 'handed', by: exit.by, says: saysOf(exit) }),
  ];
}

/** The state after a callee has put what holds the pages where others find it: somebody has a pointer to the object, whoever made it. */
function listedBy(state: State, { args }: CallOperation, exit: Exit): State {
  if (!exit.linked) return state;
  return exit.holders.reduce((next, { of }) => {
    const value = valueIn(next, args[of]);
    return value !== null && next.fresh.has(value) ? put(next, elsewherePath(`list of ${value}`), value) : next;
  }, state);
}

/** The state after a callee has set a flag in a number below its parameter: the number is another one since. */
function flagged(state: State, n: Node, o: CallOperation, { of, suffix, value }: Stored): State {
  const number = `~${n.id}${suffix.replace(/\W/g, '_')}_${of}`;
  return withFlag(stored(state, o, [{ of, suffix }], number), number, value);
}

/** The states after a callee has failed and dropped the pages, and left pointers to them. */
function givenUp(local: WalkContext, n: Node, o: CallOperation, before: State, exit: Exit): State[] {
  const known = before.phase === 'before' ? withSign(before, o.result, exit.result) : null;
  if (!known || !exit.drop || n.loops.length > 0) return [];
  const state = emptied(placed(resulting(known, o, exit), o, exit.holders), o, exit.none);
  const dropped = { ...exit.drop, pos: n.pos, loop: null, places: holders(state) };
  const next: State = altered(state, {
    phase: 'released',
    from: n.id,
    outcomes: exit.outcomes,
    dropped,
    trail: after(exit.trail, state.trail),
  });
  return [told(local, n, next, `dropped by ${o.name}()${resultText(exit)}`)];
}
