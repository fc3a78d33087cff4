/** The survey of a tree some of whose files had other texts: what rests on none of them need not be done again. */
import { answerOf, fileOf, isUntouched, type Words, wordsOf } from '../program/questions.js';
import { overlay, type Tree } from '../source/index.js';
import { type Inspected, surveyedFiles } from './index.js';
import type { SurveyOptions } from './options.js';
import { type Inspection, surveyFiles } from './threads.js';
import type { Unit, Worked } from './unit.js';
import { wantedFiles } from './wanted.js';

/** The units of a tree with other texts, by their files. */
export interface Other {
  units: ReadonlyMap<string, Unit>;
  /** Those that had to be worked out, if a later run can use them. */
  fresh: (Worked & { tree: Tree }) | undefined;
}

/**
 * The units of the tree with other texts: those that are as they are on disk, and of the others those that are asked for. What an
 * earlier run kept of these is used.
 *
 * @param inspected with the questions behind its units
 * @param texts of C files by their path, as latin1; `null` for one that is not there
 * @param isWanted asks for a unit, given as it is on disk, with the other texts; one that is not on disk always is
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
    // Also of one that is not asked for: what holds there is kept for the next change.
    const unit = heldIn(file);
    if (unit) found.set(file, unit);
    else if (!known || isWanted(known)) open.push(file);
  }
  // One thread: the other texts are not handed to others, and a change mostly touches few units.
  const work = { aliases, files: open, keep: kept !== null, inspection };
  const { units: surveyed, texts: read, answers } = await surveyFiles(other, work, { ...options, jobs: 1 });
  for (const [file, { unit }] of surveyed) found.set(file, unit);
  const inOrder = files.flatMap((file): [string, Unit][] => (found.has(file) ? [[file, found.get(file) as Unit]] : []));
  return { units: new Map(inOrder), fresh: sameMacros ? { tree: other, units: surveyed, texts: read, answers } : undefined };
}

/** Whether a question has the same answer in both trees; each is put once. */
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
