/** Compiles a scenario and a design to a system: an initial state, and for each actor a list of steps with fixed targets. */
import type { Design } from './designs/design.js';
import {
  ALLOCATED,
  CMA,
  DISK_SHIFT,
  EXPECTED_SHIFT,
  type Layout,
  LIMITS,
  layoutOf,
  MISTAKEN,
  PRESENT,
  PTE_FRAME_SHIFT,
  type State,
  WRITABLE,
  ZERO,
} from './layout.js';
import { addRef, allocate, freshFlags, type Machine, mapFrame, pteOf, remember, setCached, setFlag, setPte } from './machine.js';
import { stepsOf } from './operations/index.js';
import { type Context, SHARED, type Step } from './operations/step.js';
import { type Actor, isLabel, type Operation, type PageSpec, type Scenario } from './scenario.js';
import { checkTypes, type TypeFault } from './types.js';

/** A step as the explorer runs it. */
export interface CompiledStep {
  readonly step: Step;
  /** How many ways there are to take it. */
  readonly choices: number;
  /** Where the actor goes on for each result: number of a step in its program. */
  readonly targets: Int32Array;
  /** What this step, and all that its actor may do from here on, reads and writes. */
  readonly futureReads: number;
  readonly futureWrites: number;
  /** Takes the step in place; returns an index of `targets`, or `BLOCKED`. */
  readonly run: (s: State, choice: number) => number;
  /** The instruction that it is part of, for messages. */
  readonly operation: Operation;
}

/** What the explorer runs. */
export interface System {
  readonly scenario: Scenario;
  readonly machine: Machine;
  readonly initial: State;
  /** The steps of each actor, in the order of the scenario. */
  readonly programs: readonly (readonly CompiledStep[])[];
  /** Why the design's types refuse the scenario's programs; empty if they do not. */
  readonly typeFaults: readonly TypeFault[];
}

/** Thrown for a scenario without a meaning: a slot that nobody fills, a page that does not exist. `path` leads to the place in it. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly path: readonly (string | number)[];
  constructor(message: string, path: readonly (string | number)[]) {
    super(message);
    this.path = path;
  }
}

/** The slots that an operation names. */
function slotsOf(op: Operation): readonly string[] {
  if ('slots' in op) return op.slots;
  if (op.op === 'move') return [op.from, op.to];
  return 'slot' in op ? [op.slot] : [];
}

/** The slot that an operation needs for itself. */
const SCRATCH: Readonly<Partial<Record<Operation['op'], string>>> = {
  munmap: 'unmapped',
  exit: 'unmapped',
  reclaim: 'isolated',
  writeback: 'written',
  truncate: 'truncated',
  migrate: 'migrated',
};
const DEVICE = 'dma';
const PIPE = 'pipe';

/** True if an instruction pushes pages into its actor's pipe. */
function fillsPipe(op: Operation): boolean {
  return op.op === 'iov-get' && op.iterator === 'pipe';
}

function namesOf(actor: Actor): string[] {
  const names = new Set<string>();
  for (const instruction of actor.program) {
    if (isLabel(instruction)) continue;
    for (const slot of slotsOf(instruction)) names.add(slot);
    const scratch = SCRATCH[instruction.op];
    if (scratch) names.add(` ${scratch}`);
    if (instruction.op === 'dma') names.add(` ${DEVICE}`);
    if (fillsPipe(instruction)) names.add(` ${PIPE}`);
  }
  return [...names];
}

