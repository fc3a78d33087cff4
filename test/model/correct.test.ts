/** Correct programs made up: none comes to what a design claims to prevent, whatever goes on around it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from '../../src/model/compile.js';
import { designs } from '../../src/model/designs/index.js';
import { shortestRun } from '../../src/model/explain.js';
import { explore } from '../../src/model/explore.js';
import { outcomesOf } from '../../src/model/outcomes.js';
import { correctPlan, driverOf, type Plan } from '../../src/model/plan.js';
import { containerKinds, type Instruction, type Scenario } from '../../src/model/scenario.js';
import { runText } from '../../src/model/text.js';

/** PUTRIGHT_RUNS asks for more, by hand. */
const RUNS = Number(process.env['PUTRIGHT_RUNS'] ?? 150);

const page = fc.constantFrom(0, 1);
/** What the rest of the kernel, and the process itself, may do meanwhile. */
const meanwhile: fc.Arbitrary<Instruction> = fc.oneof(
  fc.record({ op: fc.constantFrom('munmap', 'truncate', 'writeback', 'migrate'), page }) as fc.Arbitrary<Instruction>,
  fc.record({ op: fc.constantFrom('fork', 'reclaim', 'exit') }) as fc.Arbitrary<Instruction>,
  fc.record({ op: fc.constant('write' as const), page, content: fc.integer({ min: 60, max: 127 }) }),
);
const take = fc.constantFrom('pin' as const, 'own' as const);
const plans: fc.Arbitrary<Plan> = fc
  .record({
    takes: fc.array(take, { minLength: 0, maxLength: 1 }),
    container: fc.constantFrom(...containerKinds),
    write: fc.boolean(),
    fails: fc.boolean(),
  })
  .map(({ takes, container, write, fails }) => ({
    ...correctPlan,
    container,
    write,
    short: fails && takes.includes('pin') ? ('dropped' as const) : null,
    entries: [
      correctPlan.entries[0]!,
      ...takes.map((one): Plan['entries'][number] => ({ take: one, page: 1, release: [one === 'own' ? 'put' : 'unpin'] })),
    ],
  }));

const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    plan: plans,
    kind: fc.constantFrom('file' as const, 'anon' as const),
    others: fc.array(fc.array(meanwhile, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  })
  .map(({ plan, kind, others }) => ({
    name: 'made up',
    pages: [{ kind }, { kind }],
    frames: 5,
    spaces: 2,
    actors: [...driverOf(plan), ...others.map((program, n) => ({ name: `other ${n}`, program }))],
  }));

it('is safe in every design from what that claims to prevent', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(scenarios, fc.constantFrom(...designs), (scenario, design) => {
      const system = compile(scenario, design);
      // What is too large is searched as far as it goes; the law holds of each end that is seen.
      const found = explore(system, { maxStates: 60_000 });
      const broken = outcomesOf([...found.verdicts.keys()].reduce((all, bits) => all | bits, 0)).find(
        (outcome) => outcome in design.prevents,
      );
      const run = broken === undefined ? null : shortestRun(system, broken).run;
      expect(run === null ? '' : runText(run, `${design.name}: ${broken}`)).toBe('');
    }),
    { numRuns: RUNS },
  );
});
