/** The states of a walk: those still to be continued, and how they follow each other. */
import type { Graph, Node } from '../../../program/graph.js';
import type { Shape } from '../function/shape.js';
import { holders, isVariable } from '../memory/memory.js';
import type { State } from '../memory/state.js';
import type { TrailStep } from '../memory/trail.js';
import { forgetting, isSame, type Told } from './merge.js';
import { openTracks, type Tracks } from './tracks.js';

/** The most states of one walk. */
const maxStates = 2500;
/** How many states a node is walked with, by stage ({@link stageOf}): enough for what paths correlate in practice. */
const maxVisits = { before: 8, held: 32, unsure: 8, released: 6 } as const;

/** A state before a node. */
interface At {
  node: number;
  state: State;
}

/** A worklist of states. */
export interface Frontier {
  /** How the states follow each other. */
  tracks: Tracks;
  /** Moves on to the next state; `null` if there is none left, or if there were too many. */
  next(): At | null;
  /** The number of the current state. */
  at(): number;
  /** The node that a state is before. */
  nodeOf(index: number): number;
  /** Adds a state, reached from the current one. At a node where paths meet, a state that is known there is not walked again. */
  come(node: number, state: State): void;
  /** As {@link come}, for a node that only the current path leads to. */
  keep(node: number, state: State): void;
  /** Counts a node that was walked without a state being kept for it. */
  pass(): void;
  /**
   * Notes that a path from the current state is not followed.
   * @param isEnd true if it leads into a function that ends the object with the pages
   */
  unfollowed(isEnd?: boolean): void;
  /** Notes that a path from the current state ends, and may lead to any exit that was found. */
  crowded(): void;
  /** How often a path was not followed. */
  missed(): number;
  /** True if there were more states than are walked. */
  isOver(): boolean;
  /** True if some path on which the reference was held was not followed to its end. */
  isCut(): boolean;
  /** True if some such path does not lead into a function that ends the object with the pages. */
  isAstray(): boolean;
}

/** A worklist with a function's first state. @param stepOf how a condition is told */
export function openFrontier(graph: Graph, shape: Shape, first: State, stepOf: (n: Node) => TrailStep | null, told: Told): Frontier {
  /** By node at which paths meet, the numbers of its states. */
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
  let astray = false;
  let over = false;

  function unknown(index: number, isEnd = false): void {
    others++;
    const { node, state } = queue[index] as At;
    const isHeld = state.phase === 'held';
    // If nothing that is read later holds the reference, it is lost, whatever follows.
    if (!isHeld || holders(state).some((place) => !isVariable(place) || shape.isLive(node, place))) tracks.other(index);
    if (isHeld) cut = true;
    if (isHeld && !isEnd) astray = true;
  }

  function next(): At | null {
    at++;
    if (at >= queue.length) return null;
    over = queue.length + passed > maxStates;
    if (!over) return queue[at] as At;
    // What was found so far stands; where the other states lead is not known.
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
      // Where paths do not meet, no two states can be the same.
      if ((shape.predecessors[node] as readonly number[]).length > 1) meet(node, state);
      else keep(node, state);
    },
    keep,
    pass: () => passed++,
    unfollowed: (isEnd) => unknown(at, isEnd),
    crowded: () => tracks.crowded(at),
    missed: () => others,
    isOver: () => over,
    isCut: () => cut,
    isAstray: () => astray,
  };
}

/**
 * The stage that a state is in: before the reference is there, held, held but unsure, dropped. States of each have a bound of their own.
 */
export function stageOf({ phase, unsure }: State): keyof typeof maxVisits {
  return phase === 'held' && unsure ? 'unsure' : phase;
}
