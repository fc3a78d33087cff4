/** The pages under test: of the examples with everything, of a thousand rows, and of a tree that means harm. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Survey } from '../../src/survey/row.js';
import { run } from '../cli/run.js';
import { row, surveyOf } from '../report/rows.js';

export interface Fixture {
  folder: string;
  survey: Survey;
  full: string;
  thousand: string;
  hostile: string;
  remove: () => void;
}

async function must(...args: string[]): Promise<void> {
  const { code, stderr } = await run(args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
}

export async function makeFixture(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'putright-page-'));
  const at = (name: string): string => join(folder, name);
  await must('survey', '--format', 'json', '-o', at('now.json'));
  const survey = JSON.parse(readFileSync(at('now.json'), 'utf8')) as Survey;
  writeFileSync(at('before.json'), JSON.stringify(older(survey)));
  writeFileSync(at('between.json'), JSON.stringify({ ...survey, tree: 'between', sites: survey.sites.slice(2) }));
  writeFileSync(at('findings.json'), JSON.stringify(findings(survey)));
  writeFileSync(at('matrix.json'), JSON.stringify(MATRIX));
  await must(
    ...['report', at('now.json'), '--against', at('before.json'), '--against', at('between.json')],
    ...['--findings', at('findings.json'), '--model', at('matrix.json'), '-o', at('full.html')],
  );
  writeFileSync(at('thousand.json'), JSON.stringify(thousand()));
  await must('report', at('thousand.json'), '-o', at('thousand.html'));
  await makeHostile(folder);
  const address = (name: string): string => `file://${at(name)}`;
  return {
    folder,
    survey,
    full: address('full.html'),
    thousand: address('thousand.html'),
    hostile: address('hostile.html'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The same tree at an earlier time: two pins were gets, one site is not there yet, another was there. */
function older(survey: Survey): Survey {
  const sites = structuredClone(survey.sites).slice(1);
  const pins = sites.filter((site) => site.api === 'pin_user_pages_fast' && site.kind === 'user').slice(0, 2);
  for (const site of pins) {
    site.api = 'get_user_pages_fast';
    site.id = site.id.replace('pin_user_pages_fast', 'get_user_pages_fast_before');
    site.reference = 'get';
  }
  for (const site of sites) site.line += 100;
  return { ...survey, tree: 'before', sites: [...sites, row({ file: 'drivers/gone/gone.c', function: 'left_behind' })] };
}

function findings(survey: Survey): object {
  const site = survey.sites.find((one) => one.reference === 'pin' && one.trace.length > 1);
  if (!site) throw new Error('the examples have no pin with a trace');
  const { file, line, column, function: name } = site;
  const finding = {
    ...{ id: 'f1', rule: 'wrong-release', severity: 'error', message: 'A pin is dropped by put_page().' },
    ...{ file, line, column, function: name, site: site.id, fingerprint: 'f' },
    path: site.trace.map((step) => ({ file: step.file, line: step.line, function: step.function, text: step.text })),
  };
  return { tree: survey.tree, version: survey.version, findings: [finding] };
}

const MATRIX = {
  cells: [
    {
      ...{ scenario: 'put_page() on a pin', design: 'biased count', outcomes: ['unevictable'], noticed: false, states: 412 },
      run: [
        { actor: 'driver', text: 'pins page 0' },
        { actor: 'driver', text: 'puts page 0' },
        { actor: 'reclaim', text: 'cannot free page 0' },
      ],
    },
    { scenario: 'put_page() on a pin', design: 'warning', outcomes: ['unevictable'], noticed: true, states: 500, run: [] },
    { scenario: 'right release', design: 'biased count', outcomes: [], noticed: false, states: 90, run: [] },
  ],
};

function thousand(): Survey {
  const forms = ['single', 'bulk', 'loop-collapsible', 'loop-other'] as const;
  return surveyOf(
    Array.from({ length: 1000 }, (_, n) =>
      row({
        file: `drivers/d${n % 40}/file${n}.c`,
        function: `hold_${n}`,
        line: n + 1,
        reference: n % 3 === 0 ? 'pin' : 'get',
        api: n % 3 === 0 ? 'pin_user_pages_fast' : 'get_user_pages_fast',
        releaseForm: forms[n % 4] ?? 'single',
        carrier: [`ctx_${n % 90}.pages`],
      }),
    ),
  );
}

/** What would set `window.hacked` if a name, a comment or a JSON text came into the page as more than text. */
export const HARM = `</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg onload=window.hacked=1>--><!--"'\`\${window.hacked=1}`;

async function makeHostile(folder: string): Promise<void> {
  const tree = join(folder, `tree <img src=x onerror=window.hacked=1>`);
  // The slash of an end tag is the one between two folders.
  const inner = join(tree, '"><script>window.hacked=1<', "script> <img src=x onerror='window.hacked=1'>");
  mkdirSync(inner, { recursive: true });
  const driver = `/* ${HARM} */
static int hold(struct ctx *c, unsigned long addr)
{
	struct page *page; /* ${HARM} */
	int n = get_user_pages_fast(addr, 1, FOLL_WRITE, &page); // ${HARM}

	if (n != 1)
		return print("${HARM.replaceAll('"', '\\"')}");
	put_page(page); /* ${HARM} */
	return 0;
}
`;
  writeFileSync(join(inner, '<img src=x onerror=window.hacked=1>&lt;.c'), driver);
  writeFileSync(join(tree, `a'"\`&amp;<b>.c`), driver.replace('hold', 'held'));
  const json = join(folder, 'hostile.json');
  await must('survey', tree, '--format', 'json', '-o', json);
  const survey = JSON.parse(readFileSync(json, 'utf8')) as Survey;
  if (survey.sites.length !== 2) throw new Error(`the hostile tree has ${survey.sites.length} sites`);
  // What no C can say, somebody's JSON can.
  const odd = row({
    ...{ id: HARM, file: `x/${HARM}.c`, function: HARM, api: HARM, releaseReason: HARM, carrier: [HARM], mixed: true },
    ...{ mixedWith: [HARM], wrappers: [HARM], case: { number: 2 as const, reason: HARM } },
    releases: [{ file: HARM, line: 1, function: HARM, api: HARM }],
    trace: [{ file: HARM, line: 1, column: 1, function: HARM, text: HARM }],
    gaps: [{ file: HARM, line: 1, why: HARM }],
  });
  writeFileSync(json, JSON.stringify({ ...survey, version: HARM, sites: [...survey.sites, odd] }));
  const before = join(folder, 'hostile-before.json');
  writeFileSync(before, JSON.stringify({ ...survey, tree: HARM, sites: [{ ...odd, containers: [], carrier: [], id: 'other' }] }));
  const found = join(folder, 'hostile-findings.json');
  const step = { file: HARM, line: 1, function: HARM, text: HARM };
  const finding = {
    ...{ id: HARM, rule: HARM, severity: 'error', message: HARM, ...step, column: 1, site: HARM, fingerprint: HARM },
    path: [step],
  };
  writeFileSync(found, JSON.stringify({ findings: [finding] }));
  const matrix = join(folder, 'hostile-matrix.json');
  const cell = { scenario: HARM, design: HARM, outcomes: [HARM], noticed: false, states: 1, run: [{ actor: HARM, text: HARM }] };
  writeFileSync(matrix, JSON.stringify({ cells: [cell] }));
  await must('report', json, '--against', before, '--findings', found, '--model', matrix, '-o', join(folder, 'hostile.html'));
}
