import { statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Compared, Progress } from '../compare/compare.js';
import { formats, type Writer } from '../report/index.js';
import { visible } from '../report/visible.js';
import { asked, type Clash, refuseClashes } from './clash.js';
import { Failure } from './failure.js';
import { checkedOf, matrixOf } from './given.js';
import { cacheOption, collect, engineOptions, filled, jobsOption, outputOption } from './options.js';
import { destinationOf } from './output.js';

/** The formats that `report` also writes, with the writers of `survey`. */
const others = ['xlsx', 'csv', 'md'] as const;
type ReportFormat = 'html' | (typeof others)[number];

interface Given {
  format: ReportFormat;
  output?: string;
  findings?: string[];
  check: boolean;
  model?: string;
  against?: string[];
  source?: string;
  jobs?: number;
  cache?: string;
}

const EXAMPLES = `
Examples:
  $ putright report ~/linux -o report.html
  $ putright report ~/linux --no-check -o sheet.html
  $ putright report linux-6.12.json --findings linux-6.12.check.json -o report.html
  $ putright report linux-6.12.json --source ~/linux -o report.html
  $ putright report ~/linux-6.12 --against ~/linux-6.1 -o progress.html
  $ putright report ~/linux --format md | less

The page is one file: it opens from the disk, needs no network, and can be
attached to a mail.
`;

/** Adds `putright report`. */
export function addReport(program: Command): void {
  program
    .command('report')
    .summary('a survey as one HTML page with charts, sheet, stories and flow')
    .description(
      'Writes one self-contained HTML page of a survey: charts that filter, the sheet, each site with the code of its steps, and the way of the pages through each subsystem.',
    )
    .argument('<tree>', 'folder to survey, or the JSON file of a survey', filled)
    .addOption(new Option('-f, --format <format>', 'html, or a format for other programs').choices(['html', ...others]).default('html'))
    .addOption(outputOption)
    .option(
      '--findings <file>',
      'findings of the same tree (JSON of putright check) to show at their sites; without it, a tree given as a folder is checked; may be repeated, for each --against in its order',
      collect,
    )
    .option('--no-check', 'do not check the tree; only the findings of --findings are shown, and the page takes no longer than a survey')
    .option('--model <file>', "the model's matrix (JSON of putright model)", filled)
    .option('--against <tree>', 'an older tree or its survey JSON, to compare with; may be repeated, the oldest first', collect)
    .option('--source <dir>', "where the code is read from (default: the survey's tree)", filled)
    .addOption(jobsOption)
    .addOption(cacheOption)
    .addHelpText('after', EXAMPLES)
    .action(reportCommand);
}

/** Options that only the page has a use for. */
const clashes: readonly Clash<Given>[] = [
  {
    beside: ({ format }) => format !== 'html',
    options: [...asked<Given>('against', 'findings', 'model', 'source'), ['--no-check', ({ check }) => !check]],
    why: (option, { format }) => `${option} is for the page; ${format} has no place for it`,
  },
];

/** Refuses options that make no sense together, before any work. */
function refuse(given: Given): void {
  refuseClashes(given, clashes);
  const trees = 1 + (given.against?.length ?? 0);
  const told = given.findings?.length ?? 0;
  if (told > trees)
    throw new Failure(
      `--findings is given ${told} times for ${trees} tree${trees === 1 ? '' : 's'}; give it once for each, in their order`,
    );
  if (given.source !== undefined && !statSync(given.source, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`--source ${visible(given.source)} is no folder; name the tree that was surveyed`);
  }
}

async function reportCommand(tree: string, given: Given): Promise<void> {
  refuse(given);
  const { format } = given;
  const { file, give } = destinationOf(given.output);
  if ((format === 'html' || format === 'xlsx') && file === null && process.stdout.isTTY) {
    throw new Failure(`a terminal cannot show ${format}; add -o report.${format}`);
  }
  const options = engineOptions(given);
  const [told, ...ofOlder] = given.findings ?? [];
  const against = given.against ?? [];
  const matrix = await matrixOf(given.model);
  // Only the page shows findings.
  const isChecked = format === 'html' && given.check;
  const { survey, findings } = await checkedOf(tree, told, options, isChecked);
  const older: Compared[] = [];
  for (const [n, one] of against.entries()) older.push(await checkedOf(one, ofOlder[n], options, isChecked));
  const content = format === 'html' ? await page() : await written(formats[format].load());
  await give(content);

  async function written(loading: Promise<Writer>): Promise<string | Uint8Array> {
    return (await loading)(survey, {});
  }

  async function page(): Promise<string> {
    const { writePage } = await import('../report/page/page.js');
    let progress: Progress | undefined;
    if (older.length > 0) {
      const { progressOf } = await import('../compare/compare.js');
      progress = progressOf([...older, { survey, findings }]);
    }
    return writePage(survey, { findings, matrix, progress, source: given.source });
  }
}
