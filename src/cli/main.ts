#!/usr/bin/env node
/** The command line: see `putright --help`. */
import { Command, CommanderError, Help } from 'commander';
import { visible } from '../report/visible.js';
import { addCheck } from './check.js';
import { addCompare } from './compare.js';
import { addDebug } from './debug.js';
import { addExplain } from './explain.js';
import { exitCodes, Failure } from './failure.js';
import { addHelp } from './help.js';
import { addModel } from './model.js';
import { heedReaders } from './output.js';
import { version } from './package.js';
import { addReport } from './report.js';
import { addSurvey } from './survey.js';

/** Each function adds one command, with its options and help. A new command is a file of this folder and a line here. */
const commands: readonly ((program: Command) => void)[] = [
  addSurvey,
  addCheck,
  addExplain,
  addReport,
  addCompare,
  addModel,
  addDebug,
  addHelp,
];

const EXAMPLES = `
Examples:
  $ putright survey ~/linux
  $ putright explain ~/linux drivers/infiniband/core/umem.c:220
  $ putright check ~/linux
  $ putright survey --help
`;

/** Makes the program with all its commands. */
function build(): Command {
  const program = new Command('putright')
    .description('Find every place where a kernel tree takes references on user pages, follow each to its release, and put it right.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    // Commander's exits are turned into ours below. Commands inherit this only if they are added after it.
    .exitOverride()
    // Every command has options; without that word the summaries have room beside it on a terminal of 80 columns.
    .configureHelp({ subcommandTerm: (command) => new Help().subcommandTerm(command).replace(' [options]', '') })
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({ outputError: (text, write) => write(`putright: ${text.replace(/^error: /, '')}`) });
  for (const add of commands) add(program);
  return program;
}

/** Prints what went wrong and returns the exit code. */
function failed(error: unknown): number {
  // Commander has printed it already; its 0 is for --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.failed;
  if (error instanceof Failure) {
    process.stderr.write(`putright: ${error.message.split('\n').map(visible).join('\n')}\n`);
    return exitCodes.failed;
  }
  const shown = error instanceof Error ? (process.env.PUTRIGHT_DEBUG ? error.stack : error.message) : String(error);
  process.stderr.write(`putright: this should not have happened, please report it: ${shown}\n`);
  if (!process.env.PUTRIGHT_DEBUG) process.stderr.write('putright: PUTRIGHT_DEBUG=1 shows where\n');
  return exitCodes.failed;
}

heedReaders();
try {
  await build().parseAsync();
} catch (error) {
  // Not process.exit(): output may still be on its way into a pipe.
  process.exitCode = failed(error);
}
