/**
 * A walk over the paths of a function that takes the pages, from the call on: which outcomes of the call are still possible,
 * and what the integers at hand stand for. At every statement that takes up so many pages the two are compared.
 */
import { otherNames } from '../../flow/facts.js';
import { holds } from '../../flow/outcome.js';
import { storesOf } from '../../flow/stores.js';
import type { FunctionReference } from '../../program/file.js';
import {
  type CallOperation,
  type Clear,
  type Copy,
  type Graph,
  type Loop,
  type Node,
  offsetsOf,
  type Update,
} from '../../program/graph.js';
import { rootOf, suffixAfter } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { acquires, releases, tellingName, transfers } from '../../protocol/index.js';
import { userTests } from '../../survey/flags.js';
import type { Subject } from '../../survey/unit.js';
import { swapped } from '../../syntax/comparisons.js';
import type { FindingStep } from '../finding.js';
import { namesBefore } from './before.js';
import { controlsOf, isEntered } from './bounds.js';
import { askedFrom, assumed, without } from './conditions.js';
import { dropsIn, testedIn } from './drops.js';
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
  type Words,
  ZERO,
} from './symbols.js';
import { type Taking, takingsAbove, takingsOf } from './taking.js';

const maxStates = 3000;

/** How far up the callers a count is followed that each hands on. */
const maxCallers = 3;

/** A statement that takes up another number of pages than the call took. */
export interface CountFault {
  /**
   * Drops pages, or uses them, or hands them on as a success; adds up the number asked for; or returns the count itself, or zero
   * after an error, where zero is the success.
   */
  kind: 'drop' | 'use' | 'success' | 'sum' | 'result' | 'error';
  /** More than there are, with an error as the number, one behind the last, one too few. */
  how: 'unfilled' | 'negative' | 'past' | 'few';
  reference: FunctionReference;
  pos: number;
  /** Outcomes that reach it. */
  outcomes: number;
  /** From the acquiring call to the call whose result is looked at, and on from there. */
  way: readonly FindingStep[];
  steps: { pos: number; text: string }[];
}

interface State {
  node: number;
  outcomes: number;
  names: Names;
  conditions: ReadonlyMap<string, boolean>;
  /** The result was taken for the number of pages somewhere on the way. */
  counted: boolean;
  /** After a failure something was tested, or done with the result, that may have told it. */
  told: boolean;
  parent: State | null;
  step: { pos: number; text: string } | null;
}

/** What can be told where indexes are what they are. */
const told: Readonly<Record<Taking['indexes'], ReadonlySet<CountFault['kind']>>> = {
  all: new Set(['drop', 'use', 'success', 'sum', 'result', 'error']),
  part: new Set(['sum', 'result', 'error']),
  bytes: new Set(['use', 'sum', 'result', 'error']),
};

/** Every such statement on some path of the site's function or of a caller that gets the count, one of each kind at a place. */
export function countFaults(subject: Subject): CountFault[] {
  const found = new Map<string, CountFault>();
  let takings = takingsOf(subject);
  for (let up = 0; takings.length > 0 && up <= maxCallers; up++) {
    const above: Taking[] = [];
    for (const taking of takings) {
      const { faults, handed } = new Walk(taking).result();
      for (const fault of faults) {
        if (!told[taking.indexes].has(fault.kind)) continue;
        const key = `${fault.kind}:${fault.reference.key}:${fault.pos}`;
        if (!found.has(key)) found.set(key, fault);
      }
      if (handed & SHORT && handed & ALL) above.push(...takingsAbove(taking, handed));
    }
    takings = above;
  }
  return [...found.values()];
}

class Walk {
  private readonly out: CountFault[] = [];
  /** Returns that are wrong if zero is the success. */
  private readonly results: CountFault[] = [];
  /** Zero is returned on a path on which all pages are there. */
  private zeroIsSuccess = false;
  /** Outcomes with which the result itself is returned. */
  private handed = 0;
  private readonly words: Words;
  private readonly one: boolean;
  /** Names of the array, or of the one page. */
  private readonly arrays: readonly string[];
  /** Drops by the place in the function from which they are made. */
  private readonly drops: ReturnType<typeof dropsIn>;
  private readonly tested: ReadonlySet<number>;
  /** True where NULL is returned: by a pointer, whatever the name of its type. */
  private readonly returnsNull: boolean;

