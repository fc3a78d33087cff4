import { type Command, Option } from 'commander';
import { type FormatName, formatNames, formats } from '../report/index.js';
import type { SiteKind, Survey } from '../survey/row.js';
import { exitCodes, Failure } from './failure.js';
import { cacheOption, collect, collectKind, engineOptions, filled, jobsOption, kinds, outputOption } from './options.js';
import { destinationOf } from './output.js';
import { examples } from './package.js';
import { runSurvey } from './run-survey.js';
import { standardOutput } from './terminal.js';

/** The options of `survey`, as commander hands them over. */
interface Given {
  format: FormatName;
  output?: string;
  path?: string[];
  kind?: SiteKind[];
  jobs?: number;
  coverage?: boolean;
  cache?: string;
}

const EXAMPLES = `
Examples:
  $ putright survey                                  putright's own examples
  $ putright survey ~/linux | less                   a whole kernel tree
  $ putright survey ~/linux --path 'drivers/gpu/**'  one subsystem
  $ putright survey ~/linux --format xlsx -o gup.xlsx
  $ putright survey ~/my-driver --coverage           was any call missed?

Exit codes: 0 done, 1 --coverage found a call that is not accounted for, 2 could
not run.
`;

/** Adds `putright survey`. */
export function addSurvey(program: Command): void {
  program
    .command('survey')
    .summary('one line per call that takes references on user pages')
    .description(
      'Reads a kernel tree, or the tree of one driver, as it is (nothing need be configured or built), and writes one line per call that takes references on user pages: what it takes, where the pages go, and what drops them.',
    )
    .argument('[tree]', 'folder to survey (default: the examples that come with putright)', filled)
    .addOption(
      new Option('-f, --format <format>', formatNames.map((name) => `${name}: ${formats[name].about}`).join('; '))
        .choices(formatNames)
        .default('text'),
    )
    .addOption(outputOption)
    .option('-p, --path <glob>', 'only sites in files that match, or in a folder, relative to the tree; may be repeated', collect)
    .option('-k, --kind <kind>', `only sites of this kind (${kinds.join(', ')}); may be repeated`, collectKind)
    .addOption(jobsOption)
    .option('--coverage', 'account for every acquiring name of the tree; exit 1 if one is left over')
    .addOption(cacheOption)
    .addHelpText('after', EXAMPLES)
    .action(async (tree: string | undefined, given: Given) => surveyCommand(tree ?? examples, given));
}

async function surveyCommand(tree: string, given: Given): Promise<void> {
  const { file, give } = destinationOf(given.output);
  const format = formats[given.format];
  if (format.binary && file === null && process.stdout.isTTY) {
    throw new Failure(`a terminal cannot show ${given.format}; add -o FILE.${given.format}, or pipe it into a program`);
  }

  const survey = await runSurvey(tree, engineOptions(given));
  const write = await format.load();
  const coverage = given.coverage ?? false;
  const content = await write(survey, { coverage, ...(file === null ? standardOutput() : {}) });
  // Set before the output is written, since its reader may end the program.
  if (coverage && survey.coverage.unaccounted.length > 0) process.exitCode = exitCodes.found;
  await give(content);
  if (coverage) await sayCoverage(survey, format.holdsCoverage);
}

/** Prints names that are not accounted for, and the whole accounting if the format has no room for it. */
async function sayCoverage(survey: Survey, held: boolean): Promise<void> {
  const { unaccounted } = survey.coverage;
  if (unaccounted.length > 0) {
    process.stderr.write(
      `putright: ${unaccounted.length} acquiring ${unaccounted.length === 1 ? 'name is' : 'names are'} not accounted for; please report it\n`,
    );
  }
  if (held) return;
  const [{ coverageText }, { default: colours }] = await Promise.all([import('../report/coverage.js'), import('picocolors')]);
  process.stderr.write(`${coverageText(survey.coverage, colours.createColors(false)).join('\n')}\n`);
}
