import { describe, expect, it } from 'vitest';
import { compile, designs, explore, type Instruction, type Scenario } from '../../src/model/index.js';
import { CMA, PRESENT } from '../../src/model/layout.js';
import { hasFlag, pteFrame, pteOf, refOf } from '../../src/model/machine.js';

const bias = designs.find(({ name }) => name === 'bias')!;

/** Where a page is at the ends at which it is pinned: in memory that must stay movable, or not. */
function ends(longterm: boolean, ...others: Instruction[]): Set<boolean> {
  const scenario: Scenario = {
    name: 'longterm',
    pages: [{ kind: 'anon', cma: true }],
    frames: 2,
    actors: [
      { name: 'driver', program: [{ op: 'pin', page: 0, slot: 'a', longterm }] },
      { name: 'other', program: others },
    ],
  };
  const system = compile(scenario, bias);
  const seen = new Set<boolean>();
  const found = explore(system, {
    onEnd: (s) => {
      const pte = pteOf(system.machine, s, 0, 0);
      expect(pte & PRESENT).toBe(PRESENT);
      // A pin that could not be had, since somebody else was just moving the page, holds nothing.
      if (refOf(system.machine, s, pteFrame(pte)) >= 1024) seen.add(hasFlag(system.machine, s, pteFrame(pte), CMA));
      return undefined;
    },
  });
  expect([found.finished, found.stuck]).toEqual([true, 0]);
  return seen;
}

describe('FOLL_LONGTERM', () => {
  it('moves the page out of movable memory before it stays pinned', () => {
    expect(ends(true, { op: 'omit', what: '' })).toEqual(new Set([false]));
    expect(ends(false, { op: 'omit', what: '' })).toEqual(new Set([true]));
  });

  it('is what a plain pin lacks: migration then depends on who comes first', () => {
    expect(ends(false, { op: 'migrate', page: 0 })).toEqual(new Set([true, false]));
    expect(ends(true, { op: 'migrate', page: 0 })).toEqual(new Set([false]));
  });
});
