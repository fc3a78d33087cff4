/** `putright help`: for the program, for a command, and for a subcommand. */
import type { Command } from 'commander';
import { Failure } from './failure.js';

/** Adds `putright help`. Commander's own does not find subcommands and does not complain of a command that does not exist. */
export function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .summary('print the help of a command')
    .description('Prints the help of the program, or of a command.')
    .usage('[command]')
    .argument('[command...]', 'the command: report, or model explain')
    .action((names: readonly string[]) => commandOf(program, names).help());
}

/**
 * The command that the names lead to.
 * @throws Failure that says how to list what there is
 */
function commandOf(program: Command, names: readonly string[]): Command {
  let command = program;
  for (const [n, name] of names.entries()) {
    const next = command.commands.find((one) => one.name() === name);
    if (!next)
      throw new Failure(
        `no command ${names.slice(0, n + 1).join(' ')}; putright ${['help', ...names.slice(0, n)].join(' ')} shows what there is`,
      );
    command = next;
  }
  return command;
}