  private readonly taking: Taking;
  private readonly program: Program;
  private readonly graph: Graph;
  private readonly start: Node;

  constructor(taking: Taking) {
    const { subject, reference, graph, start, array, asked } = taking;
    this.taking = taking;
    this.program = subject.program;
    this.graph = graph;
    this.start = start;
    this.words = { asked: asked.text, constant: (name) => subject.program.constant(name, reference.file) };
    this.one = asked.text === '1' && taking.indexes !== 'bytes';
    const path = array.path ?? '';
    this.arrays = array.address ? [path] : [path, ...otherNames(`${path}[]`, graph).map((n) => n.replace(/\[\]$/, ''))];
    this.drops = dropsIn(subject, reference);
    this.tested = testedIn(subject, reference);
    this.returnsNull = graph.nodes.some(({ operation: o }) => o?.kind === 'return' && o.value?.text === 'NULL');
  }

  /** The faults, and the outcomes with which the result is handed on as the count that it is. */
  result(): { faults: CountFault[]; handed: number } {
    const seen = new Set<string>();
    const { outcomes, call } = this.taking;
    const names = new Map<string, Known>([...namesBefore(this.taking, this.words), [call.result, { base: 'result', plus: 0 }]]);
    const queue: State[] = [];
    const push = (made: State): void => {
      const { node } = made;
      const state = { ...made, names: readFrom(made.names, this.graph, node), conditions: askedFrom(made.conditions, this.graph, node) };
      const key = `${state.node}|${state.outcomes}|${state.counted}|${state.told}|${namesIn(state.names)}|${conditionsIn(state.conditions)}`;
      if (seen.has(key)) return;
      seen.add(key);
      queue.push(state);
    };
    for (const next of this.start.successors)
      push({ node: next, outcomes, names, conditions: new Map(), counted: false, told: false, parent: null, step: null });
    for (let i = 0; i < queue.length; i++) {
      // What was found so far is found; what else a result is returned for is not known.
      if (queue.length > maxStates) return { faults: this.out, handed: 0 };
      const state = queue[i] as State;
      if (state.node === this.start.id) continue;
      const next = this.step(state, this.graph.nodes[state.node] as Node);
      if (next) for (const id of this.graph.nodes[state.node]?.successors ?? []) push({ ...next, node: id, parent: next, step: null });
    }
    return this.zeroIsSuccess ? { faults: [...this.out, ...this.results], handed: 0 } : { faults: this.out, handed: this.handed };
  }

