/**
 * A walk over the paths of a function behind a call that takes pages. It tracks which outcomes of the call are still possible and what
 * integers stand for, and compares the two at every statement that uses or drops a number of pages.
 */
import { holds } from '../../flow/outcome.js';
import { textAt } from '../../flow/paths/function/text.js';
import { conditionText } from '../../flow/paths/memory/condition-text.js';
import { keepsBits, masksSetAt } from '../../flow/paths/memory/masks.js';
import { type Assume, type CallOperation, type Copy, isStore, type Node, type Store } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { releases, saysNoReferences, transfers, userTests } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { swapped } from '../../syntax/comparisons.js';
import { atCall, fills } from './at-call.js';
import { atReturn } from './at-return.js';
import { namesBehind } from './before.js';
import { askedFrom, assumed, isSaid, without } from './conditions.js';
import { type Ends, isEnd, noEnds, takingsBehind, withEnd } from './ends.js';
import type { CountFault } from './fault.js';
import { takesAsItIs } from './helper.js';
import { inLoop } from './in-loop.js';
import { type Numbers, numbersIn } from './kept.js';
import { addedUp } from './passed-over.js';
import { faultAt, isArray, isPage, isTest, type State, type Walking, walkingOf } from './path.js';
import { isComplete } from './rounds.js';
import { leftBy } from './status.js';
import {
  ALL,
  after,
  comparesUnsigned,
  ERROR,
  isLocalName,
  type Known,
  leaves,
  type Names,
  readFrom,
  SHORT,
  symbolOf,
  ZERO,
} from './symbols.js';
import { type Taking, takingsOf } from './taking.js';

/** The most states that are walked behind one call. */
const maxStates = 3000;

/** How many callers up a count is followed that each caller returns in turn. */
const maxCallers = 3;

/** The kinds of fault that can be told, by what the numbers count. */
const tellable: Readonly<Record<Taking['indexes'], ReadonlySet<CountFault['kind']>>> = {
  all: new Set(['drop', 'use', 'success', 'sum', 'round', 'result', 'error']),
  some: new Set(['drop']),
  part: new Set(['sum', 'round', 'result', 'error']),
  bytes: new Set(['use', 'sum', 'result', 'error']),
};

/** Kinds that are faults only where zero is the function's success. */
const ofStatus: ReadonlySet<CountFault['kind']> = new Set(['result', 'error']);

/**
 * Every counting fault on the paths of the site's function and of callers that get its count, one of each kind at a position; and the
 * members in which these leave the number of pages as they succeed.
 */
export function countFaults(subject: Subject): { faults: CountFault[]; numbers: Numbers } {
  const found = new Map<string, CountFault>();
  const members = new Set<string>();
  let takings = takingsOf(subject);
  for (let up = 0; takings.length > 0 && up <= maxCallers; up++) {
    const above: Taking[] = [];
    for (const taking of takings) {
      const { faults, ends, numbers } = walk(taking);
      for (const member of numbers) members.add(member);
      for (const fault of faults) {
        if (!tellable[taking.indexes].has(fault.kind) && !isOfAnyPart(fault)) continue;
        const key = `${fault.kind}:${fault.reference.key}:${fault.pos}`;
        if (!found.has(key)) found.set(key, fault);
      }
      if (ends !== null) above.push(...takingsBehind(taking, ends));
    }
    takings = above;
  }
  return { faults: [...found.values()], numbers: members };
}

/** True for a drop that is wrong whatever part of the array the call fills. */
function isOfAnyPart({ kind, how }: CountFault): boolean {
  return kind === 'drop' && (how === 'negative' || how === 'early');
}

/** What a walk over the paths behind a call finds. */
interface Walked {
  faults: CountFault[];
  /** What the ends of the function say; `null` if not all were seen. */
  ends: Ends | null;
  /** The members that the count is left in where the function succeeds, as `tag.name`. */
  numbers: readonly string[];
}

