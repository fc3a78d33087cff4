/** The matrix: each misuse in each design, run in every setting. Nothing in a cell is written by hand; all of it is found. */
import { compile, type System } from './compile.js';
import type { Design } from './designs/design.js';
import { designs as allDesigns } from './designs/index.js';
import { type Exploration, explore } from './explore.js';
import { refOf } from './machine.js';
import { misuses as allMisuses, correct, type Misuse } from './misuses.js';
import { type Outcome, outcomeNames, outcomesOf } from './outcomes.js';
import { correctPlan, type Plan, pagesOf } from './plan.js';
import type { ContainerKind } from './scenario.js';
import { actorsIn, settings as allSettings, repeated, type Setting, scenarioOf } from './settings.js';
import type { TypeFault } from './types.js';

/** One search of a cell. */
export interface Search {
  readonly setting: string;
  readonly pages: number;
  readonly frames: number;
  readonly actors: number;
  /** Steps of all programs together. */
  readonly steps: number;
  readonly outcomes: readonly Outcome[];
  readonly states: number;
  /** Steps that the search has taken between states. */
  readonly transitions: number;
  /** Distinct end states. */
  readonly ends: number;
  /** Those of them in which an actor waits forever. */
  readonly stuck: number;
  /**
   * How many end states are of runs in which the mistake was made; and of these, how many have a warning in every kernel, and in a
   * debugging kernel.
   */
  readonly mistaken: number;
  readonly noticed: number;
  readonly noticedDebug: number;
  /** End states with a warning. */
  readonly warned: number;
  readonly warnedDebug: number;
  readonly falsePins: number;
  /** True if every reachable state was seen. */
  readonly finished: boolean;
  readonly seconds: number;
}

/** How reliably a mistake is noticed. */
export type Reliability = 'always' | 'sometimes' | 'never' | 'compiler';

/** What was found for one misuse in one design. */
export interface Cell {
  readonly design: string;
  readonly misuse: string;
  /** What can happen, over all settings. */
  readonly outcomes: readonly Outcome[];
  /** Those of the outcomes that a correct program of this design has too; for a correct program, all. */
  readonly alsoCorrect: readonly Outcome[];
  /** How reliably the design notices the mistake; `null` for a correct program, which has none. */
  readonly notices: Reliability | null;
  /** The same in a kernel that was built or booted for debugging. */
  readonly noticesDebug: Reliability | null;
  /** End states of runs in which the mistake was made, in all searches. */
  readonly mistaken: number;
  /** Those of them with a warning of any kernel. */
  readonly noticed: number;
  /** Those of them with a warning of a debugging kernel. */
  readonly noticedDebug: number;
  /**
   * For a correct program: whether the design warns, in every kernel or in a debugging one, and whether it takes a page for pinned that is
   * not.
   */
  readonly criesWolf: { readonly warns: boolean; readonly warnsDebug: boolean; readonly falsePin: boolean } | null;
  /** How often the mistake must be made until the count overflows; `null` if it does not add up. */
  readonly passesToOverflow: number | null;
  /** Why it does not compile; if there is a reason, nothing was run. */
  readonly typeFaults: readonly TypeFault[];
  readonly finished: boolean;
  readonly searches: readonly Search[];
}

/** Options of the matrix. */
export interface MatrixOptions {
  readonly designs?: readonly Design[];
  readonly misuses?: readonly Misuse[];
  readonly settings?: readonly Setting[];
  readonly container?: ContainerKind;
  /** How many of the user's pages the driver takes, 1 to 3; 1 by default. */
  readonly pages?: number;
  /** How many actors each scenario has: settings that need more are left out, others get further correct drivers. */
  readonly actors?: number;
  /** Stop each search after this many states. */
  readonly maxStates?: number;
  /**
   * Called after each cell and each search, and from time to time in a long search: cells done, cells in all, states and seconds so far.
   */
  readonly onProgress?: (done: number, total: number, states: number, seconds: number) => void;
}

/** All cells, and the totals of their searches. */
export interface Matrix {
  readonly designs: readonly string[];
  readonly misuses: readonly string[];
  readonly cells: readonly Cell[];
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly finished: boolean;
}

