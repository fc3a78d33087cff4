import { type Command, Option } from 'commander';
import { type Severity, severities } from '../check/finding.js';
import { rules } from '../check/rules.js';
import { findingFormats } from '../report/findings.js';
import { closingLine } from '../report/findings-text.js';
import { visible } from '../report/visible.js';
import { readBaseline, writtenBaseline } from './baseline.js';
import { asked, type Clash, refuseClashes } from './clash.js';
import { exitCodes, Failure } from './failure.js';
import { cacheOption, collect, engineOptions, filled, jobsOption, outputOption } from './options.js';
import { checkWritable, destinationOf, writeWhole } from './output.js';
import { examples } from './package.js';
import { runChecked } from './run-survey.js';
import { standardOutput } from './terminal.js';

interface Given {
  format?: keyof typeof findingFormats;
  output?: string;
  rule?: string[];
  path?: string[];
  severity: Severity;
  baseline?: string;
  updateBaseline?: boolean;
  changedSince?: string;
  listRules?: boolean;
  jobs?: number;
  cache?: string;
}

/** The least severity that is shown by default. */
const LEAST: Severity = 'warning';

const EXAMPLES = `
Examples:
  $ putright check ~/linux                             a whole kernel tree
  $ putright check ~/linux --path 'drivers/gpu/**'     the sites of a subsystem
  $ putright check . --changed-since origin/master     what a branch touched
  $ putright check . --baseline known.json             only what is new
  $ putright check . --format sarif -o putright.sarif  for editors and GitHub
  $ putright explain . drivers/x/y.c:120               a line's findings in full

Exit codes: 0 nothing found, 1 findings, 2 could not run.
`;

/** Adds `putright check`. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .summary('releases that do not match, and paths that leak, with the path that shows it')
    .description(
      'Follows every reference on user pages to its release and prints what is wrong as compilers do, each finding with its path as notes: where the reference was taken, what happens to it, and where it is dropped wrongly or lost.',
    )
    .argument('[tree]', 'folder to check (default: the examples that come with putright)', filled)
    .addOption(new Option('-f, --format <format>', 'output format (default: "text")').choices(Object.keys(findingFormats)))
    .addOption(outputOption)
    .option('-r, --rule <rule>', 'only findings of this rule; may be repeated', collect)
    .option(
      '-p, --path <glob>',
      'only sites in files that match, or in a folder, relative to the tree; may be repeated; faults in those files with pages that are taken elsewhere are reported only without this option',
      collect,
    )
    .addOption(new Option('-s, --severity <severity>', 'report findings of this severity and above').choices(severities).default(LEAST))
    .option(
      '--changed-since <rev>',
      'only findings in functions that changed since this git revision, and findings elsewhere that the change has caused',
      filled,
    )
    .option('--baseline <file>', 'leave out the findings that this file lists', filled)
    .option('--update-baseline', 'write the findings to the baseline instead of printing them')
    .option('--list-rules', 'list the rules, a line each, and exit')
    .addOption(jobsOption)
    .addOption(cacheOption)
    .addHelpText('after', EXAMPLES)
    .action((tree: string | undefined, given: Given) => checkCommand(tree ?? examples, given));
}

async function checkCommand(tree: string, given: Given): Promise<void> {
  refuse(given);
  const { file, give } = destinationOf(given.output);
  if (given.listRules) return give(rules.map((r) => `${r.id.padEnd(20)}${r.severity.padEnd(9)}${r.about}\n`).join(''));
  const { baseline, updateBaseline = false } = given;
  if (baseline !== undefined && updateBaseline) checkWritable(baseline);
  const known = baseline === undefined || updateBaseline ? new Set<string>() : readBaseline(baseline);

  const { survey, findings: all } = await runChecked(tree, engineOptions(given), given.changedSince);
  const findings = all.filter(
    (f) =>
      severities.indexOf(f.severity) >= severities.indexOf(given.severity) &&
      (!given.rule || given.rule.includes(f.rule)) &&
      !known.has(f.id),
  );
  if (baseline !== undefined && updateBaseline) return writeWhole(baseline, writtenBaseline(findings));

  const check = { tree, version: survey.version, findings, warnings: survey.warnings };
  const content = await findingFormats[given.format ?? 'text'](check, file === null ? standardOutput() : {});
  // Set before the output is written, since its reader may end the program.
  if (findings.length > 0) process.exitCode = exitCodes.found;
  await give(content);
  if ((given.format ?? 'text') === 'text') process.stderr.write(closingLine(check));
}

/** Options that have no use, or do harm, together with a list of the rules or a new baseline. */
const clashes: readonly Clash<Given>[] = [
  {
    beside: ({ listRules }) => listRules === true,
    options: asked('format', 'baseline', 'updateBaseline', 'changedSince'),
    why: (option) => `--list-rules checks nothing, so ${option} has no use; use one of them`,
  },
  {
    beside: ({ updateBaseline }) => updateBaseline === true,
    options: [
      ...asked<Given>('rule', 'path'),
      ['--severity', ({ severity }) => severities.indexOf(severity) > severities.indexOf(LEAST)],
      ...asked<Given>('changedSince'),
    ],
    why: (option) => `--update-baseline would lose what ${option} leaves out; use one of them`,
  },
  {
    beside: ({ updateBaseline }) => updateBaseline === true,
    options: asked('format', 'output'),
    why: (option) => `--update-baseline prints no findings, so ${option} has no use; use one of them`,
  },
];

/** Refuses options that make no sense together, before any work. */
function refuse(given: Given): void {
  refuseClashes(given, clashes);
  const { rule, baseline, updateBaseline } = given;
  const unknown = rule?.find((id) => !rules.some((r) => r.id === id));
  if (unknown !== undefined) throw new Failure(`no rule ${visible(unknown)}; --list-rules shows them`);
  if (updateBaseline && baseline === undefined) throw new Failure('--update-baseline needs --baseline FILE');
}
