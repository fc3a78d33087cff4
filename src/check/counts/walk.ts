/**
 * A walk over the paths of the function that takes the pages, from the call on: which outcomes of the call are still possible,
 * and what the integers at hand stand for. At every statement that takes up so many pages the two are compared.
 */

import { otherNames } from '../../flow/facts.js';
import type { SeenRelease } from '../../flow/follow.js';
import { holds } from '../../flow/outcome.js';
import type { CallOperation, Graph, Node } from '../../program/graph.js';
import { rootOf, suffixAfter } from '../../program/path.js';
import { acquires, isNeutral, releases, transfers } from '../../protocol/index.js';
import { acquiredOf } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import { controlsOf, countsAtSite } from './bounds.js';
import { ALL, after, comparesUnsigned, ERROR, isLocalName, type Known, leaves, type Names, SHORT, symbolOf, ZERO } from './symbols.js';

const maxStates = 3000;

/** A statement that takes up another number of pages than the call took. */
export interface CountFault {
  /** Drops pages, or uses them, or hands them on as a success; or returns the count itself, or zero after an error, where zero is the success. */
  kind: 'drop' | 'use' | 'success' | 'result' | 'error';
  /** More than there are, with an error as the number, one behind the last, one too few. */
  how: 'unfilled' | 'negative' | 'past' | 'few';
  pos: number;
  /** Outcomes that reach it. */
  outcomes: number;
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

/** Every such statement on some path of the site's function, one of each kind at a place. */
export function countFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  const at = site.signature?.pages ?? null;
  const array = at === null ? undefined : site.call.args[at];
  const { result, count } = acquiredOf(site);
  if (!array?.path || (result !== 'bytes' && count === '')) return [];

  // A part of an array: its indexes do not count from the call's first page.
  const written = at === null ? undefined : site.call.expressions[at];
  const part = result === 'bytes' || written?.kind === 'binary' || (array.address && array.path.endsWith('[]'));
  const found = new Map<string, CountFault>();
  for (const graph of program.graphs(site.reference)) {
    const start = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.pos === site.call.pos);
    if (!start) continue;
    for (const fault of new Walk(subject, graph, start).faults()) {
      if (part && fault.kind !== 'result' && fault.kind !== 'error') continue;
      const key = `${fault.kind}:${fault.pos}`;
      if (!found.has(key)) found.set(key, fault);
    }
  }
  return [...found.values()];
}

class Walk {
  private readonly out: CountFault[] = [];
  /** Returns that are wrong if zero is the success. */
  private readonly results: CountFault[] = [];
  /** Zero is returned on a path on which all pages are there. */
  private zeroIsSuccess = false;
  private readonly asked: string;
  private readonly one: boolean;
  /** Names of the array, or of the one page. */
  private readonly arrays: readonly string[];
  /** Drops by the place in the site's function from which they are made. */
  private readonly drops: ReturnType<typeof dropsOf>;

  private readonly subject: Subject;
  private readonly graph: Graph;
  private readonly start: Node;

  constructor(subject: Subject, graph: Graph, start: Node) {
    this.subject = subject;
    this.graph = graph;
    this.start = start;
    const { site } = subject;
    this.asked = acquiredOf(site).count;
    this.one = this.asked === '1';
    const array = site.call.args[site.signature?.pages ?? 0];
    const path = array?.path ?? '';
    this.arrays = array?.address ? [path] : [path, ...otherNames(`${path}[]`, graph).map((n) => n.replace(/\[\]$/, ''))];
    this.drops = dropsOf(subject);
  }

  faults(): CountFault[] {
    const seen = new Set<string>();
    const o = this.start.operation as CallOperation;
    const names = new Map<string, Known>([...this.askedBefore(), [o.result, { base: 'result', plus: 0 }]]);
    const only = /_only$/.test(o.name ?? '');
    const { result } = acquiredOf(this.subject.site);
    const failed = result === 'bool' ? ZERO : only ? ERROR | ZERO : ERROR;
    const outcomes = this.one ? failed | ALL : ERROR | ZERO | SHORT | ALL;
    const queue: State[] = [];
    const push = (state: State): void => {
      const key = `${state.node}|${state.outcomes}|${state.counted}|${state.told}|${[...state.names].map(([n, s]) => `${n}=${s.base}${s.plus}`).sort()}|${[...state.conditions].map(([k, v]) => k + v).sort()}`;
      if (seen.has(key)) return;
      seen.add(key);
      queue.push(state);
    };
    for (const next of this.start.successors)
      push({ node: next, outcomes, names, conditions: new Map(), counted: false, told: false, parent: null, step: null });
    for (let i = 0; i < queue.length; i++) {
      if (queue.length > maxStates) return [];
      const state = queue[i] as State;
      if (state.node === this.start.id) continue;
      const next = this.step(state, this.graph.nodes[state.node] as Node);
      if (next) for (const id of this.graph.nodes[state.node]?.successors ?? []) push({ ...next, node: id, parent: next, step: null });
    }
    return this.zeroIsSuccess ? [...this.out, ...this.results] : this.out;
  }

