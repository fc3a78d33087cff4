import { describe, expect, it } from 'vitest';
import { runSvg } from '../../src/model/chart.js';
import { designs } from '../../src/model/designs/index.js';
import { explainCell } from '../../src/model/explain.js';
import { reportOf } from '../../src/model/json.js';
import { matrixOf } from '../../src/model/matrix.js';
import { misuses } from '../../src/model/misuses.js';
import { matrixText, runText } from '../../src/model/text.js';

const design = (name: string) => designs.find((one) => one.name === name)!;
const misuse = (name: string) => misuses.find((one) => one.name === name)!;

describe('the default matrix', () => {
  const before = process.cpuUsage();
  const matrix = matrixOf();
  const { user, system } = process.cpuUsage(before);

  it('has every cell, finished, within its time', () => {
    expect(matrix.cells).toHaveLength(designs.length * misuses.length);
    expect(matrix.finished).toBe(true);
    // Processor time, since others may be at work on this machine; bench/model.mjs measures the clock.
    expect((user + system) / 1e6).toBeLessThan(20);
  });

  it('has a run for each outcome of each cell, and else a finished search', { timeout: 120_000 }, () => {
    const report = reportOf(matrix);
    for (const cell of report.cells) {
      const where = `${cell.misuse}, ${cell.design}`;
      expect(
        cell.runs.map(({ outcome }) => outcome),
        where,
      ).toEqual(cell.outcomes);
      for (const run of cell.runs) {
        expect(run.outcomes, where).toContain(run.outcome);
        // A run of a cell shows its mistake, or what happens anyway.
        expect(run.steps.some(({ mistake }) => mistake) || cell.alsoCorrect.includes(run.outcome), where).toBe(true);
      }
      expect(cell.finished, where).toBe(true);
      expect(cell.searches.length > 0 || cell.typeFaults.length > 0, where).toBe(true);
    }
    // The run that is asked for by itself is one of them.
    const [cell] = report.cells.filter(({ misuse, design }) => misuse === 'put-for-pin' && design === 'bias');
    const alone = explainCell(design('bias'), misuse('put-for-pin'), 'unevictable').run;
    expect(cell!.runs.find(({ outcome }) => outcome === 'unevictable')!.steps).toEqual(alone!.steps);
  });

  it('says what each search assumed, and that it was finished', () => {
    const text = matrixText(matrix);
    // Pages, frames, actors, steps and states of each cell; what does not compile is not run.
    expect(text).toMatch(/^short-pin( +2 \d+ 5 \d+ [\d,]+){7}$/m);
    expect(text).toMatch(/^put-for-pin( +1 \d+ 5 \d+ [\d,]+){6} +not run$/m);
    expect(text).toMatch(/^ {2}reclaim +file pages, and memory runs short$/m);
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
