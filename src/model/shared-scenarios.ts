/** The scenario that `test/model/spin/pages.pml` describes independently, so that the two models can be compared. */
import type { Actor, Instruction, Scenario } from './scenario.js';

/** The mistakes of the shared scenario, by the name of the macro in the Promela file. */
const sharedMistakes = {
  PUTFORPIN: [{ op: 'put', slot: 'a', mistake: true }],
  TWICE: [
    { op: 'unpin', slot: 'a' },
    { op: 'unpin', slot: 'a', mistake: true },
  ],
  NORELEASE: [{ op: 'omit', what: 'release a', mistake: true }],
} as const satisfies Record<string, readonly Instruction[]>;

/** The compared pairs: the design's macro, its name here, and the mistake's macro. */
export const sharedPairs = [
  { define: 'BIAS', design: 'bias', mistake: 'PUTFORPIN' },
  { define: 'PINCOUNT', design: 'folio-pincount', mistake: 'TWICE' },
  { define: 'LRUCOUNT', design: 'lru-count', mistake: 'NORELEASE' },
] as const;

/** Returns the scenario: one mistaken driver, `drivers - 1` correct ones, and a process that unmaps the page. */
export function sharedScenario(mistake: keyof typeof sharedMistakes, drivers = 2): Scenario {
  const pin: Instruction = { op: 'pin', page: 0, slot: 'a' };
  const driver = (name: string, ...rest: readonly Instruction[]): Actor => ({ name, program: [pin, ...rest] });
  return {
    name: `shared ${mistake}`,
    pages: [{ kind: 'anon' }],
    frames: 1,
    actors: [
      driver('mistaken', ...sharedMistakes[mistake]),
      ...Array.from({ length: drivers - 1 }, (_, n) => driver(`correct ${n}`, { op: 'unpin', slot: 'a' })),
      { name: 'process', program: [{ op: 'munmap', page: 0 }] },
    ],
  };
}
