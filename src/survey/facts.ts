/** What units rest on, in tables: questions that were put to a tree, and its answers. Each is listed once and named by its number. */
import type { Kind, Words } from '../program/questions.js';

/** Tables of questions and of facts (a question with an answer). */
export interface Facts {
  /** The words of questions, each once. The first is empty. */
  words: string[];
  /** For each question its kind, and the numbers of its words. */
  kinds: Kind[];
  firsts: number[];
  seconds: number[];
  /** For each fact the number of its question, and the answer; `null` if only the stamp of the file it is about vouches for it. */
  questions: number[];
  answers: (string | null)[];
}

/** Returns empty tables. */
export function noFacts(): Facts {
  return { words: [''], kinds: [], firsts: [], seconds: [], questions: [], answers: [] };
}

/** Returns a question by its number. */
export function wordsAt({ kinds, words, firsts, seconds }: Facts, question: number): Words {
  const word = (of: readonly number[]): string => words[of[question] as number] as string;
  return [kinds[question] as Kind, word(firsts), word(seconds)];
}

/** Tables that grow. */
export interface Growing {
  facts: Facts;
  /** Returns the number of a question, which is added if it is new. */
  question(words: Words): number;
  /** Returns the number of a fact, which is added if it is new. */
  fact(question: number, answer: string | null): number;
}

/** Returns a copy of the facts to which more can be added. */
export function growing(given: Facts): Growing {
  const facts: Facts = {
    words: [...given.words],
    kinds: [...given.kinds],
    firsts: [...given.firsts],
    seconds: [...given.seconds],
    questions: [...given.questions],
    answers: [...given.answers],
  };
  const numbers = new Map(facts.words.map((word, i) => [word, i]));
  const byWord = chained(facts.firsts);
  const byQuestion = chained(facts.questions);
  const numberOf = (word: string): number => {
    const known = numbers.get(word) ?? numbers.size;
    if (known === facts.words.length) {
      facts.words.push(word);
      numbers.set(word, known);
    }
    return known;
  };
  return {
    facts,
    question([kind, first, second]) {
      const words = [numberOf(first), numberOf(second)] as const;
      const known = byWord.find(words[0], (n) => facts.kinds[n] === kind && facts.seconds[n] === words[1]);
      if (known !== undefined) return known;
      facts.kinds.push(kind);
      facts.seconds.push(words[1]);
      return byWord.add(words[0]);
    },
    fact(question, answer) {
      const known = byQuestion.find(question, (n) => facts.answers[n] === answer);
      if (known !== undefined) return known;
      facts.answers.push(answer);
      return byQuestion.add(question);
    },
  };
}

/**
 * Finds rows of a table by the value in one of its columns, and adds rows. Linked lists, since the tables are long and built anew in each
 * run.
 */
function chained(column: number[]): {
  find(value: number, isIt: (row: number) => boolean): number | undefined;
  add(value: number): number;
} {
  const last: number[] = [];
  const before: number[] = [];
  column.forEach(link);
  function link(value: number, row: number): void {
    before.push(last[value] ?? -1);
    last[value] = row;
  }
  return {
    find(value, isIt) {
      for (let row = last[value] ?? -1; row >= 0; row = before[row] as number) if (isIt(row)) return row;
      return undefined;
    },
    add(value) {
      const row = column.push(value) - 1;
      link(value, row);
      return row;
    },
  };
}

/** Renumbers facts: those that are asked for get new numbers, in that order, and `facts()` returns the tables with only these. */
export function compacting(facts: Facts): { number(fact: number): number; count(): number; facts(): Facts } {
  const asked = numbering(facts.questions.length);
  return {
    number: asked.number,
    count: () => asked.old.length,
    facts() {
      const questions = numbering(facts.kinds.length);
      const words = numbering(facts.words.length);
      words.number(0);
      const ofFacts = asked.old.map((n) => questions.number(facts.questions[n] as number));
      const firsts = questions.old.map((n) => words.number(facts.firsts[n] as number));
      const seconds = questions.old.map((n) => words.number(facts.seconds[n] as number));
      return {
        words: words.old.map((n) => facts.words[n] as string),
        kinds: questions.old.map((n) => facts.kinds[n] as Kind),
        firsts,
        seconds,
        questions: ofFacts,
        answers: asked.old.map((n) => facts.answers[n] as string | null),
      };
    },
  };
}

/** Gives new numbers, in the order in which they are asked for, to some of `count` old ones. */
function numbering(count: number): { number(old: number): number; old: readonly number[] } {
  const numbers = new Int32Array(count).fill(-1);
  const old: number[] = [];
  return {
    old,
    number(of) {
      if ((numbers[of] as number) < 0) numbers[of] = old.push(of) - 1;
      return numbers[of] as number;
    },
  };
}