  /** Other names of the number asked for, from before the call. */
  private askedBefore(): [string, Known][] {
    const { program, site } = this.subject;
    const { countPath } = acquiredOf(site);
    if (countPath === null) return [];
    const symbol: Known = { base: 'asked', plus: 0 };
    const only: Names = new Map([[countPath, symbol]]);
    let names = only;
    for (const n of this.graph.nodes.filter((m) => m.pos < this.start.pos).sort((x, y) => x.pos - y.pos)) {
      const o = n.operation;
      if (o?.kind !== 'copy' && o?.kind !== 'clear' && o?.kind !== 'update') continue;
      if (suffixAfter(countPath, o.target) === null) names = after(program, site.reference, n, names, '');
      else names = only;
      // `req->n = n` before `pin(…, req->n, …)`.
      if (o.kind !== 'copy' || o.target !== countPath || !o.replaces || o.source.path === null || o.source.path.startsWith('%')) continue;
      const copied = after(program, site.reference, n, new Map([[o.source.path, symbol]]), '').get(countPath);
      if (copied?.plus === 0) names = new Map([...only, [o.source.path, symbol]]);
    }
    return [...names].filter(([, s]) => s.base === 'asked');
  }

  /** What a node makes of a state; `null` where the path ends or cannot be. */
  private step(state: State, n: Node): State | null {
    const { program, site } = this.subject;
    const o = n.operation;
    let { outcomes, conditions, counted, told } = state;
    const failed = !(outcomes & (SHORT | ALL));
    let step: State['step'] = null;
    if (o?.kind === 'unread') return null;
    if (o?.kind === 'assume') {
      const kept = leaves(outcomes, o, state.names, this.asked, (c) => comparesUnsigned(program, site.reference, this.graph, c));
      const [left, right] = [symbolOf(o.left, state.names, this.asked), symbolOf(o.right, state.names, this.asked)];
      if (kept !== null) {
        outcomes = kept;
        if (outcomes === 0) return null;
        step = { pos: n.pos, text: `where ${o.left.path ?? o.left.text} ${o.op} ${o.right.path ?? o.right.text}` };
      } else if (left?.base === 'result' || right?.base === 'result') {
        // A test of the result that is not understood may be the one that matters; an index that runs up to it is none.
        const runs = [o.left.path, o.right.path].some((p) => p !== null && n.loops.some((l) => l.variables.includes(p)));
        if (!runs) return null;
      } else if (left?.base === 'number' && right?.base === 'number') {
        if (!holds(left.plus, o.op, right.plus) && n.loops.length === 0) return null;
      } else {
        const known = assumed(conditions, o.left.path ?? '', o.op, o.right.path ?? o.right.text);
        if (!known) return null;
        conditions = known;
        if (failed) told = true;
      }
      if (this.inLoop({ ...state, outcomes }, n)) counted = true;
    } else if (o?.kind === 'call') {
      // The array is filled anew: that is another site's to check.
      if (acquires.has(o.name ?? '') && o.args.some((a) => this.isArray(a.path))) return null;
      if (this.atCall({ ...state, outcomes }, n, o)) counted = true;
      if (!isTest(o.name) && o.args.some((a) => symbolOf(a, state.names, this.asked)?.base === 'result')) counted = true;
      if (
        o.args.some((a) => this.isArray(a.path)) &&
        !isNeutral(o.name ?? '') &&
        !releases.has(o.name ?? '') &&
        !transfers.has(o.name ?? '')
      ) {
        // A helper that is handed the result with the pages may do what is needed.
        if (o.args.some((a) => symbolOf(a, state.names, this.asked)?.base === 'result')) return null;
      }
    } else if (o?.kind === 'return') {
      this.atReturn({ ...state, outcomes }, n);
      return null;
    } else if (o?.kind === 'copy' || o?.kind === 'clear' || o?.kind === 'update') {
      conditions = without(conditions, o.target);
      if (o.kind === 'copy' && symbolOf(o.source, state.names, this.asked)?.base === 'result') {
        if (rootOf(o.target) !== o.target) counted = told = true;
        else if (!o.replaces) counted = true;
      }
      if (this.one && o.kind === 'copy' && this.isArray(o.source.path) && !o.target.startsWith('%')) this.used(state, n.pos, outcomes);
    }
    const names = after(program, site.reference, n, state.names, this.asked);
    return { ...state, outcomes, names, conditions, counted, told, step };
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
      const symbol = symbolOf(release.count, state.names, this.asked);
      if (symbol?.base === 'asked' && symbol.plus >= 0) this.report(state, n.pos, 'drop', 'unfilled', ERROR | ZERO | SHORT);
      else if (symbol?.base === 'asked' || (symbol?.base === 'result' && symbol.plus < 0)) return false;
      else if (symbol?.base === 'result' && symbol.plus > 0) this.report(state, n.pos, 'drop', 'past', SHORT | ALL);
      else if (symbol?.base === 'result' && release.wide) this.report(state, n.pos, 'drop', 'negative', ERROR);
      return symbol?.base === 'result';
    }
    if (!o.args.some((a) => this.isArray(a.path)) || isNeutral(o.name ?? '')) return false;
    const symbols = o.args.map((a) => symbolOf(a, state.names, this.asked));
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
    const touches = (m: Node): boolean =>
      (m.operation?.kind === 'call' && m.operation.args.some((a) => this.isArray(a.path))) ||
      (m.operation?.kind === 'copy' && this.isArray(m.operation.source.path) && m.operation.source.path?.endsWith('[]') === true);
    const using = body.find(touches);
    if (!using) return false;
    // A test of each page leaves out the slots that were not filled.
    if (body.some((m) => m.operation?.kind === 'assume' && this.isArray(m.operation.left.path))) return false;
    const dropping = body.find((m) => this.drops.has(m.pos));
    const kind = dropping ? 'drop' : 'use';
    const pos = (dropping ?? using).pos;
    const bound = symbolOf(o.right, state.names, this.asked);
    const from = state.names.get(index);
    if (bound && bound.base !== 'number') {
      if (from?.base === 'number' && (o.op === '<' || o.op === '<=' || o.op === '!=')) {
        if (from.plus === 0 && o.op === '<=' && bound.plus === 0) this.report(state, pos, kind, 'past', SHORT | ALL);
        else if (from.plus === 0 && bound.base === 'asked' && bound.plus === 0)
          this.report(state, pos, kind, 'unfilled', ERROR | ZERO | SHORT);
        else if (from.plus > 0 && o.op === '<' && dropping && this.drops.size === 1) this.report(state, pos, 'drop', 'few', SHORT | ALL);
      }
      return bound.base === 'result';
    }
    if (bound?.base !== 'number' || bound.plus !== 0 || !from || from.base === 'number' || !dropping) return false;
    // Down to zero: `i >= 0` begins at the last page, `i > 0` one behind it.
    const moved = body.find((m) => m.operation?.kind === 'update' && m.operation.target === index && m.pos >= loop.bodyPos);
    if (o.op === '>=' && from.plus === 0 && !(moved && this.isStatement(moved.pos, dropping.pos)))
      this.report(state, pos, 'drop', 'past', SHORT | ALL);
    if (o.op === '>' && from.plus === -1) this.report(state, pos, 'drop', 'few', SHORT | ALL);
    return from.base === 'result';
  }

  /** True for an `i--;` that stands alone before the drop. */
  private isStatement(pos: number, drop: number): boolean {
    const text = this.subject.program.file(this.subject.row.file)?.text ?? '';
    return pos < drop && /[;{}]\s*$/.test(text.slice(Math.max(0, pos - 60), pos));
  }

  /** Notes pages that are handed on as a success, and a count that is handed on as an error. */
  private atReturn(state: State, n: Node): void {
    const { program, site } = this.subject;
    const o = n.operation;
    if (o?.kind !== 'return' || this.one) return;
    const type = program.variants(site.reference)[0]?.returns;
    // Zero is a success of a number; a pointer that is NULL and `false` are failures.
    if (!type || /bool/i.test(type.base)) return;
    if (type.pointers > 0) {
      const path = o.value?.path ?? null;
      if (this.isArray(path) && this.isToldAsked(state)) this.report(state, n.pos, 'success', 'unfilled', SHORT | ZERO | ERROR);
      return;
    }
    const value = o.value ? symbolOf(o.value, state.names, this.asked) : null;
    if (value?.base === 'number' && value.plus === 0) {
      if (state.outcomes & ALL) this.zeroIsSuccess = true;
      // A loop over counts may end early, with what it has.
      const early = this.start.loops.length > 0 && site.acquire.result !== 'bytes';
      if (!early && !state.told && !(state.outcomes & (SHORT | ALL))) this.report(state, n.pos, 'error', 'unfilled', ERROR);
      if (this.isKept(state)) this.report(state, n.pos, 'success', 'unfilled', SHORT | ZERO | ERROR);
    } else if (value?.base === 'result' && value.plus === 0 && !(state.outcomes & ALL))
      this.report(state, n.pos, 'result', 'unfilled', SHORT);
  }

  /** True if pages stay in an object beside the number asked for, and nothing has taken the result for their number. */
  private isKept(state: State): boolean {
    const { followed } = this.subject;
    if ((followed.visits[0]?.flow.heap.length ?? 0) === 0) return false;
    return this.isToldAsked(state) || (!state.counted && this.start.loops.length === 0 && this.subject.row.carrier.length > 0);
  }

  /** True if the number asked for stands in an object or behind a pointer, and nothing has taken the result for their number. */
  private isToldAsked(state: State): boolean {
    if (state.counted || this.start.loops.length > 0) return false;
    return [...state.names].some(([name, s]) => s.base === 'asked' && s.plus === 0 && rootOf(name) !== name);
  }

  private report(state: State, pos: number, kind: CountFault['kind'], how: CountFault['how'], wrong: number): void {
    const outcomes = state.outcomes & wrong;
    if (outcomes === 0) return;
    const steps: CountFault['steps'] = [];
    for (let s: State | null = state; s; s = s.parent) if (s.step) steps.unshift(s.step);
    (kind === 'result' || kind === 'error' ? this.results : this.out).push({ kind, how, pos, outcomes, steps });
  }
}

