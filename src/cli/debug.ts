import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';
import { filled } from './options.js';
import { print } from './output.js';

type Engine = typeof import('./debug-engine.js');
type Opened = import('./debug-engine.js').Opened;

/** What each stage prints of a function. A new stage is a line of this table. */
const stages: Readonly<Record<string, (engine: Engine, opened: Opened, name: string | null) => string>> = {
  syntax: (engine, opened, name) => engine.showSyntax(opened, name),
  program: (engine, opened, name) => engine.showProgram(opened, name),
  flow: (engine, opened, name) => engine.showFlow(opened, name),
};

const EXAMPLES = `
Examples:
  $ putright debug syntax drivers/foo/bar.c bar_pin
  $ putright debug program drivers/foo/bar.c bar_pin
  $ putright debug flow drivers/foo/bar.c bar_pin --tree .

What is not below the tree's folder is not seen; for flow that decides how far a
reference is followed.
`;

/** Adds `putright debug`, which shows what each stage sees, to find out why a row is wrong. */
export function addDebug(program: Command): void {
  program
    .command('debug')
    .summary('what the parser, the graph or the analysis sees of a function')
    .description(
      'Prints one stage in a form that a person can read: syntax, the C as it was understood; program, the control-flow graph; flow, each function that a site was followed into.',
    )
    .argument('<stage>', Object.keys(stages).join(', '))
    .argument('<file>', 'the C file', filled)
    .argument('[function]', 'only this function (default: all of the file)')
    .option('--tree <dir>', "folder of the tree (default: the file's own)", filled)
    .addHelpText('after', EXAMPLES)
    .action(debugCommand);
}

async function debugCommand(stage: string, file: string, name: string | undefined, given: { tree?: string }): Promise<void> {
  const show = stages[stage];
  if (!show) throw new Failure(`no stage ${visible(stage)}; there are ${Object.keys(stages).join(', ')}`);
  const tree = given.tree ?? dirname(file);
  const path = given.tree ? relative(resolve(given.tree), resolve(file)) : basename(file);
  const wrong = !/\.[ch]$/.test(file) ? 'its name ends in neither .c nor .h' : existsSync(file) ? null : 'there is no such file';
  if (wrong !== null) throw new Failure(`${visible(file)} is not a readable C file: ${wrong}`);
  const engine = await import('./debug-engine.js');
  const opened = await engine.open(tree, path);
  if (!opened) throw new Failure(`${visible(file)} is not a readable C file below ${visible(tree)}`);
  const text = show(engine, opened, name ?? null);
  if (text === '')
    throw new Failure(`${visible(file)} has no function ${name === undefined ? '' : `${visible(name)} `}with something to show`);
  await print(text);
}
