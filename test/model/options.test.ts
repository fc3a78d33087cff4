/** What the matrix is made for: how many pages, actors, and in what they travel. */
import { describe, expect, it } from 'vitest';
import {
  cellOf,
  containerKinds,
  correct,
  designs,
  isLabel,
  misuses,
  type Operation,
  planOf,
  scenarioOf,
  settings,
} from '../../src/model/index.js';

const bias = designs.find(({ name }) => name === 'bias')!;
const misuse = (name: string) => misuses.find((one) => one.name === name)!;
const driver = (pages: number, of = correct) => scenarioOf(planOf(of, { pages }), settings[1]!);

describe('pages', () => {
  it('are as many different ones as are asked for, each pinned, written and released', () => {
    for (const pages of [1, 2, 3]) {
      const scenario = driver(pages);
      expect(scenario.pages).toHaveLength(pages);
      const program = scenario.actors[0]!.program.filter((one): one is Operation => !isLabel(one));
      expect(program.flatMap((op) => (op.op === 'pin' ? [op.page] : []))).toEqual([0, 1, 2].slice(0, pages));
      const flusher = scenario.actors.find(({ name }) => name === 'flusher')!;
      expect(flusher.program).toHaveLength(pages);
    }
  });

  it('are dropped again if a later one cannot be had', () => {
    const program = driver(3).actors[0]!.program;
    const unwind = program.slice(program.findIndex((one) => isLabel(one)));
    expect(unwind).toEqual([
      { label: 'short at 2' },
      { op: 'unpin', slot: 'pages[1]' },
      { label: 'short at 1' },
      { op: 'unpin', slot: 'pages[0]' },
    ]);
  });

  it('two of them come to what one comes to, with the mistake on both', () => {
    const some = settings.filter(({ name }) => ['writeback', 'exit', 'zero'].includes(name));
    for (const name of ['put-for-pin', 'mixed-put', 'release-twice']) {
      const [one, two] = [1, 2].map((pages) => cellOf(bias, misuse(name), { pages, settings: some }));
      expect(two!.finished).toBe(true);
      expect(two!.outcomes, name).toEqual(one!.outcomes);
      expect(new Set(two!.searches.map(({ pages }) => pages))).toEqual(new Set([2]));
    }
  });

  it('are all the page of zeros where there is one: unpins that are forgotten and puts that are not, twice', () => {
    const zero = settings.filter(({ name }) => name === 'zero');
    expect(cellOf(bias, correct, { pages: 2, settings: zero }).outcomes).toEqual([]);
    expect(cellOf(bias, misuse('put-for-pin'), { pages: 2, settings: zero }).outcomes).toContain('freed-in-use');
  });
});

describe('actors', () => {
  it('are as many as are asked for: further correct drivers come in, and settings that need more are left out', () => {
    const cell = cellOf(bias, correct, { actors: 4 });
    expect(new Set(cell.searches.map(({ actors }) => actors))).toEqual(new Set([4]));
    expect(cell.searches.map(({ setting }) => setting)).toEqual([
      'reclaim',
      'writeback',
      'truncate',
      'fork',
      'exit',
      'swap',
      'crowd',
      'zero',
    ]);
    expect(cell.outcomes).toEqual(cellOf(bias, correct).outcomes);
  });
});

describe('containers', () => {
  it.each(containerKinds)('%s carries the pages and loses nothing', (container) => {
    expect(cellOf(bias, correct, { container }).outcomes).toEqual(cellOf(bias, correct).outcomes);
    const typed = designs.find(({ name }) => name === 'typed')!;
    // Only an array keeps its elements' type.
    expect(cellOf(typed, misuse('put-for-pin'), { container, settings: [] }).notices === 'compiler').toBe(container === 'array');
  });
});
