/**
 * A path-sensitive walk of the function that takes a reference: the transfer functions of analyse.ts, without joins. Each
 * state is a node, the facts there, and the conditions assumed so far that nothing has changed since; a state is walked
 * once, and the walk gives up past a bound. A path is a witness: what it did can be shown step by step.
 *
 * What drops a reference in any round of a loop is taken to have dropped all of it, and what is handed to something
 * unknown is taken to be kept there, so that only paths are told on which nobody else can have it.
 */
import type { Assume, Graph, Node } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import { acquires, freeingCalls, releases, transfers } from '../protocol/index.js';
import { stepper } from './analyse.js';
import { type Facts, isHeap, isLocal } from './facts.js';
import type { Analysis } from './flow.js';
import type { Start } from './follow.js';

const maxStates = 6000;

/** A path that ends wrongly. */
export interface Witness {
  kind: 'leak' | 'double';
  /** Only a short count reaches the end. */
  short: boolean;
  /** Where it ends: the return, or the second drop. */
  pos: number;
  steps: { pos: number; text: string }[];
}

interface State {
  node: number;
  facts: Facts;
  conditions: ReadonlyMap<string, boolean>;
  phase: 'before' | 'held' | 'released';
  /** Path that was dropped, in phase `released`. */
  dropped: string;
  parent: State | null;
  step: { pos: number; text: string } | null;
}

const opposite: Readonly<Record<string, string>> = { '!=': '==', '>=': '<', '>': '<=' };

/** Every wrong end of a path from the site, one for each place and kind, the shortest first. */
export function walkPaths(analysis: Analysis, start: Start): Witness[] {
  const found = new Map<string, Witness>();
  for (const graph of analysis.program.graphs(start.reference)) {
    for (const witness of walk(analysis, graph, start)) {
      const key = `${witness.kind}:${witness.pos}`;
      if (!found.has(key)) found.set(key, witness);
    }
  }
  return [...found.values()].sort((a, b) => a.pos - b.pos);
}

function walk(analysis: Analysis, graph: Graph, start: Start): Witness[] {
  const seed = { pos: start.pos, facts: start.facts, acquired: start.acquired };
  const { step, edge, flow } = stepper(analysis, start.reference, graph, [seed]);
  const params = new Set(graph.params.map((p) => p.name));
  const given = new Set(graph.aliases.filter((a) => params.has(rootOf(a.source.path ?? ''))).map((a) => rootOf(a.target)));
  const outlives = (facts: Facts): boolean => [...facts].some((f) => isHeap(f) || f.startsWith('+') || (isLocal(f) && escapes(f)));
  const escapes = (fact: string): boolean =>
    (rootOf(fact) !== fact && (params.has(rootOf(fact)) || given.has(rootOf(fact)))) || /@(skb|bvec|pipe|slot|address|pfn)/.test(fact);
  const lost = new Set([...flow.unknowns, ...flow.unread].map((e) => e.pos));
  const drops = new Set([...flow.releases, ...flow.calls].flatMap((e) => e.loops.map((l) => l.id)));
  const releasing = new Map(flow.releases.map((e) => [e.node, e]));
  const keeps = flow.heap.length + flow.outs.length + flow.returns.length > 0;
  const moves = new Set(
    graph.nodes.flatMap((n) => (n.operation?.kind === 'call' && transfers.has(n.operation.name ?? '') ? n.loops.map((l) => l.id) : [])),
  );
  const out: Witness[] = [];
  const seen = new Set<string>();
  const first: State = {
    node: graph.entry,
    facts: new Set(),
    conditions: new Map(),
    phase: 'before',
    dropped: '',
    parent: null,
    step: null,
  };
  const queue: State[] = [first];
  const push = (state: State): void => {
    const key = `${state.node}|${state.phase}|${state.dropped}|${[...state.facts].sort().join()}|${[...state.conditions]
      .map(([k, v]) => k + v)
      .sort()
      .join()}`;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(state);
  };
  for (let i = 0; i < queue.length; i++) {
    if (queue.length > maxStates) return [];
    const state = queue[i] as State;
    const n = graph.nodes[state.node] as Node;
    const o = n.operation;
    if (state.phase !== 'before' && lost.has(n.pos)) continue;
    const conditions = assumed(state.conditions, n);
    if (!conditions) continue;
    let { phase, dropped } = state;
    let facts = state.facts;
    let text: string | null = null;
    if (phase === 'released') {
      if (o?.kind === 'call' && o.name !== null && (acquires.has(o.name) || o.result === rootOf(dropped))) continue;
      if ((o?.kind === 'copy' || o?.kind === 'clear' || o?.kind === 'update') && rootOf(o.target) === rootOf(dropped)) continue;
      if (o?.kind === 'call' && o.name !== null && releases.has(o.name) && o.args[0]?.path === dropped && n.loops.length === 0) {
        out.push({
          kind: 'double',
          short: false,
          pos: n.pos,
          steps: [...stepsOf(state), { pos: n.pos, text: `dropped again by ${o.name}()` }],
        });
        continue;
      }
    } else {
      const before = holding(facts);
      facts = step(n, facts);
      const after = holding(facts);
      // A test that ends one name of the reference says that there is none.
      if (phase === 'held' && o?.kind === 'assume' && (namesIn(facts) < namesIn(state.facts) || isErrorCode(o, facts))) continue;
      if (phase === 'before' && n.pos === start.pos && o?.kind === 'call' && after) {
        phase = 'held';
        text = `taken by ${o.name}()`;
      } else if (phase === 'held') {
        const release = releasing.get(n.id);
        if (release && o?.kind === 'call') {
          // A drop in a loop may be any of many.
          if (n.loops.length > 0) continue;
          const path = o.args[0]?.path ?? '';
          if (path === '' || after) continue;
          phase = 'released';
          dropped = path;
          text = `dropped by ${release.api}()`;
        } else if (before && !after) {
          const frees = o?.kind === 'call' && o.name !== null && freeingCalls.has(o.name);
          if (!frees) continue;
          // What held the pages is freed; the pages are not.
          text = `${o.name}() frees what holds the pages, not the pages`;
          facts = new Set([...facts, '%lost[]']);
        } else if (o?.kind === 'return' && o.value && returned(o.value.path, facts)) continue;
        if (phase === 'held' && outlives(facts)) continue;
      }
    }
    if (o?.kind === 'assume' && phase !== 'before') text ??= conditionText(n);
    const here: State = { ...state, facts, conditions, phase, dropped, step: text === null ? null : { pos: n.pos, text }, parent: state };
    if (n.successors.length === 0 || n.id === graph.exit) {
      const held = facts.has('?short') || facts.has('?all') || facts.has('?earlier');
      if (phase === 'held' && held && holding(facts)) out.push(leak(here, graph, facts));
      continue;
    }
    for (const next of n.successors) {
      const to = graph.nodes[next] as Node;
      const leaves = n.loops.some((l) => drops.has(l.id) && !to.loops.some((m) => m.id === l.id));
      // A loop over the pages that makes no round had none: where the function keeps or hands on what it took, it may do so there.
      const ends = n.loops.some((l) => (keeps || moves.has(l.id)) && n.pos < l.bodyPos && !to.loops.some((m) => m.id === l.id));
      if (phase === 'held' && (leaves || ends)) continue;
      push({ ...here, node: next, facts: phase === 'held' ? edge(n, to, facts) : facts, parent: here, step: null });
    }
  }
  return out;
}

