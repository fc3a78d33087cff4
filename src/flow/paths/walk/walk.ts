/**
 * The walk: follows every path of one function from where the reference is taken, given or handed back, as long as it is held. The same
 * state is walked only once, and what a path need not know any more is forgotten, so that paths that differ only in that become one.
 * Past a bound the walk keeps what it has found, and adds an exit of kind `unknown` to say that there may be more.
 */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph, Node } from '../../../program/graph.js';
import type { Context, Late, WalkContext } from '../context.js';
import { type Entry, firstState, handingIn, isHandedUp, isSeed, takingLoops, withObject } from '../entry.js';
import { backwards } from '../function/shape.js';
import { along } from '../loops/loops.js';
import { requirementText } from '../memory/required.js';
import { type Exit, outcome, type State, sign, type Turned } from '../memory/state.js';
import type { Trail } from '../memory/trail.js';
import { goneBy } from '../step/again.js';
import { decidingOf } from '../step/asked.js';
import { removedBy } from '../step/removed.js';
import { run } from '../step/step.js';
import { leftOver } from '../step/transfer.js';
import { withApart } from './apart.js';
import { withEarly } from './early.js';
import { exitOf } from './exit.js';
import { openFrontier, stageOf } from './frontier.js';
import { leavesPointers, saysFailed } from './keeping.js';
import { toldOnce } from './once.js';
import { commonHolders, commonSets } from './sets.js';

/** What a walk found. */
export interface Walked {
  /** How the function ends. */
  exits: Exit[];
  /** Exits that lose the reference, one for each branch from which nothing else can be reached. */
  lost: Turned[];
  /** Exits that fail and hold it in memory that lives on, one for each such branch. */
  failing: Turned[];
  /** Failures that hold it, also what earlier iterations took, with members of the caller's memory set to zero, or not yet set. */
  emptied: Turned[];
  /** The trails by which the reference came in on paths that end with a drop, or that may end in any way. */
  undone: Trail[];
  /** Faults: second drops, drops of more than was taken, uses after the drop, stores over what is held. */
  late: Late[];
  /** True if some path on which the reference was held was not followed to its end. */
  cut: boolean;
  /** True if some such path does not lead into a function that ends the object with the pages. */
  astray: boolean;
}

const gaveUp: Exit = {
  by: null,
  graph: null,
  result: sign.any,
  kind: 'unknown',
  holders: [],
  within: [],
  outcomes: 0,
  counts: false,
  asked: null,
  askedIn: [],
  equals: null,
  gives: null,
  got: null,
  allocated: false,
  made: [],
  none: [],
  unset: [],
  extra: 0,
  sets: [],
  untouched: [],
  requires: [],
  rounds: [],
  chains: [],
  drop: null,
  early: false,
  trail: null,
  pos: 0,
  linked: false,
  unsure: true,
};

/** The exit of a walk that was given up. */
export function unknownExit(): Exit {
  return gaveUp;
}

