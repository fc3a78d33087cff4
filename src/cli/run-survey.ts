/** What `survey` and `explain` have in common: run the engine with its progress line and say its warnings. */
import { visible } from '../report/visible.js';
import type { SurveyOptions } from '../survey/options.js';
import type { Survey } from '../survey/row.js';
import { Failure } from './failure.js';
import { startProgress } from './progress.js';

/** Warnings that are printed one by one; the JSON has all of them. */
const WARNINGS = 20;

function sayWarnings(survey: Survey): void {
  for (const warning of survey.warnings.slice(0, WARNINGS)) {
    process.stderr.write(`putright: warning: ${visible(warning.file)}: ${visible(warning.why)}\n`);
  }
  const more = survey.warnings.length - WARNINGS;
  if (more > 0) process.stderr.write(`putright: warning: and ${more} more\n`);
}

/** Surveys the tree; the progress line is gone and the warnings are said when it resolves. */
export async function runSurvey(tree: string, options: SurveyOptions): Promise<Survey> {
  const progress = startProgress(process.stderr);
  clearLine = progress.clear;
  try {
    progress.report('starting', 0, 0);
    // The engine brings the parser with it, which --help and a wrong option need not wait for.
    const { survey } = await import('../survey/index.js');
    const result = await survey(tree, { ...options, onProgress: progress.report });
    progress.clear();
    sayWarnings(result);
    return result;
  } catch (error) {
    progress.clear();
    throw await said(error);
  }
}

/** Takes the progress line away; called when the program is interrupted. */
export let clearLine: () => void = () => {};

/** A tree that cannot be surveyed is the user's to put right; its error is a line that says so already. */
async function said(error: unknown): Promise<unknown> {
  const { TreeError } = await import('../source/index.js');
  return error instanceof TreeError ? new Failure(error.message) : error;
}
