/** The pages under test: of the examples with everything, of a thousand rows, and of a tree that means harm. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, Survey } from '../../src/survey/row.js';
import { run } from '../cli/run.js';
import { row, surveyOf } from '../report/rows.js';

export interface Fixture {
  folder: string;
  survey: Survey;
  full: string;
  /** With many findings: of several rules, of all severities, and far from their sites. */
  found: string;
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
  writeFileSync(at('many-findings.json'), JSON.stringify(manyFindings(survey)));
  writeFileSync(at('no-findings.json'), JSON.stringify({ findings: [] }));
  await must(
    ...['report', at('now.json'), '--findings', at('many-findings.json')],
    ...['--against', at('before.json'), '--findings', at('no-findings.json'), '-o', at('found.html')],
  );
  writeFileSync(at('thousand.json'), JSON.stringify(thousand()));
  await must('report', at('thousand.json'), '-o', at('thousand.html'));
  await makeHostile(folder);
  const address = (name: string): string => `file://${at(name)}`;
  return {
    folder,
    survey,
    full: address('full.html'),
    found: address('found.html'),
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

/** The sites that have findings in `found`: the first has many, most of them elsewhere; the last has one that is only a note. */
export function foundSites(survey: Survey): [many: Row, wrong: Row, noted: Row] {
  const [many, wrong, noted] = survey.sites.filter((one) => one.kind === 'user' && one.trace.length > 1 && one.releases.length > 0);
  if (!many || !wrong || !noted) throw new Error('the examples have no three sites with a trace');
  return [many, wrong, noted];
}

/** Not in the order of how bad they are. */
function manyFindings(survey: Survey): object {
  const [many, wrong, noted] = foundSites(survey);
  const finding = (rule: string, severity: string, site: Row, place: object = {}): object => {
    const { file, line, column, function: name } = site;
    const path = site.trace.map((step) => ({ file: step.file, line: step.line, function: step.function, text: step.text }));
    const message = `what ${rule} complains of`;
    const at = { file, line, column, function: name, ...place };
    return { id: `${rule}:${JSON.stringify(place)}`, rule, severity, message, ...at, site: site.id, path, fingerprint: 'f' };
  };
  const [release] = wrong.releases;
  const far = (n: number): object => ({ file: `drivers/far/far${n}.c`, line: 100 + n, function: `far_create_${n}` });
  return {
    tree: survey.tree,
    version: survey.version,
    findings: [
      finding('dirty-lost', 'warning', many),
      finding('dirty-lost', 'warning', many, far(9)),
      ...[0, 1, 2, 3, 4, 5].map((n) => finding('leak-on-path', 'error', many, far(n))),
      finding('needs-pin', 'note', noted),
      finding('wrong-release', 'error', wrong, { file: release?.file, line: release?.line, function: release?.function }),
      finding('dirty-lost', 'warning', wrong),
    ],
  };
}

const page = (ref: number, pins = 0) => ({ ref, pins, mapcount: 1, content: 1, flags: ['anon', 'lru'] });
const bare = { alsoCorrect: [], notices: 'never', noticesDebug: 'never', finished: true, typeFaults: [], searches: [], runs: [] };

/** As `putright model --format json` writes it. */
const MATRIX = {
  designs: ['bias', 'bias-warn', 'typed'],
  misuses: ['none', 'put-for-pin'],
  about: {
    designs: { bias: { about: 'A pin is 1024 references.', source: 's' } },
    misuses: { 'put-for-pin': { about: 'A pin is dropped by put_page().', question: 'q' } },
    outcomes: { unevictable: 'A page that nobody uses can never be freed.' },
    notices: {},
    settings: { reclaim: 'Reclaim runs beside the driver.' },
  },
  cells: [
    {
      ...{ ...bare, design: 'bias', misuse: 'put-for-pin', outcomes: ['changed-under-writeback', 'unevictable'] },
      ...{
        alsoCorrect: ['changed-under-writeback'],
        searches: [
          { setting: 'reclaim', states: 400 },
          { setting: 'fork', states: 12 },
        ],
      },
      runs: [
        {
          ...{ outcome: 'unevictable', scenario: 'reclaim', actors: ['driver', 'reclaim'], outcomes: ['unevictable'] },
          start: [page(1), page(1)],
          steps: [
            { actor: 'driver', text: 'pins page 0', stands: '', mistake: false, notices: [], pages: [page(1025, 1), page(1)] },
            { actor: 'driver', text: 'puts page 0', stands: '', mistake: true, notices: ['odd-count'], pages: [page(1024, 1), page(1)] },
            { actor: 'reclaim', text: 'cannot free page 0', stands: '', mistake: false, notices: [], pages: [page(1024, 1), page(1)] },
          ],
        },
      ],
    },
    { ...bare, design: 'bias-warn', misuse: 'put-for-pin', outcomes: ['unevictable'], notices: 'sometimes', noticesDebug: 'always' },
    {
      ...{ ...bare, design: 'typed', misuse: 'put-for-pin', outcomes: [], notices: 'compiler' },
      typeFaults: [{ actor: 'driver', why: 'a pin is no page', operation: { op: 'put' } }],
    },
    {
      ...bare,
      design: 'bias',
      misuse: 'none',
      outcomes: [],
      notices: null,
      noticesDebug: null,
      criesWolf: { warns: true, falsePin: false },
    },
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
  const told = { about: HARM, source: HARM, question: HARM };
  const run = { actor: HARM, text: HARM, stands: HARM, notices: [HARM], pages: [{ ref: 1, flags: [HARM] }] };
  const cell = {
    ...{ misuse: HARM, design: HARM, outcomes: [HARM], notices: HARM, typeFaults: [{ actor: HARM, why: HARM }] },
    runs: [{ outcome: HARM, scenario: HARM, actors: [HARM], start: [{ ref: 2, flags: [HARM] }], steps: [run] }],
  };
  const about = { designs: { [HARM]: told }, misuses: { [HARM]: told }, outcomes: { [HARM]: HARM }, settings: { [HARM]: HARM } };
  writeFileSync(matrix, JSON.stringify({ designs: [HARM], misuses: [HARM], about, cells: [cell] }));
  await must('report', json, '--against', before, '--findings', found, '--model', matrix, '-o', join(folder, 'hostile.html'));
}
