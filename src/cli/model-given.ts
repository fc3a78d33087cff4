/** What the model's commands share: options, scenario files, and how results are printed. */
import { type Command, Option } from 'commander';
import { bareJson } from '../report/bare-json.js';
import { visibleAll } from '../report/visible.js';
import { asked, type Clash } from './clash.js';
import { exitCodes, Failure } from './failure.js';
import { readNamed } from './input.js';
import { filled, outputOption, whole } from './options.js';
import { startProgress } from './progress.js';

/** The library `putright/model`, which is loaded only for these commands. */
export type Model = typeof import('../model/index.js');
type Options = NonNullable<Parameters<Model['matrixOf']>[0]>;

/** The options of `model` and `model explain`, as commander hands them over. */
export interface Given {
  format: 'text' | 'json';
  output?: string;
  design?: string;
  misuse?: string;
  outcome?: string;
  pages?: number;
  actors?: number;
  container?: 'array' | 'sgl' | 'skb' | 'bvec' | 'pipe';
  scenario?: string;
  seed?: number;
  walks?: number;
  maxStates?: number;
  svg?: string;
}

/** Adds the options that the matrix and a single run share. */
export function shared(command: Command): Command {
  return command
    .option('-d, --design <name>', 'only this design')
    .option('-m, --misuse <name>', 'only this misuse')
    .option('--pages <n>', "how many of the user's pages the driver takes, 1 to 3", whole(1, 3))
    .option(
      '--actors <n>',
      'how many actors there are: settings that need more are left out, others get further correct drivers',
      whole(3, 8),
    )
    .addOption(new Option('--container <kind>', 'what the pages travel in').choices(['array', 'sgl', 'skb', 'bvec', 'pipe']))
    .option('--scenario <file>', 'run this scenario (JSON, see docs/model.md) instead of the built-in ones', filled)
    .option('--max-states <n>', 'cut a search short after this many states, and say so', whole(1, 50_000_000))
    .addOption(new Option('-f, --format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .addOption(outputOption);
}

/** Options that say what a scenario of the user's says itself. */
export const besideScenario: Clash<Given> = {
  beside: ({ scenario }) => scenario !== undefined,
  options: asked('misuse', 'pages', 'actors', 'container'),
  why: (option) => `${option} is for the built-in scenarios, and --scenario runs none of them; use one of them`,
};

/**
 * The entries with this name, or all if none is given.
 * @throws Failure that lists what there is
 */
export function named<T extends { readonly name: string }>(what: string, all: readonly T[], name: string | undefined): readonly T[] {
  if (name === undefined) return all;
  const found = all.filter((one) => one.name === name);
  if (found.length === 0) throw new Failure(`no ${what} ${name}; there are ${all.map((one) => one.name).join(', ')}`);
  return found;
}

/** The given options that the model takes. */
export function optionsOf({ container, pages, actors, maxStates }: Given): Options {
  return {
    ...(container === undefined ? {} : { container }),
    ...(pages === undefined ? {} : { pages }),
    ...(actors === undefined ? {} : { actors }),
    ...(maxStates === undefined ? {} : { maxStates }),
  };
}

function readScenario(model: Model, file: string): { text: string; scenario: ReturnType<Model['parseScenario']> } {
  const text = readNamed(file);
  try {
    // The names in it are printed and drawn.
    return { text, scenario: visibleAll(model.parseScenario(text)) };
  } catch (error) {
    if (error instanceof model.ScenarioFault) throw new Failure(error.problems.map((problem) => `${file}: ${problem}`).join('\n'));
    throw error;
  }
}

/**
 * Makes a scenario file ready to run in one design.
 * @throws Failure with file, line and key if it cannot be run
 */
export function systemOf(model: Model, file: string, design: Parameters<Model['compile']>[1]): ReturnType<Model['compile']> {
  const { text, scenario } = readScenario(model, file);
  try {
    return model.compile(scenario, design);
  } catch (error) {
    if (error instanceof model.ScenarioError) throw new Failure(`${file}: ${model.withLine(text, error).message}`);
    if (error instanceof RangeError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

/** A number with separators, for people. */
export const amount = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** A value as the text of a JSON file. */
export const json = (value: unknown): string => `${bareJson(JSON.stringify(value, null, 2))}\n`;

/**
 * Reports on the standard error that a search was cut short, and sets the exit code. Called before the result is written, whose reader may
 * end the program.
 */
export function sayCutShort(states: number): void {
  process.exitCode = exitCodes.found;
  process.stderr.write(
    `putright: cut short after ${amount(states)} states; what was not found may still happen. --max-states takes a larger number\n`,
  );
}

/** Starts a progress line that also shows states (or another unit) per second. */
export function startRate(unit = 'states'): {
  report: (what: string, done: number, total: number, count: number) => void;
  clear: () => void;
} {
  const progress = startProgress(process.stderr);
  const begun = performance.now();
  return {
    report: (what, done, total, count) => {
      const seconds = Math.max((performance.now() - begun) / 1000, 1e-3);
      progress.report(`${what}${amount(count)} ${unit}, ${amount(count / seconds)} ${unit}/s`, done, total);
    },
    clear: progress.clear,
  };
}
