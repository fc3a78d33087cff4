import { describe, expect, it } from 'vitest';
import { runSvg } from '../../src/model/chart.js';
import { designs } from '../../src/model/designs/index.js';
import { explainCell } from '../../src/model/explain.js';
import { matrixOf } from '../../src/model/matrix.js';
import { misuses } from '../../src/model/misuses.js';
import { matrixText, runText } from '../../src/model/text.js';

const design = (name: string) => designs.find((one) => one.name === name)!;
const misuse = (name: string) => misuses.find((one) => one.name === name)!;

describe('the default matrix', () => {
  const matrix = matrixOf();

  it('has every cell, finished, within its time', () => {
    expect(matrix.cells).toHaveLength(designs.length * misuses.length);
    expect(matrix.finished).toBe(true);
    expect(matrix.seconds).toBeLessThan(20);
  });

  it('has a run for each outcome of each cell', { timeout: 120_000 }, () => {
    for (const cell of matrix.cells) {
      for (const outcome of cell.outcomes) {
        const { run } = explainCell(design(cell.design), misuse(cell.misuse), outcome);
        expect(run?.outcomes, `${cell.misuse}, ${cell.design}`).toContain(outcome);
      }
    }
  });

  it('says what each search assumed, and that it was finished', () => {
    const text = matrixText(matrix);
    expect(text).toMatch(/reclaim +1 page in \d+ frames, 3 actors, \d+ steps/);
    expect(text).toContain('Every search was finished.');
    expect(text).toContain('does not compile');
    expect(text).toContain('CRIES WOLF');
  });

  it('never says nothing of a search that was cut short', () => {
    const text = matrixText(matrixOf({ maxStates: 5 }));
    expect(text).toContain('cut short');
    expect(text.split('What can happen:')[0]).not.toContain('nothing');
  });
});

describe('a run', () => {
  const { run } = explainCell(design('bias'), misuse('put-for-pin'), 'unevictable');

  it('shows the counts after each step, and where the mistake is', () => {
    expect(run?.steps.filter(({ mistake }) => mistake).map(({ text, stands }) => [text, stands])).toEqual([
      ['put_page(pages[0])', 'put_page()'],
    ]);
    const text = runText(run!, 'title');
    expect(text).toMatch(/ref 1025.*\n.*put_page\(pages\[0\]\) +ref 102\d.*<- the mistake/s);
  });

  it('is as short as any', () => {
    const wider = explainCell(design('bias'), misuse('put-for-pin'), null).run!;
    expect(wider.steps.length).toBeLessThanOrEqual(run!.steps.length);
  });

  it('can be drawn: well-formed, escaped, and the same each time', () => {
    const svg = runSvg(run!, 'a < b & "c"');
    expect(svg).toBe(runSvg(run!, 'a < b & "c"'));
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg.match(/<circle /g)).toHaveLength(run!.steps.length);
    expect(svg).toContain('<polyline ');
    const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, closes, name, alone] of tags) {
      if (closes) expect(open.pop()).toBe(name);
      else if (!alone) open.push(name!);
    }
    expect(open).toEqual([]);
  });
});
