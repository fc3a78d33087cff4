import type { Command } from 'commander';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';
import { parseJobs } from './options.js';
import { print } from './output.js';
import { runSurvey } from './run-survey.js';
import { standardOutput } from './terminal.js';

const EXAMPLES = `
Examples:
  $ putright explain ~/linux drivers/infiniband/core/umem.c:ib_umem_get:pin_user_pages_fast#1
  $ putright explain ~/linux drivers/infiniband/core/umem.c:220

The ids are in the JSON, CSV and XLSX of the survey; the text sheet shows FILE:LINE.
`;

/** Adds `putright explain`. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('one site as a story, with the code around each step')
    .description('Tells one row of the survey as a story: the code where the reference is taken, of each step on its way, and of each release, with line numbers and a caret; then what could not be followed, and what the row says in sentences.')
    .argument('<tree>', 'folder that the site is in')
    .argument('<id>', "the site's id, or its FILE:LINE")
    .option('-j, --jobs <n>', 'threads that read the tree (default: one per core)', parseJobs)
    .option('--cache <dir>', 'cache folder, as for survey')
    .addHelpText('after', EXAMPLES)
    .action(explainCommand);
}

async function explainCommand(tree: string, id: string, given: { jobs?: number; cache?: string }): Promise<void> {
  const survey = await runSurvey(tree, given);
  const { explain } = await import('../report/explain.js');
  const explanation = await explain(survey, id, standardOutput());
  if (explanation.found) {
    await print(explanation.text);
    return;
  }
  const ids = explanation.closest.map((close) => `\n  ${visible(close)}`).join('');
  const hint = ids ? `; closest are:${ids}` : '; the survey of it has no sites';
  throw new Failure(`no site ${visible(id)} in ${visible(tree)}${hint}`);
}
