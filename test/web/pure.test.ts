/** The parts of the page that need no browser. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressOf } from '../../src/compare/compare.js';
import { type PageScene, type PageSite, pageData } from '../../src/report/page/data.js';
import { columnsFor } from '../../web/columns.js';
import { flowOf, layOut } from '../../web/flow.js';
import { highlight } from '../../web/highlight.js';
import { marks, passages } from '../../web/passages.js';
import { indexOf, select, sorted, tally } from '../../web/query.js';
import { inSight, ROW, scrolledTo } from '../../web/sheet/sight.js';
import { directionOf, nextSort, secondOf } from '../../web/sheet/sort.js';
import { placeOf } from '../../web/site/place.js';
import { fromHash, START, type State, toggled, toHash, views } from '../../web/state.js';
import { nameOf, sentence } from '../../web/words.js';
import { row, surveyOf } from '../report/rows.js';

const known = new Set(['reference', 'where', 'line']);

describe('the state', () => {
  const anyState: fc.Arbitrary<State> = fc.record({
    view: fc.constantFrom(...views.filter((view) => view !== 'site' && view !== 'model')),
    q: fc.string(),
    filters: fc.dictionary(fc.constantFrom(...known), fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }), {
      noNullPrototype: true,
    }),
    sort: fc.uniqueArray(fc.record({ column: fc.constantFrom(...known), down: fc.boolean() }), { selector: ({ column }) => column }),
    columns: fc.option(fc.subarray([...known], { minLength: 1 })),
    site: fc.constant(''),
    finding: fc.constant(''),
    from: fc.constant('sheet' as const),
    run: fc.constant(''),
  });

  it('is in its hash, whole', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(fromHash(toHash(state), known)).toEqual(state);
      }),
    );
  });

  it('takes any hash', () => {
    fc.assert(
      fc.property(fc.string(), (hash) => {
        expect(views).toContain(fromHash(hash, known).view);
      }),
    );
  });

  it('is as before after two clicks', () => {
    expect(toggled(toggled(START, 'line', '1'), 'line', '1')).toEqual(START);
  });
});

describe('the query', async () => {
  const data = await pageData(
    surveyOf([
      row({ file: 'a.c', line: 9, containers: ['page-array', 'sgl'] }),
      row({ file: 'b.c', line: 10, reference: 'pin', api: 'pin_user_pages', containers: [] }),
    ]),
  );
  const columns = columnsFor(data);
  const index = indexOf(data.sites, columns);
  const files = (sites: readonly PageSite[]): string[] => sites.map((site) => site.file);

  it('wants every word, any chosen value, and part of a text', () => {
    expect(files(select(index, { q: 'PIN b.c', filters: {} }))).toEqual(['b.c']);
    expect(files(select(index, { q: '', filters: { containers: ['sgl', 'none'] } }))).toEqual(['a.c', 'b.c']);
    expect(files(select(index, { q: '', filters: { where: ['A.C'], reference: ['get'] } }))).toEqual(['a.c']);
    expect(files(select(index, { q: '', filters: { reference: ['get'] } }, 'reference'))).toEqual(['a.c', 'b.c']);
    expect(files(select(index, { q: '', filters: { nothing: ['x'] } }))).toEqual(['a.c', 'b.c']);
  });

  it('sorts numbers as numbers', () => {
    expect(files(sorted(index, index.sites, [{ column: 'line', down: true }]))).toEqual(['b.c', 'a.c']);
  });

  it('counts a site once for each of its values', () => {
    const containers = index.columns.get('containers');
    expect(containers && tally(index.sites, containers)).toEqual([
      ['none', 1],
      ['page-array', 1],
      ['sgl', 1],
    ]);
  });
});

describe('the sheet', () => {
  const scroller = fc.record({ top: fc.nat(50_000), height: fc.integer({ min: 3 * ROW, max: 2000 }), head: fc.nat(ROW) });

  it('has every row in the page that is in sight, and few others', () => {
    fc.assert(
      fc.property(scroller, fc.nat(1000), (view, rows) => {
        const { first, last } = inSight(view, rows);
        const seen = Array.from({ length: rows }, (_, row) => row).filter(
          (row) => (row + 1) * ROW > view.top - view.head && row * ROW < view.top + view.height,
        );
        expect(seen.every((row) => first <= row && row < last)).toBe(true);
        expect(last - first).toBeLessThanOrEqual((view.height + view.head) / ROW + 10);
        expect([first >= 0, last <= rows]).toEqual([true, true]);
      }),
    );
  });

  it('is scrolled for a row to be seen whole, and no further', () => {
    fc.assert(
      fc.property(scroller, fc.nat(1000), (view, row) => {
        const top = scrolledTo(view, row);
        expect(top).toBeLessThanOrEqual(row * ROW);
        expect((row + 1) * ROW).toBeLessThanOrEqual(top + view.height - view.head);
        expect(scrolledTo({ ...view, top }, row)).toBe(top);
      }),
    );
  });

  it('is sorted up, down, and not, by clicks on one title, and up by a click on another', () => {
    const [line, api] = [{ key: 'line' }, { key: 'api' }];
    const up = nextSort([], line);
    const down = nextSort(up, line);
    expect([up, down, nextSort(down, line)]).toEqual([[{ column: 'line', down: false }], [{ column: 'line', down: true }], []]);
    expect(nextSort(down, api)).toEqual([{ column: 'api', down: false }]);
    expect([directionOf(up, 'line'), directionOf(down, 'line'), directionOf(down, 'api')]).toEqual(['ascending', 'descending', 'none']);
  });

  it('is sorted by a second column too, and by the largest first where that is looked for', () => {
    const [line, worst] = [{ key: 'line' }, { key: 'worst', order: () => [] }];
    const down = nextSort([], worst);
    expect([down, nextSort(down, worst)]).toEqual([[{ column: 'worst', down: true }], [{ column: 'worst', down: false }]]);
    const both = nextSort(down, line, true);
    expect(both).toEqual([...down, { column: 'line', down: false }]);
    expect([directionOf(both, 'worst'), secondOf(both, 'worst'), directionOf(both, 'line'), secondOf(both, 'line')]).toEqual([
      ...['descending', null, 'none', 'ascending'],
    ]);
    expect(nextSort(nextSort(both, line, true), line, true)).toEqual(down);
    expect(nextSort(both, line)).toEqual([{ column: 'line', down: false }]);
  });

  it('leads from a site to its neighbours, and from one that it does not show to its first', async () => {
    const { sites } = await pageData(surveyOf(['a.c', 'b.c', 'c.c'].map((file) => row({ file, id: file }))));
    const [a, b, c] = sites;
    expect(placeOf(sites, 'b.c')).toEqual({ at: 1, of: 3, before: a, after: c });
    expect(placeOf(sites, 'a.c')).toEqual({ at: 0, of: 3, before: undefined, after: b });
    expect(placeOf(sites, 'z.c')).toEqual({ at: -1, of: 3, before: undefined, after: a });
  });
});

describe('the flow', async () => {
  const rows = [
    row({ containers: ['page-array', 'sgl'], carrier: ['umem.sg', 'umem.pages'], reference: 'pin', api: 'pin_user_pages' }),
    row({ file: 'b.c', releases: [], releaseForm: 'none' }),
    row({
      file: 'c.c',
      containers: ['single', 'pfn'],
      releases: [1, 2].flatMap((line) => ['put_page', 'folio_put'].map((api) => ({ file: 'c.c', line, function: 'f', api }))),
    }),
  ];
  const { sites } = await pageData(surveyOf(rows));
  const flow = layOut(flowOf(sites), 900);

  it('loses no site on the way', () => {
    for (const [layer] of flow.layers.entries()) {
      const nodes = flow.nodes.filter((node) => node.layer === layer);
      expect(nodes.reduce((sum, node) => sum + node.value, 0)).toBeCloseTo(3);
    }
    for (const node of flow.nodes) {
      const into = flow.links.filter((link) => link.to === node.id).reduce((sum, link) => sum + link.value, 0);
      if (node.layer > 0) expect(into).toBeCloseTo(node.value);
    }
  });

  it('marks the way of a release that does not fit, from end to end', () => {
    const wrong = flow.links.filter((link) => link.pairing === 'suspect');
    expect(wrong).toHaveLength(flow.layers.length - 1);
    expect(new Set(wrong.flatMap((link) => link.sites))).toEqual(new Set([sites[0]?.id]));
  });

  it('puts no two boxes of a layer over one another, and all inside', () => {
    for (const [layer] of flow.layers.entries()) {
      const nodes = flow.nodes.filter((node) => node.layer === layer).sort((a, b) => a.y - b.y);
      for (const [n, node] of nodes.entries()) {
        expect(node.y).toBeGreaterThanOrEqual(0);
        expect(node.y + node.height).toBeLessThanOrEqual(nodes[n + 1]?.y ?? flow.height);
      }
    }
  });

  it('takes small nodes together', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ ...(sites[0] as PageSite), id: String(n), carrier: [`s${n}.f`] }));
    const carriers = flowOf(many).nodes.filter((node) => !node.passing && node.layer === 3);
    expect(carriers).toHaveLength(15);
    expect(carriers.map((node) => node.label)).toContain('others');
  });

  it('of nothing is nothing', () => {
    expect(layOut(flowOf([]), 900).links).toEqual([]);
  });
});

describe('the colours of C', () => {
  it('keep every character', () => {
    const anyLine = fc.string({ unit: fc.constantFrom('/', '*', '"', "'", '\\', 'a', '1', ' ', '(', '#', '💥', '<') });
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 6 }), (lines) => {
        expect(highlight(lines).map((tokens) => tokens.map((token) => token.text).join(''))).toEqual(lines);
      }),
    );
  });

  it('know calls, keywords, texts, and comments that began before', () => {
    const kinds = (...lines: string[]): string[][] =>
      highlight(lines).map((tokens) => tokens.filter((token) => token.kind !== 'plain').map((token) => `${token.kind} ${token.text}`));
    expect(kinds('\treturn put_page(p, "a", 1); /* x', ' y */ if')).toEqual([
      ['keyword return', 'call put_page', 'text "a"', 'number 1', 'comment /* x'],
      ['comment  y */', 'keyword if'],
    ]);
    expect(kinds('still a comment', 'end */ int')).toEqual([['comment still a comment'], ['comment end */', 'keyword int']]);
    expect(kinds('#define X(a) 1')[0]).toContain('directive #define');
  });
});

