/** The matrix: each misuse in each design, run in every setting. Nothing in a cell is written down; all of it is found. */
import { compile } from './compile.js';
import type { Design } from './designs/design.js';
import { designs as allDesigns } from './designs/index.js';
import { type Exploration, explore } from './explore.js';
import { refOf } from './machine.js';
import { misuses as allMisuses, type Misuse } from './misuses.js';
import { type Outcome, outcomesOf } from './outcomes.js';
import { correctPlan, type Plan } from './plan.js';
import type { ContainerKind } from './scenario.js';
import { settings as allSettings, type Setting, scenarioOf } from './settings.js';
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
  readonly transitions: number;
  readonly ends: number;
  readonly stuck: number;
  /** End states of runs in which the mistake was made, and of these those with a warning. */
  readonly mistaken: number;
  readonly noticed: number;
  readonly warned: number;
  readonly falsePins: number;
  readonly finished: boolean;
  readonly seconds: number;
}

export type Reliability = 'always' | 'sometimes' | 'never' | 'compiler';

export interface Cell {
  readonly design: string;
  readonly misuse: string;
  /** What can happen, over all settings. */
  readonly outcomes: readonly Outcome[];
  /** How reliably the design notices the mistake; `null` for a correct program, which has none. */
  readonly notices: Reliability | null;
  readonly mistaken: number;
  readonly noticed: number;
  /** Whether the design warns, or takes a page for pinned that is not, in a correct program. */
  readonly criesWolf: { readonly warns: boolean; readonly falsePin: boolean } | null;
  /** How often the mistake must be made until the count overflows; `null` if it does not add up. */
  readonly passesToOverflow: number | null;
  /** Why it does not compile; then nothing was run. */
  readonly typeFaults: readonly TypeFault[];
  readonly finished: boolean;
  readonly searches: readonly Search[];
}

export interface MatrixOptions {
  readonly designs?: readonly Design[];
  readonly misuses?: readonly Misuse[];
  readonly settings?: readonly Setting[];
  readonly container?: ContainerKind;
  /** Pages that the driver takes; 1 if it is not said. */
  readonly pages?: number;
  readonly maxStates?: number;
  readonly onProgress?: (done: number, total: number, states: number, seconds: number) => void;
}

export interface Matrix {
  readonly designs: readonly string[];
  readonly misuses: readonly string[];
  readonly cells: readonly Cell[];
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly finished: boolean;
}

/** The driver of a cell. */
export function planOf(misuse: Misuse, options: Pick<MatrixOptions, 'container' | 'pages'> = {}): Plan {
  const entry = correctPlan.entries[0]!;
  const entries = Array.from({ length: options.pages ?? 1 }, () => entry);
  return misuse.change({ ...correctPlan, entries, container: options.container ?? correctPlan.container });
}

/** Largest `_refcount`. */
const INT_MAX = 2 ** 31 - 1;

/**
 * What one run of the driver alone leaves on the page for good, and with it how many runs fill the count: the driver
 * runs by itself, once, on a file page.
 */
export function leftOver(plan: Plan, design: Design): number {
  const setting: Setting = { name: 'alone', about: '', page: { kind: 'file' }, others: [] };
  const system = compile(scenarioOf(plan, setting), design);
  let most = 0;
  explore(system, {
    symmetry: false,
    onEnd: (s) => {
      // The page's mapping and the cache have one each.
      most = Math.max(most, refOf(system.machine, s, 0) - 2);
      return undefined;
    },
  });
  return most;
}

