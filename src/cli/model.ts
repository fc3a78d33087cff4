import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitCodes, Failure, reasonOf } from './failure.js';
import { checkWritable, print, writeWhole } from './output.js';
import { startProgress } from './progress.js';
import { standardOutput } from './terminal.js';

type Model = typeof import('../model/index.js');

/** The options of `model`, as commander hands them over. */
interface Given {
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
  walks: number;
  maxStates?: number;
  svg?: string;
}

const EXAMPLES = `
Examples:
  $ putright model                                            the matrix, misuse by design
  $ putright model --design bias --misuse put-for-pin         one cell
  $ putright model explain --design bias --misuse put-for-pin --outcome unevictable
  $ putright model explain --design bias --misuse release-twice --svg run.svg
  $ putright model --scenario mine.json --design folio-pincount
  $ putright model --scenario large.json --design bias --seed 1 --walks 100000

Exit codes: 0 done, 1 a search was cut short, 2 could not run.
`;

/** Reads a whole number in a range. */
function whole(least: number, most: number): (value: string) => number {
  return (value) => {
    const read = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(read >= least && read <= most)) throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return read;
  };
}

/** Options that the matrix and a single run share. */
function shared(command: Command): Command {
  return command
    .option('-d, --design <name>', 'only this design')
    .option('-m, --misuse <name>', 'only this misuse')
    .option('--pages <n>', 'how many references on the page the driver takes, 1 to 2', whole(1, 2))
    .option('--actors <n>', 'only settings of at most this many actors', whole(2, 8))
    .addOption(new Option('--container <kind>', 'what the pages travel in').choices(['array', 'sgl', 'skb', 'bvec', 'pipe']))
    .option('--scenario <file>', 'run this scenario (JSON, see docs/model.md) instead of the built-in ones')
    .option('--max-states <n>', 'cut a search short after this many states, and say so', whole(1, 50_000_000));
}

/** Adds `putright model`. */
export function addModel(program: Command): void {
  const model = shared(program.command('model'))
    .summary('what each misuse of page references does, and who notices')
    .description(
      'Runs every interleaving of small programs on a machine of page references, and prints what each misuse can do in each design, and how reliably the design notices.',
    )
    .addOption(new Option('-f, --format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .option('-o, --output <file>', 'write to this file instead of the standard output')
    .option('--seed <n>', 'take random walks from this seed instead of searching', whole(0, 2 ** 31 - 1))
    .option('--walks <n>', 'how many walks', whole(1, 100_000_000), 10_000)
    .addHelpText('after', EXAMPLES)
    .action(async (given: Given) => matrixCommand(await import('../model/index.js'), given));
  shared(model.command('explain'))
    .summary('the shortest run that shows an outcome')
    .description('Prints the shortest run to an outcome, a line a step, with the counts of each page after it.')
    .option('--outcome <name>', 'the outcome to show (default: the nearest of any)')
    .option('--svg <file>', 'draw the run as a sequence chart into this file')
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => explainCommand(await import('../model/index.js'), command.optsWithGlobals<Given>()));
}

function named<T extends { readonly name: string }>(what: string, all: readonly T[], name: string | undefined): readonly T[] {
  if (name === undefined) return all;
  const found = all.filter((one) => one.name === name);
  if (found.length === 0) throw new Failure(`no ${what} ${name}; there are ${all.map((one) => one.name).join(', ')}`);
  return found;
}

function readScenario(model: Model, file: string): { text: string; scenario: ReturnType<Model['parseScenario']> } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Failure(`cannot read ${file}: ${missing ? 'there is no such file' : reasonOf(error)}`);
  }
  try {
    return { text, scenario: model.parseScenario(text) };
  } catch (error) {
    if (error instanceof model.ScenarioFault) throw new Failure(error.problems.map((problem) => `${file}: ${problem}`).join('\n'));
    throw error;
  }
}

