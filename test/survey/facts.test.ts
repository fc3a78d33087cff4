/** Facts are kept by their numbers: whichever of them are written, under a number stands what stood there. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Kind, Words } from '../../src/program/questions.js';
import { compacting, type Facts, growing, noFacts, wordsAt } from '../../src/survey/facts.js';

const word = fc.constantFrom('', 'a.c', 'b.h', 'put_page', '/x');
const words = fc.tuple(fc.constantFrom<Kind>('calling', 'read', 'items'), word, word);
const fact = fc.tuple(words, fc.constantFrom(null, '', 'one', 'another'));

type Fact = readonly [words: Words, answer: string | null];

function factAt(facts: Facts, number: number): Fact {
  return [wordsAt(facts, facts.questions[number] as number), facts.answers[number] as string | null];
}

/** The facts with more, and the numbers of those. */
function withMore(given: Facts, more: readonly Fact[]): { facts: Facts; numbers: number[] } {
  const grown = growing(given);
  return { numbers: more.map(([words, answer]) => grown.fact(grown.question(words), answer)), facts: grown.facts };
}

it('each fact has one number, and keeps it as others are added', () => {
  fc.assert(
    fc.property(fc.array(fact), fc.array(fact), (some, more) => {
      const first = withMore(noFacts(), some);
      const then = withMore(first.facts, [...more, ...some]);
      expect(first.numbers.map((n) => factAt(then.facts, n))).toEqual(some);
      expect(then.numbers.slice(more.length)).toEqual(first.numbers);
      expect(then.facts.answers.length).toBe(new Set([...some, ...more].map((f) => JSON.stringify(f))).size);
    }),
  );
});

it('those that are asked for are what they were, in the order in which they are asked for, and no others are left', () => {
  fc.assert(
    fc.property(fc.array(fact), fc.infiniteStream(fc.nat()), (all, stream) => {
      const { facts, numbers } = withMore(noFacts(), all);
      const asked = numbers.length === 0 ? [] : [...stream.take(10)].map((n) => numbers[n % numbers.length] as number);
      const compact = compacting(facts);
      const written = asked.map(compact.number);
      const left = compact.facts();
      expect(written.map((n) => factAt(left, n))).toEqual(asked.map((n) => factAt(facts, n)));
      expect([...new Set(written)]).toEqual([...new Set(asked)].map((_, i) => i));
      expect(left.answers.length).toBe(new Set(asked).size);
      expect(compact.count()).toBe(left.answers.length);
    }),
  );
});