interface Drop {
  count: { path: string | null; address: boolean; text: string };
  /** One page in each round of a loop of the site's own function. */
  loop: boolean;
  /** The count is an `unsigned long`. */
  wide: boolean;
}

/** The drops that the site's function makes, itself or by helpers, by the place of the call. */
function dropsOf(subject: Subject): Map<number, Drop[]> {
  const { program, site } = subject;
  const found = new Map<number, Drop[]>();
  const seen = subject.followed.visits.flatMap((visit) => visit.flow.releases.map((event): SeenRelease => ({ visit, event })));
  for (const release of seen) {
    const { visit, event } = release;
    const own = visit.way === 'site';
    // A test in the helper may leave out what was not filled.
    if (!own && event.guards.length > 0) continue;
    const counted = countsAtSite(program, release, site.reference);
    const places = own && counted.length === 0 ? [{ pos: event.pos, count: { path: null, address: false, text: '' } }] : counted;
    for (const { pos, count } of places) {
      const drop: Drop = {
        count,
        loop: own && event.call.shape !== 'bulk',
        wide: event.call.shape === 'bulk' && /^unpin_|^put_user/.test(event.api),
      };
      found.set(pos, [...(found.get(pos) ?? []), drop]);
    }
  }
  return found;
}

function isTest(name: string | null): boolean {
  return name === null || /^(IS_ERR|PTR_ERR|WARN|dev_|pr_|printk)/.test(name);
}

const opposite: Readonly<Record<string, string>> = { '!=': '==', '>=': '<', '>': '<=' };

/** The conditions that were assumed, with one more; `null` if it was assumed the other way round. */
function assumed(known: ReadonlyMap<string, boolean>, left: string, op: string, right: string): ReadonlyMap<string, boolean> | null {
  if (left === '' || left.startsWith('%')) return known;
  const turned = opposite[op];
  const key = `${left} ${turned ?? op} ${right}`;
  const before = known.get(key);
  if (before !== undefined) return before === (turned === undefined) ? known : null;
  return new Map([...known, [key, turned === undefined]]);
}

function without(known: ReadonlyMap<string, boolean>, target: string): ReadonlyMap<string, boolean> {
  if (known.size === 0) return known;
  const root = rootOf(target);
  return new Map([...known].filter(([key]) => !new RegExp(`(^|\\W)${root.replace(/\W/g, '\\$&')}\\b`).test(key)));
}
