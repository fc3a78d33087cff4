/** Failures of a function that was given the pages: some drop them and some do not. */
import type { FunctionReference } from '../../../program/file.js';
import type { Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { errorSigns } from '../memory/signs.js';
import { type Exit, sign } from '../memory/state.js';
import { happened, latest, stepsOf } from '../memory/trail.js';
import { saysFailed } from './keeping.js';
import type { Tracks } from './tracks.js';

interface Within {
  program: Program;
  reference: FunctionReference;
  graph: Graph;
}

/**
 * Ends the trails of failures that leave the pages with a step that says so, if other failures of the function drop them, and each of
 * both kinds turns off at a branch of its own from what may still succeed, or if a drop of some pages leaves out the others.
 */
export function withApart(within: Within, exits: Exit[], { isApart, turns }: Tracks): Exit[] {
  const { file, name } = within.reference;
  const givesPointer = (within.program.variants(within.reference)[0]?.returns.pointers ?? 0) > 0;
  const fails = (exit: Exit): boolean => saysFailed(exit) || (givesPointer && exit.result === sign.zero);
  const leaves = (exit: Exit): boolean => exit.kind === 'held' && !exit.unsure && fails(exit);
  const drops = (exit: Exit): boolean => exit.kind === 'dropped' && !exit.unsure && fails(exit);
  if (!exits.some(leaves)) return exits;
  const areApart = isApart(leaves, drops, (exit) => exit.kind === 'held' && !fails(exit));
  const turned = turns(leaves);
  return exits.map((exit) => {
    if (!leaves(exit) || happened(exit.trail, 'abandoned') || asksCaller(within, exit)) return exit;
    const spared = latest(exit.trail, 'spared', (step) => step.function === name && step.file === file);
    if (!areApart && spared === null) return exit;
    const turn = turned.find((t) => t.exit.pos === exit.pos && t.exit.result === exit.result)?.pos ?? exit.pos;
    const text =
      spared === null
        ? `returns an error here with the pages still held, which ${name}() drops on other errors`
        : `returns an error with those pages still held, though ${name}() drops the others`;
    const step = { file, function: name, pos: spared?.pos ?? turn, text, event: { kind: 'apart' } as const };
    return { ...exit, result: errorSigns(exit.result), trail: { step, before: exit.trail } };
  });
}

/** True if a number that the caller passed is tested on the path: it may say who is to drop the pages. */
function asksCaller({ reference, graph }: Within, { trail }: Exit): boolean {
  const numbers = graph.params.flatMap(({ name, type }) => (type.pointers === 0 && name !== '' ? [name] : []));
  if (numbers.length === 0) return false;
  const asked = new RegExp(`\\b(?:${numbers.join('|')})\\b(?!\\s*\\()`);
  return stepsOf(trail).some((s) => s.event?.kind === 'tested' && s.function === reference.name && asked.test(s.text));
}