function leak(state: State, graph: Graph, facts: Facts): Witness {
  const steps = stepsOf(state);
  let pos = graph.nodes[graph.exit]?.pos ?? 0;
  for (let s: State | null = state; s; s = s.parent) {
    if (graph.nodes[s.node]?.operation?.kind !== 'return') continue;
    pos = graph.nodes[s.node]?.pos ?? pos;
    break;
  }
  return { kind: 'leak', short: !facts.has('?all'), pos, steps: [...steps, { pos, text: 'left here with the pages still held' }] };
}

function namesIn(facts: Facts): number {
  return [...facts].filter(isLocal).length;
}

/** `ret == -EFAULT` on the acquiring call's result. */
function isErrorCode(o: Assume, facts: Facts): boolean {
  return o.op === '==' && o.left.path !== null && facts.has(`!${o.left.path}`) && /^-\s*E/.test(o.right.path ?? o.right.text);
}

function holding(facts: Facts): boolean {
  for (const fact of facts) if (isLocal(fact) || isHeap(fact)) return true;
  return false;
}

function returned(path: string | null, facts: Facts): boolean {
  return path !== null && [...facts].some((f) => isLocal(f) && rootOf(f) === rootOf(path));
}

/** The conditions after a node: one more, those that it changes less; `null` if it cannot be so here. */
function assumed(known: ReadonlyMap<string, boolean>, n: Node): ReadonlyMap<string, boolean> | null {
  const o = n.operation;
  if (o?.kind === 'assume') {
    if (o.call !== null) return known;
    const left = o.left.path ?? o.left.text;
    const right = o.right.path ?? o.right.text;
    if (left === '' || left.startsWith('%')) return known;
    const turned = opposite[o.op];
    const key = `${left} ${turned ?? o.op} ${right}`;
    const truth = turned === undefined;
    const before = known.get(key);
    if (before !== undefined) return before === truth ? known : null;
    return new Map([...known, [key, truth]]);
  }
  const target = o?.kind === 'copy' || o?.kind === 'clear' || o?.kind === 'update' ? o.target : null;
  const changed = target === null ? null : rootOf(target);
  const through = o?.kind === 'call' ? o.args.filter((a) => a.address && a.path !== null).map((a) => rootOf(a.path as string)) : [];
  const names = changed === null ? through : [changed, ...through];
  const kept =
    names.length === 0
      ? known
      : new Map([...known].filter(([key]) => !names.some((name) => new RegExp(`(^|\\W)${name.replace(/\W/g, '\\$&')}\\b`).test(key))));
  if (o?.kind !== 'clear' || target === null || !/^-?\w+$/.test(o.text)) return kept;
  // A constant decides later tests of it: `err = -ENOMEM` is below zero.
  return constant(new Map(kept), target, o.text);
}

function constant(known: Map<string, boolean>, target: string, text: string): Map<string, boolean> {
  const value = /^-\s*E/.test(text) ? -1 : text === 'NULL' || text === 'false' ? 0 : text === 'true' ? 1 : Number(text);
  if (Number.isNaN(value)) return known;
  for (const zero of value === 0 ? ['0', 'NULL'] : ['0']) {
    known.set(`${target} == ${zero}`, value === 0);
    known.set(`${target} < ${zero}`, value < 0);
    known.set(`${target} <= ${zero}`, value <= 0);
  }
  return known;
}

function conditionText(n: Node): string | null {
  const o = n.operation;
  if (o?.kind !== 'assume') return null;
  const tested = o.call?.name ? `${o.call.name}()` : (o.left.path ?? o.left.text);
  if (tested === '' || tested.startsWith('%')) return null;
  return `where ${tested} ${o.op} ${o.right.path ?? o.right.text}`;
}

function stepsOf(state: State): { pos: number; text: string }[] {
  const steps: { pos: number; text: string }[] = [];
  for (let s: State | null = state; s; s = s.parent) if (s.step) steps.unshift(s.step);
  return steps;
}
