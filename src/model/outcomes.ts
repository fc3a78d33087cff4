/** What can happen to a page. */

/** Each outcome with its meaning, in the order in which the matrix lists them. */
export const outcomes = {
  unevictable: 'when all is over, a page has references or pins that nobody will drop: it can never be evicted from memory',
  'freed-in-use':
    'the last reference went while a page table, the page cache, a holder or a device still used the page, or something was done through a pointer to a page that had been freed',
  'lost-write': 'something written to the page is in none of the places where it will be looked for, or will be dropped with a clean page',
  'changed-under-writeback': 'the page was written to between the start and the end of its writeback',
  overflow: 'the count passed 2^31 - 1; reached by making the mistake over and over',
} as const;

/** The name of an outcome. */
export type Outcome = keyof typeof outcomes;

/** The names of all outcomes. */
export const outcomeNames = Object.keys(outcomes) as Outcome[];

/** Returns the bit of an outcome in a verdict. */
export function outcomeBit(outcome: Outcome): number {
  return 1 << outcomeNames.indexOf(outcome);
}

/** Returns the outcomes in a verdict, in the table's order. */
export function outcomesOf(verdict: number): Outcome[] {
  return outcomeNames.filter((name) => (verdict & outcomeBit(name)) !== 0);
}
