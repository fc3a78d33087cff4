import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type Command, Option } from 'commander';
import type { Finding, Severity } from '../check/finding.js';
import { check } from '../check/index.js';
import { rules } from '../check/rules.js';
import { findingFormats } from '../report/findings.js';
import { visible } from '../report/visible.js';
import { TreeError } from '../source/index.js';
import { exitCodes, Failure, reasonOf } from './failure.js';
import { collect, parseJobs } from './options.js';
import { checkWritable, print, writeWhole } from './output.js';
import { examples } from './package.js';
import { lessHaste } from './run-survey.js';

interface Given {
  format: keyof typeof findingFormats;
  output?: string;
  rule?: string[];
  path?: string[];
  severity: Severity;
  baseline?: string;
  updateBaseline?: boolean;
  listRules?: boolean;
  jobs?: number;
}

const severities: readonly Severity[] = ['note', 'warning', 'error'];

/** Adds `putright check`. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .summary('releases that do not match, and paths that leak, with the path that shows it')
    .argument('[tree]', 'folder to check (default: the examples that come with putright)')
    .addOption(new Option('-f, --format <format>', 'how to write').choices(Object.keys(findingFormats)).default('text'))
    .option('-o, --output <file>', 'write to this file; it appears whole or not at all')
    .option('-r, --rule <rule>', 'only findings of this rule; may be repeated', collect)
    .option('-p, --path <glob>', 'only sites in files that match, relative to the tree; may be repeated', collect)
    .addOption(new Option('-s, --severity <severity>', 'the least that is told').choices(severities).default('warning'))
    .option('--baseline <file>', 'leave out the findings that this file lists')
    .option('--update-baseline', 'write what was found to the baseline, and tell nothing')
    .option('--list-rules', 'the rules, a line each')
    .option('-j, --jobs <n>', 'threads that read the tree (default: one per core)', parseJobs)
    .addHelpText('after', '\nExit codes: 0 nothing found, 1 findings, 2 could not run.\n')
    .action((tree: string | undefined, given: Given) => checkCommand(tree ?? examples, given));
}

async function checkCommand(tree: string, given: Given): Promise<void> {
  if (given.listRules) return print(rules.map((r) => `${r.id.padEnd(20)}${r.severity.padEnd(9)}${r.about}\n`).join(''));
  const unknown = given.rule?.find((id) => !rules.some((r) => r.id === id));
  if (unknown !== undefined) throw new Failure(`no rule ${visible(unknown)}; --list-rules shows them`);
  if (given.updateBaseline && given.baseline === undefined) throw new Failure('--update-baseline needs --baseline FILE');
  const output = given.output === '-' ? undefined : given.output;
  if (output !== undefined) checkWritable(output);
  const known = given.baseline !== undefined && !given.updateBaseline ? readBaseline(given.baseline) : new Set<string>();
  const result = await run(tree, given);
  for (const w of result.warnings) process.stderr.write(`putright: warning: ${visible(w.file)}: ${visible(w.why)}\n`);
  const least = severities.indexOf(given.severity);
  const wanted = (f: Finding): boolean =>
    severities.indexOf(f.severity) >= least && (!given.rule || given.rule.includes(f.rule)) && !known.has(f.id);
  const findings = result.findings.filter(wanted);
  if (given.updateBaseline && given.baseline !== undefined) {
    writeWhole(given.baseline, `${JSON.stringify(findings.map((f) => f.id).sort(), null, 2)}\n`);
    return;
  }
  const text = findingFormats[given.format]({ ...result, findings });
  if (output === undefined) await print(text);
  else writeWhole(output, text);
  if (findings.length > 0) process.exitCode = exitCodes.found;
}

async function run(tree: string, given: Given): ReturnType<typeof check> {
  setFlagsFromString(lessHaste);
  try {
    return await check(tree, { ...(given.path ? { paths: given.path } : {}), ...(given.jobs === undefined ? {} : { jobs: given.jobs }) });
  } catch (error) {
    if (error instanceof TreeError) throw new Failure(error.message);
    throw error;
  }
}

function readBaseline(file: string): Set<string> {
  try {
    const ids: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(ids)) return new Set(ids.map(String));
  } catch (error) {
    throw new Failure(`cannot read the baseline ${file}: ${reasonOf(error)}`);
  }
  throw new Failure(`the baseline ${file} is no list; write it anew with --update-baseline`);
}
