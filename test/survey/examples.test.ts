import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { survey } from '../../src/survey/index.js';
import type { Survey } from '../../src/survey/row.js';
import { line } from './helper.js';

const root = fileURLToPath(new URL('../../examples/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[ch]$/.test(name));

let found: Survey;
beforeAll(async () => {
  // The mistakes are trees of their own: test/check/examples.test.ts.
  found = await survey(root, { jobs: 1, paths: ['!mistakes/**'] });
});

describe('the examples', () => {
  it('have the rows that were read and judged right', async () => {
    const rows = found.sites.map((row) => `${row.id}\n  ${line(row)}${row.releaseReason ? ` (${row.releaseReason})` : ''}\n`);
    await expect(rows.join('')).toMatchFileSnapshot('examples.golden.txt');
  });

  it('lose nothing and warn of nothing', () => {
    expect(found.coverage.unaccounted).toEqual([]);
    expect(found.coverage.gaps).toEqual([]);
    expect(found.warnings).toEqual([]);
    expect(found.sites.flatMap((row) => row.gaps)).toEqual([]);
  });

  it('have a trace from each site to a release', () => {
    for (const row of found.sites) {
      const [first, last] = [row.trace[0], row.trace.at(-1)];
      expect([first?.file, first?.line, first?.function]).toEqual([row.file, row.line, row.function]);
      if (row.releases.length > 0)
        expect(
          row.releases.some((r) => r.file === last?.file && r.line === last.line),
          row.id,
        ).toBe(true);
    }
  });

  it('are licensed, short, and listed in their README', () => {
    const readme = readFileSync(`${root}README.md`, 'utf8');
    for (const name of files) {
      const text = readFileSync(root + name, 'latin1');
      expect(text.split('\n')[0], name).toMatch(/SPDX-License-Identifier: Apache-2\.0/);
      expect(text.split('\n').length, name).toBeLessThanOrEqual(95);
      const [folder, base] = [name.slice(0, name.lastIndexOf('/') + 1), name.slice(name.lastIndexOf('/') + 1)];
      const listed = folder.replace(/(wrong|right)\/$/, '');
      expect(readme.includes(`\`${name}\``) || (readme.includes(`\`${listed}`) && readme.includes(`\`${base}\``)), name).toBe(true);
    }
  });
});
