/** What is kept of a tree from one run to the next: what still holds, what is new, and a little of what held before. */
import { answerOf, fileOf, isOfWholeText } from '../program/questions.js';
import { areSameStamps, type Tree } from '../source/index.js';
import { type Document, type Fact, type KeptText, type Resting, statesOf } from './document.js';
import type { Worked } from './unit.js';

/** So many units of other states of the tree are kept of one file. */
const OTHERS = 2;

/**
 * The document of a later run.
 *
 * @param held units of `document` that hold in the tree, by their files
 * @param fresh units of the tree that were worked out anew
 * @param used units of `document` that hold in another state of the tree
 * @param others units of another state of the tree that were worked out anew
 */
export function renewed(
  document: Document,
  tree: Tree,
  held: ReadonlyMap<string, Resting>,
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
  const known = answersOf(held);
  const answer = (question: string): string | null => {
    const before = known.get(question);
    const file = fileOf(question);
    if (file === null) return before ?? answerOf(tree, question);
    const { digest } = textOf(file);
    // A unit that held may rest on another text than a fresh one if the file changed in between: then there is no one answer.
    if (!fresh.texts.has(file)) return before ?? null;
    return digest !== null && before !== undefined ? before : answerIn(tree, question, digest, fresh.answers);
  };
  const facts = new Map<string, Fact>();
  const factOf = (question: string): Fact => {
    let fact = facts.get(question);
    if (fact === undefined) {
      fact = { question, answer: answer(question) };
      facts.set(question, fact);
    }
    return fact;
  };
  const current = new Map<string, Resting>();
  for (const [file, { unit, facts }] of held) current.set(file, { unit, facts: facts.map(({ question }) => factOf(question)) });
  for (const [file, { unit, questions }] of fresh.units) current.set(file, { unit, facts: questions.map(factOf) });
  const states = statesBeside(document, held, used, others);
  return { index: tree.index, drift: tree.drift, aliases: document.aliases, texts, current, others: sharing(facts, states) };
}

/** A file's stamp, and the digest of its text if all who have read it have read the same. */
function textNow({ texts }: Document, tree: Tree, fresh: Worked, file: string): KeptText {
  const stamp = tree.stampOf(file);
  const kept = texts.get(file);
  const read = [fresh.texts.get(file), tree.digestOf(file), kept && areSameStamps(kept.stamp, stamp) ? kept.digest : undefined];
  const digests = new Set(read.filter((digest) => digest !== undefined));
  const [digest = null] = digests.size === 1 ? digests : [];
  return { stamp, digest };
}

/** The answers on which units rest; `null` where one stands on a stamp alone. */
function answersOf(units: ReadonlyMap<string, Resting>): Map<string, string | null> {
  const known = new Map<string, string | null>();
  for (const { facts } of units.values()) {
    for (const { question, answer } of facts) known.set(question, known.has(question) && known.get(question) !== answer ? null : answer);
  }
  return known;
}

/** The answer to a question, if what it is about has the digest of the text that the answer is to be of. */
function answerIn(tree: Tree, question: string, digest: string | null, answers: Worked['answers']): string | null {
  const file = fileOf(question);
  if (file === null) return answerOf(tree, question);
  if (digest === null || isOfWholeText(question)) return digest;
  const known = answers.get(question);
  if (known !== undefined) return known;
  const answer = answerOf(tree, question);
  return tree.digestOf(file) === digest ? answer : null;
}

/** By file, the units of other states of the tree that are kept, those used last first. */
function statesBeside(
  document: Document,
  held: ReadonlyMap<string, Resting>,
  used: ReadonlyMap<string, Resting>,
  others: (Worked & { tree: Tree }) | undefined,
): Map<string, Resting[]> {
  const made = new Map<string, Resting>();
  if (others) {
    const { tree, units, texts, answers } = others;
    const facts = new Map<string, Fact>();
    for (const [file, { unit, questions }] of units) {
      for (const question of questions) {
        if (!facts.has(question))
          facts.set(question, { question, answer: answerIn(tree, question, texts.get(fileOf(question) ?? '') ?? null, answers) });
      }
      made.set(file, { unit, facts: questions.map((question) => facts.get(question) as Fact) });
    }
  }
  const states = new Map<string, Resting[]>();
  for (const file of new Set([...made.keys(), ...document.current.keys(), ...document.others.keys()])) {
    const all = [made.get(file) ?? [], used.get(file) ?? [], statesOf(document, file)].flat();
    const beside = new Set(all.filter((resting) => resting !== held.get(file)));
    if (beside.size > 0) states.set(file, [...beside].slice(0, OTHERS));
  }
  return states;
}

/** The same units, resting on the given facts where they are the same; without those of which an answer is not known. */
function sharing(present: ReadonlyMap<string, Fact>, states: ReadonlyMap<string, readonly Resting[]>): Map<string, Resting[]> {
  const shared = new Map<string, Fact>();
  const sharedFact = (fact: Fact): Fact => {
    const now = present.get(fact.question);
    if (now?.answer === fact.answer) return now;
    const key = `${fact.question}\0\0${fact.answer}`;
    const found = shared.get(key) ?? fact;
    shared.set(key, found);
    return found;
  };
  const kept = new Map<string, Resting[]>();
  for (const [file, all] of states) {
    const known = all.filter(({ facts }) => facts.every(({ answer }) => answer !== null));
    if (known.length > 0)
      kept.set(
        file,
        known.map(({ unit, facts }) => ({ unit, facts: facts.map(sharedFact) })),
      );
  }
  return kept;
}
