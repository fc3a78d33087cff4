import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/compare/finding.js';
import type { PageData } from '../../src/report/page/data.js';
import { row, surveyOf } from '../report/rows.js';
import { program, run } from './run.js';

let folder = '';
const at = (name: string): string => join(folder, name);
const pin = row({ api: 'pin_user_pages_fast', reference: 'pin' });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'putright-report-'));
  writeFileSync(at('old.json'), JSON.stringify(surveyOf([row()], { tree: 'old' })));
  writeFileSync(at('new.json'), JSON.stringify(surveyOf([pin], { tree: 'new' })));
  writeFileSync(at('empty.json'), '{"findings":[]}');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('report', () => {
  it('writes one page of a survey file, whole', async () => {
    expect(await run(['report', at('new.json'), '--against', at('old.json'), '-o', at('r.html')])).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: '',
    });
    const page = readFileSync(at('r.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('"converted":true');
  });

  it('takes the findings of each tree, the older ones too', async () => {
    const finding = { ...{ id: 'x', rule: 'needs-pin', severity: 'warning', message: 'm', file: pin.file, line: 10 }, site: pin.id };
    writeFileSync(at('found.json'), JSON.stringify({ findings: [finding] }));
    const regressions = async (...older: string[]): Promise<string[]> => {
      const { code, stderr } = await run(['report', at('new.json'), '--findings', at('found.json'), ...older, '-o', at('f.html')]);
      expect([code, stderr]).toEqual([0, '']);
      const data = JSON.parse(/id="data">(.*)<\/script>/.exec(readFileSync(at('f.html'), 'utf8'))?.[1] ?? '') as PageData;
      return data.progress?.whole.regressions.map(({ why }) => why) ?? [];
    };
    // Without findings of the older tree nobody knows which are new.
    expect(await regressions('--against', at('old.json'))).toEqual([]);
    expect(await regressions('--against', at('old.json'), '--findings', at('empty.json'))).toEqual(['new finding: needs-pin']);
  });

  it('surveys a tree, and reads its code', async () => {
    const { code } = await run(['report', 'examples', '-o', at('e.html')]);
    expect(code).toBe(0);
    expect(readFileSync(at('e.html'), 'utf8')).toMatch(/"code":\{"drivers\/[^"]+":\{"first"/);
  });

  it('leaves the findings out where no check is wanted, and does not call that none found', async () => {
    const { code, stderr } = await run(['report', 'examples', '--no-check', '-o', at('sheet.html')]);
    expect([code, stderr]).toEqual([0, '']);
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(readFileSync(at('sheet.html'), 'utf8'))?.[1] ?? '') as PageData;
    expect([data.findings, data.sites.length > 50]).toEqual([null, true]);
  });

  it('checks a tree in the same pass, and takes what the model writes', async () => {
    await run(['model', '--format', 'json', '-o', at('model.json')]);
    await run(['check', 'examples', '--severity', 'note', '--format', 'json', '-o', at('findings.json')]);
    const { code, stderr } = await run(['report', 'examples', '--model', at('model.json'), '-o', at('m.html')]);
    expect([code, stderr]).toEqual([0, '']);
    const page = readFileSync(at('m.html'), 'utf8');
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(page)?.[1] ?? '') as PageData;
    const { findings } = JSON.parse(readFileSync(at('findings.json'), 'utf8')) as { findings: Finding[] };
    expect(findings.length).toBeGreaterThan(5);
    expect(data.findings?.map((finding) => finding.id)).toEqual(findings.map((finding) => finding.id));
    expect(data.sites.filter((site) => site.pairing === 'wrong').map((site) => site.id)).toEqual([
      ...new Set(findings.filter(({ rule }) => rule === 'wrong-release' || rule === 'mixed-release').map((finding) => finding.site)),
    ]);
    // Made of files, the page shows the same.
    await run(['survey', 'examples', '--format', 'json', '-o', at('survey.json')]);
    const files = [at('survey.json'), '--findings', at('findings.json'), '--model', at('model.json')];
    await run(['report', ...files, '-o', at('files.html')]);
    expect(JSON.parse(/id="data">(.*)<\/script>/.exec(readFileSync(at('files.html'), 'utf8'))?.[1] ?? '')).toEqual(data);
    expect(data.matrix?.cells.length).toBe((data.matrix?.designs.length ?? 0) * (data.matrix?.misuses.length ?? 0));
    expect(data.matrix?.cells.find((cell) => cell.design === 'bias' && cell.misuse === 'put-for-pin')?.outcomes).toContain('unevictable');
  });

  it.each([
    ['md', /^# Page references in `new`/],
    ['csv', /^id,subsystem,/],
    ['xlsx', /^PK/],
  ])('writes %s', async (format, begins) => {
    const { code, stdout } = await run(['report', at('new.json'), '--format', format]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(begins)]);
  });

  it.each([
    [['report', 'nowhere'], 'nowhere'],
    [['report', '@empty.json'], 'is not a survey (putright survey TREE --format json -o FILE makes one): tree is not a text'],
    [['report', '@new.json', '--findings', '@old.json'], 'is not a file of findings'],
    [['report', '@new.json', '--findings', '@none.json'], 'there is no such file'],
    [
      ['report', '@new.json', '--findings', '@empty.json', '--findings', '@empty.json'],
      'given 2 times for 1 tree; give it once for each, in their order',
    ],
    [['report', '@new.json', '--model', '@empty.json'], "is not the model's matrix"],
    [['report', '@new.json', '-o', '/nowhere/x.html'], 'cannot write /nowhere/x.html'],
    [['report', '@new.json', '--format', 'csv', '--against', '@old.json'], '--against is for the page; csv has no place for it'],
    [['report', '@new.json', '--format', 'xlsx', '--findings', '@empty.json'], '--findings is for the page'],
    [['report', '@new.json', '--format', 'md', '--no-check'], '--no-check is for the page'],
    [['report', '@new.json', '--source', '/nope'], '--source /nope is no folder'],
    [['report', '@new.json', '--format', 'pdf'], 'Allowed choices are html, xlsx, csv, md'],
    [['compare', '@new.json'], 'missing required argument'],
    [['compare', '@old.json', '@new.json', '--findings', '@empty.json'], 'given 1 times for 2 trees'],
  ])('says what is wrong with %j', async (args, why) => {
    const given = args.map((arg) => (arg.startsWith('@') ? at(arg.slice(1)) : arg));
    const { code, stderr, stdout } = await run(args.includes('-o') ? given : [...given, '-o', at('none.html')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(why);
    expect(existsSync(at('none.html'))).toBe(false);
  });
});

describe('compare', () => {
  it('tells a conversion, and fails only on a regression', async () => {
    const there = await run(['compare', at('old.json'), at('new.json'), '--fail-on', 'regression']);
    expect([there.code, there.stderr]).toEqual([0, '']);
    expect(there.stdout).toContain('Converted (1)');
    const back = await run(['compare', at('new.json'), at('old.json'), '--fail-on', 'regression']);
    expect([back.code, back.stderr]).toEqual([1, 'putright: 1 regression\n']);
    expect((await run(['compare', at('new.json'), at('old.json')])).code).toBe(0);
  });

  it('reads what comes through a pipe, and behind a mark of the byte order', async () => {
    const plain = (await run(['compare', at('old.json'), at('new.json')])).stdout;
    const piped = execFileSync('sh', [
      '-c',
      `cat "$1" | "$2" "$3" compare /dev/stdin "$4"`,
      'sh',
      at('old.json'),
      process.execPath,
      program,
      at('new.json'),
    ]);
    expect(piped.toString()).toBe(plain);
    writeFileSync(at('marked.json'), `\ufeff${readFileSync(at('old.json'), 'utf8')}`);
    expect((await run(['compare', at('marked.json'), at('new.json')])).stdout).toBe(plain);
  });

  it('makes a curve of several, in every format', async () => {
    const trees = [at('old.json'), at('new.json'), at('old.json')];
    expect((await run(['compare', ...trees])).stdout).toContain('Progress');
    const { curve, steps } = JSON.parse((await run(['compare', ...trees, '--format', 'json'])).stdout) as {
      curve: object[];
      steps: object[];
    };
    expect([curve.length, steps.length]).toEqual([3, 2]);
    await run(['compare', ...trees, '--format', 'md', '-o', at('c.md')]);
    expect(readFileSync(at('c.md'), 'utf8')).toContain('| tree | sites | pin | extract |');
  });
});