  /** What a node makes of a state; `null` where the path ends or cannot be. */
  private step(state: State, n: Node): State | null {
    const { program } = this;
    const { reference } = this.taking;
    const o = n.operation;
    let { outcomes, conditions, counted, told } = state;
    const failed = !(outcomes & (SHORT | ALL));
    let step: State['step'] = null;
    if (o?.kind === 'unread') return null;
    if (o?.kind === 'assume') {
      // Of an iterator that is no user's all pages are there.
      if (o.op === '==' && userTests.has(o.call?.name ?? '')) return null;
      const kept = leaves(outcomes, o, state.names, this.words, (c) => comparesUnsigned(program, reference, this.graph, c));
      const [left, right] = [symbolOf(o.left, state.names, this.words), symbolOf(o.right, state.names, this.words)];
      if (asksForNone(left, o.op, right) || asksForNone(right, swapped[o.op] ?? o.op, left)) return null;
      if (kept !== null) {
        outcomes = kept;
        if (outcomes === 0) return null;
        step = { pos: n.pos, text: `where ${o.left.path ?? o.left.text} ${o.op} ${o.right.path ?? o.right.text}` };
      } else if (left?.base === 'result' || right?.base === 'result') {
        // A test of the result that is not understood may be the one that matters; an index that runs up to it is none.
        const runs = [o.left.path, o.right.path].some((p) => p !== null && n.loops.some((l) => l.variables.includes(p)));
        if (!runs) return null;
      } else if (left?.base === 'number' && right?.base === 'number') {
        const runs = n.loops.some((l) => l.pos === n.pos || n.pos < l.bodyPos || l.variables.includes(o.left.path ?? ''));
        if (!holds(left.plus, o.op, right.plus) && !runs) return null;
      } else {
        const known = assumed(conditions, o.left.path ?? '', o.op, o.right.path ?? o.right.text);
        if (!known) return null;
        conditions = known;
        if (failed) told = true;
      }
      if (this.inLoop({ ...state, outcomes }, n)) counted = true;
    } else if (o?.kind === 'call') {
      // The array is filled anew: that is another site's to check, or no matter of this one's.
      if (this.fills(o)) return null;
      if (this.atCall({ ...state, outcomes }, n, o)) counted = true;
      if (!isTest(o.name) && o.args.some((a) => symbolOf(a, state.names, this.words)?.base === 'result')) counted = true;
      if (
        o.args.some((a) => this.isArray(a.path)) &&
        !program.isNeutral(o.name ?? '', reference.file) &&
        !releases.has(o.name ?? '') &&
        !transfers.has(o.name ?? '')
      ) {
        // A helper that is handed the result with the pages may do what is needed.
        if (o.args.some((a) => symbolOf(a, state.names, this.words)?.base === 'result')) return null;
      }
    } else if (o?.kind === 'return') {
      this.atReturn({ ...state, outcomes }, n);
      return null;
    } else if (o?.kind === 'copy' || o?.kind === 'clear' || o?.kind === 'update') {
      if (this.isAnother(o)) return null;
      conditions = without(conditions, o.target);
      if (o.kind === 'copy' && symbolOf(o.source, state.names, this.words)?.base === 'result') {
        if (rootOf(o.target) !== o.target || o.target.startsWith('::')) counted = told = true;
        else if (!o.replaces) counted = true;
      }
      if (o.kind === 'copy' && this.isSumOfAsked(state, n, o)) this.report(state, n.pos, 'sum', 'unfilled', ZERO | SHORT);
      if (this.one && o.kind === 'copy' && this.isArray(o.source.path) && !o.target.startsWith('%')) this.used(state, n.pos, outcomes);
    }
    const names = after(program, reference, n, state.names, this.words);
    return { ...state, outcomes, names, conditions, counted, told, step };
  }

  /** `done += n`, where an error was looked for, and a short count was not. */
  private isSumOfAsked({ outcomes, names }: State, n: Node, o: Copy): boolean {
    if (this.one || o.replaces || !isLocalName(o.target) || outcomes & ERROR || !(outcomes & ALL)) return false;
    const symbol = symbolOf(o.source, names, this.words);
    return (
      symbol?.base === 'asked' &&
      symbol.plus === 0 &&
      /^[^=;]*\+=/.test(this.program.file(this.taking.reference.file)?.text.slice(n.pos, n.pos + 80) ?? '')
    );
  }

  /** True for a call that puts pages into the array: another acquiring call, or a function that stores into its elements. */
  private fills({ name, args }: CallOperation): boolean {
    if (name === null) return false;
    if (acquires.has(name)) return args.some((a) => this.isArray(a.path));
    // What was set to a place behind the pages is no array of them.
    const behind = offsetsOf(this.graph);
    const given = args.flatMap((a, i) => (a.path !== null && this.isArray(a.path) && !behind.has(a.path) ? [i] : []));
    if (given.length === 0) return false;
    const stores = storesOf(this.program);
    const callees = this.program.resolve(name, this.taking.reference.file);
    return callees.some((callee) => given.some((i) => !args[i]?.address && stores(callee, i, '[]')));
  }

  /** True where the name of the array, or of the one page, is given to something else, or another page is put in the array. */
  private isAnother(o: Copy | Clear | Update): boolean {
    const isWhole = this.arrays.includes(o.target);
    if (!isWhole && !this.arrays.some((a) => o.target === `${a}[]`)) return false;
    return o.kind === 'copy' ? o.replaces && !this.isArray(o.source.path) : o.kind === 'clear' && isWhole && this.one;
  }

  private isArray(path: string | null): boolean {
    return path !== null && this.arrays.some((a) => suffixAfter(path, a) !== null);
  }

