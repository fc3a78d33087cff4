/** `examples/mistakes/RULE/wrong` holds each mistake once, `right` its correct twin; each folder is a tree of its own. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { rules } from '../../src/check/rules.js';

const root = fileURLToPath(new URL('../../examples/mistakes/', import.meta.url));

/** Rules at default severity that complain about one of the folders. */
async function rulesFiring(folder: string): Promise<string[]> {
  const { findings } = await check(root + folder, { jobs: 1 });
  return findings.filter((f) => f.severity !== 'note').map((f) => f.rule);
}

describe.each(readdirSync(root))('the example of %s', (rule) => {
  it('is of a rule', () => {
    expect(rules.map((r) => r.id)).toContain(rule);
  });

  it('is found', async () => {
    expect(await rulesFiring(`${rule}/wrong`)).toEqual([rule]);
  });

  it('is not found in its correct twin', async () => {
    expect(await rulesFiring(`${rule}/right`)).toEqual([]);
  });
});
