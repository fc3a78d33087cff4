/** Lists one run as steps: the shortest that shows something. */
import type { System } from './compile.js';
import type { Design } from './designs/design.js';
import { counterOf, type Exploration, explore, setCounter } from './explore.js';
import { ALLOCATED, ANON, DIRTY, GLOBAL, LOCKED, LRU, MISTAKEN, type State, WRITEBACK, ZERO } from './layout.js';
import { contentOf, hasFlag, type Machine, mapcountOf, pinsOf, refOf } from './machine.js';
import { type Cell, type MatrixOptions, settingsOf, systemIn } from './matrix.js';
import type { Misuse } from './misuses.js';
import { type Notice, noticeBit, noticeNames } from './notices.js';
import { type Outcome, outcomeBit, outcomesOf } from './outcomes.js';
import type { Operation } from './scenario.js';
import { verdictOf } from './verdict.js';

/** A frame as it is shown after a step. */
export interface PageView {
  readonly ref: number;
  readonly pins: number;
  readonly mapcount: number;
  readonly content: number;
  /** Such as `dirty`, `writeback`, `free`. */
  readonly flags: readonly string[];
}

/** One step of a run. */
export interface RunStep {
  readonly actor: string;
  readonly text: string;
  /** The kernel function that the step stands for. */
  readonly stands: string;
  /** The actor that it starts (`to`) or hears from (`from`), if any: a device, or the actor whose pipe is read. */
  readonly peer: { readonly name: string; readonly way: 'to' | 'from' } | null;
  /** True if the step is the mistake. */
  readonly mistake: boolean;
  /** The warnings that it set off. */
  readonly notices: readonly Notice[];
  /** The frames after the step. */
  readonly pages: readonly PageView[];
}

/** A run from the start to its end. */
export interface Run {
  readonly scenario: string;
  readonly actors: readonly string[];
  readonly start: readonly PageView[];
  readonly steps: readonly RunStep[];
  readonly outcomes: readonly Outcome[];
}

const FLAGS: readonly (readonly [number, string])[] = [
  [ZERO, 'zero'],
  [ANON, 'anon'],
  [LOCKED, 'locked'],
  [DIRTY, 'dirty'],
  [WRITEBACK, 'writeback'],
  [LRU, 'lru'],
];

function viewOf(m: Machine, s: State): PageView[] {
  return Array.from({ length: m.layout.frames }, (_, frame) => ({
    ref: refOf(m, s, frame),
    pins: pinsOf(m, s, frame),
    mapcount: mapcountOf(m, s, frame),
    content: contentOf(m, s, frame),
    flags: hasFlag(m, s, frame, ALLOCATED) ? FLAGS.filter(([bit]) => hasFlag(m, s, frame, bit)).map(([, name]) => name) : ['free'],
  }));
}

function peerOf(op: Operation): RunStep['peer'] {
  if (op.op === 'dma-start') return { name: op.device, way: 'to' };
  if (op.op === 'dma-wait') return { name: op.device, way: 'from' };
  return op.op === 'pipe-read' ? { name: op.pipe, way: 'from' } : null;
}

/**
 * Repeats a run from the start.
 * @param moves an actor and a choice for each step
 */
export function replay(system: System, moves: readonly { actor: number; choice: number }[]): Run {
  const s = system.initial.slice();
  const m = system.machine;
  const start = viewOf(m, s);
  const steps = moves.map(({ actor, choice }): RunStep => {
    const step = system.programs[actor]?.[counterOf(system, s, actor)];
    if (!step) throw new Error(`actor ${actor} has no step to take`);
    const before = s[GLOBAL]!;
    const result = step.run(s, choice);
    if (result < 0) throw new Error(`actor ${actor} is blocked`);
    setCounter(system, s, actor, step.targets[result]!);
    const fresh = s[GLOBAL]! & ~before;
    return {
      actor: system.scenario.actors[actor]!.name,
      text: step.step.text,
      stands: step.step.stands,
      peer: peerOf(step.operation),
      mistake: (fresh & MISTAKEN) !== 0,
      notices: noticeNames.filter((name) => (fresh & noticeBit(name)) !== 0),
      pages: viewOf(m, s),
    };
  });
  return {
    scenario: system.scenario.name,
    actors: system.scenario.actors.map(({ name }) => name),
    start,
    steps,
    outcomes: outcomesOf(verdictOf(m, s)),
  };
}