  /** Notes what is wrong of a call that takes up pages; true if it takes the result for their number. */
  private atCall(state: State, n: Node, o: CallOperation): boolean {
    const release = this.drops.get(o.pos)?.[0];
    if (this.one) {
      if (o.args.some((a) => this.isArray(a.path)) && !isTest(o.name)) {
        if (state.outcomes & (ERROR | ZERO)) this.report(state, n.pos, release ? 'drop' : 'use', 'unfilled', ERROR | ZERO);
      }
      return true;
    }
    if (release) {
      if (release.loop) return false;
      const symbol = symbolOf(release.count, state.names, this.words);
      if (symbol?.base === 'asked' && symbol.plus >= 0) this.report(state, n.pos, 'drop', 'unfilled', ERROR | ZERO | SHORT);
      else if (symbol?.base === 'asked' || (symbol?.base === 'result' && symbol.plus < 0)) return false;
      else if (symbol?.base === 'result' && symbol.plus > 0) this.report(state, n.pos, 'drop', 'past', SHORT | ALL);
      else if (symbol?.base === 'result' && release.wide) this.report(state, n.pos, 'drop', 'negative', ERROR);
      return symbol?.base === 'result';
    }
    if (
      !o.args.some((a) => this.isArray(a.path)) ||
      this.program.isNeutral(o.name ?? '', this.taking.reference.file) ||
      this.tested.has(o.pos)
    )
      return false;
    const symbols = o.args.map((a) => symbolOf(a, state.names, this.words));
    if (symbols.some((s) => s?.base === 'result')) return true;
    if (symbols.some((s) => s?.base === 'asked' && s.plus === 0)) this.report(state, n.pos, 'use', 'unfilled', ERROR | ZERO | SHORT);
    return false;
  }

  private used(state: State, pos: number, outcomes: number): void {
    if (outcomes & (ERROR | ZERO)) this.report({ ...state, outcomes }, pos, 'use', 'unfilled', ERROR | ZERO);
  }

  /** Notes what is wrong of a loop over the pages at the condition by which a round begins; true if the result bounds it. */
  private inLoop(state: State, n: Node): boolean {
    const o = n.operation;
    const loop = n.loops.at(-1);
    if (o?.kind !== 'assume' || !loop || this.one || this.start.loops.some((l) => l.id === loop.id)) return false;
    if (!o.truth || !controlsOf(this.graph, loop).some((c) => c.node.id === n.id)) return false;
    const index = o.left.path;
    if (index === null || !isLocalName(index)) return false;
    const body = this.graph.nodes.filter((m) => m.loops.some((l) => l.id === loop.id) && m.operation !== null);
    // A loop that fills the array anew does not use what is in it.
    const touches = (m: Node): boolean =>
      (m.operation?.kind === 'call' && !acquires.has(m.operation.name ?? '') && m.operation.args.some((a) => this.isArray(a.path))) ||
      (m.operation?.kind === 'copy' && this.isArray(m.operation.source.path) && m.operation.source.path?.endsWith('[]') === true);
    const using = body.find(touches);
    if (!using) return false;
    // A test of each page leaves out the slots that were not filled.
    if (body.some((m) => m.operation?.kind === 'assume' && this.isArray(m.operation.left.path))) return false;
    const dropping = body.find((m) => this.drops.has(m.pos));
    const kind = dropping ? 'drop' : 'use';
    const pos = (dropping ?? using).pos;
    const bound = symbolOf(o.right, state.names, this.words);
    const from = state.names.get(index);
    if (bound && bound.base !== 'number') {
      if (from?.base === 'number' && (o.op === '<' || o.op === '<=' || o.op === '!=')) {
        if (from.plus === 0 && o.op === '<=' && bound.plus === 0) this.report(state, pos, kind, 'past', SHORT | ALL);
        else {
          if (from.plus >= 0 && bound.base === 'asked' && bound.plus === 0) this.report(state, pos, kind, 'unfilled', ERROR | ZERO | SHORT);
          if (from.plus > 0 && o.op === '<' && dropping && this.drops.size === 1) this.report(state, pos, 'drop', 'few', SHORT | ALL);
        }
      }
      return bound.base === 'result';
    }
    if (bound?.base !== 'number' || bound.plus !== 0 || !from || from.base === 'number' || !dropping) return false;
    if (this.isLaterRound(state, loop, index)) return from.base === 'result';
    // Down to zero: `i >= 0` begins at the last page, `i > 0` one behind it.
    const moved = body.find((m) => m.operation?.kind === 'update' && m.operation.target === index && m.pos >= loop.bodyPos);
    if (o.op === '>=' && from.plus === 0 && !(moved && this.isStatement(moved.pos, dropping.pos)))
      this.report(state, pos, 'drop', 'past', SHORT | ALL);
    if (o.op === '>' && from.plus === -1) this.report(state, pos, 'drop', 'few', SHORT | ALL);
    return from.base === 'result';
  }

