/**
 * The walk: every path of one function from where the reference is taken, given or handed back, as long as it is held. A
 * state is walked once; what a path need not know any more is forgotten, so that paths that differ in it alone are one.
 * Past a bound the walk keeps what it has found, and says by an exit of kind `unknown` that there may be more.
 */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Node } from '../../program/graph.js';
import type { Called, Context } from './context.js';
import { type Entry, firstState, isSeed, withObject } from './entry.js';
import { exitOf } from './exit.js';
import { along } from './loops.js';
import { forgetting, keyOf } from './merge.js';
import { backwards } from './shape.js';
import { type Exit, outcome, type State, sign, type Trail, type Turned } from './state.js';
import { run } from './step.js';
import { openTracks } from './tracks.js';

const maxStates = 2500;
/** How often a node is walked before and while the reference is held: enough for what paths correlate in practice. */
const maxVisits = { before: 8, held: 32, unsure: 8, released: 6 } as const;

export interface Walked {
  exits: Exit[];
  /** Ways out that lose the reference, one for each branch from which nothing else can be reached. */
  lost: Turned[];
  /** Ways out that hold it in memory that lives on though they fail, one for each such branch. */
  failing: Turned[];
  /** Of those, and of failures with what earlier rounds took, the ones on which members of that memory were set to zero. */
  emptied: Turned[];
  /** How the reference was handed to the function on ways on which it is dropped. */
  undone: Trail[];
  /** Second drops, drops of more than was taken, uses after the last and stores over what is held, with the way to them. */
  late: { kind: 'double' | 'more' | 'use' | 'over'; trail: Trail; pos: number }[];
  /** Some way on which the reference was held was not followed to its end. */
  cut: boolean;
}

const gaveUp: Exit = {
  result: 7,
  kind: 'unknown',
  holders: [],
  freed: [],
  outcomes: 0,
  counts: false,
  asked: null,
  equals: null,
  gives: null,
  allocated: false,
  made: [],
  none: [],
  extra: 0,
  drop: null,
  trail: null,
  pos: 0,
  linked: false,
  unsure: true,
};

export function unknownExit(): Exit {
  return gaveUp;
}

interface At {
  node: number;
  state: State;
}

/** Walks one variant of a function. */
export function walk(context: Context, reference: FunctionReference, graph: Graph, entry: Entry): Walked {
  const shape = context.shapeOf(graph, reference);
  const seeds = new Uint8Array(graph.nodes.length);
  for (const n of graph.nodes) if (isSeed(n, entry)) seeds[n.id] = 1;
  if (entry.kind !== 'given' && entry.kind !== 'again' && !seeds.some((s) => s === 1)) return nowhere();
  const towardsSeed = entry.kind === 'given' || entry.kind === 'again' ? null : backwards(seeds, shape.predecessors);
  const walked = nowhere();
  const known = new Set<string>();
  const seen = new Map<string, number>();
  const visits = {
    before: new Uint16Array(graph.nodes.length),
    held: new Uint16Array(graph.nodes.length),
    unsure: new Uint16Array(graph.nodes.length),
    released: new Uint16Array(graph.nodes.length),
  };
  const queue: At[] = [{ node: graph.entry, state: firstState(entry) }];
  const tracks = openTracks({
    posOf(index) {
      const { node, state } = queue[index] as At;
      return state.phase === 'before' ? null : (graph.nodes[node] as Node).pos;
    },
    trailOf: (index) => (queue[index] as At).state.trail,
  });
  const leave = (exit: Exit): void => {
    const places = [exit.holders, exit.freed, exit.none].map((some) => some.map((h) => `${h.of}${h.suffix}`).join());
    const key = `${exit.kind}|${exit.result}|${exit.outcomes}|${places.join('|')}|${exit.counts}|${exit.equals}|${exit.gives}|${exit.unsure}|${exit.kind === 'lost' ? exit.pos : ''}`;
    if (known.has(key)) return;
    known.add(key);
    walked.exits.push(exit);
  };
  const unknown = (index: number): void => {
    tracks.other(index);
    if ((queue[index] as At).state.phase === 'held') walked.cut = true;
  };
  let at = 0;
  const local: Called = {
    ...context,
    reference,
    graph,
    shape,
    entry,
    seeds: seeds.reduce((a, b) => a + b, 0),
    late: (l) => walked.late.push(l),
    unfollowed: () => unknown(at),
  };
  for (let i = 0; i < queue.length; i++) {
    at = i;
    if (queue.length > maxStates) {
      // What was found so far is found; where the rest leads to is not known.
      for (let rest = i; rest < queue.length; rest++) unknown(rest);
      leave(gaveUp);
      break;
    }
    const { node, state } = queue[i] as At;
    const n = graph.nodes[node] as Node;
    if (state.phase === 'before' && towardsSeed?.[node] === 0) continue;
    const outcomes = run(local, n, state);
    // A condition that cannot hold ends a path; anything else that ends one is not understood.
    if (outcomes.length === 0 && n.operation?.kind !== 'assume') unknown(i);
    for (const made of outcomes) {
      const after =
        entry.kind === 'object' && seeds[node] === 1 && made.phase === 'before'
          ? withObject(made, graph, n, entry.variable, entry.suffixes)
          : made;
      if (n.id === graph.exit || n.successors.length === 0) {
        const exit = exitOf(local, after, n);
        if (!exit) continue;
        tracks.exit(i, exit);
        leave(exit);
        continue;
      }
      for (const next of n.successors) {
        const moved = along(local, n, graph.nodes[next] as Node, after);
        if (moved === null) continue;
        if (moved.unsure && !after.unsure) unknown(i);
        // Where ways do not meet, no two states can be one.
        const isJoin = (shape.predecessors[next] as readonly number[]).length > 1;
        const kept = isJoin ? forgetting(moved, shape, next) : moved;
        const key = isJoin ? keyOf(next, kept) : null;
        const known = key === null ? undefined : seen.get(key);
        if (known !== undefined) {
          tracks.edge(i, known, kept.trail);
          continue;
        }
        const stage = kept.phase === 'held' && kept.unsure ? 'unsure' : kept.phase;
        const count = visits[stage];
        if ((count[next] as number) >= maxVisits[stage]) {
          unknown(i);
          continue;
        }
        count[next] = (count[next] as number) + 1;
        if (key !== null) seen.set(key, queue.length);
        tracks.edge(i, queue.length, kept.trail);
        queue.push({ node: next, state: kept });
      }
    }
  }
  walked.lost = tracks.turns((exit) => exit.kind === 'lost');
  walked.failing = tracks.turns(isFailing);
  walked.emptied = tracks.turns((exit) => exit.kind === 'held' && exit.none.length > 0 && !exit.unsure);
  if (entry.kind === 'returned')
    walked.undone = tracks.leading(
      (index) => seeds[(queue[index] as At).node] === 1,
      (exit) => exit.kind === 'dropped',
    );
  return walked;
}

function nowhere(): Walked {
  return { exits: [], lost: [], failing: [], emptied: [], undone: [], late: [], cut: false };
}

/** True for an exit that may say by its result that the function failed, with pages in memory that lives on. */
function isFailing(exit: Exit): boolean {
  return exit.kind === 'held' && !exit.unsure && saysFailed(exit) && (exit.outcomes & (outcome.short | outcome.all)) !== 0;
}

/** True for a result below zero, or that is not zero: where success is zero, that says the same. */
export function saysFailed({ result }: Exit): boolean {
  return (result & sign.negative) !== 0 && (result & sign.zero) === 0;
}
