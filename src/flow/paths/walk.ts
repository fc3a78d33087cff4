/**
 * The walk: every path of one function from where the reference is taken, given or handed back, as long as it is held. A
 * state is walked once; what a path need not know any more is forgotten, so that paths that differ in it alone are one.
 * Past a bound the walk keeps what it has found, and says by an exit of kind `unknown` that there may be more.
 */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Node } from '../../program/graph.js';
import type { Called, Context, Late } from './context.js';
import { type Entry, firstState, isSeed, withObject } from './entry.js';
import { exitOf } from './exit.js';
import { along } from './loops.js';
import { forgetting, isSame } from './merge.js';
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
  /** How the reference was handed to the function on ways on which it is dropped, or which are too many to be walked all. */
  undone: Trail[];
  /** Second drops, drops of more than was taken, uses after the last and stores over what is held, with the way to them. */
  late: Late[];
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
  askedIn: [],
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
  /** States by the nodes at which ways meet. */
  const met: (number[] | undefined)[] = new Array(graph.nodes.length);
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
  /** How often a way on was not followed. */
  let others = 0;
  const unknown = (index: number): void => {
    others++;
    tracks.other(index);
    if ((queue[index] as At).state.phase === 'held') walked.cut = true;
  };
  let at = 0;
  const local: Called = {
    ...context,
    reference,
    graph,
    shape,
    nodes: context.nodesOf(graph, reference),
    entry,
    seeds: seeds.reduce((a, b) => a + b, 0),
    late: (l) => walked.late.push(l),
    unfollowed: () => unknown(at),
    givenUp: () => tracks.crowded(at),
  };
  /** The one node behind another, where no other way leads there; `null` where ways part or meet, or the reference comes in. */
  const straightOn = (n: Node): Node | null => {
    const next = n.successors.length === 1 && n.id !== graph.exit ? (n.successors[0] as number) : graph.entry;
    const isMet = next === graph.entry || (shape.predecessors[next] as readonly number[]).length > 1;
    return isMet || seeds[n.id] === 1 || seeds[next] === 1 ? null : (graph.nodes[next] as Node);
  };
  /** The states in which a path leaves a node. */
  const behind = (n: Node, state: State): State[] => {
    if (state.phase === 'before' && towardsSeed?.[n.id] === 0) return [];
    const outcomes = run(local, n, state);
    // A condition that cannot hold ends a path; anything else that ends one is not understood.
    if (outcomes.length === 0 && n.operation?.kind !== 'assume') unknown(at);
    if (entry.kind !== 'object' || seeds[n.id] === 0) return outcomes;
    return outcomes.map((made) => (made.phase === 'before' ? withObject(made, graph, n, entry.variable, entry.suffixes) : made));
  };
  /** The state in which it comes to the next node, `null` where it cannot. */
  const to = (next: Node, from: Node, before: State): State | null => {
    const moved = along(local, from, next, before);
    if (moved?.unsure && !before.unsure) unknown(at);
    return moved;
  };
  /** Puts a state among those to be walked; false if the node was walked often enough. */
  const keep = (node: number, state: State): boolean => {
    const stage = stageOf(state);
    const count = visits[stage];
    const isKept = (count[node] as number) < maxVisits[stage];
    if (isKept) {
      count[node] = (count[node] as number) + 1;
      tracks.edge(at, queue.length, state.trail);
      queue.push({ node, state });
    } else {
      unknown(at);
      tracks.crowded(at);
    }
    return isKept;
  };
  /** A state where ways meet: one that was there before is not walked again. */
  const meet = (node: number, arriving: State): void => {
    const state = forgetting(arriving, shape, node);
    met[node] ??= [];
    const states = met[node];
    const known = states.find((index) => isSame((queue[index] as At).state, state));
    if (known !== undefined) {
      tracks.edge(at, known, state.trail);
      return;
    }
    if (keep(node, state)) states.push(queue.length - 1);
  };
  let passed = 0;
  for (; at < queue.length; at++) {
    if (queue.length + passed > maxStates) {
      // What was found so far is found; where the rest leads to is not known.
      for (let rest = at; rest < queue.length; rest++) {
        unknown(rest);
        tracks.crowded(rest);
      }
      leave(gaveUp);
      break;
    }
    let { state } = queue[at] as At;
    let n = graph.nodes[(queue[at] as At).node] as Node;
    const before = others;
    let outcomes = behind(n, state);
    // Of a straight way only where it begins is kept, as long as nothing is taken or dropped on it, and all of it is followed.
    for (let next = straightOn(n); next !== null && outcomes.length === 1; next = straightOn(n)) {
      const moved = to(next, n, outcomes[0] as State);
      if (moved === null || others > before || stageOf(moved) !== stageOf(state)) {
        if (moved !== null) keep(next.id, moved);
        outcomes = [];
        break;
      }
      passed++;
      n = next;
      state = moved;
      outcomes = behind(n, state);
    }
    for (const made of outcomes) {
      if (n.id === graph.exit || n.successors.length === 0) {
        const exit = exitOf(local, made, n);
        if (!exit) continue;
        tracks.exit(at, exit);
        leave(exit);
        continue;
      }
      for (const id of n.successors) {
        const moved = to(graph.nodes[id] as Node, n, made);
        if (moved === null) continue;
        // Where ways do not meet, no two states can be one.
        if ((shape.predecessors[id] as readonly number[]).length > 1) meet(id, moved);
        else keep(id, moved);
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

function stageOf({ phase, unsure }: State): keyof typeof maxVisits {
  return phase === 'held' && unsure ? 'unsure' : phase;
}

/** True for an exit that may say by its result that the function failed, with pages in memory that lives on. */
function isFailing(exit: Exit): boolean {
  return exit.kind === 'held' && !exit.unsure && saysFailed(exit) && (exit.outcomes & (outcome.short | outcome.all)) !== 0;
}

/** True for a result below zero, or that is not zero: where success is zero, that says the same. */
export function saysFailed({ result }: Exit): boolean {
  return (result & sign.negative) !== 0 && (result & sign.zero) === 0;
}