/** Walks one variant of a function. */
export function walk(context: Context, reference: FunctionReference, graph: Graph, entry: Entry): Walked {
  const shape = context.shapeOf(graph, reference);
  const seeds = new Uint8Array(graph.nodes.length);
  for (const n of graph.nodes) if (isSeed(n, entry)) seeds[n.id] = 1;
  if (entry.kind !== 'given' && entry.kind !== 'again' && !seeds.some((s) => s === 1)) return emptyWalk();
  const towardsSeed = entry.kind === 'given' || entry.kind === 'again' ? null : backwards(seeds, shape.predecessors);
  const walked = emptyWalk();
  /** By key of an exit, what all paths set, and leave as it was, that end by it. */
  const setsAs = new Map<string, Pick<Exit, 'sets' | 'untouched'>>();
  const nodes = context.nodesOf(graph, reference);
  const modes = modesIn(context, reference, graph, entry);
  const frontier = openFrontier(graph, shape, firstState(entry), nodes.step, {
    variables: new Set(modes.flatMap((of) => graph.params[of]?.name ?? [])),
    flags: isHandedUp(entry),
  });
  const leave = (exit: Exit): void => {
    const key = endOf(exit);
    const before = setsAs.get(key);
    const { sets, untouched } = exit;
    setsAs.set(
      key,
      before ? { sets: commonSets(before.sets, sets), untouched: commonHolders(before.untouched, untouched) } : { sets, untouched },
    );
    if (before === undefined) walked.exits.push(exit);
  };
  const late = (found: Late): void => {
    walked.late.push(found);
    frontier.tracks.late(frontier.at(), found);
  };
  let isEnd = false;
  const local: WalkContext = {
    ...context,
    reference,
    graph,
    shape,
    nodes,
    entry,
    modes,
    taking: takingLoops(graph, entry, seeds),
    seeds: seeds.reduce((a, b) => a + b, 0),
    late,
    unfollowed: frontier.unfollowed,
    givenUp(isKnown) {
      isEnd = isKnown;
      frontier.crowded();
    },
  };
  /** The one node behind a node, if no other path leads there; `null` if paths part or meet there, or the reference comes in. */
  const straightOn = (n: Node): Node | null => {
    const next = n.successors.length === 1 && n.id !== graph.exit ? (n.successors[0] as number) : graph.entry;
    const isMet = next === graph.entry || (shape.predecessors[next] as readonly number[]).length > 1;
    return isMet || seeds[n.id] === 1 || seeds[next] === 1 ? null : (graph.nodes[next] as Node);
  };
  /** The states after a node. */
  const behind = (n: Node, state: State): State[] => {
    if (state.phase === 'before' && towardsSeed?.[n.id] === 0) return [];
    isEnd = false;
    const outcomes = run(local, n, state);
    // A condition that cannot hold ends a path. Any other operation that ends one was not understood.
    if (outcomes.length === 0 && n.operation?.kind !== 'assume') frontier.unfollowed(isEnd);
    if (entry.kind !== 'object' || seeds[n.id] === 0) return outcomes;
    const found = (made: State): State => {
      const state = withObject(made, graph, n, entry);
      return entry.removed ? removedBy(local, n, entry.variable, state) : state;
    };
    return outcomes.map((made) => (made.phase === 'before' ? found(made) : made));
  };
  /** The state before the next node; `null` if the path cannot go there. */
  const to = (next: Node, from: Node, before: State): State | null => {
    const moved = along(local, from, next, before);
    if (moved?.unsure && !before.unsure) frontier.unfollowed();
    return moved;
  };
  for (let at = frontier.next(); at !== null; at = frontier.next()) {
    let { state } = at;
    let n = graph.nodes[at.node] as Node;
    const before = frontier.missed();
    let outcomes = behind(n, state);
    // Of a straight run of nodes only the first state is kept, as long as nothing is taken or dropped on it and all of it is followed.
    for (let next = straightOn(n); next !== null && outcomes.length === 1; next = straightOn(n)) {
      const moved = to(next, n, outcomes[0] as State);
      if (moved === null || frontier.missed() > before || stageOf(moved) !== stageOf(state)) {
        if (moved !== null) frontier.keep(next.id, moved);
        outcomes = [];
        break;
      }
      frontier.pass();
      n = next;
      state = moved;
      outcomes = behind(n, state);
    }
    for (const made of outcomes) {
      if (n.id === graph.exit || n.successors.length === 0) {
        const gone = entry.kind === 'again' ? goneBy(made, entry.facts) : null;
        if (gone !== null) late({ kind: 'over', trail: made.trail as Trail, pos: gone.pos });
        const exit = exitOf(local, made, n);
        if (!exit) continue;
        frontier.tracks.exit(frontier.at(), exit);
        leave(exit);
        continue;
      }
      for (const id of n.successors) {
        const moved = to(graph.nodes[id] as Node, n, made);
        if (moved !== null) frontier.come(id, moved);
      }
    }
  }
  if (frontier.isOver()) leave(gaveUp);
  const { tracks } = frontier;
  walked.exits = walked.exits.map((exit) => ({ ...exit, ...setsAs.get(endOf(exit)), trail: tracks.decidedFor(exit) }));
  if (entry.kind === 'given') {
    const within = { program: context.program, reference, graph };
    walked.exits = withApart(within, withEarly(within, walked.exits), tracks);
  }
  walked.late = walked.late.map((found) => ({ ...found, trail: tracks.decidedForLate(found) }));
  walked.cut = frontier.isCut();
  walked.astray = frontier.isAstray();
  const turns = (isOfSort: (exit: Exit) => boolean): Turned[] => toldOnce(graph, tracks.turns(isOfSort));
  walked.lost = turns((exit) => exit.kind === 'lost').map((turned) => ({ ...turned, pos: leftOver(turned.exit.trail) ?? turned.pos }));
  walked.failing = turns(isFailing);
  walked.emptied = tracks.turns((exit) => exit.kind === 'held' && exit.none.length + exit.unset.length > 0 && !exit.unsure);
  if (entry.kind === 'returned')
    walked.undone = tracks.leading(
      (index) => seeds[frontier.nodeOf(index)] === 1,
      (exit) => exit.kind === 'dropped',
    );
  return walked;
}

/** Indices of the parameters of which an exit is to say what the path has found. */
function modesIn(context: Context, reference: FunctionReference, graph: Graph, entry: Entry): readonly number[] {
  if (isHandedUp(entry)) return context.modesOf(reference, graph, handingIn(entry));
  return entry.kind === 'given' ? decidingOf(context, reference, graph) : [];
}

/** A key of an exit: exits with the same are one. */
function endOf(exit: Exit): string {
  const { kind, result, outcomes, counts, equals, gives, got, unsure } = exit;
  const places = [exit.holders, exit.none, exit.unset].map((some) => some.map((h) => `${h.of}${h.suffix}`).join());
  // Each drop that leaves pointers to what it dropped is a fault of its own, if they are used again.
  const pos = kind === 'lost' ? exit.pos : leavesPointers(exit) ? exit.drop?.pos : '';
  return [
    kind,
    result,
    outcomes,
    ...places,
    counts,
    equals,
    gives,
    got?.of,
    got?.suffix,
    unsure,
    pos,
    ...exit.requires.map(requirementText),
  ].join('|');
}

function emptyWalk(): Walked {
  return { exits: [], lost: [], failing: [], emptied: [], undone: [], late: [], cut: false, astray: false };
}

/** True for an exit that may say by its return value that the function failed, with pages in memory that lives on. */
function isFailing(exit: Exit): boolean {
  return exit.kind === 'held' && !exit.unsure && saysFailed(exit) && (exit.outcomes & (outcome.short | outcome.all)) !== 0;
}
