/** The same protocol, written independently in Promela and searched by Spin: the same end states. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/model/compile.js';
import { designs } from '../../src/model/designs/index.js';
import { explore } from '../../src/model/explore.js';
import { ALLOCATED, FREED_IN_USE, GLOBAL, HANDLE_HELD, LRU, MISTAKEN } from '../../src/model/layout.js';
import { handleOf, hasFlag, mapcountOf, pinsOf, refOf } from '../../src/model/machine.js';
import { NOTICE_MASK, noticeBit } from '../../src/model/notices.js';
import { outcomeBit } from '../../src/model/outcomes.js';
import { sharedPairs, sharedScenario } from '../../src/model/shared-scenarios.js';

const missing = ['spin', 'gcc'].filter((program) => spawnSync(program, [program === 'spin' ? '-V' : '--version']).status !== 0);
const folder = mkdtempSync(join(tmpdir(), 'putright-spin-'));
afterAll(() => rmSync(folder, { recursive: true }));
copyFileSync(fileURLToPath(new URL('spin/pages.pml', import.meta.url)), join(folder, 'pages.pml'));

function spinEnds(defines: readonly string[]): string[] {
  const run = (file: string, args: readonly string[]) =>
    execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  // -o2: what is only printed is part of the state, too.
  run('spin', [...defines.map((name) => `-D${name}`), '-o2', '-a', 'pages.pml']);
  run('gcc', ['-O1', '-w', '-DSAFETY', '-DNOREDUCE', '-DPRINTF', '-o', 'pan', 'pan.c']);
  const said = run('./pan', ['-m100000']);
  expect(said).toContain('errors: 0');
  return said
    .split('\n')
    .filter((line) => line.trim().startsWith('END '))
    .map((line) => line.trim());
}

function modelEnds(designName: string, mistake: (typeof sharedPairs)[number]['mistake'], drivers: number): string[] {
  const system = compile(sharedScenario(mistake, drivers), designs.find(({ name }) => name === designName)!);
  const m = system.machine;
  const lines: string[] = [];
  explore(system, {
    onEnd: (s, verdict) => {
      const bit = (value: number | boolean) => (value ? 1 : 0);
      const past = s[GLOBAL]!;
      const values = [
        bit(hasFlag(m, s, 0, ALLOCATED)),
        refOf(m, s, 0),
        pinsOf(m, s, 0),
        mapcountOf(m, s, 0),
        bit(hasFlag(m, s, 0, LRU)),
        bit(past & FREED_IN_USE),
        bit(past & NOTICE_MASK),
        (['put-below-pin-count', 'bad-page-debug', 'pins-at-free'] as const).map((name) => bit(past & noticeBit(name))).join(''),
        bit(past & MISTAKEN),
        bit(handleOf(m, s, 0) & HANDLE_HELD),
      ];
      const found = (['unevictable', 'freed-in-use'] as const).map((outcome) => bit(verdict & outcomeBit(outcome)));
      expect(verdict & ~(outcomeBit('unevictable') | outcomeBit('freed-in-use'))).toBe(0);
      lines.push(`END verdict ${found.join('')} state ${values.join(' ')}`);
      return undefined;
    },
  });
  return lines;
}

describe.skipIf(missing.length > 0)(`Spin${missing.length > 0 ? ` (not installed: ${missing.join(', ')})` : ''}`, () => {
  const cases = sharedPairs.flatMap((pair) => [2, 3].map((drivers) => [pair.design, pair.mistake, drivers, pair.define] as const));
  it.each(cases)(
    'finds the verdicts and the end states that the explorer finds: %s, %s, %d drivers',
    (design, mistake, drivers, define) => {
      const spin = spinEnds([define, mistake, `ND=${drivers}`]);
      const model = modelEnds(design, mistake, drivers);
      expect(model.length).toBeGreaterThan(1);
      expect([...new Set(model)].sort()).toEqual([...new Set(spin)].sort());
      // One end state a line, on either side.
      expect(model.length).toBe(spin.length);
    },
  );
});
