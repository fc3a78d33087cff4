import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';
import { cacheOption, engineOptions, filled, jobsOption } from './options.js';
import { print } from './output.js';
import { runChecked, runSurvey } from './run-survey.js';
import { standardOutput } from './terminal.js';

const EXAMPLES = `
Examples:
  $ putright explain ~/linux drivers/infiniband/core/umem.c:ib_umem_get:pin_user_pages_fast#1
  $ putright explain ~/linux drivers/infiniband/core/umem.c:220
  $ putright explain ~/linux leak-on-path:577ea2910d1bdb8b

A line tells of all findings and sites that stand in it; the text of the survey
and of the check shows FILE:LINE. The ids of sites are in the JSON, CSV and XLSX
of the survey, those of findings in the JSON and SARIF and in the baseline of
the check.
`;

/** Adds `putright explain`. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('a site, a finding, or all that stands in a line, as a story with the code around each step')
    .description(
      'Tells one row of the survey as a story: the code where the reference is taken, of each step on its way, and of each release, with line numbers and a caret; then what could not be followed, and what the row says in sentences. Or one finding of the check: the code of each step of its path. Or all findings and sites that stand in a line.',
    )
    .argument('<tree>', 'folder that the site or the finding is in', filled)
    .argument('<id>', "FILE:LINE of sites and findings, or a site's id, or a finding's id", filled)
    .addOption(jobsOption)
    .addOption(cacheOption)
    .addHelpText('after', EXAMPLES)
    .action(explainCommand);
}

/** A glob that matches only this path. */
function exactly(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|^$]/g, '\\$&');
}

/** The id with its file relative to the tree: people, shells and editors give a path relative to where they are. */
function inTree(tree: string, id: string): string {
  const [file = '', ...rest] = id.split(':');
  const ways = [resolve(tree, file), resolve(file)].filter((path) => existsSync(path)).map((path) => relative(resolve(tree), path));
  const below = ways.find((way) => way !== '' && !isAbsolute(way) && way.split(sep)[0] !== '..');
  return below === undefined ? id : [below, ...rest].join(':');
}

async function explainCommand(tree: string, named: string, given: { jobs?: number; cache?: string }): Promise<void> {
  const options = engineOptions(given);
  const { explainFinding, isFindingId } = await import('../report/explain-finding.js');
  if (isFindingId(named)) {
    const { findings } = await runChecked(tree, options);
    const told = await explainFinding(tree, findings, named, standardOutput());
    if (told.found) return print(told.text);
    throw new Failure(`no finding ${visible(named)} in ${visible(tree)}${hintOf(told.closest, 'the check of it has no findings')}`);
  }
  const id = inTree(tree, named);
  const { explainPlace, isPlace } = await import('../report/explain-place.js');
  if (isPlace(id)) {
    // What is wrong in a file may be wrong with pages taken in another, so the whole tree is checked.
    const { survey, findings } = await runChecked(tree, options);
    const told = await explainPlace(survey, findings, id, standardOutput());
    if (told.found) return print(told.text);
    throw new Failure(`no site or finding at ${visible(id)} in ${visible(tree)}${hintOf(told.closest, 'there are none in it')}`);
  }
  const { explain } = await import('../report/explain.js');
  // Only the sites of the id's own file are followed. If that has none, the whole tree's are, to find the id or those most like it.
  const file = id.split(':')[0] ?? '';
  const own = /\.[ch]$/.test(file) && existsSync(join(tree, file)) ? [{ paths: [exactly(file)] }] : [];
  let closest: string[] = [];
  for (const scope of [...own, {}]) {
    const explanation = await explain(await runSurvey(tree, { ...options, ...scope }), id, standardOutput());
    if (explanation.found) return print(explanation.text);
    closest = explanation.closest;
    if (closest.length > 0) break;
  }
  throw new Failure(`no site ${visible(id)} in ${visible(tree)}${hintOf(closest, 'the survey of it has no sites')}`);
}

function hintOf(closest: readonly string[], none: string): string {
  return closest.length > 0 ? `; closest are:${closest.map((close) => `\n  ${visible(close)}`).join('')}` : `; ${none}`;
}
