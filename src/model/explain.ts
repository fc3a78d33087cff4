/** One run as a list of steps: the shortest that shows something. */
import { compile, type System } from './compile.js';
import type { Design } from './designs/design.js';
import { counterOf, type Exploration, explore, setCounter } from './explore.js';
import { ALLOCATED, ANON, DIRTY, GLOBAL, LOCKED, LRU, MISTAKEN, type State, WRITEBACK, ZERO } from './layout.js';
import { contentOf, hasFlag, type Machine, mapcountOf, pinsOf, refOf } from './machine.js';
import { type MatrixOptions, planOf, settingsOf } from './matrix.js';
import type { Misuse } from './misuses.js';
import { type Notice, noticeBit, noticeNames } from './notices.js';
import { type Outcome, outcomeBit, outcomesOf } from './outcomes.js';
import { scenarioOf } from './settings.js';
import { verdictOf } from './verdict.js';

/** A frame as a person sees it after a step. */
export interface PageView {
  readonly ref: number;
  readonly pins: number;
  readonly mapcount: number;
  readonly content: number;
  /** Such as `dirty`, `writeback`, `free`. */
  readonly flags: readonly string[];
}

export interface RunStep {
  readonly actor: string;
  readonly text: string;
  /** The kernel function that the step stands for. */
  readonly stands: string;
  /** The step is the mistake. */
  readonly mistake: boolean;
  /** Warnings that it set off. */
  readonly notices: readonly Notice[];
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

/** Takes a run's moves again, from the start; each is an actor and a choice. */
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

/** What was looked for, and whether the search for it was whole. */
export interface Found {
  readonly run: Run | null;
  readonly finished: boolean;
  readonly states: number;
}

/** The shortest run of a system to an end with this outcome, or with any if none is named. All interleavings, no reduction. */
export function shortestRun(system: System, outcome: Outcome | null, maxStates?: number): Found {
  const wanted = outcome === null ? ~0 : outcomeBit(outcome);
  let at = -1;
  const found: Exploration = explore(system, {
    partialOrder: false,
    symmetry: false,
    parents: true,
    ...(maxStates === undefined ? {} : { maxStates }),
    onEnd: (_s, verdict, index) => {
      if ((verdict & wanted) === 0) return false;
      at = index;
      return true;
    },
  });
  if (at < 0 || !found.before) return { run: null, finished: found.finished, states: found.states };
  const moves: { actor: number; choice: number }[] = [];
  for (let index = at; index !== 0; index = found.before.state[index]!) {
    const move = found.before.move[index]!;
    moves.push({ actor: move & 0xff, choice: move >>> 8 });
  }
  return { run: replay(system, moves.reverse()), finished: true, states: found.states };
}

/** The shortest run of a cell, over all its settings. */
export function explainCell(design: Design, misuse: Misuse, outcome: Outcome | null, options: MatrixOptions = {}): Found {
  const plan = planOf(misuse, options);
  let best: Run | null = null;
  let [finished, states] = [true, 0];
  for (const { setting, references } of settingsOf(plan, design, options.settings)) {
    if (setting.correctOnly && misuse.name !== 'none') continue;
    const found = shortestRun(compile(scenarioOf(plan, setting, references), design), outcome, options.maxStates);
    finished &&= found.finished;
    states += found.states;
    if (found.run && (best === null || found.run.steps.length < best.steps.length)) best = found.run;
  }
  return { run: best, finished, states };
}