function walk(taking: Taking): Walked {
  const w = walkingOf(taking);
  const { graph, start, words } = w;
  const faults: CountFault[] = [];
  let ends = noEnds;
  const numbers: string[] = [];
  let sum: { pos: number | null } | undefined;
  const seen = new Set<string>();
  const queue: State[] = [];
  const push = (made: State): void => {
    const { node } = made;
    const state = { ...made, names: readFrom(made.names, graph, node), conditions: askedFrom(made.conditions, graph, node) };
    const key = `${state.node}|${state.outcomes}|${state.counted}|${state.complete}|${state.told}|${namesIn(state.names)}|${conditionsIn(state.conditions)}`;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(state);
  };
  const names = namesBehind(taking, words);
  for (const node of start.successors)
    push({
      node,
      outcomes: taking.outcomes,
      names,
      conditions: new Map(),
      counted: taking.left.length > 0,
      complete: false,
      told: taking.left.length > 0,
      parent: null,
      step: null,
    });
  for (let i = 0; i < queue.length; i++) {
    // Past the bound, what was found counts, but what the function returns is not known.
    if (queue.length > maxStates) return { faults: faults.filter(isPlain), ends: null, numbers };
    const state = queue[i] as State;
    if (state.node === start.id) {
      if ((state.outcomes & ALL) !== 0 && (state.outcomes & (SHORT | ERROR)) === SHORT) {
        sum ??= { pos: addedUp(w) };
        if (sum.pos !== null) faults.push(...faultAt(w, state, sum.pos, 'round', 'unfilled', SHORT));
      }
      continue;
    }
    const n = graph.nodes[state.node] as Node;
    if (isEnd(graph, n)) {
      const returned = atReturn(w, state, n);
      ends = withEnd(w, ends, state, n, returned);
      faults.push(...returned.faults);
      if (state.outcomes & ALL) numbers.push(...numbersIn(taking, state.names));
      continue;
    }
    const next = step(w, state, n, faults);
    if (next) for (const node of n.successors) push({ ...next, node, parent: next, step: null });
  }
  // The caller keeps the first of several faults of one kind at a position, so the order of the others does not matter.
  return { faults: ends.zeroIsSuccess ? faults : faults.filter(isPlain), ends, numbers };
}

/** True for a kind that is a fault whatever the function's success is. */
function isPlain({ kind }: CountFault): boolean {
  return !ofStatus.has(kind);
}

/** The state behind a node; `null` where the path ends or is impossible. The node's faults are added to `faults`. */
function step(w: Walking, state: State, n: Node, faults: CountFault[]): State | null {
  const o = n.operation;
  let next: State | null = state;
  if (o?.kind === 'unread') return null;
  if (o?.kind === 'assume') next = behindTest(w, state, n, o, faults);
  else if (o?.kind === 'call') next = behindCall(w, state, n, o, faults);
  else if (isStore(o)) next = behindStore(w, state, n, o, faults);
  return next && { ...next, names: after(w.program, w.taking.reference, n, state.names, w.words) };
}

function behindTest(w: Walking, state: State, n: Node, o: Assume, faults: CountFault[]): State | null {
  const { program, graph, words } = w;
  const { names } = state;
  // Such paths end here: an iterator that is no user's has all its pages, and a bio that says so holds no references.
  if (o.op === '==' && userTests.has(o.call?.name ?? '')) return null;
  if (o.call !== null && saysNoReferences(o.call.name, o.call.args[1]?.text ?? '', o.op === '!=')) return null;
  const complete = state.complete || isComplete(o, w.wanted);
  const outcomes =
    leftBy(w.taking, state.outcomes, o, names, words) ??
    leaves(state.outcomes, o, names, words, (c) => comparesUnsigned(program, w.taking.reference, graph, c));
  const [left, right] = [symbolOf(o.left, names, words), symbolOf(o.right, names, words)];
  if (outcomes === 0 || asksForNone(left, o.op, right) || asksForNone(right, swapped[o.op] ?? o.op, left)) return null;
  let next: State = { ...state, complete, step: null };
  if (outcomes !== null) {
    const text = conditionText(n);
    next = { ...next, outcomes, step: text === null ? null : { pos: n.pos, text } };
  } else if (left?.base === 'result' || right?.base === 'result') {
    // A test of the result that is not understood may be the one that matters. A loop's index that runs up to the result is no such test.
    const runs = [o.left.path, o.right.path].some((p) => p !== null && n.loops.some((l) => l.variables.includes(p)));
    if (!runs) return null;
  } else if (left?.base === 'number' && right?.base === 'number') {
    const runs = n.loops.some((l) => l.pos === n.pos || n.pos < l.bodyPos || l.variables.includes(o.left.path ?? ''));
    if (!holds(left.plus, o.op, right.plus) && !runs) return null;
  } else {
    const conditions = assumed(state.conditions, o.left.path ?? '', o.op, o.right.path ?? o.right.text);
    if (!conditions) return null;
    const failed = !(state.outcomes & (SHORT | ALL));
    next = { ...next, conditions, told: state.told || failed };
  }
  const loop = inLoop(w, { ...state, outcomes: next.outcomes }, n);
  faults.push(...loop.faults);
  return loop.counted ? { ...next, counted: true } : next;
}

