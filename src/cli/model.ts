/** `putright model`: the matrix, a scenario of the user's, random walks. */
import type { Command } from 'commander';
import { visible } from '../report/visible.js';
import { asked, type Clash, refuseClashes } from './clash.js';
import { Failure } from './failure.js';
import { explainCommand } from './model-explain.js';
import {
  amount,
  besideScenario,
  type Given,
  json,
  type Model,
  named,
  optionsOf,
  sayCutShort,
  shared,
  startRate,
  systemOf,
} from './model-given.js';
import { filled, whole } from './options.js';
import { type Destination, destinationOf } from './output.js';
import { standardOutput } from './terminal.js';

const EXAMPLES = `
Examples:
  $ putright model                                     the matrix
  $ putright model --design bias --misuse put-for-pin  one cell
  $ putright model --pages 2 --container sgl           two pages, in an SGL
  $ putright model explain --design bias --misuse put-for-pin --outcome unevictable
  $ putright model explain --design bias --misuse release-twice --svg run.svg
  $ putright model --scenario mine.json --design folio-pincount
  $ putright model --scenario large.json --design bias --seed 1 --walks 100000

Exit codes: 0 done, 1 a search was cut short, 2 could not run.
`;

/** How many random walks are taken by default. */
const WALKS = 10_000;

const clashes: readonly Clash<Given>[] = [
  besideScenario,
  {
    beside: ({ seed }) => seed === undefined,
    options: asked('walks'),
    why: (option) => `${option} is for random walks; add --seed N`,
  },
  {
    beside: ({ seed }) => seed !== undefined,
    options: asked('maxStates'),
    why: (option) => `--seed takes random walks and searches nothing, so ${option} has no use; use one of them`,
  },
];

/** Adds `putright model`. */
export function addModel(program: Command): void {
  const model = shared(program.command('model'))
    .summary('what each misuse of page references does, and who notices')
    .description(
      'Runs every interleaving of small programs on a machine of page references, and prints what each misuse can do in each design, and how reliably the design notices.',
    )
    .option('--seed <n>', 'take random walks from this seed instead of searching', whole(0, 2 ** 31 - 1))
    .option('--walks <n>', `how many walks (default: ${WALKS})`, whole(1, 100_000_000))
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments()
    .action(async (given: Given, { args: [stray] }: Command) => {
      // Commander would only count the extra arguments.
      if (stray !== undefined) throw new Failure(`no command model ${visible(stray)}; putright help model shows what there is`);
      await modelCommand(await import('../model/index.js'), given);
    });
  shared(model.command('explain'))
    .summary('the shortest run that shows an outcome')
    .description('Prints the shortest run to an outcome, a line a step, with the counts of each page after it.')
    .option('--outcome <name>', 'the outcome to show (default: the nearest of any)')
    .option('--svg <file>', 'draw the run as a sequence chart into this file', filled)
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => explainCommand(await import('../model/index.js'), command.optsWithGlobals<Given>()));
}

async function modelCommand(model: Model, given: Given): Promise<void> {
  refuseClashes(given, clashes);
  const destination = destinationOf(given.output);
  const designs = named('design', model.designs, given.design);
  const misuses = named('misuse', model.misuses, given.misuse);
  const { scenario, seed } = given;
  if (scenario === undefined) await (seed === undefined ? matrixCommand : walkCommand)(model, given, destination, { designs, misuses });
  else await (seed === undefined ? scenarioCommand : scenarioWalks)(model, given, destination, designs, scenario);
}

/** The cells of the matrix that are wanted: every misuse in every design. */
type Cells = Pick<Model, 'designs' | 'misuses'>;

async function matrixCommand(model: Model, given: Given, { give }: Destination, cells: Cells): Promise<void> {
  const options = { ...cells, ...optionsOf(given) };
  const progress = startRate();
  const matrix = model.matrixOf({
    ...options,
    onProgress: (done, total, states) => progress.report('cells, ', done, total, states),
  });
  const report =
    given.format === 'json'
      ? model.reportOf(matrix, options, (done, total) => progress.report('runs of cells, ', done, total, matrix.states))
      : null;
  progress.clear();
  if (!matrix.finished) sayCutShort(matrix.states);
  // With its runs the report is too long for people to read, so it is one line.
  await give(report ? `${JSON.stringify(report)}\n` : model.matrixText(matrix, standardOutput().width));
}

