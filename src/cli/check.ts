import { type Command, Option } from 'commander';
import { type Severity, severities } from '../check/finding.js';
import { rules } from '../check/rules.js';
import { findingFormats } from '../report/findings.js';
import { visible } from '../report/visible.js';
import { readBaseline, writtenBaseline } from './baseline.js';
import { exitCodes, Failure } from './failure.js';
import { collect, parseJobs } from './options.js';
import { checkWritable, print, writeWhole } from './output.js';
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

/** The least that is told, if nothing else is said. */
const LEAST: Severity = 'warning';

const EXAMPLES = `
Examples:
  $ putright check ~/linux                                 a whole kernel tree
  $ putright check ~/linux --path 'drivers/gpu/**'         one subsystem
  $ putright check . --changed-since origin/master         what a branch has to do with
  $ putright check . --baseline known.json                 only what is new
  $ putright check . --format sarif -o putright.sarif      for GitHub code scanning and editors
  $ putright explain . leak-on-path:577ea2910d1bdb8b       one finding as a story

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
    .argument('[tree]', 'folder to check (default: the examples that come with putright)')
    .addOption(new Option('-f, --format <format>', 'how to write (default: "text")').choices(Object.keys(findingFormats)))
    .option('-o, --output <file>', 'write to this file; it appears whole or not at all')
    .option('-r, --rule <rule>', 'only findings of this rule; may be repeated', collect)
    .option('-p, --path <glob>', 'only sites in files that match, or in a folder, relative to the tree; may be repeated', collect)
    .addOption(new Option('-s, --severity <severity>', 'the least that is told').choices(severities).default(LEAST))
    .option('--changed-since <rev>', 'only what changed since this revision of git: in functions that it touched, or new by its effects')
    .option('--baseline <file>', 'leave out the findings that this file lists')
    .option('--update-baseline', 'write what was found to the baseline, and tell nothing')
    .option('--list-rules', 'the rules, a line each')
    .option('-j, --jobs <n>', 'threads that read the tree and follow the sites (default: one per core)', parseJobs)
    .option('--cache <dir>', 'keep results in this folder, so that the next run reads and follows only what changed')
    .addHelpText('after', EXAMPLES)
    .action((tree: string | undefined, given: Given) => checkCommand(tree ?? examples, given));
}

async function checkCommand(tree: string, given: Given): Promise<void> {
  if (given.listRules) return print(rules.map((r) => `${r.id.padEnd(20)}${r.severity.padEnd(9)}${r.about}\n`).join(''));
  refuse(given);
  const output = given.output === '-' ? undefined : given.output;
  if (output !== undefined) checkWritable(output);
  const { baseline, updateBaseline = false } = given;
  if (baseline !== undefined && updateBaseline) checkWritable(baseline);
  const known = baseline === undefined || updateBaseline ? new Set<string>() : readBaseline(baseline);

  const options = {
    ...(given.path ? { paths: given.path } : {}),
    ...(given.jobs === undefined ? {} : { jobs: given.jobs }),
    ...(given.cache === undefined ? {} : { cache: given.cache }),
  };
  const { survey, findings: all } = await runChecked(tree, options, given.changedSince);
  const findings = all.filter(
    (f) =>
      severities.indexOf(f.severity) >= severities.indexOf(given.severity) &&
      (!given.rule || given.rule.includes(f.rule)) &&
      !known.has(f.id),
  );
  if (baseline !== undefined && updateBaseline) return writeWhole(baseline, writtenBaseline(findings));

  const check = { tree, version: survey.version, findings, warnings: survey.warnings };
  const content = await findingFormats[given.format ?? 'text'](check, output === undefined ? standardOutput() : {});
  // Before it is written: the reader may end the program.
  if (findings.length > 0) process.exitCode = exitCodes.found;
  if (output === undefined) await print(content);
  else writeWhole(output, content);
}

/** What a baseline would lose what it leaves out of: the option, and whether it was given so that it does. */
const narrowing: readonly (readonly [option: string, given: (given: Given) => boolean])[] = [
  ['--rule', ({ rule }) => rule !== undefined],
  ['--path', ({ path }) => path !== undefined],
  ['--severity', ({ severity }) => severities.indexOf(severity) > severities.indexOf(LEAST)],
  ['--changed-since', ({ changedSince }) => changedSince !== undefined],
];

/** What says how findings are told, of which there are none beside a new baseline. */
const telling: typeof narrowing = [
  ['--format', ({ format }) => format !== undefined],
  ['--output', ({ output }) => output !== undefined],
];

/** Fails for what cannot be meant, before any work. */
function refuse(given: Given): void {
  const { rule, baseline, updateBaseline } = given;
  const unknown = rule?.find((id) => !rules.some((r) => r.id === id));
  if (unknown !== undefined) throw new Failure(`no rule ${visible(unknown)}; --list-rules shows them`);
  if (updateBaseline && baseline === undefined) throw new Failure('--update-baseline needs --baseline FILE');
  if (!updateBaseline) return;
  for (const [option, isGiven] of narrowing) {
    if (isGiven(given)) throw new Failure(`--update-baseline would lose what ${option} leaves out; use one of them`);
  }
  for (const [option, isGiven] of telling) {
    if (isGiven(given)) throw new Failure(`--update-baseline tells nothing, so ${option} has no use; use one of them`);
  }
}