/** Returns the driver of a cell. */
export function planOf(misuse: Misuse, options: Pick<MatrixOptions, 'container' | 'pages'> = {}): Plan {
  const entry = correctPlan.entries[0]!;
  const entries = Array.from({ length: options.pages ?? 1 }, (_, page) => ({ ...entry, page }));
  return misuse.change({ ...correctPlan, entries, container: options.container ?? correctPlan.container });
}

/** The largest `_refcount`. */
const INT_MAX = 2 ** 31 - 1;

/**
 * How many references one run of the driver leaves on a page for good, from which follows how many runs fill the count. The driver runs
 * alone, once, on a file page.
 */
function leftOver(plan: Plan, design: Design): number {
  const setting: Setting = { name: 'alone', about: '', page: { kind: 'file' }, others: () => [] };
  const system = compile(scenarioOf(plan, setting), design);
  let most = 0;
  explore(system, {
    symmetry: false,
    onEnd: (s) => {
      // The page's mapping and the cache have one reference each.
      for (let page = 0; page < pagesOf(plan); page++) most = Math.max(most, refOf(system.machine, s, page) - 2);
      return undefined;
    },
  });
  return most;
}

function searchOf(system: System, setting: Setting, maxStates: number | undefined, onStates: (states: number) => void): Search {
  const { scenario } = system;
  const found: Exploration = explore(system, { ...(maxStates === undefined ? {} : { maxStates }), onProgress: onStates });
  const sum = { mistaken: 0, noticed: 0, noticedDebug: 0 };
  let verdict = 0;
  for (const [bits, seen] of found.verdicts) {
    verdict |= bits;
    for (const key of ['mistaken', 'noticed', 'noticedDebug'] as const) sum[key] += seen[key];
  }
  const { states, transitions, ends, stuck, warned, warnedDebug, falsePins, finished, seconds } = found;
  return {
    setting: setting.name,
    pages: scenario.pages.length,
    frames: system.machine.layout.frames,
    actors: scenario.actors.length,
    steps: system.programs.reduce((steps, program) => steps + program.length, 0),
    outcomes: outcomesOf(verdict),
    ...{ states, transitions, ends, stuck, ...sum, warned, warnedDebug, falsePins, finished, seconds },
  };
}

/** A setting in which a cell is run. */
export interface SettingRun {
  readonly setting: Setting;
  /** How many references earlier runs of the driver left on the page, and after how many runs the count overflows. */
  readonly references: number;
  readonly passes: number | null;
}

/** Returns every setting that a cell is run in. The repeated one is there only if the mistake adds up. */
export function settingsOf(design: Design, misuse: Misuse, options: MatrixOptions = {}): SettingRun[] {
  const plan = planOf(misuse, options);
  const fitting = (options.settings ?? allSettings).filter(
    (setting) => (!setting.correctOnly || misuse === correct) && actorsIn(setting) <= (options.actors ?? Number.POSITIVE_INFINITY),
  );
  const runs = fitting.map((setting): SettingRun => ({ setting, references: 0, passes: null }));
  const left = leftOver(plan, design);
  if (left <= 0) return runs;
  // Two of the references are the page table's and the cache's.
  const passes = Math.floor((INT_MAX - 2) / left);
  return [...runs, { setting: repeated, references: passes * left, passes: passes + 1 }];
}

function reliabilityOf(mistaken: number, noticed: number): Reliability {
  if (noticed === 0) return 'never';
  return noticed === mistaken ? 'always' : 'sometimes';
}

/** Returns the system of a cell in one of its settings. */
export function systemIn(run: SettingRun, design: Design, misuse: Misuse, options: MatrixOptions = {}): System {
  const { actors } = options;
  const scenario = scenarioOf(planOf(misuse, options), run.setting, {
    references: run.references,
    ...(actors === undefined ? {} : { actors }),
  });
  return compile(scenario, design);
}

/** Returns the systems of a cell, one per setting. */
export function systemsOf(design: Design, misuse: Misuse, options: MatrixOptions = {}): System[] {
  return settingsOf(design, misuse, options).map((run) => systemIn(run, design, misuse, options));
}

