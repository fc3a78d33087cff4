/** `putright model explain`: the shortest run that shows something. */
import { Failure } from './failure.js';
import { amount, type Given, give, json, type Model, named, optionsOf, sayCutShort, startRate, systemOf } from './model-given.js';
import { checkWritable, writeWhole } from './output.js';

/** Runs the command. Throws a {@link Failure} if it is not said what to explain. */
export async function explainCommand(model: Model, given: Given): Promise<void> {
  if (given.design === undefined)
    throw new Failure(`say which design to explain with --design: ${model.designs.map(({ name }) => name).join(', ')}`);
  for (const file of [given.svg, given.output]) if (file !== undefined && file !== '-') checkWritable(file);
  const [design] = named('design', model.designs, given.design);
  const outcome = model.outcomeNames.find((name) => name === given.outcome) ?? null;
  if (given.outcome !== undefined && outcome === null)
    throw new Failure(`no outcome ${given.outcome}; there are ${model.outcomeNames.join(', ')}`);
  if (given.scenario === undefined && given.misuse === undefined)
    throw new Failure(`say which misuse to explain with --misuse: ${model.misuses.map(({ name }) => name).join(', ')}`);
  const [misuse] = given.scenario === undefined ? named('misuse', model.misuses, given.misuse) : [];
  const of = misuse?.about ?? given.scenario!;
  const options = optionsOf(given);
  const typeFaults = misuse
    ? model.typeFaultsOf(design!, misuse, options)
    : given.scenario === undefined
      ? []
      : systemOf(model, given.scenario, design!).typeFaults;
  const subject = { design: design!.name, ...(misuse ? { misuse: misuse.name } : { scenario: given.scenario }), outcome, typeFaults };
  if (misuse && typeFaults.length > 0) {
    if (given.format === 'json') return give(given, json({ ...subject, finished: true, states: 0, ends: 0, run: null }));
    return give(given, `${of}, in ${design!.name}: does not compile: ${typeFaults.map(({ why }) => why).join('; ')}\n`);
  }

  const progress = startRate();
  const found = misuse
    ? model.explainCell(design!, misuse, outcome, {
        ...options,
        onProgress: (done, total, states) => progress.report('settings searched, ', done, total, states),
      })
    : model.shortestRun(systemOf(model, given.scenario!, design!), outcome, {
        ...(given.maxStates === undefined ? {} : { maxStates: given.maxStates }),
        onStates: (states) => progress.report('', 0, 0, states),
      });
  progress.clear();

  const { run, finished, states, ends } = found;
  if (!finished) sayCutShort(states);
  if (given.format === 'json') await give(given, json({ ...subject, finished, states, ends, run }));
  else if (run === null) {
    const what = outcome ?? 'anything that goes wrong';
    if (finished)
      await give(
        given,
        `${of}, in ${design!.name}: ${ends === 0 ? 'no run comes to an end' : `no run shows ${what}`}; the search is finished (${amount(states)} states).\n`,
      );
  } else await give(given, model.runText(run, titleOf(run), misuse?.question));
  if (run !== null && given.svg !== undefined) writeWhole(given.svg, model.runSvg(run, titleOf(run)));

  function titleOf(shown: NonNullable<typeof run>): string {
    return `${of}, in ${design!.name}: ${outcome ?? shown.outcomes.join(', ')} (${shown.scenario}, ${shown.steps.length} steps)`;
  }
}