/** Makes a scenario file ready to run in one design. */
function systemOf(model: Model, file: string, design: Parameters<Model['compile']>[1]): ReturnType<Model['compile']> {
  const { text, scenario } = readScenario(model, file);
  try {
    return model.compile(scenario, design);
  } catch (error) {
    if (error instanceof model.ScenarioError) throw new Failure(`${file}: ${model.withLine(text, error).message}`);
    if (error instanceof RangeError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

const amount = (value: number): string => Math.round(value).toLocaleString('en-GB');

async function give(given: Given, text: string): Promise<void> {
  if (given.output === undefined || given.output === '-') await print(text);
  else writeWhole(given.output, text);
}

function sayCutShort(states: number): void {
  process.exitCode = exitCodes.found;
  process.stderr.write(
    `putright: cut short after ${amount(states)} states; what was not found may still happen. --max-states takes a larger number\n`,
  );
}

async function matrixCommand(model: Model, given: Given): Promise<void> {
  if (given.output !== undefined && given.output !== '-') checkWritable(given.output);
  const designs = named('design', model.designs, given.design);
  const misuses = named('misuse', model.misuses, given.misuse);
  if (given.scenario !== undefined) return scenarioCommand(model, given, designs);
  const settings = model.settings.filter(({ others }) => others.length + 2 <= (given.actors ?? 8));
  if (given.seed !== undefined) return walkCommand(model, given, designs, misuses, settings);
  const progress = startProgress(process.stderr);
  const matrix = model.matrixOf({
    designs,
    misuses,
    settings,
    ...(given.container === undefined ? {} : { container: given.container }),
    ...(given.pages === undefined ? {} : { pages: given.pages }),
    ...(given.maxStates === undefined ? {} : { maxStates: given.maxStates }),
    onProgress: (done, total, states, seconds) =>
      progress.report(`cells, ${amount(states / Math.max(seconds, 1e-3))} states/s`, done, total),
  });
  progress.clear();
  const text = given.format === 'json' ? `${JSON.stringify(matrix, null, 2)}\n` : model.matrixText(matrix, standardOutput().width);
  await give(given, text);
  if (!matrix.finished) sayCutShort(matrix.states);
}

async function scenarioCommand(model: Model, given: Given, designs: Model['designs']): Promise<void> {
  const results = designs.map((design) => {
    const system = systemOf(model, given.scenario!, design);
    if (given.seed !== undefined) return walked(model, design.name, system, given);
    const progress = startProgress(process.stderr);
    const begun = performance.now();
    const found = model.explore(system, {
      ...(given.maxStates === undefined ? {} : { maxStates: given.maxStates }),
      onProgress: (states) =>
        progress.report(`${amount(states)} states, ${amount(states / ((performance.now() - begun) / 1000))} states/s`, 0, 0),
    });
    progress.clear();
    if (!found.finished) sayCutShort(found.states);
    const verdicts = [...found.verdicts].map(([bits, seen]) => ({ outcomes: model.outcomesOf(bits), ...seen }));
    const { states, transitions, ends, stuck, warned, falsePins, finished, seconds } = found;
    return {
      design: design.name,
      typeFaults: system.typeFaults,
      verdicts,
      states,
      transitions,
      ends,
      stuck,
      warned,
      falsePins,
      finished,
      seconds,
    };
  });
  if (given.format === 'json') return give(given, `${JSON.stringify(results, null, 2)}\n`);
  await give(given, `${results.map((result) => ('walks' in result ? walkLine(result) : searchLines(result))).join('\n')}\n`);
}

type Searched = {
  design: string;
  verdicts: { outcomes: readonly string[]; ends: number; mistaken: number; noticed: number }[];
  states: number;
  ends: number;
  stuck: number;
  warned: number;
  finished: boolean;
  seconds: number;
  typeFaults: readonly { why: string }[];
};

function searchLines(found: Searched): string {
  const lines = found.verdicts.map(
    ({ outcomes, ends }) => `  ${amount(ends).padStart(8)} end states: ${outcomes.join(', ') || 'nothing went wrong'}`,
  );
  const refused = found.typeFaults.map(({ why }) => `  would not compile: ${why}`);
  const whole = found.finished ? 'finished' : 'CUT SHORT: what is not named may still happen';
  return [
    `${found.design}: ${amount(found.states)} states in ${found.seconds.toFixed(2)} s (${amount(found.states / Math.max(found.seconds, 1e-6))} states/s), ${whole}`,
    ...refused,
    ...lines,
    ...(found.warned > 0 ? [`  ${amount(found.warned).padStart(8)} of them with a warning`] : []),
    ...(found.stuck > 0 ? [`  ${amount(found.stuck).padStart(8)} of them with somebody who waits for ever`] : []),
  ].join('\n');
}

function walked(model: Model, design: string, system: ReturnType<Model['compile']>, given: Given) {
  const { walks, steps, outcomes, mistaken, noticed, seconds } = model.walk(system, given.seed!, given.walks);
  return {
    design,
    scenario: system.scenario.name,
    walks,
    steps,
    outcomes: Object.fromEntries(outcomes),
    mistaken,
    noticed,
    seconds,
    finished: false as const,
  };
}

function walkLine(result: ReturnType<typeof walked>): string {
  const found = Object.entries(result.outcomes).map(([name, times]) => `${name} in ${amount(times)}`);
  return `${result.design}, ${result.scenario}: ${amount(result.walks)} random walks, no finished search: ${found.join(', ') || 'nothing was seen, which proves nothing'}`;
}

async function walkCommand(
  model: Model,
  given: Given,
  designs: Model['designs'],
  misuses: Model['misuses'],
  settings: Model['settings'],
): Promise<void> {
  const results = misuses.flatMap((misuse) =>
    designs.flatMap((design) =>
      settings.map((setting) => {
        const plan = model.planOf(misuse, {
          ...(given.container === undefined ? {} : { container: given.container }),
          ...(given.pages === undefined ? {} : { pages: given.pages }),
        });
        return { misuse: misuse.name, ...walked(model, design.name, model.compile(model.scenarioOf(plan, setting), design), given) };
      }),
    ),
  );
  await give(
    given,
    given.format === 'json'
      ? `${JSON.stringify(results, null, 2)}\n`
      : `${results.map((result) => `${result.misuse}: ${walkLine(result)}`).join('\n')}\n`,
  );
}

async function explainCommand(model: Model, given: Given): Promise<void> {
  if (given.design === undefined)
    throw new Failure(`say which design to explain with --design: ${model.designs.map(({ name }) => name).join(', ')}`);
  if (given.svg !== undefined) checkWritable(given.svg);
  const [design] = named('design', model.designs, given.design);
  const outcome = model.outcomeNames.find((name) => name === given.outcome) ?? null;
  if (given.outcome !== undefined && outcome === null)
    throw new Failure(`no outcome ${given.outcome}; there are ${model.outcomeNames.join(', ')}`);
  const limit = given.maxStates === undefined ? {} : { maxStates: given.maxStates };
  let found: ReturnType<Model['shortestRun']>;
  let of: string;
  if (given.scenario !== undefined) {
    of = given.scenario;
    found = model.shortestRun(systemOf(model, given.scenario, design!), outcome, given.maxStates);
  } else {
    if (given.misuse === undefined)
      throw new Failure(`say which misuse to explain with --misuse: ${model.misuses.map(({ name }) => name).join(', ')}`);
    const [misuse] = named('misuse', model.misuses, given.misuse);
    of = misuse!.about;
    const shape = {
      ...(given.container === undefined ? {} : { container: given.container }),
      ...(given.pages === undefined ? {} : { pages: given.pages }),
    };
    const cell = model.cellOf(design!, misuse!, { ...shape, settings: [] });
    if (cell.notices === 'compiler') {
      await print(`${of}, in ${design!.name}: does not compile: ${cell.typeFaults.map(({ why }) => why).join('; ')}\n`);
      return;
    }
    const settings = model.settings.filter(({ others }) => others.length + 2 <= (given.actors ?? 8));
    found = model.explainCell(design!, misuse!, outcome, { ...shape, settings, ...limit });
  }
  if (found.run === null) {
    const what = outcome ?? 'anything that goes wrong';
    if (!found.finished) return sayCutShort(found.states);
    await print(`${of}, in ${design!.name}: no run shows ${what}; the search is finished (${amount(found.states)} states).\n`);
    return;
  }
  const title = `${of}, in ${design!.name}: ${outcome ?? found.run.outcomes.join(', ')} (${found.run.scenario}, ${found.run.steps.length} steps)`;
  await print(model.runText(found.run, title));
  if (!found.finished) sayCutShort(found.states);
  if (given.svg !== undefined) writeWhole(given.svg, model.runSvg(found.run, title));
}
