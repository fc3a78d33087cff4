/** docs/model.md says what the model says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cell, designs, matrixOf, misuses, noticeNames, outcomeNames } from '../../src/model/index.js';
import { operationNames } from '../../src/model/operations/index.js';

const text = readFileSync(new URL('../../docs/model.md', import.meta.url), 'utf8');
const sections = new Map(text.split(/^### `/m).map((section) => [section.slice(0, section.indexOf('`')), section]));

/** The cells of a table's row that begins with this name. */
function row(section: string, name: string): readonly string[] {
  const line = section.split('\n').find((one) => one.startsWith(`| ${name} |`)) ?? '';
  return line.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function happens(cell: Cell): string {
  if (cell.notices === 'compiler') return 'does not compile';
  const names = cell.outcomes.map((outcome) => (cell.misuse !== 'none' && cell.alsoCorrect.includes(outcome) ? `(${outcome})` : outcome));
  return names.join(', ') || 'nothing';
}

function noticed(cell: Cell): string {
  if (cell.criesWolf) return cell.criesWolf.warns ? 'cries wolf' : cell.criesWolf.falsePin ? 'false pin' : '';
  if (cell.notices === 'compiler') return 'by the compiler';
  return cell.notices === cell.noticesDebug ? `${cell.notices}` : `${cell.notices}; debug: ${cell.noticesDebug}`;
}

describe('docs/model.md', () => {
  it('has every cell, with what can happen, who notices, and an answer', { timeout: 120_000 }, () => {
    const matrix = matrixOf();
    expect(matrix.cells).toHaveLength(designs.length * misuses.length);
    for (const cell of matrix.cells) {
      const [, design, what, who, answer] = row(sections.get(cell.misuse) ?? '', cell.design);
      expect([cell.misuse, design, what, who]).toEqual([cell.misuse, cell.design, happens(cell), noticed(cell)]);
      expect(answer!.length, `${cell.misuse}, ${cell.design}`).toBeGreaterThan(5);
    }
  });

  it('names every operation, outcome, design and warning', () => {
    const [machine] = text.split('## Designs');
    for (const name of operationNames) expect(machine).toContain(`\`${name}\``);
    for (const name of outcomeNames) expect(text).toContain(name);
    for (const { name, about, source, prevents } of designs) {
      expect(text).toContain(`| ${name} | ${about} | ${source} |`);
      for (const claim of Object.values(prevents)) expect(text).toContain(claim);
    }
    for (const name of noticeNames) expect(text).toContain(`| \`${name}\` |`);
  });
});