function behindCall(w: Walking, state: State, n: Node, o: CallOperation, faults: CountFault[]): State | null {
  // The array is filled anew: that is for another site to check, or of no concern here.
  if (fills(w, o) || (o.iterates && o.args.some((a) => a.path !== null && leadsToArray(w, a.path)))) return null;
  const noted = atCall(w, state, n, o);
  faults.push(...noted.faults);
  const isGivenResult = o.args.some((a) => symbolOf(a, state.names, w.words)?.base === 'result');
  const name = o.name ?? '';
  const isHelper = !w.program.isNeutral(name, w.taking.reference.file) && !releases.has(name) && !transfers.has(name);
  // A helper that is given the result together with the pages may do what is needed.
  const isGivenPages = ({ path }: Value): boolean => isArray(w, path) || (path !== null && leadsToArray(w, path));
  if (isGivenResult && isHelper && o.args.some(isGivenPages) && !takesAsItIs(w, state, o)) return null;
  const counted = state.counted || noted.counted || (isGivenResult && !isTest(o.name));
  return { ...state, counted, step: null };
}

function behindStore(w: Walking, state: State, n: Node, o: Store, faults: CountFault[]): State | null {
  if (isReassigned(w, o)) return null;
  let { counted } = state;
  let { told: isTold } = state;
  if (o.kind === 'copy' && symbolOf(o.source, state.names, w.words)?.base === 'result') {
    const isKept = rootOf(o.target) !== o.target || o.target.startsWith('::');
    counted ||= isKept || !o.replaces;
    isTold ||= isKept;
  }
  if (o.kind === 'copy' && isSumOfAsked(w, state, n, o)) faults.push(...faultAt(w, state, n.pos, 'sum', 'unfilled', ZERO | SHORT));
  // A variable that only ever holds the page is one of its names: it is judged where it is used.
  if (w.one && o.kind === 'copy' && isPage(w, o.source.path) && !o.target.startsWith('%') && !w.arrays.includes(o.target))
    faults.push(...faultAt(w, state, n.pos, 'use', 'unfilled', ERROR | ZERO));
  // A total that is set anew is set to as many as were taken.
  const complete = state.complete || w.wanted.totals.has(o.target);
  const kept = without(state.conditions, o.target);
  const conditions = becomesNonzero(w, state, n, o) ? (assumed(kept, o.target, '!=', '0') ?? kept) : kept;
  return { ...state, conditions, counted, complete, told: isTold, step: null };
}

/** True if a number is not zero behind a store: bits are set in it, or it was not zero and keeps its bits. */
function becomesNonzero({ program, taking }: Walking, { names, conditions }: State, n: Node, o: Store): boolean {
  if (o.kind === 'clear' || (o.kind === 'copy' && o.replaces)) return false;
  const text = textAt({ program, reference: taking.reference }, n);
  if (!keepsBits(text)) return false;
  const number = names.get(o.target);
  const wasSomething = number?.base === 'number' ? number.plus !== 0 : isSaid(conditions, o.target, '!=', '0');
  return wasSomething || masksSetAt(text) !== null;
}

/** True for `done += n` with the number asked for, where an error is ruled out and a short count may not be. */
function isSumOfAsked({ one, words, program, taking }: Walking, { outcomes, names }: State, n: Node, o: Copy): boolean {
  if (one || o.replaces || !isLocalName(o.target) || outcomes & ERROR || !(outcomes & ALL)) return false;
  const symbol = symbolOf(o.source, names, words);
  const text = (): string => program.between(taking.reference.file, n.pos, n.pos + 80);
  return symbol?.base === 'asked' && symbol.plus === 0 && /^[^=;]*\+=/.test(text());
}

/** True for a variable through which the array, or the single page, is reached: `obj` of `obj->pages`. */
function leadsToArray({ arrays }: Walking, path: string): boolean {
  return arrays.some((a) => a !== path && rootOf(a) === path);
}

/** True where a name of the array or of the single page gets another value, or an element gets another page. */
function isReassigned(w: Walking, o: Store): boolean {
  if (o.kind === 'copy' && o.replaces && leadsToArray(w, o.target)) return true;
  const isWhole = w.arrays.includes(o.target);
  if (!isWhole && !w.arrays.some((a) => o.target === `${a}[]`)) return false;
  return o.kind === 'copy' ? o.replaces && !isArray(w, o.source.path) : o.kind === 'clear' && isWhole && w.one;
}

// States share these maps with the states before them, so each text is made once.
const namesIn = remembered((names: Names): string =>
  [...names]
    .map(([n, s]) => `${n}=${s.base}${s.plus}`)
    .sort()
    .join(),
);
const conditionsIn = remembered((known: State['conditions']): string =>
  [...known]
    .map(([k, v]) => k + v)
    .sort()
    .join(),
);

/** True for a condition that holds only if nothing was asked for: a loop over the pages asked for has an iteration. */
function asksForNone(left: Known | null, op: string, right: Known | null): boolean {
  return left?.base === 'number' && left.plus <= 0 && right?.base === 'asked' && right.plus === 0 && !holds(left.plus, op, 1);
}
