import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'putright-model-'));
afterAll(() => rmSync(folder, { recursive: true }));
const scenario = join(folder, 'mine.json');
writeFileSync(
  scenario,
  '{\n  "name": "mine",\n  "pages": [{ "kind": "anon" }],\n  "actors": [{ "name": "d", "program": [\n    { "op": "pin", "page": 0, "slot": "a" }\n  ] }]\n}\n',
);

describe('model', () => {
  it('prints cells as text and as JSON, with nothing on the standard error of a pipe', async () => {
    const text = await run(['model', '--design', 'bias', '--misuse', 'put-for-pin']);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/put-for-pin +unevictable/);
    expect(text.stdout).toMatch(/[\d,]+ states\/s\nEvery search was finished\.\n$/);
    const json = await run(['model', '--design', 'bias', '--misuse', 'put-for-pin', '--format', 'json']);
    const { cells } = JSON.parse(json.stdout) as { cells: { outcomes: string[]; notices: string }[] };
    expect(cells.map(({ outcomes, notices }) => [outcomes.includes('unevictable'), notices])).toEqual([[true, 'never']]);
  });

  it('says that a search was cut short, exit 1', async () => {
    const { code, stdout, stderr } = await run(['model', '--design', 'bias', '--misuse', 'none', '--max-states', '10']);
    expect(code).toBe(1);
    expect(stdout).toContain('cut short');
    expect(stderr).toMatch(/^putright: cut short after .* may still happen/);
  });

  it('explains a cell, and draws it', async () => {
    const svg = join(folder, 'run.svg');
    const { code, stdout } = await run([
      'model',
      'explain',
      '--design',
      'bias',
      '--misuse',
      'put-for-pin',
      '--outcome',
      'unevictable',
      '--svg',
      svg,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('<- the mistake');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('says of a program that only goes round that it comes to no end, and not so of one that ends', async () => {
    const file = join(folder, 'round.json');
    const write = (program: object[]): void =>
      writeFileSync(file, JSON.stringify({ name: 'round', pages: [{ kind: 'anon' }], actors: [{ name: 'd', program }] }));
    const told = async (...args: string[]): Promise<string> =>
      (await run(['model', ...args, '--design', 'bias', '--scenario', file])).stdout;
    const once = [{ label: 'again' }, { op: 'get', page: 0, slot: 'a' }, { op: 'put', slot: 'a' }];
    write([...once, { op: 'goto', else: 'again' }]);
    expect(await told()).toContain('no run comes to an end');
    expect(await told('explain')).toContain('no run comes to an end');
    write(once);
    expect(await told()).not.toContain('no run comes to an end');
    expect(await told('explain')).toContain('no run shows anything that goes wrong');
  });

  it('explains as JSON, into a file', async () => {
    const file = join(folder, 'run.json');
    const args = ['model', 'explain', '--design', 'bias', '--misuse', 'put-for-pin', '--format', 'json'];
    const { code, stdout } = await run([...args, '--outcome', 'unevictable', '--output', file]);
    expect([code, stdout]).toEqual([0, '']);
    const told = JSON.parse(readFileSync(file, 'utf8')) as {
      finished: boolean;
      run: { steps: { actor: string; pages: { ref: number }[] }[] };
    };
    expect(told).toMatchObject({ design: 'bias', misuse: 'put-for-pin', outcome: 'unevictable', finished: true, typeFaults: [] });
    expect(told.run.steps.at(-1)?.pages[0]?.ref).toBeGreaterThan(1000);
    const none = await run([...args, '--outcome', 'changed-under-writeback', '--max-states', '5']);
    expect([none.code, JSON.parse(none.stdout)]).toMatchObject([1, { finished: false, run: null }]);
    const own = await run(['model', 'explain', '--design', 'bias', '--scenario', scenario, '--format', 'json']);
    expect(JSON.parse(own.stdout)).toMatchObject({ scenario, outcome: null, run: { outcomes: ['unevictable'] } });
    const typed = await run(['model', 'explain', '--design', 'typed', '--misuse', 'put-for-pin', '--format', 'json']);
    expect(JSON.parse(typed.stdout)).toMatchObject({ run: null, typeFaults: [{ actor: 'driver' }] });
  });

  it('takes two pages, and more actors', async () => {
    const { stdout } = await run([
      'model',
      '--design',
      'bias',
      '--misuse',
      'put-for-pin',
      '--pages',
      '2',
      '--actors',
      '4',
      '--format',
      'json',
    ]);
    const { cells } = JSON.parse(stdout) as { cells: { searches: { pages: number; actors: number }[] }[] };
    expect(new Set(cells[0]!.searches.map(({ pages, actors }) => `${pages} ${actors}`))).toEqual(new Set(['2 4']));
    const text = await run(['model', '--design', 'bias', '--misuse', 'put-for-pin', '--actors', '4']);
    expect(text.stdout).toMatch(/Left out, since they need more actors:\n {2}bystander /);
  });

  it('says that no run shows what cannot happen, and what does not compile', async () => {
    const none = await run(['model', 'explain', '--design', 'bias', '--misuse', 'none', '--outcome', 'freed-in-use']);
    expect([none.code, none.stdout]).toEqual([
      0,
      expect.stringMatching(/no run shows freed-in-use; the search is finished \([\d,]+ states\)/),
    ]);
    const typed = await run(['model', 'explain', '--design', 'typed', '--misuse', 'put-for-pin']);
    expect(typed.stdout).toContain('does not compile');
    const cut = await run(['model', 'explain', '--design', 'bias', '--misuse', 'none', '--outcome', 'freed-in-use', '--max-states', '5']);
    expect([cut.code, cut.stdout]).toEqual([1, expect.stringMatching(/no run shows freed-in-use so far; the search was cut short/)]);
  });

  it('says that there is no run to draw', async () => {
    const svg = join(folder, 'none.svg');
    const { code, stderr } = await run(['model', 'explain', '--design', 'typed', '--misuse', 'put-for-pin', '--svg', svg]);
    expect([code, stderr, existsSync(svg)]).toEqual([0, `putright: there is no run to draw, so ${svg} is not written\n`, false]);
  });

  it('lets no name of a scenario steer a terminal, or break the chart', async () => {
    const [file, svg] = [join(folder, 'steering.json'), join(folder, 'steering.svg')];
    writeFileSync(file, readFileSync(scenario, 'utf8').replace('"mine"', '"\\u001b[2J"').replace('"d"', '"d\\u009b"'));
    const { stdout } = await run(['model', 'explain', '--design', 'bias', '--scenario', file, '--svg', svg]);
    const walks = await run(['model', '--design', 'bias', '--scenario', file, '--seed', '1', '--walks', '5', '--format', 'json']);
    for (const text of [stdout, walks.stdout, readFileSync(svg, 'utf8')]) {
      expect(text).toContain('x1b[2J');
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });

  it('runs a scenario file, in search and in walks', async () => {
    const { code, stdout } = await run(['model', '--scenario', scenario, '--design', 'bias']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^bias: \d+ states .*finished\n +1 end states: unevictable\n$/);
    const walks = await run(['model', '--scenario', scenario, '--design', 'bias', '--seed', '3', '--walks', '10']);
    expect(walks.stdout).toMatch(/^bias, mine: 10 random walks \([\d,]+ steps\/s\), no finished search: unevictable in 10\n$/);
  });

  it.each([
    [['model', '--design', 'none-such'], 'no design none-such; there are plain'],
    [['model', '--max-states', '0'], 'from 1 to'],
    [['model', 'explain', '--design', 'bias'], 'say which misuse'],
    [['model', 'explian', '--design', 'bias'], 'no command model explian; putright help model shows what there is'],
    [['model', 'explain', 'bias'], 'too many arguments'],
    [['model', '--walks', '5'], '--walks is for random walks; add --seed N'],
    [['model', '--seed', '1', '--max-states', '5'], 'searches nothing, so --max-states has no use'],
    [['model', '--scenario', scenario, '--pages', '2'], '--pages is for the built-in scenarios'],
    [['model', 'explain', '--design', 'bias', '--scenario', scenario, '--misuse', 'none'], '--misuse is for the built-in scenarios'],
    [['model', 'explain', '--design', 'bias', '--misuse', 'none', '--seed', '1'], '--seed is for random walks; leave it out'],
    [['model', 'explain', '--design', 'bias', '--misuse', 'none', '--svg', '-'], 'would both go to the standard output'],
    [['model', '--scenario', '/no/such.json'], 'cannot read /no/such.json: there is no such file'],
  ])('refuses %j, exit 2', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });

  it('names file, line and key of a wrong scenario', async () => {
    const wrong = join(folder, 'wrong.json');
    writeFileSync(wrong, readFileSync(scenario, 'utf8').replace('"pin"', '"pim"'));
    const { code, stderr } = await run(['model', '--scenario', wrong]);
    expect([code, stderr]).toEqual([2, `putright: ${wrong}: line 5, actors[0].program[0].op: no such operation: pim\n`]);
  });
});
