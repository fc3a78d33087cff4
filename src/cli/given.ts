/** Reads what `report` and `compare` are given: a tree, or a file that another command wrote. */
import { statSync } from 'node:fs';
import type { Compared } from '../compare/compare.js';
import type { Finding } from '../compare/finding.js';
import type { Matrix } from '../report/read/matrix.js';
import { ShapeError } from '../report/read/shape.js';
import { visible } from '../report/visible.js';
import type { Survey } from '../survey/row.js';
import type { Task } from './engine.js';
import { Failure } from './failure.js';
import { readNamed } from './input.js';
import { runChecked, runSurvey } from './run-survey.js';

/** Reads a file by `read`. If its content is wrong, fails with a message that names the file and says how to make one. */
function readBy<T>(file: string, what: string, read: (json: string) => T): T {
  const json = readNamed(file);
  try {
    return read(json);
  } catch (error) {
    if (error instanceof ShapeError) throw new Failure(`${visible(file)} is not ${what}: ${error.message}`);
    throw error;
  }
}

/** True for anything that exists and is no folder, such as `/dev/stdin`, or what a shell makes of `<(…)`. */
const isFile = (given: string): boolean => statSync(given, { throwIfNoEntry: false })?.isDirectory() === false;

/**
 * The survey of a tree or from a file, with its findings. A tree is checked in the same pass, unless `findings` names a file or it is only
 * to be surveyed. A survey's file has no findings of its own; without `findings` they are unknown.
 */
export async function checkedOf(
  given: string,
  findings: string | undefined,
  options: Task['options'],
  isChecked = true,
): Promise<Compared> {
  const told = await findingsOf(findings);
  if (isFile(given)) return { survey: await readSurveyFile(given), findings: told };
  if (told || !isChecked) return { survey: await runSurvey(given, options), findings: told };
  return runChecked(given, options);
}

async function readSurveyFile(given: string): Promise<Survey> {
  const { readSurvey } = await import('../report/read/survey.js');
  return readBy(given, 'a survey (putright survey TREE --format json -o FILE makes one)', readSurvey);
}

/** The findings in a file, if one is named. */
async function findingsOf(file: string | undefined): Promise<Finding[] | undefined> {
  if (file === undefined) return undefined;
  const { readFindings } = await import('../report/read/findings.js');
  return readBy(file, 'a file of findings (putright check TREE --format json -o FILE makes one)', readFindings);
}

/** The model's matrix in a file, if one is named. */
export async function matrixOf(file: string | undefined): Promise<Matrix | undefined> {
  if (file === undefined) return undefined;
  const { readMatrix } = await import('../report/read/matrix.js');
  return readBy(file, "the model's matrix (putright model --format json -o FILE makes one)", readMatrix);
}
