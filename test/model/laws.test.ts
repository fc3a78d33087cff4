/** Laws that hold whatever the scenario: of the machine, of the designs, and of the explorer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type System } from '../../src/model/compile.js';
import { designs } from '../../src/model/designs/index.js';
import { explore } from '../../src/model/explore.js';
import { ALLOCATED, type State } from '../../src/model/layout.js';
import { hasFlag, isCached, mapcountOf, pinsOf, refOf } from '../../src/model/machine.js';
import { cellOf, planOf } from '../../src/model/matrix.js';
import { misuses } from '../../src/model/misuses.js';
import { outcomesOf } from '../../src/model/outcomes.js';
import { correctPlan } from '../../src/model/plan.js';
import type { Actor, Instruction, Scenario } from '../../src/model/scenario.js';
import { actorsIn, scenarioOf, settings } from '../../src/model/settings.js';
import { canonicaliser } from '../../src/model/symmetry.js';

const none = misuses.find(({ name }) => name === 'none')!;

/** All end states of a system, renamed so that two searches can be compared. */
function endsOf(system: System, partialOrder: boolean, symmetry: boolean): Set<string> {
  const canonical = canonicaliser(system.machine);
  const ends = new Set<string>();
  const found = explore(system, {
    partialOrder,
    symmetry,
    onEnd: (s: State) => {
      const copy = s.slice();
      canonical(copy);
      ends.add(copy.join());
      return undefined;
    },
  });
  expect(found.finished).toBe(true);
  return ends;
}

const page = fc.constant(0);
const content = fc.integer({ min: 2, max: 127 });
/** Programs of others, made of anything that needs no slot. */
const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  fc.record({ op: fc.constantFrom('munmap', 'truncate', 'writeback', 'migrate'), page }) as fc.Arbitrary<Instruction>,
  fc.record({ op: fc.constantFrom('fork', 'reclaim', 'exit') }) as fc.Arbitrary<Instruction>,
  fc.record({ op: fc.constant('write' as const), page, content }),
);
const taker = (name: string, take: 'get' | 'pin', release: 'put' | 'unpin', dirty: boolean): Actor => ({
  name,
  program: [{ op: take, page: 0, slot: 'a' }, ...(dirty ? [{ op: 'dirty', slot: 'a' } as const] : []), { op: release, slot: 'a' }],
});
const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    kind: fc.constantFrom('file' as const, 'anon' as const),
    take: fc.constantFrom('get' as const, 'pin' as const),
    release: fc.constantFrom('put' as const, 'unpin' as const),
    dirty: fc.boolean(),
    others: fc.array(fc.array(instruction, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  })
  .map(({ kind, take, release, dirty, others }) => ({
    name: 'made up',
    pages: [{ kind }],
    frames: 3,
    spaces: 2,
    actors: [taker('driver', take, release, dirty), ...others.map((program, n) => ({ name: `other ${n}`, program }))],
  }));