async function scenarioCommand(model: Model, given: Given, { give }: Destination, designs: Model['designs'], file: string): Promise<void> {
  const results = designs.map((design) => {
    const system = systemOf(model, file, design);
    const progress = startRate();
    const {
      verdicts,
      bytes: _bytes,
      before: _before,
      ...found
    } = model.explore(system, {
      ...(given.maxStates === undefined ? {} : { maxStates: given.maxStates }),
      onProgress: (states) => progress.report(`${design.name}: `, 0, 0, states),
    });
    progress.clear();
    if (!found.finished) sayCutShort(found.states);
    return {
      design: design.name,
      typeFaults: system.typeFaults,
      verdicts: [...verdicts].map(([bits, seen]) => ({ outcomes: model.outcomesOf(bits), ...seen })),
      ...found,
    };
  });
  await give(given.format === 'json' ? json(results) : `${results.map(searchLines).join('\n')}\n`);
}

type Searched = Omit<ReturnType<Model['explore']>, 'verdicts' | 'bytes' | 'before'> & {
  design: string;
  verdicts: { outcomes: readonly string[]; ends: number }[];
  typeFaults: readonly { why: string }[];
};

function searchLines(found: Searched): string {
  const lines = found.verdicts.map(
    ({ outcomes, ends }) => `  ${amount(ends).padStart(8)} end states: ${outcomes.join(', ') || 'nothing went wrong'}`,
  );
  const endless = found.finished && found.ends === 0 ? ['  no run comes to an end, so that nothing is said of one'] : [];
  const of = (count: number, what: string): string[] => (count > 0 ? [`  ${amount(count).padStart(8)} of them ${what}`] : []);
  const whole = found.finished ? 'finished' : 'CUT SHORT: what is not named may still happen';
  return [
    `${found.design}: ${amount(found.states)} states in ${found.seconds.toFixed(2)} s (${amount(found.states / Math.max(found.seconds, 1e-6))} states/s), ${whole}`,
    ...found.typeFaults.map(({ why }) => `  would not compile: ${why}`),
    ...lines,
    ...endless,
    ...of(found.warned, 'with a warning'),
    ...of(found.warnedDebug - found.warned, 'with a warning of debugging kernels only'),
    ...of(found.stuck, 'with somebody who waits for ever'),
  ].join('\n');
}

/** Takes the random walks in one system. */
function walked(model: Model, design: string, system: ReturnType<Model['compile']>, given: Given) {
  const progress = startRate('steps');
  const count = given.walks ?? WALKS;
  const tell = (walks: number, steps: number): void => progress.report(`${design}: walks, `, walks, count, steps);
  const { outcomes, ...found } = model.walk(system, given.seed ?? 0, count, tell);
  progress.clear();
  return { design, scenario: system.scenario.name, outcomes: Object.fromEntries(outcomes), ...found, finished: false as const };
}

function walkLine(result: ReturnType<typeof walked>): string {
  const found = Object.entries(result.outcomes).map(([name, times]) => `${name} in ${amount(times)}`);
  const rate = `${amount(result.steps / Math.max(result.seconds, 1e-6))} steps/s`;
  const cut = result.cut > 0 ? `, ${amount(result.cut)} of them cut before an end` : '';
  return `${result.design}, ${result.scenario}: ${amount(result.walks)} random walks (${rate})${cut}, no finished search: ${found.join(', ') || 'nothing was seen, which proves nothing'}`;
}

async function scenarioWalks(model: Model, given: Given, { give }: Destination, designs: Model['designs'], file: string): Promise<void> {
  const results = designs.map((design) => walked(model, design.name, systemOf(model, file, design), given));
  await give(given.format === 'json' ? json(results) : `${results.map(walkLine).join('\n')}\n`);
}

async function walkCommand(model: Model, given: Given, { give }: Destination, { designs, misuses }: Cells): Promise<void> {
  const options = optionsOf(given);
  const cells = misuses.flatMap((misuse) => designs.map((design) => ({ misuse, design })));
  const results = cells.flatMap(({ misuse, design }) => {
    if (model.typeFaultsOf(design, misuse, options).length > 0) return [];
    return model
      .systemsOf(design, misuse, options)
      .map((system) => ({ misuse: misuse.name, ...walked(model, design.name, system, given) }));
  });
  if (results.length === 0) throw new Failure('there is nothing to walk in: the types refuse every program that was asked for');
  await give(given.format === 'json' ? json(results) : `${results.map((result) => `${result.misuse}: ${walkLine(result)}`).join('\n')}\n`);
}
