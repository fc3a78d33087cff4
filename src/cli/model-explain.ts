/** `putright model explain`: prints the shortest run to an outcome. */
import { visible } from '../report/visible.js';
import { asked, type Clash, refuseClashes } from './clash.js';
import { Failure } from './failure.js';
import { amount, besideScenario, type Given, json, type Model, named, optionsOf, sayCutShort, startRate, systemOf } from './model-given.js';
import { destinationOf } from './output.js';

const clashes: readonly Clash<Given>[] = [
  besideScenario,
  {
    beside: () => true,
    options: asked('seed', 'walks'),
    why: (option) => `explain searches for the shortest run, and ${option} is for random walks; leave it out`,
  },
];

type Design = Model['designs'][number];
type Outcome = Model['outcomeNames'][number];
type Found = Pick<ReturnType<Model['shortestRun']>, 'run' | 'finished' | 'states' | 'ends'>;

/** What is explained: a cell of the matrix, or the user's own scenario. */
interface Subject {
  title: string;
  key: { misuse: string } | { scenario: string };
  question?: string;
  typeFaults: readonly { why: string }[];
  /** `null` if the types refuse the program, so that there is nothing to run. */
  search: ((outcome: Outcome | null, progress: ReturnType<typeof startRate>) => Found) | null;
}

/**
 * Runs the command.
 * @throws Failure if the options do not say what to explain
 */
export async function explainCommand(model: Model, given: Given): Promise<void> {
  refuseClashes(given, clashes);
  const [place, drawnTo] = [given.output ?? '-', given.svg];
  if (drawnTo === place) {
    const where = place === '-' ? 'the standard output' : place;
    throw new Failure(`the run and its chart would both go to ${where}; give each a place of its own with --output and --svg`);
  }
  const { give } = destinationOf(place);
  const chart = drawnTo === undefined ? null : destinationOf(drawnTo);
  if (given.design === undefined)
    throw new Failure(`say which design to explain with --design: ${model.designs.map(({ name }) => name).join(', ')}`);
  const design = named('design', model.designs, given.design)[0]!;
  const outcome = model.outcomeNames.find((name) => name === given.outcome) ?? null;
  if (given.outcome !== undefined && outcome === null)
    throw new Failure(`no outcome ${given.outcome}; there are ${model.outcomeNames.join(', ')}`);
  const { title, key, question, typeFaults, search } =
    given.scenario === undefined ? cellOf(model, given, design) : ownOf(model, given, design, given.scenario);

  const progress = startRate();
  const found = search?.(outcome, progress) ?? { run: null, finished: true, states: 0, ends: 0 };
  progress.clear();

  const { run, finished, states, ends } = found;
  const subject = `${title}, in ${design.name}`;
  const titleOf = (shown: NonNullable<typeof run>): string =>
    `${subject}: ${outcome ?? shown.outcomes.join(', ')} (${shown.scenario}, ${shown.steps.length} steps)`;
  if (!finished) sayCutShort(states);
  if (given.format === 'json') await give(json({ design: design.name, ...key, outcome, typeFaults, finished, states, ends, run }));
  else if (run !== null) await give(model.runText(run, titleOf(run), question));
  else await give(`${subject}: ${search === null ? refusedBy(typeFaults) : nothingIn(found, outcome)}\n`);
  if (chart === null) return;
  if (run !== null) await chart.give(model.runSvg(run, titleOf(run)));
  else process.stderr.write(`putright: there is no run to draw, so ${drawnTo} is not written\n`);
}

/** The cell that the options name. */
function cellOf(model: Model, given: Given, design: Design): Subject {
  if (given.misuse === undefined)
    throw new Failure(`say which misuse to explain with --misuse: ${model.misuses.map(({ name }) => name).join(', ')}`);
  const misuse = named('misuse', model.misuses, given.misuse)[0]!;
  const options = optionsOf(given);
  const typeFaults = model.typeFaultsOf(design, misuse, options);
  return {
    title: misuse.about,
    key: { misuse: misuse.name },
    question: misuse.question,
    typeFaults,
    search:
      typeFaults.length > 0
        ? null
        : (outcome, progress) =>
            model.explainCell(design, misuse, outcome, {
              ...options,
              onProgress: (done, total, states) => progress.report('settings searched, ', done, total, states),
            }),
  };
}

/** The user's own scenario. It is run even if the types would refuse it, as it was written to see what it does. */
function ownOf(model: Model, given: Given, design: Design, file: string): Subject {
  const system = systemOf(model, file, design);
  return {
    title: visible(file),
    key: { scenario: file },
    typeFaults: system.typeFaults,
    search: (outcome, progress) =>
      model.shortestRun(system, outcome, {
        ...(given.maxStates === undefined ? {} : { maxStates: given.maxStates }),
        onStates: (states) => progress.report('', 0, 0, states),
      }),
  };
}

const refusedBy = (typeFaults: Subject['typeFaults']): string => `does not compile: ${typeFaults.map(({ why }) => why).join('; ')}`;

/** What is printed if a search found no such run. */
function nothingIn({ finished, states, ends }: Found, outcome: Outcome | null): string {
  const what = outcome ?? 'anything that goes wrong';
  if (!finished) return `no run shows ${what} so far; the search was cut short (${amount(states)} states).`;
  return `${ends === 0 ? 'no run comes to an end' : `no run shows ${what}`}; the search is finished (${amount(states)} states).`;
}