/** Checks what the schema cannot. */
function checkMeaning(scenario: Scenario): void {
  const names = new Set<string>();
  scenario.actors.forEach((actor, a) => {
    if (names.has(actor.name)) throw new ScenarioError(`there are two actors ${actor.name}`, ['actors', a, 'name']);
    names.add(actor.name);
    if ((actor.space ?? 0) >= (scenario.spaces ?? 1))
      throw new ScenarioError(`there is no address space ${actor.space}`, ['actors', a, 'space']);
    const labels = new Set<string>();
    actor.program.forEach((instruction, i) => {
      if (!isLabel(instruction)) return;
      if (labels.has(instruction.label)) {
        throw new ScenarioError(`there are two labels ${instruction.label}`, ['actors', a, 'program', i, 'label']);
      }
      labels.add(instruction.label);
    });
    actor.program.forEach((instruction, i) => {
      if (isLabel(instruction)) return;
      const path = ['actors', a, 'program', i];
      if ('page' in instruction && instruction.page >= scenario.pages.length) {
        throw new ScenarioError(`there is no page ${instruction.page}`, [...path, 'page']);
      }
      if ('else' in instruction && instruction.else !== undefined && !labels.has(instruction.else)) {
        throw new ScenarioError(`there is no label ${instruction.else}`, [...path, 'else']);
      }
      if (instruction.op === 'fork' && (scenario.spaces ?? 1) < 2) {
        throw new ScenarioError('fork needs "spaces": 2', [...path, 'op']);
      }
      const filler = instruction.op === 'pipe-read' ? scenario.actors.find(({ name }) => name === instruction.pipe) : actor;
      const pipes = instruction.op === 'pipe-read' || instruction.op === 'pipe-unlock';
      if (pipes && !filler?.program.some((own) => !isLabel(own) && fillsPipe(own))) {
        const [who, key] = instruction.op === 'pipe-read' ? [instruction.pipe, 'pipe'] : [actor.name, 'op'];
        throw new ScenarioError(`${who} is no actor with an iov-get over a pipe`, [...path, key]);
      }
      if ('device' in instruction) {
        const device = scenario.actors.find(({ name }) => name === instruction.device);
        if (!device?.program.some((own) => !isLabel(own) && own.op === 'dma')) {
          throw new ScenarioError(`${instruction.device} is no actor with a dma instruction`, [...path, 'device']);
        }
      }
    });
  });
}

/**
 * Prepares a scenario to be run in a design.
 * @throws ScenarioError if the scenario has no meaning
 * @throws RangeError if it is larger than a state has room for
 */
export function compile(scenario: Scenario, design: Design): System {
  checkMeaning(scenario);
  const names = scenario.actors.map(namesOf);
  const layout = layoutOf({
    frames: scenario.frames ?? scenario.pages.length + 2,
    spaces: scenario.spaces ?? 1,
    pages: scenario.pages.length,
    slots: names.map(({ length }) => length),
  });
  const machine: Machine = { layout, design, kinds: scenario.pages.map(({ kind }) => kind) };
  const programs = scenario.actors.map((_, a) => assemble(machine, scenario, names, a));
  return { scenario, machine, initial: initialState(machine, scenario), programs, typeFaults: design.typed ? checkTypes(scenario) : [] };
}

function initialState(m: Machine, scenario: Scenario): State {
  const s = new Int32Array(m.layout.words);
  let next = 0;
  scenario.pages.forEach((page, p) => {
    s[m.layout.objects + p] = (1 << EXPECTED_SHIFT) | ((page.kind === 'file' ? 1 : 0) << DISK_SHIFT);
    if (page.present === false && page.kind === 'file') return;
    const zero = page.kind === 'zero' ? scenario.pages.findIndex(({ kind }) => kind === 'zero') : p;
    if (zero < p) {
      // All addresses share the one zero page.
      setPte(m, s, 0, p, pteOf(m, s, 0, zero));
      return;
    }
    if (next >= m.layout.frames) throw new ScenarioError('there are more pages in memory than frames', ['frames']);
    place(m, s, p, page, next++);
  });
  return s;
}

/** Puts a page into memory, as it is before anyone begins. */
function place(m: Machine, s: State, page: number, spec: PageSpec, frame: number): void {
  const bits = spec.kind === 'zero' ? 0 : WRITABLE;
  if (spec.kind === 'zero') {
    // empty_zero_page: reserved, with one reference and no mapping that counts.
    allocate(m, s, frame, -1, ZERO, 1);
    setPte(m, s, 0, page, PRESENT | (frame << PTE_FRAME_SHIFT));
  } else {
    allocate(m, s, frame, page, freshFlags(spec.kind), 1);
    if (spec.kind !== 'anon') setCached(m, s, page, frame);
    if (spec.kind === 'file') addRef(m, s, frame, 1);
    // A file page is mapped read-only until somebody writes.
    if (spec.kind !== 'kernel') mapFrame(m, s, 0, page, frame, spec.kind === 'file' ? 0 : bits);
  }
  addRef(m, s, frame, spec.references ?? 0);
  if (spec.cma) setFlag(m, s, frame, CMA);
  setFlag(m, s, frame, ALLOCATED);
}

function slotNumber(layout: Layout, names: readonly (readonly string[])[], actor: number, name: string): number {
  const index = names[actor]?.indexOf(name) ?? -1;
  if (index < 0) throw new Error(`no slot ${name}`);
  return ((layout.handles[actor] ?? 0) - layout.firstHandle) * 2 + index;
}

