/** What is kept of a tree from one run to the next: what is still valid, what is new, and a little of what was valid before. */
import { answerOf, fileOf, isOfWholeText, type Words, wordsOf } from '../program/questions.js';
import { areSameStamps, type Tree } from '../source/index.js';
import { type Document, type KeptText, type Resting, statesOf } from './document.js';
import { type Facts, type Growing, growing, wordsAt } from './facts.js';
import type { Worked } from './unit.js';

/** How many units of other states of the tree are kept for one file. */
const OTHERS = 2;

/** What of a document is valid in the tree as it is. */
interface Held {
  /** Units, by file. */
  units: ReadonlyMap<string, Resting>;
  /** True if a fact, given by its number, is true. */
  holds(fact: number): boolean;
}

/**
 * Returns the document to be kept after a run.
 *
 * @param held what of `document` is valid in the tree
 * @param fresh units of the tree that were worked out in this run
 * @param used units of `document` that are valid in another state of the tree
 * @param others units of another state of the tree that were worked out in this run
 */
export function renewed(
  document: Document,
  tree: Tree,
  held: Held,
  fresh: Worked,
  used: ReadonlyMap<string, Resting>,
  others?: Worked & { tree: Tree },
): Omit<Document, 'proven'> {
  const texts = new Map<string, KeptText>();
  const textOf = (file: string): KeptText => {
    let text = texts.get(file);
    if (text === undefined) {
      text = textNow(document, tree, fresh, file);
      texts.set(file, text);
    }
    return text;
  };
  const all = growing(document.facts);
  const before = answersOf(document, held);
  const answer = (question: number, words: Words): string | null => {
    const known = before[question];
    const file = fileOf(words);
    if (file === null) return known ?? answerOf(tree, words);
    const { digest } = textOf(file);
    // If the file changed during the run, a unit that is still valid may rest on another text than a new one: then there is no single
    // answer.
    if (!fresh.texts.has(file)) return known ?? null;
    return digest !== null && known != null ? known : answerIn(tree, words, digest, read[question]);
  };
  const read = answersIn(all, fresh);
  const factOf = factsAs(all, answer);
  const current = new Map<string, Resting>();
  for (const [file, { unit, facts }] of held.units)
    current.set(file, { unit, facts: facts.map((fact) => factOf(all.facts.questions[fact] as number)) });
  for (const [file, resting] of restingOn(all, fresh, factOf)) current.set(file, resting);
  const made = others ? workedOut(all, others) : new Map<string, Resting>();
  const states = statesBeside(document, all.facts, held.units, used, made);
  return { index: tree.index, drift: tree.drift, aliases: document.aliases, facts: all.facts, texts, current, others: states };
}

/** A file's stamp, and the digest of its text if everyone who has read it has read the same text. */
function textNow({ texts }: Document, tree: Tree, fresh: Worked, file: string): KeptText {
  const stamp = tree.stampOf(file);
  const kept = texts.get(file);
  const read = [fresh.texts.get(file), tree.digestOf(file), kept && areSameStamps(kept.stamp, stamp) ? kept.digest : undefined];
  const digests = new Set(read.filter((digest) => digest !== undefined));
  const [digest = null] = digests.size === 1 ? digests : [];
  return { stamp, digest };
}

/** The valid answers, by number of the question; `null` if only a stamp vouches for an answer. */
function answersOf({ facts: { kinds, questions, answers }, proven }: Document, { units, holds }: Held): (string | null | undefined)[] {
  const known: (string | null | undefined)[] = new Array(kinds.length);
  const note = (fact: number): void => {
    const question = questions[fact] as number;
    const answer = answers[fact] as string | null;
    known[question] = known[question] !== undefined && known[question] !== answer ? null : answer;
  };
  for (let fact = 0; fact < proven; fact++) if (holds(fact)) note(fact);
  for (const { facts } of units.values()) for (const fact of facts) if (fact >= proven) note(fact);
  return known;
}

/** The answers that were given while the units were worked out, by number of the question. */
function answersIn(all: Growing, { answers }: Worked): (string | null | undefined)[] {
  const known: (string | null | undefined)[] = new Array(all.facts.kinds.length);
  for (const [question, answer] of answers) known[all.question(wordsOf(question))] = answer;
  return known;
}

/**
 * The answer to a question about a text with this digest; `null` if it is not certain to be about that text.
 *
 * @param read the answer that was given while units were worked out
 */
function answerIn(tree: Tree, words: Words, digest: string | null, read: string | null | undefined): string | null {
  const file = fileOf(words);
  if (file === null) return answerOf(tree, words);
  if (digest === null || isOfWholeText(words)) return digest;
  if (read !== undefined) return read;
  const answer = answerOf(tree, words);
  return tree.digestOf(file) === digest ? answer : null;
}

/** Units of another state of the tree that were worked out in this run, by file. */
function workedOut(all: Growing, others: Worked & { tree: Tree }): Map<string, Resting> {
  const { tree, texts } = others;
  const read = answersIn(all, others);
  const factOf = factsAs(all, (question, words) => answerIn(tree, words, texts.get(words[1]) ?? null, read[question]));
  return restingOn(all, others, factOf);
}

/** Makes the lookup of the fact about a question in one state of the tree. Each question is answered once. */
function factsAs(all: Growing, answer: (question: number, words: Words) => string | null): (question: number) => number {
  const facts: (number | undefined)[] = new Array(all.facts.kinds.length);
  return (question) => {
    facts[question] ??= all.fact(question, answer(question, wordsAt(all.facts, question)));
    return facts[question];
  };
}

/** The new units, with the facts that they rest on. */
function restingOn(all: Growing, { units }: Worked, factOf: (question: number) => number): Map<string, Resting> {
  return new Map(
    Array.from(units, ([file, { unit, questions }]) => [
      file,
      { unit, facts: questions.map((text) => factOf(all.question(wordsOf(text)))) },
    ]),
  );
}

/**
 * The units of other states of the tree to be kept, by file, the most recently used first; without those for which an answer is not known.
 */
function statesBeside(
  document: Document,
  { answers }: Facts,
  held: ReadonlyMap<string, Resting>,
  used: ReadonlyMap<string, Resting>,
  made: ReadonlyMap<string, Resting>,
): Map<string, Resting[]> {
  const states = new Map<string, Resting[]>();
  for (const file of new Set([...made.keys(), ...document.current.keys(), ...document.others.keys()])) {
    const all = [made.get(file) ?? [], used.get(file) ?? [], statesOf(document, file)].flat();
    const beside = [...new Set(all.filter((resting) => resting !== held.get(file)))].slice(0, OTHERS);
    const known = beside.filter(({ facts }) => facts.every((fact) => answers[fact] !== null));
    if (known.length > 0) states.set(file, known);
  }
  return states;
}
