/** Surveys a tree in which some files have other texts. What rests on none of them is not done again. */
import { answerOf, fileOf, isUntouched, type Words, wordsOf } from '../program/questions.js';
import { overlay, type Tree } from '../source/index.js';
import { type Inspected, surveyedFiles } from './index.js';
import type { SurveyOptions } from './options.js';
import { type Inspection, surveyFiles } from './threads.js';
import type { Unit, Worked } from './unit.js';
import { wantedFiles } from './wanted.js';

/** The units of a tree with other texts, by file. */
export interface Other {
  units: ReadonlyMap<string, Unit>;
  /** Those that had to be worked out, if a later run can use them. */
  fresh: (Worked & { tree: Tree }) | undefined;
}

/**
 * Returns the units of the tree with other texts: all that are unchanged or were kept by an earlier run, and of the others those that are
 * wanted.
 *
 * @param inspected a survey whose units have their questions
 * @param texts of C files by path, as latin1; `null` for a file that is not there
 * @param isWanted asks whether a unit, given as it is on disk, is to be worked out with the other texts; one that is not on disk always is
 */
export async function unitsWith(
  inspected: Inspected,
  texts: ReadonlyMap<string, string | null>,
  inspection: Inspection,
  options: SurveyOptions,
  isWanted: (unit: Unit) => boolean,
): Promise<Other> {
  const { tree, units, fresh, kept } = inspected;
  const other = overlay(tree, texts);
  const { files: all, aliases } = surveyedFiles(other);
  const files = all.filter(wantedFiles(options.paths));
  const same = sameAnswers(tree, other, texts);
  const sameMacros = JSON.stringify(aliases) === JSON.stringify(surveyedFiles(tree).aliases);
  const heldBefore = kept?.heldIn(other, aliases) ?? (() => undefined);
  const heldIn = (file: string): Unit | undefined => {
    const worked = fresh.units.get(file);
    return worked && sameMacros && worked.questions.every(same) ? worked.unit : heldBefore(file);
  };
  const found = new Map<string, Unit>();
  const open: string[] = [];
  for (const file of files) {
    const known = units.get(file);
    // This is looked up also for a unit that is not wanted: if it is valid, it is kept for the next change.
    const unit = heldIn(file);
    if (unit) found.set(file, unit);
    else if (!known || isWanted(known)) open.push(file);
  }
  // On one thread: the other texts are not shared with other threads, and a change mostly touches few units.
  const work = { aliases, files: open, keep: kept !== null, inspection };
  const { units: surveyed, texts: read, answers } = await surveyFiles(other, work, { ...options, jobs: 1 });
  for (const [file, { unit }] of surveyed) found.set(file, unit);
  const inOrder = files.flatMap((file): [string, Unit][] => (found.has(file) ? [[file, found.get(file) as Unit]] : []));
  return { units: new Map(inOrder), fresh: sameMacros ? { tree: other, units: surveyed, texts: read, answers } : undefined };
}

/** Makes the test whether a question has the same answer in both trees. Each question is looked up once. */
function sameAnswers(tree: Tree, other: Tree, texts: ReadonlyMap<string, unknown>): (question: string) => boolean {
  const known = new Map<string, boolean>();
  const isUntouchedBy = (words: Words): boolean => {
    const file = fileOf(words);
    return file === null ? other.since !== null && isUntouched(other, words, other.since.differences) : !texts.has(file);
  };
  return (question) => {
    let answer = known.get(question);
    if (answer === undefined) {
      const words = wordsOf(question);
      const before = isUntouchedBy(words) ? '' : answerOf(tree, words);
      answer = before === '' || (before !== null && before === answerOf(other, words));
      known.set(question, answer);
    }
    return answer;
  };
}