/** The instructions that the actor may reach after this one, which is itself among them if the program leads back to it. */
function reachedFrom(program: Actor['program'], from: number): Operation[] {
  const labels = new Map(program.flatMap((instruction, i) => (isLabel(instruction) ? [[instruction.label, i] as const] : [])));
  const reached = new Set<number>();
  const open = [from];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const instruction = program[i];
    const jump = instruction && 'else' in instruction && instruction.else !== undefined ? labels.get(instruction.else) : undefined;
    const isGoto = instruction !== undefined && !isLabel(instruction) && instruction.op === 'goto';
    for (const next of [isGoto ? undefined : i + 1, jump]) {
      if (next === undefined || next >= program.length || reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return [...reached].map((i) => program[i]!).filter((other): other is Operation => !isLabel(other));
}

function assemble(machine: Machine, scenario: Scenario, names: readonly (readonly string[])[], a: number): CompiledStep[] {
  const actor = scenario.actors[a]!;
  const { program } = actor;
  const sharedBy = (index: number, what: string) => ({
    slot: slotNumber(machine.layout, names, index, ` ${what}`),
    bit: SHARED.device << index,
  });
  const numberOf = (name: string): number => scenario.actors.findIndex((other) => other.name === name);
  const laid: { steps: Step[]; at: number; op: Operation }[] = [];
  const labels = new Map<string, number>();
  let at = 0;
  program.forEach((instruction, i) => {
    if (isLabel(instruction)) {
      labels.set(instruction.label, at);
      return;
    }
    const later = reachedFrom(program, i);
    const context: Context = {
      machine,
      space: actor.space ?? 0,
      slot: (name) => slotNumber(machine.layout, names, a, name),
      scratch: (name) => slotNumber(machine.layout, names, a, ` ${name}`),
      isLast: (name) => !later.some((other) => slotsOf(other).includes(name)),
      device: (name) => sharedBy(numberOf(name), DEVICE),
      own: () => sharedBy(a, DEVICE),
      pipe: (name) => sharedBy(name === undefined ? a : numberOf(name), PIPE),
    };
    const steps = stepsOf(context, instruction);
    laid.push({ steps, at, op: instruction });
    at += steps.length;
  });
  if (at > LIMITS.steps) throw new ScenarioError(`the program has ${at} steps, more than ${LIMITS.steps}`, ['actors', a, 'program']);
  const flat = laid.flatMap(({ steps, at: first, op }) =>
    steps.map((step, n) => ({
      step,
      operation: op,
      mistakes: op.mistake === true && n === 0,
      targets: targetsOf(step, n, first, steps.length),
    })),
  );
  function targetsOf(step: Step, n: number, first: number, count: number): Int32Array {
    const op = laid.find((entry) => entry.at === first && entry.steps.includes(step))?.op;
    const label = op && 'else' in op ? op.else : undefined;
    return Int32Array.from(step.to ?? [n + 1], (to) => {
      if (to === 'else') return label === undefined ? at : (labels.get(label) ?? at);
      return to === 'next' ? first + count : first + to;
    });
  }
  return withFutures(flat);
}

interface Laid {
  readonly step: Step;
  readonly operation: Operation;
  readonly mistakes: boolean;
  readonly targets: Int32Array;
}

/** Computes what each step's actor can still read and write: the least fixed point over the program's graph. */
function withFutures(flat: readonly Laid[]): CompiledStep[] {
  const reads = flat.map(({ step }) => step.reads);
  const writes = flat.map(({ step }) => step.writes);
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = flat.length - 1; n >= 0; n--) {
      for (const to of flat[n]!.targets) {
        const [r, w] = [reads[n]! | (reads[to] ?? 0), writes[n]! | (writes[to] ?? 0)];
        changed ||= r !== reads[n] || w !== writes[n];
        reads[n] = r;
        writes[n] = w;
      }
    }
  }
  return flat.map(({ step, operation, mistakes, targets }, n) => ({
    step,
    operation,
    targets,
    choices: step.choices ?? 1,
    futureReads: reads[n]!,
    futureWrites: writes[n]!,
    run: mistakes ? (s, choice) => mistaken(s, step.run(s, choice)) : step.run,
  }));
}

function mistaken(s: State, result: number): number {
  if (result >= 0) remember(s, MISTAKEN);
  return result;
}
