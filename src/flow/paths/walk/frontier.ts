/** The states of a walk: those that it still has to go on from, and how they follow each other. */
import type { Graph, Node } from '../../../program/graph.js';
import type { Shape } from '../function/shape.js';
import { holders, isVariable } from '../memory/memory.js';
import type { State } from '../memory/state.js';
import type { TrailStep } from '../memory/trail.js';
import { forgetting, isSame, type Told } from './merge.js';
import { openTracks, type Tracks } from './tracks.js';

const maxStates = 2500;
/** How often a node is walked before and while the reference is held: enough for what paths correlate in practice. */
const maxVisits = { before: 8, held: 32, unsure: 8, released: 6 } as const;

/** A state before a node. */
interface At {
  node: number;
  state: State;
}

export interface Frontier {
  tracks: Tracks;
  /** Goes on to the next state; `null` if there is none, or if there have been too many. */
  next(): At | null;
  /** The number of the state that is gone on from. */
  at(): number;
  nodeOf(index: number): number;
  /** From the present state, a path comes to a node. Where ways meet, a state that was there before is not walked again. */
  come(node: number, state: State): void;
  /** The same where no other way leads. */
  keep(node: number, state: State): void;
  /** One more node is walked without a state of it being kept. */
  pass(): void;
  /** A way on from the present state is not followed. */
  unfollowed(): void;
  /** A path from the present state ends; it may lead to whatever others do that were walked. */
  crowded(): void;
  /** How often a way on was not followed. */
  missed(): number;
  /** True if there were more states than are walked. */
  isOver(): boolean;
  /** True if some way on which the reference was held was not followed to its end. */
  isCut(): boolean;
}

/** @param stepOf how a condition is told */
export function openFrontier(graph: Graph, shape: Shape, first: State, stepOf: (n: Node) => TrailStep | null, told: Told): Frontier {
  /** States by the nodes at which ways meet. */
  const met: (number[] | undefined)[] = new Array(graph.nodes.length);
  const visits = {
    before: new Uint16Array(graph.nodes.length),
    held: new Uint16Array(graph.nodes.length),
    unsure: new Uint16Array(graph.nodes.length),
    released: new Uint16Array(graph.nodes.length),
  };
  const queue: At[] = [{ node: graph.entry, state: first }];
  const tracks = openTracks({
    posOf(index) {
      const { node, state } = queue[index] as At;
      return state.phase === 'before' ? null : (graph.nodes[node] as Node).pos;
    },
    trailOf: (index) => (queue[index] as At).state.trail,
    testedAt(index) {
      const n = graph.nodes[(queue[index] as At).node] as Node;
      return n.operation?.kind === 'assume' ? stepOf(n) : null;
    },
    isControl(index) {
      const { pos, loops } = graph.nodes[(queue[index] as At).node] as Node;
      const loop = loops.at(-1);
      return loop !== undefined && (pos < loop.bodyPos || pos >= (loop.testPos ?? loop.end));
    },
  });
  let at = -1;
  let passed = 0;
  let others = 0;
  let cut = false;
  let over = false;

  function unknown(index: number): void {
    others++;
    const { node, state } = queue[index] as At;
    const isHeld = state.phase === 'held';
    // What nothing holds that is read later is lost, whatever follows.
    if (!isHeld || holders(state).some((place) => !isVariable(place) || shape.isLive(node, place))) tracks.other(index);
    if (isHeld) cut = true;
  }

  function next(): At | null {
    at++;
    if (at >= queue.length) return null;
    over = queue.length + passed > maxStates;
    if (!over) return queue[at] as At;
    // What was found so far is found; where the rest leads to is not known.
    for (let rest = at; rest < queue.length; rest++) {
      unknown(rest);
      tracks.crowded(rest);
    }
    return null;
  }

  function keep(node: number, state: State): boolean {
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
  }

  function meet(node: number, arriving: State): void {
    const state = forgetting(arriving, shape, node, told);
    met[node] ??= [];
    const states = met[node];
    const known = states.find((index) => isSame((queue[index] as At).state, state));
    if (known !== undefined) tracks.edge(at, known, state.trail);
    else if (keep(node, state)) states.push(queue.length - 1);
  }

  return {
    tracks,
    next,
    at: () => at,
    nodeOf: (index) => (queue[index] as At).node,
    come(node, state) {
      // Where ways do not meet, no two states can be one.
      if ((shape.predecessors[node] as readonly number[]).length > 1) meet(node, state);
      else keep(node, state);
    },
    keep,
    pass: () => passed++,
    unfollowed: () => unknown(at),
    crowded: () => tracks.crowded(at),
    missed: () => others,
    isOver: () => over,
    isCut: () => cut,
  };
}

/** What is walked apart: before the reference is there, while it is held, for certain or not, and after it was dropped. */
export function stageOf({ phase, unsure }: State): keyof typeof maxVisits {
  return phase === 'held' && unsure ? 'unsure' : phase;
}
