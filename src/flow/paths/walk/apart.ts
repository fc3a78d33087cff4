/** Failures of a function that was handed the pages, of which some drop them and others do not. */
import { errorSigns } from '../memory/signs.js';
import { type Exit, sign } from '../memory/state.js';
import { saysFailed } from './keeping.js';
import type { Tracks } from './tracks.js';

/**
 * Marks the failures that leave the pages, where others drop them and each turns from what may still succeed.
 *
 * @param givesPointer of a function that returns one: NULL is a failure, too
 */
export function withApart(exits: readonly Exit[], { isApart }: Tracks, givesPointer: boolean): Exit[] {
  const fails = (exit: Exit): boolean => saysFailed(exit) || (givesPointer && exit.result === sign.zero);
  const leaves = (exit: Exit): boolean => exit.kind === 'held' && !exit.unsure && fails(exit);
  const drops = (exit: Exit): boolean => exit.kind === 'dropped' && !exit.unsure && fails(exit);
  if (!exits.some(leaves) || !isApart(leaves, drops, (exit) => exit.kind === 'held' && !fails(exit))) return [...exits];
  return exits.map((exit) => (leaves(exit) ? { ...exit, apart: true, result: errorSigns(exit.result) } : exit));
}