/** The result of a search, and whether it was complete. */
export interface Found {
  readonly run: Run | null;
  readonly finished: boolean;
  readonly states: number;
  /** How many end states were seen. Without one, nothing is known about how a run ends. */
  readonly ends: number;
}

/** Options of the search for a run. */
export interface RunOptions {
  /** Stop a search after this many states. */
  readonly maxStates?: number;
  /** Called from time to time with the number of states so far. */
  readonly onStates?: (states: number) => void;
}

/**
 * Searches all interleavings breadth first, without reductions, for the first end with each of the verdicts in `wanted`, and returns the
 * runs to them.
 * @param wanted each as bits of a verdict; one that has any of them counts
 */
function firstRuns(
  system: System,
  wanted: readonly number[],
  options: RunOptions,
): { runs: (Run | null)[]; finished: boolean; states: number; ends: number } {
  const at = wanted.map(() => -1);
  const { maxStates, onStates } = options;
  const found: Exploration = explore(system, {
    partialOrder: false,
    symmetry: false,
    parents: true,
    ...(maxStates === undefined ? {} : { maxStates }),
    ...(onStates === undefined ? {} : { onProgress: onStates }),
    onEnd: (_s, verdict, index) => {
      wanted.forEach((bits, n) => {
        if (at[n] === -1 && (verdict & bits) !== 0) at[n] = index;
      });
      return !at.includes(-1);
    },
  });
  const { before } = found;
  const runs = at.map((end) => {
    if (end < 0 || !before) return null;
    const moves: { actor: number; choice: number }[] = [];
    for (let index = end; index !== 0; index = before.state[index]!) {
      const move = before.move[index]!;
      moves.push({ actor: move & 0xff, choice: move >>> 8 });
    }
    return replay(system, moves.reverse());
  });
  return { runs, finished: found.finished || !at.includes(-1), states: found.states, ends: found.ends };
}

/** Returns the shortest run of a system to an end with this outcome, or with any if it is `null`. */
export function shortestRun(system: System, outcome: Outcome | null, options: RunOptions = {}): Found {
  const { runs, finished, states, ends } = firstRuns(system, [outcome === null ? ~0 : outcomeBit(outcome)], options);
  return { run: runs[0] ?? null, finished, states, ends };
}

/** Returns the shortest run of a cell over all its settings. */
export function explainCell(design: Design, misuse: Misuse, outcome: Outcome | null, options: MatrixOptions = {}): Found {
  const begun = performance.now();
  let best: Run | null = null;
  let [finished, states, ends] = [true, 0, 0];
  const settings = settingsOf(design, misuse, options);
  settings.forEach((setting, n) => {
    const tell = (more: number): void => options.onProgress?.(n, settings.length, states + more, (performance.now() - begun) / 1000);
    const system = systemIn(setting, design, misuse, options);
    const { maxStates } = options;
    const found = shortestRun(system, outcome, { ...(maxStates === undefined ? {} : { maxStates }), onStates: tell });
    finished &&= found.finished;
    states += found.states;
    ends += found.ends;
    tell(0);
    if (found.run && (best === null || found.run.steps.length < best.steps.length)) best = found.run;
  });
  return { run: best, finished, states, ends };
}

/** A run that shows an outcome of a cell. */
export interface CellRun extends Run {
  readonly outcome: Outcome;
}

/** Returns the shortest run to each outcome of a cell. One is missing only if `maxStates` cuts its search short. */
export function cellRuns(design: Design, misuse: Misuse, cell: Cell, options: MatrixOptions = {}): CellRun[] {
  const best = new Map<Outcome, Run>();
  for (const setting of settingsOf(design, misuse, options)) {
    const outcomes = cell.searches.find((search) => search.setting === setting.setting.name)?.outcomes ?? [];
    if (outcomes.length === 0) continue;
    const system = systemIn(setting, design, misuse, options);
    const { maxStates } = options;
    const { runs } = firstRuns(system, outcomes.map(outcomeBit), maxStates === undefined ? {} : { maxStates });
    outcomes.forEach((outcome, n) => {
      const run = runs[n];
      if (run && run.steps.length < (best.get(outcome)?.steps.length ?? Number.POSITIVE_INFINITY)) best.set(outcome, run);
    });
  }
  return cell.outcomes.flatMap((outcome) => {
    const run = best.get(outcome);
    return run ? [{ outcome, ...run }] : [];
  });
}
