import { type Command, Option } from 'commander';
import type { Compared, Progress } from '../compare/compare.js';
import { exitCodes, Failure } from './failure.js';
import { checkedOf } from './given.js';
import { cacheOption, collect, engineOptions, filled, jobsOption, outputOption } from './options.js';
import { destinationOf } from './output.js';
import { standardOutput } from './terminal.js';

/** Writes a comparison in each format. */
const writers: Readonly<Record<'text' | 'json' | 'md', (progress: Progress, colour: boolean) => Promise<string>>> = {
  text: async (progress, colour) => (await import('../report/comparison/text.js')).writeComparisonText(progress, colour),
  json: async (progress) => (await import('../report/comparison/json.js')).writeComparisonJson(progress),
  md: async (progress) => (await import('../report/comparison/markdown.js')).writeComparisonMarkdown(progress),
};

interface Given {
  format: keyof typeof writers;
  output?: string;
  failOn?: string;
  findings?: string[];
  jobs?: number;
  cache?: string;
}

const EXAMPLES = `
Examples:
  $ putright compare ~/linux-6.1 ~/linux-6.12
  $ putright compare 5.10.json 6.1.json 6.6.json 6.12.json  the progress curve
  $ putright compare base.json . --fail-on regression       in a CI job

A regression is: a converted call that gets again; a release that is not found
any more; a container that can now hold pages of other origins; a new site that
gets for the long term, or without a release; a new finding. A tree given as a
folder is checked in the same pass; the file of a survey has findings only by
--findings, and they are compared only where every tree has them.

Exit codes: 0 done, 1 --fail-on found something, 2 could not run.
`;

/** Adds `putright compare`. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .summary('what happened to the sites between two trees or more')
    .description(
      'Compares surveys of two trees or more, the oldest first: which sites are new, gone, moved or converted, and whose facts changed. Sites are matched by what they are, never by their lines.',
    )
    .argument('<old>', 'folder of a tree, or the JSON file of its survey', filled)
    .argument('<new...>', 'the tree or survey to compare with; several make a progress curve', collect)
    .addOption(
      new Option('-f, --format <format>', 'text to read, json for programs, md for a mail').choices(Object.keys(writers)).default('text'),
    )
    .addOption(outputOption)
    .addOption(new Option('--fail-on <what>', 'exit 1 if there is one').choices(['regression']))
    .option('--findings <file>', 'findings of a tree (JSON of putright check); once for each tree, in the same order', collect)
    .addOption(jobsOption)
    .addOption(cacheOption)
    .addHelpText('after', EXAMPLES)
    .action(compareCommand);
}

async function compareCommand(old: string, news: string[], given: Given): Promise<void> {
  const trees = [old, ...news];
  const files = given.findings ?? [];
  if (files.length > 0 && files.length !== trees.length) {
    throw new Failure(`--findings was given ${files.length} times for ${trees.length} trees; give it once for each, or not at all`);
  }
  const { file, give } = destinationOf(given.output);
  const compared: Compared[] = [];
  for (const [n, tree] of trees.entries()) compared.push(await checkedOf(tree, files[n], engineOptions(given)));
  const { progressOf } = await import('../compare/compare.js');
  const progress = progressOf(compared);
  const colour = file === null && (standardOutput().colour ?? false);
  const content = await writers[given.format](progress, colour);
  // Only the first and the last tree count: what was broken and repaired in between is no regression.
  const count = given.failOn === undefined ? 0 : progress.whole.regressions.length;
  // Set before the output is written, since its reader may end the program.
  if (count > 0) process.exitCode = exitCodes.found;
  await give(content);
  if (count > 0) process.stderr.write(`putright: ${count} ${count === 1 ? 'regression' : 'regressions'}\n`);
}