/** Returns why the driver of a cell does not compile in this design; empty if it does. */
export function typeFaultsOf(design: Design, misuse: Misuse, options: MatrixOptions = {}): readonly TypeFault[] {
  return compile(scenarioOf(planOf(misuse, options), allSettings[0]!), design).typeFaults;
}

/**
 * Returns one cell.
 * @param alone the outcomes of a correct program in this design, if they are known already
 */
export function cellOf(design: Design, misuse: Misuse, options: MatrixOptions = {}, alone?: readonly Outcome[]): Cell {
  const common = { design: design.name, misuse: misuse.name };
  const typeFaults = typeFaultsOf(design, misuse, options);
  if (typeFaults.length > 0) {
    return {
      ...common,
      ...{ outcomes: [], alsoCorrect: [], notices: 'compiler', noticesDebug: 'compiler', mistaken: 0, noticed: 0, noticedDebug: 0 },
      ...{ criesWolf: null, passesToOverflow: null, typeFaults, finished: true, searches: [] },
    };
  }
  const runs = settingsOf(design, misuse, options);
  const begun = performance.now();
  let states = 0;
  const searches = runs.map((run) => {
    const tell = (more: number) => options.onProgress?.(0, 1, states + more, (performance.now() - begun) / 1000);
    const search = searchOf(systemIn(run, design, misuse, options), run.setting, options.maxStates, tell);
    states += search.states;
    tell(0);
    return search;
  });
  const seen = new Set(searches.flatMap((search) => search.outcomes));
  const outcomes = outcomeNames.filter((outcome) => seen.has(outcome));
  const sum = (pick: (search: Search) => number): number => searches.reduce((all, search) => all + pick(search), 0);
  const [mistaken, noticed, noticedDebug] = [sum((one) => one.mistaken), sum((one) => one.noticed), sum((one) => one.noticedDebug)];
  const isCorrect = misuse === correct;
  const { onProgress: _, ...quietly } = options;
  const without = isCorrect ? outcomes : (alone ?? cellOf(design, correct, quietly).outcomes);
  return {
    ...common,
    outcomes,
    alsoCorrect: outcomes.filter((outcome) => without.includes(outcome)),
    notices: isCorrect ? null : reliabilityOf(mistaken, noticed),
    noticesDebug: isCorrect ? null : reliabilityOf(mistaken, noticedDebug),
    ...{ mistaken, noticed, noticedDebug },
    criesWolf: isCorrect
      ? { warns: sum((one) => one.warned) > 0, warnsDebug: sum((one) => one.warnedDebug) > 0, falsePin: sum((one) => one.falsePins) > 0 }
      : null,
    passesToOverflow: runs.at(-1)?.passes ?? null,
    typeFaults,
    finished: searches.every(({ finished }) => finished),
    searches,
  };
}

/** Returns all cells, row by row: each misuse in every design. */
export function matrixOf(options: MatrixOptions = {}): Matrix {
  const designs = options.designs ?? allDesigns;
  const misuses = options.misuses ?? allMisuses;
  const begun = performance.now();
  const cells: Cell[] = [];
  let states = 0;
  const alone = new Map<Design, readonly Outcome[]>();
  const total = designs.length * misuses.length;
  const tell = (more: number): void => options.onProgress?.(cells.length, total, states + more, (performance.now() - begun) / 1000);
  for (const misuse of misuses) {
    for (const design of designs) {
      const cell = cellOf(design, misuse, { ...options, onProgress: (_done, _total, more) => tell(more) }, alone.get(design));
      if (misuse === correct) alone.set(design, cell.outcomes);
      cells.push(cell);
      states += cell.searches.reduce((sum, search) => sum + search.states, 0);
      tell(0);
    }
  }
  return {
    designs: designs.map(({ name }) => name),
    misuses: misuses.map(({ name }) => name),
    cells,
    states,
    transitions: cells.reduce((sum, cell) => sum + cell.searches.reduce((all, search) => all + search.transitions, 0), 0),
    seconds: (performance.now() - begun) / 1000,
    finished: cells.every(({ finished }) => finished),
  };
}