describe('the steps of a story', () => {
  const lines = (first: number, count: number): string[] => Array.from({ length: count }, (_, n) => `line ${first + n}`);
  const scene = (file: string, line: number): PageScene => ({
    ...{ text: 't', where: `${file}:${line}`, file, line, caret: 0, code: `${file}:${line}`, why: '' },
  });
  const around = (scenes: readonly PageScene[]) => ({
    code: Object.fromEntries(scenes.map(({ file, line }) => [`${file}:${line}`, { first: line - 4, lines: lines(line - 4, 9) }])),
  });

  it('share their code where they follow one another in it', () => {
    const scenes = [scene('a.c', 10), scene('a.c', 10), scene('a.c', 14), scene('a.c', 30), scene('b.c', 30), scene('a.c', 28)];
    const made = passages(around(scenes), scenes);
    expect(made.map((passage) => [passage.number, passage.scenes.map(({ line }) => line)])).toEqual([
      [1, [10, 10, 14]],
      [4, [30]],
      [5, [30]],
      [6, [28]],
    ]);
    expect(made[0]?.code).toEqual({ first: 6, lines: lines(6, 13) });
  });

  it('share it also when the later step stands above, and never where the two excerpts differ', () => {
    const scenes = [scene('a.c', 14), scene('a.c', 10)];
    expect(passages(around(scenes), scenes).map(({ code }) => code)).toEqual([{ first: 6, lines: lines(6, 13) }]);
    const { code } = around(scenes);
    const cut = { ...code, 'a.c:10': { first: 6, lines: lines(6, 9).map((line) => `…${line}`) } };
    expect(passages({ code: cut }, scenes)).toHaveLength(2);
  });

  it('do not share without end, and are alone without code', () => {
    const scenes = Array.from({ length: 20 }, (_, n) => scene('a.c', 10 + 4 * n));
    const made = passages(around(scenes), scenes);
    expect(made.length).toBeGreaterThan(1);
    expect(Math.max(...made.map(({ code }) => code?.lines.length ?? 0))).toBeLessThanOrEqual(30);
    expect(made.flatMap((passage) => passage.scenes)).toEqual(scenes);
    expect(passages({ code: {} }, scenes.slice(0, 2))).toHaveLength(2);
  });

  it('have a mark each, with their number where there are several', () => {
    expect(marks([{ caret: 4, number: null }], 2)).toBe('  ^');
    expect(
      marks(
        [
          { caret: 9, number: 3 },
          { caret: 2, number: 1 },
          { caret: 2, number: 2 },
        ],
        0,
      ),
    ).toBe('  ^1,2   ^3');
    // What is written at one mark may reach the next.
    expect(
      marks(
        [
          { caret: 0, number: 10 },
          { caret: 1, number: 11 },
        ],
        0,
      ),
    ).toBe('^10 ^11');
    expect(marks([{ caret: -1, number: 1 }], 0)).toBe('');
  });
});

