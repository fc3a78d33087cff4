/** How kept units are written: facts are many and shared, so units name them by number. */
import type { Stamp } from '../source/index.js';
import type { Unit } from './unit.js';

/** Goes up when a unit, or what it rests on, is written differently. */
export const FORMAT = 5;

/** A question and the answer on which units rest; `null` where only the stamp of the file asked about stands for it. */
export interface Fact {
  question: string;
  answer: string | null;
}

/** A unit and what it was worked out from, in some state of the tree. */
export interface Resting {
  unit: Unit;
  facts: readonly Fact[];
}

/** What tells a text from others: the file's stamp (`null` if that cannot be relied on), and a digest (`null` if it is in doubt). */
export interface KeptText {
  stamp: Stamp | null;
  digest: string | null;
}

/** What is kept of one tree. */
export interface Document {
  /** Names the index of which the answers of the current units are, but for the questions with the hashes in `drift`. */
  index: string;
  drift: readonly number[];
  /** Of the macros that all of the units were told of. */
  aliases: string;
  /** Facts of the tree as it was when this was written. */
  proven: ReadonlySet<Fact>;
  /** Of each file that these facts are about, what it was then. */
  texts: ReadonlyMap<string, KeptText>;
  /** The units of the tree as it was when this was written, by their files. */
  current: ReadonlyMap<string, Resting>;
  /** Units of other states of it, those used last first. */
  others: ReadonlyMap<string, readonly Resting[]>;
}

type WrittenUnit = [file: string, unit: Unit, facts: number[]];

interface Written {
  index: string;
  drift: readonly number[];
  aliases: string;
  texts: [file: string, stamp: number[] | null, digest: string | null][];
  questions: string[];
  answers: (string | null)[];
  /** How many of these are proven: they come first. */
  proven: number;
  current: WrittenUnit[];
  others: WrittenUnit[];
}

export function written({ index, drift, aliases, texts, current, others }: Omit<Document, 'proven'>): Buffer {
  const numbers = new Map<Fact, number>();
  const number = (fact: Fact): number => {
    const found = numbers.get(fact) ?? numbers.size;
    if (found === numbers.size) numbers.set(fact, found);
    return found;
  };
  const unit = (file: string, { unit, facts }: Resting): WrittenUnit => [file, unit, facts.map(number)];
  const present = Array.from(current, ([file, resting]) => unit(file, resting));
  const proven = numbers.size;
  const past = Array.from(others, ([file, all]) => all.map((resting) => unit(file, resting))).flat();
  const facts = [...numbers.keys()];
  const document: Written = {
    index,
    drift,
    aliases,
    texts: Array.from(texts, ([file, { stamp, digest }]) => [file, stamp && Array.from(stamp), digest]),
    questions: facts.map(({ question }) => question),
    answers: facts.map(({ answer }) => answer),
    proven,
    current: present,
    others: past,
  };
  return Buffer.from(JSON.stringify(document));
}

/** What was kept of a file, the latest first. */
export function statesOf({ current, others }: Pick<Document, 'current' | 'others'>, file: string): Resting[] {
  return [current.get(file) ?? [], others.get(file) ?? []].flat();
}

/** What was written, `null` if it cannot be read. */
export function readDocument(value: Buffer | null): Document | null {
  try {
    return value && documentOf(JSON.parse(value.toString()) as Written);
  } catch {
    return null;
  }
}

function documentOf({ index, drift, aliases, texts, questions, answers, proven, current, others }: Written): Document {
  const facts = questions.map((question, i): Fact => ({ question, answer: answers[i] ?? null }));
  const resting = ([, unit, numbers]: WrittenUnit): Resting => ({ unit, facts: numbers.map((i) => facts[i] as Fact) });
  const byFile = new Map<string, Resting[]>();
  for (const one of others) byFile.set(one[0], [...(byFile.get(one[0]) ?? []), resting(one)]);
  return {
    index,
    drift,
    aliases,
    texts: new Map(texts.map(([file, stamp, digest]) => [file, { stamp, digest }])),
    proven: new Set(facts.slice(0, proven)),
    current: new Map(current.map((one) => [one[0], resting(one)])),
    others: byFile,
  };
}