describe('the explorer', () => {
  it('finds the same end states with and without reductions, in scenarios made up', () => {
    fc.assert(
      fc.property(scenarios, fc.constantFrom(...designs), (scenario, design) => {
        const system = compile(scenario, design);
        const all = endsOf(system, false, false);
        expect(endsOf(system, true, false)).toEqual(all);
        expect(endsOf(system, false, true)).toEqual(all);
        expect(endsOf(system, true, true)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it.each(designs.map((design) => [design.name, design] as const))('finds the same end states in every cell of %s', (_name, design) => {
    for (const misuse of misuses) {
      for (const setting of settings.filter((setting) => actorsIn(setting) < 5)) {
        const system = compile(scenarioOf(planOf(misuse), setting), design);
        expect(endsOf(system, true, true), `${misuse.name}, ${setting.name}`).toEqual(endsOf(system, false, false));
      }
    }
  });

  it('finds the same end states where a pipe and two devices are', () => {
    const taken = (slot: string, device: string): Instruction[] => [
      { op: 'dma-start', slot, device },
      { op: 'dma-wait', device },
    ];
    const scenario: Scenario = {
      name: 'pipe',
      pages: [{ kind: 'anon' }],
      actors: [
        {
          name: 'splice',
          program: [
            { op: 'iov-get', iterator: 'pipe', page: 0, slot: 'a' },
            ...taken('a', 'disk'),
            { op: 'put', slot: 'a' },
            { op: 'pipe-unlock' },
          ],
        },
        { name: 'disk', program: [{ op: 'dma', content: 10 }] },
        { name: 'reader', program: [{ op: 'pipe-read', pipe: 'splice' }] },
        {
          name: 'driver',
          program: [{ op: 'pin', page: 0, slot: 'b' }, ...taken('b', 'card'), { op: 'unpin-many', slots: ['b'], dirty: 'dirty' }],
        },
        { name: 'card', program: [{ op: 'dma', content: 20 }] },
        { name: 'reclaim', program: [{ op: 'reclaim' }] },
      ],
    };
    for (const design of designs) {
      const system = compile(scenario, design);
      expect(endsOf(system, true, true), design.name).toEqual(endsOf(system, false, false));
    }
  });

  it('leaves something out when it reduces', () => {
    const system = compile(scenarioOf(correctPlan, settings.find(({ name }) => name === 'bystander')!), designs[2]!);
    const whole = explore(system, { partialOrder: false, symmetry: false }).states;
    expect(explore(system, { symmetry: false }).states).toBeLessThan(whole);
    const freed = compile(scenarioOf(correctPlan, settings.find(({ name }) => name === 'truncate')!), designs[2]!);
    const plainly = explore(freed, { partialOrder: false, symmetry: false }).states;
    expect(explore(freed, { partialOrder: false }).states).toBeLessThan(plainly);
  });

  it('says when it was cut short', () => {
    const system = compile(scenarioOf(correctPlan, settings[0]!), designs[2]!);
    expect(explore(system, { maxStates: 10 }).finished).toBe(false);
    expect(cellOf(designs[2]!, none, { maxStates: 10 }).finished).toBe(false);
  });
});

describe('a correct program', () => {
  it.each(designs.map((design) => [design.name, design] as const))('is safe in %s from what that claims to prevent', (_name, design) => {
    const cell = cellOf(design, none);
    expect(cell.finished).toBe(true);
    expect(cell.outcomes.filter((outcome) => outcome in design.prevents)).toEqual([]);
    expect(cell.searches.map(({ stuck }) => stuck)).toEqual(cell.searches.map(() => 0));
  });

  it.each(designs.map((design) => [design.name, design] as const))('leaves balanced counts behind in %s', (_name, design) => {
    for (const setting of settings) {
      const system = compile(scenarioOf(correctPlan, setting), design);
      const m = system.machine;
      explore(system, {
        onEnd: (s) => {
          for (let frame = 0; frame < m.layout.frames; frame++) {
            const zero = m.kinds[0] === 'zero' && frame === 0;
            const due = hasFlag(m, s, frame, ALLOCATED) ? (zero ? 1 : mapcountOf(m, s, frame) + (isCached(m, s, frame) ? 1 : 0)) : 0;
            // With symmetry the page of zeros may have another number, but it is the only one that nothing accounts for.
            if (m.kinds[0] !== 'zero') expect([refOf(m, s, frame), pinsOf(m, s, frame)], setting.name).toEqual([due, 0]);
          }
          return undefined;
        },
      });
    }
  });

  it.each([
    ['plain', false, false],
    ['bias', false, true],
    ['bias-warn', true, true],
    ['lru-count', false, false],
    ['folio-pincount', false, false],
  ])('among 1024 plain references: %s warns %s, sees a pin %s', (name, warns, falsePin) => {
    const design = designs.find((one) => one.name === name)!;
    // A debugging kernel has nothing more to say of a correct program.
    expect(cellOf(design, none).criesWolf).toEqual({ warns, warnsDebug: warns, falsePin });
  });
});

describe('the mistakes', () => {
  const bias = designs.find(({ name }) => name === 'bias')!;
  it('show in the outcomes of the thread', () => {
    const outcomes = (misuse: string, design = bias) => cellOf(design, misuses.find(({ name }) => name === misuse)!).outcomes;
    expect(outcomes('put-for-pin')).toContain('unevictable');
    expect(outcomes('no-release')).toContain('unevictable');
    expect(outcomes('release-during-dma')).toContain('freed-in-use');
    expect(outcomes('dirty-not-set')).toContain('lost-write');
  });

  it('are one and the same call in the placeholder', () => {
    const placeholder = designs.find(({ name }) => name === 'placeholder')!;
    const cell = (misuse: string) => cellOf(placeholder, misuses.find(({ name }) => name === misuse)!);
    expect(cell('put-for-pin').outcomes).toEqual(cell('none').outcomes);
  });

  it('are noticed by the types until a scatterlist forgets them', () => {
    const typed = designs.find(({ name }) => name === 'typed')!;
    const notices = (misuse: string) => cellOf(typed, misuses.find(({ name }) => name === misuse)!).notices;
    expect(notices('put-for-pin')).toBe('compiler');
    expect(notices('mixed-put')).toBe('compiler');
    expect(notices('refetched-put')).toBe('never');
  });

  it('fill the count after as many runs as fit', () => {
    const passes = (misuse: string) => cellOf(bias, misuses.find(({ name }) => name === misuse)!).passesToOverflow;
    expect(passes('no-release')).toBe(2 ** 31 / 1024);
    expect(passes('put-for-pin')).toBe(Math.floor((2 ** 31 - 3) / 1023) + 1);
    expect(passes('none')).toBeNull();
  });

  it('have names for every bit of a verdict', () => {
    expect(outcomesOf(0)).toEqual([]);
    expect(outcomesOf(~0)).toHaveLength(5);
  });
});