  /** True where a loop has moved its index already: what it begins with is known at its first round. */
  private isLaterRound(state: State, loop: Loop, index: string): boolean {
    for (let s = state.parent; s; s = s.parent) {
      const { operation: o, loops } = this.graph.nodes[s.node] as Node;
      if (!loops.some((l) => l.id === loop.id)) return false;
      if (o?.kind === 'update' && o.target === index) return true;
    }
    return false;
  }

  /** True for an `i--;` that stands alone before the drop. */
  private isStatement(pos: number, drop: number): boolean {
    const text = this.program.file(this.taking.reference.file)?.text ?? '';
    return pos < drop && /[;{}]\s*$/.test(text.slice(Math.max(0, pos - 60), pos));
  }

  /** Notes pages that are handed on as a success, and a count that is handed on as an error. */
  private atReturn(state: State, n: Node): void {
    const { subject, reference } = this.taking;
    const o = n.operation;
    if (o?.kind !== 'return' || this.one) return;
    const type = this.program.variants(reference)[0]?.returns;
    // Zero is a success of a number; a pointer that is NULL and `false` are failures.
    if (!type || /bool/i.test(type.base)) return;
    if (type.pointers > 0 || this.returnsNull) {
      const path = o.value?.path ?? null;
      if (this.isArray(path) && this.isToldAsked(state)) this.report(state, n.pos, 'success', 'unfilled', SHORT | ZERO | ERROR);
      return;
    }
    const value = o.value ? symbolOf(o.value, state.names, this.words) : null;
    if (value?.base === 'number' && value.plus === 0) {
      if (state.outcomes & ALL) this.zeroIsSuccess = true;
      // A loop over counts may end early, with what it has.
      const early = this.start.loops.length > 0 && subject.site.acquire.result !== 'bytes';
      if (!early && !state.told && !(state.outcomes & (SHORT | ALL))) this.report(state, n.pos, 'error', 'unfilled', ERROR);
      if (this.isKept(state)) this.report(state, n.pos, 'success', 'unfilled', SHORT | ZERO | ERROR);
    } else if (value?.base === 'result' && value.plus === 0) {
      this.handed |= state.outcomes;
      if (!(state.outcomes & ALL)) this.report(state, n.pos, 'result', 'unfilled', SHORT);
    }
  }

  /** True if pages stay in an object beside the number asked for, and nothing has taken the result for their number. */
  private isKept(state: State): boolean {
    const { subject, reference } = this.taking;
    if (!subject.followed.visits.some((v) => isEntered(v, reference) && v.flow.heap.length > 0)) return false;
    return this.isToldAsked(state) || (!state.counted && this.start.loops.length === 0 && subject.row.carrier.length > 0);
  }

  /** True if the number asked for stands in an object or behind a pointer, and nothing has taken the result for their number. */
  private isToldAsked(state: State): boolean {
    if (state.counted || this.start.loops.length > 0) return false;
    return [...state.names].some(([name, s]) => s.base === 'asked' && s.plus === 0 && rootOf(name) !== name);
  }

  private report(state: State, pos: number, kind: CountFault['kind'], how: CountFault['how'], wrong: number): void {
    const outcomes = state.outcomes & wrong;
    if (outcomes === 0) return;
    const { reference, way } = this.taking;
    const steps: CountFault['steps'] = [];
    for (let s: State | null = state; s; s = s.parent) if (s.step) steps.unshift(s.step);
    (kind === 'result' || kind === 'error' ? this.results : this.out).push({ kind, how, reference, pos, outcomes, way, steps });
  }
}

// The parts of a state are shared with those before it.
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

/** True for a condition by which nothing was asked for: a loop over what was asked for has a round. */
function asksForNone(left: Known | null, op: string, right: Known | null): boolean {
  return left?.base === 'number' && left.plus <= 0 && right?.base === 'asked' && right.plus === 0 && !holds(left.plus, op, 1);
}

function isTest(name: string | null): boolean {
  return name === null || tellingName.test(name);
}