function searchOf(setting: Setting, plan: Plan, design: Design, references: number, maxStates: number | undefined): Search {
  const scenario = scenarioOf(plan, setting, references);
  const system = compile(scenario, design);
  const found: Exploration = explore(system, maxStates === undefined ? {} : { maxStates });
  let [verdict, mistaken, noticed] = [0, 0, 0];
  for (const [bits, seen] of found.verdicts) {
    verdict |= bits;
    mistaken += seen.mistaken;
    noticed += seen.noticed;
  }
  const { states, transitions, ends, stuck, warned, falsePins, finished, seconds } = found;
  return {
    setting: setting.name,
    pages: scenario.pages.length,
    frames: system.machine.layout.frames,
    actors: scenario.actors.length,
    steps: system.programs.reduce((sum, program) => sum + program.length, 0),
    outcomes: outcomesOf(verdict),
    ...{ states, transitions, ends, stuck, mistaken, noticed, warned, falsePins, finished, seconds },
  };
}

/** The file page of a driver that has made its mistake so often that once more overflows the count. */
const REPEATED: Setting = {
  name: 'repeated',
  about: 'a file page on which the mistake was made before, until the count is nearly full',
  page: { kind: 'file' },
  others: [],
};

/** Every setting that a cell is run in; the last only where the mistake adds up. */
export function settingsOf(
  plan: Plan,
  design: Design,
  settings: readonly Setting[] = allSettings,
): { setting: Setting; references: number; passes: number | null }[] {
  const runs = settings.map((setting) => ({ setting, references: 0, passes: null as number | null }));
  const left = leftOver(plan, design);
  if (left <= 0) return runs;
  // Two of the references are the page table's and the cache's.
  const passes = Math.floor((INT_MAX - 2) / left);
  return [...runs, { setting: REPEATED, references: passes * left, passes: passes + 1 }];
}

function reliabilityOf(mistaken: number, noticed: number): Reliability {
  if (noticed === 0) return 'never';
  return noticed === mistaken ? 'always' : 'sometimes';
}

/** One cell. */
export function cellOf(design: Design, misuse: Misuse, options: MatrixOptions = {}): Cell {
  const plan = planOf(misuse, options);
  const common = { design: design.name, misuse: misuse.name };
  const { typeFaults } = compile(scenarioOf(plan, allSettings[0]!), design);
  if (typeFaults.length > 0) {
    return {
      ...common,
      outcomes: [],
      notices: 'compiler',
      mistaken: 0,
      noticed: 0,
      criesWolf: null,
      passesToOverflow: null,
      typeFaults,
      finished: true,
      searches: [],
    };
  }
  const usable = (options.settings ?? allSettings).filter(({ correctOnly }) => !correctOnly || misuse.name === 'none');
  const runs = settingsOf(plan, design, usable);
  const searches = runs.map(({ setting, references }) => searchOf(setting, plan, design, references, options.maxStates));
  const outcomes = new Set(searches.flatMap((search) => search.outcomes));
  const mistaken = searches.reduce((sum, search) => sum + search.mistaken, 0);
  const noticed = searches.reduce((sum, search) => sum + search.noticed, 0);
  const correct = misuse.name === 'none';
  return {
    ...common,
    outcomes: outcomesOf(~0).filter((outcome) => outcomes.has(outcome)),
    notices: correct ? null : reliabilityOf(mistaken, noticed),
    mistaken,
    noticed,
    criesWolf: correct
      ? { warns: searches.some(({ warned }) => warned > 0), falsePin: searches.some(({ falsePins }) => falsePins > 0) }
      : null,
    passesToOverflow: runs.at(-1)?.passes ?? null,
    typeFaults,
    finished: searches.every(({ finished }) => finished),
    searches,
  };
}

/** All cells, misuse by design. */
export function matrixOf(options: MatrixOptions = {}): Matrix {
  const designs = options.designs ?? allDesigns;
  const misuses = options.misuses ?? allMisuses;
  const begun = performance.now();
  const cells: Cell[] = [];
  let states = 0;
  for (const misuse of misuses) {
    for (const design of designs) {
      const cell = cellOf(design, misuse, options);
      cells.push(cell);
      states += cell.searches.reduce((sum, search) => sum + search.states, 0);
      options.onProgress?.(cells.length, designs.length * misuses.length, states, (performance.now() - begun) / 1000);
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
