/** Calls that, by the tables, move pages from one place to another. */
import type { CallOperation, Node } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import { folderOf, isNear } from '../../../program/place.js';
import { sourceName } from '../../../program/text.js';
import { type Transfer, transfers } from '../../../protocol/index.js';
import { movesOf } from '../../moves.js';
import type { WalkContext } from '../context.js';
import { loopOf } from '../loops/unwind.js';
import { withEntry } from '../memory/maps.js';
import { copied, holders, isVariable, placeBelow, put, reach, valueIn, withFresh } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type Holder, type State, sign, theReference, told } from '../memory/state.js';
import { latest, type Trail } from '../memory/trail.js';

/** By the table's `fails`: the signs of the result where a call moved pages, and where it failed. */
export const results = {
  error: [sign.zero, sign.negative],
  'any error': [sign.zero | sign.positive, sign.negative],
  zero: [sign.positive, sign.zero],
  'error pointer': [sign.positive, sign.negative],
  'any other': [sign.zero, sign.negative | sign.positive],
} as const;

/** The states after a call that moves pages by the tables: where it does, and where it fails; `null` if the tables say nothing of it. */
export function moved(local: WalkContext, n: Node, o: CallOperation, name: string, state: State): State[] | null {
  const moves = movesOf(local.program, local.reference.file, o, name);
  if (!moves) return null;
  const { fails, gives, merged, foundBy, drops, roomy } = (o.iterates ? undefined : transfers.get(name)) ?? {};
  // If nobody near by calls what fetches it back from there, whoever put it there still holds it.
  const isHeld = foundBy === undefined || isCalledNear(local, foundBy);
  let next = state;
  for (const [from, to] of isHeld ? moves : []) {
    const source = placeText(from);
    const target = placeText(to);
    const value = source.of === -1 ? o.result : valueIn(state, o.args[source.of]);
    if (value === null) continue;
    // A frame number or address is the reference under another name.
    const bare = source.suffix.replace(/@(pfn|address)$/, '');
    // What is in the page is not the page.
    const given = bare === '' ? value : value === theReference && bare.startsWith('[]') ? null : fetched(state, value, bare);
    if (given === null) continue;
    const suffix = target.suffix.replace(/@(pfn|address)$/, '');
    const into = target.of === -1 ? o.result : valueIn(next, o.args[target.of]);
    if (suffix === '' && target.of >= 0) {
      const argument = o.args[target.of];
      if (argument?.address) next = ledTo(next, into, given);
      else if (argument?.path) next = put(next, argument.path, given);
    } else if (suffix === '') next = signOf(next, o.result) === sign.zero ? next : put(next, o.result, given);
    else if (into !== null) {
      const place = placeBelow(next, into, suffix);
      // After a copy, the members are in both objects, whatever becomes of one.
      const members = place !== null && bare === '[]' && given !== theReference ? copied(next, given, place) : null;
      if (members) next = members;
      else if (given === theReference || reach(state, given).length > 0) next = put(next, place, given);
    }
  }
  if (fails === undefined || state.phase !== 'held' || (isHeld && next === state)) return [next];
  const [done, failed] = results[fails];
  if (roomy && hasRoom(n, o, roomy)) return [withSign(next, o.result, done) ?? next];
  const length = gives === undefined ? null : valueIn(state, o.args[gives]);
  const where = told(local, n, state, `where ${name}() fails`);
  const short = withLength(drops ? droppedBy(local, n, o, moves, where) : where, o.result, length, false);
  const not = withSign(short, o.result, failed);
  const full = withLength(next, o.result, length, true);
  const flag = merged === undefined ? null : flagAt(state, o.args[merged]);
  const added = flag === null ? full : put(full, flag, '=0');
  const kept = flag === null ? null : withSign(put(keptBy(local, n, o, moves, state), flag, '=1'), o.result, done);
  return [withSign(added, o.result, done), kept, flag === null || not === null ? not : put(not, flag, '=0')].filter((s) => s !== null);
}

/** True if a test around the call says that there is room for what it moves: by its answer, or by a number with which that is compared. */
function hasRoom({ guards }: Node, { expressions: [queue] }: CallOperation, tests: NonNullable<Transfer['roomy']>): boolean {
  if (queue === undefined) return false;
  return tests.some(([test, answer]) => {
    const asked = `${test}(${sourceName(queue)})`;
    return guards.some(({ text, negated }) => (text === asked ? negated !== answer : answer && text.startsWith(`${asked} `)));
  });
}

/** True if a file of the function's folder, or below it, has a call of this name. */
function isCalledNear({ program, reference: { file } }: WalkContext, name: string): boolean {
  return program.tree.filesCalling(name).some((caller) => isNear(caller, folderOf(file)));
}

/** The state after a call that drops what it could not move. */
function droppedBy(local: WalkContext, n: Node, o: CallOperation, moves: Transfer['moves'], state: State): State {
  const loop = loopOf(local, o, placeText(moves[0]?.[0] ?? '').of, n.loops);
  const { unsure } = state;
  const places = holders(state);
  // Unless it is one of an array's, nothing is left; else the variable in which the iteration has it is all that leads to it.
  const whole = n.loops.length === 0 && !places.some((place) => place.endsWith('[]'));
  const by = places.find((place) => isVariable(place) && !place.startsWith('%')) ?? null;
  return altered(state, {
    phase: 'released',
    dropped: { pos: n.pos, call: null, whole, doubt: null, loop, by, unsure, places },
    unsure: false,
  });
}

/** The state in which the result is the length that was asked for, or less than that. */
function withLength(state: State, result: string, length: string | null, isAll: boolean): State {
  if (length === null) return state;
  const equal = withEntry(state.conditions, `${result} == ${length}`, isAll);
  return altered(state, { conditions: withEntry(equal, `${result} < ${length}`, !isAll) });
}

/** The state in which a cursor, whose address is passed, leads to what it goes through. */
function ledTo(state: State, cursor: string | null, through: string): State {
  if (cursor === null) return state;
  return reach(state, through).reduce((to, content) => put(to, placeBelow(to, cursor, content), theReference), state);
}

/**
 * The state after a call that found the page in the container already: the reference is still the caller's. It is named as if it were in a
 * container of its own that nobody else knows: only this iteration is about it, and no other loop.
 */
function keptBy(local: WalkContext, n: Node, o: CallOperation, moves: Transfer['moves'], state: State): State {
  const own = `${o.result}+`;
  const content = placeText(moves[0]?.[1] ?? '').suffix;
  return put(
    withFresh(told(local, n, state, `where ${o.name}() has the page already, and keeps no reference`, { kind: 'merged' }), own),
    `${own}${content}`,
    theReference,
  );
}

function fetched(state: State, value: string, suffix: string): string | null {
  if (reach(state, value).includes('')) return theReference;
  const place = placeBelow(state, value, suffix);
  return place === null ? null : (state.store.get(place) ?? place);
}

function placeText(text: string): Holder {
  const match = /^(return|\d+)(.*)$/.exec(text);
  return { of: match?.[1] === 'return' ? -1 : Number(match?.[1]), suffix: match?.[2] ?? '' };
}

/** The place whose address is passed. */
function flagAt(state: State, argument: Value | undefined): string | null {
  const value = valueIn(state, argument);
  return value?.startsWith('&') === true ? value.slice(1) : null;
}

/** Offset of the call, if a path was left with the reference on a page that a container had already: it was to be dropped there. */
export function leftOver(trail: Trail | null): number | null {
  return latest(trail, 'merged')?.pos ?? null;
}