describe('words', () => {
  it('make a sentence, and leave the names of the tree as they are', () => {
    expect(sentence('a pin is dropped')).toBe('A pin is dropped.');
    expect(sentence('hold_it() leaks.')).toBe('hold_it() leaks.');
    expect(sentence('hold() leaks')).toBe('hold() leaks.');
    expect(sentence('')).toBe('.');
  });

  it('name a tree by the end of its path', () => {
    expect(['/a/linux-6.12/', 'linux', '/', 'C/'].map(nameOf)).toEqual(['linux-6.12', 'linux', '/', 'C']);
  });
});

describe('the column of what changed', () => {
  it('says of gup itself that it was not compared', async () => {
    const survey = surveyOf([row(), row({ file: 'mm/gup.c', kind: 'internal' }), row({ file: 'new.c' })]);
    const progress = progressOf([{ survey: surveyOf([row()]) }, { survey }]);
    const data = await pageData(survey, { progress });
    const column = columnsFor(data).find(({ key }) => key === 'change');
    expect(data.sites.map((site) => column?.text(site))).toEqual(['same', 'not compared', 'new']);
  });
});

describe('the column of findings', () => {
  it('says each rule once, with how often, and of a site without any that it has none', async () => {
    const survey = surveyOf([row(), row({ file: 'clean.c' })]);
    const [site] = survey.sites;
    const place = {
      file: 'a.c',
      line: 1,
      column: 1,
      function: 'f',
      message: 'm',
      severity: 'warning' as const,
      path: [],
      fingerprint: 'x',
    };
    const findings = ['dirty-lost', 'needs-pin', 'dirty-lost'].map((rule, k) => ({
      ...place,
      id: `${rule}:${k}`,
      rule,
      site: site?.id ?? '',
    }));
    const data = await pageData(survey, { findings });
    const column = columnsFor(data).find(({ key }) => key === 'findings');
    expect(data.sites.map((one) => column?.text(one))).toEqual(['dirty-lost ×2, needs-pin', 'none']);
    expect(data.sites.map((one) => column?.values?.(one))).toEqual([['dirty-lost', 'needs-pin', 'dirty-lost'], ['none']]);
  });
});
