/** Units that a later run can use again: kept with the questions that they rest on, and used where the answers are the same. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { FunctionReference } from '../program/file.js';
import { answerOf, fileOf, isUntouched } from '../program/questions.js';
import { openStore, type Tree } from '../source/index.js';
import { codeDigest } from './code.js';
import type { Unit } from './unit.js';

/** Goes up when a unit, or what it rests on, is written differently. */
const FORMAT = 2;

/** A unit and what it was worked out from. */
export interface AskedUnit {
  unit: Unit;
  questions: readonly string[];
}

/** The units of one tree that still hold. */
export interface Kept {
  units: ReadonlyMap<string, AskedUnit>;
  /** Keeps these and those that hold, in place of what was kept. */
  save(fresh: ReadonlyMap<string, AskedUnit>): void;
}

/** As it is written: questions are many and shared, so units name them by number. */
interface Document {
  /** Names the tree's index of which the answers are. */
  index: string;
  aliases: string;
  questions: string[];
  /** The answer to each question, `null` where the file's stamp stands for it. */
  answers: (string | null)[];
  /** Of each file whose content was asked about. */
  stamps: Record<string, string>;
  units: Record<string, { unit: Unit; questions: number[] }>;
}

/**
 * Opens what earlier runs of the same code kept of the tree in the folder `dir`.
 *
 * @param reader who asks: a check keeps its findings with the units, a survey has none
 */
export function openKept(dir: string, reader: string, tree: Tree, aliases: readonly FunctionReference[]): Kept {
  const store = openStore(dir, `units ${codeDigest()} ${FORMAT}`);
  const key = `${reader} ${realpathSync(tree.root)}`;
  const macros = createHash('sha1').update(JSON.stringify(aliases)).digest('base64');
  const document = read(store.get(key));
  const { units, answers } = holding(document, macros, tree);
  return {
    units,
    save(fresh) {
      // What was kept of another index takes long to compare with this one's answers.
      if (fresh.size === 0 && document?.index === tree.index) return;
      store.put(key, Buffer.from(JSON.stringify(written(new Map([...units, ...fresh]), answers, macros, tree))));
    },
  };
}

function read(value: Buffer | null): Document | null {
  try {
    return value && (JSON.parse(value.toString()) as Document);
  } catch {
    return null;
  }
}

/** What of a document still holds: its units, and the answers to its questions. */
interface Holding {
  units: Map<string, AskedUnit>;
  answers: Map<string, string | null>;
}

function holding(document: Document | null, macros: string, tree: Tree): Holding {
  const units = new Map<string, AskedUnit>();
  const answers = new Map<string, string | null>();
  if (!document || document.aliases !== macros) return { units, answers };
  document.questions.forEach((question, i) => {
    const answer = document.answers[i] ?? null;
    if (isSame(question, answer, document, tree)) answers.set(question, answer);
  });
  for (const [file, { unit, questions }] of Object.entries(document.units)) {
    const asked = questions.map((i) => document.questions[i] as string);
    if (asked.every((question) => answers.has(question))) units.set(file, { unit, questions: asked });
  }
  return { units, answers };
}

function isSame(question: string, answer: string | null, { index, stamps }: Document, tree: Tree): boolean {
  const file = fileOf(question);
  if (file !== null) {
    const stamp = tree.stampOf(file);
    if (stamp !== '' && stamp === stamps[file]) return true;
  } else if (tree.since !== null && index === tree.since.index && isUntouched(tree, question, tree.since.differences)) return true;
  return answer !== null && answerOf(tree, question) === answer;
}

/** The units as they are kept; what was answered already is not asked again, since asking may mean reading a file. */
function written(
  units: ReadonlyMap<string, AskedUnit>,
  answers: ReadonlyMap<string, string | null>,
  aliases: string,
  tree: Tree,
): Document {
  const numbers = new Map<string, number>();
  const document: Document = { index: tree.index, aliases, questions: [], answers: [], stamps: {}, units: {} };
  const number = (question: string): number => {
    let found = numbers.get(question);
    if (found === undefined) {
      found = document.questions.push(question) - 1;
      numbers.set(question, found);
      const known = answers.get(question);
      document.answers.push(known === undefined ? answerOf(tree, question) : known);
      const file = fileOf(question);
      if (file !== null) document.stamps[file] = tree.stampOf(file);
    }
    return found;
  };
  for (const [file, { unit, questions }] of units) document.units[file] = { unit, questions: questions.map(number) };
  return document;
}
