/** Where the tables say that a call moves pages. */
import type { CallOperation } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { iterators, type Transfer, transfers } from '../protocol/index.js';

/** The moves of a call by its name, `undefined` for one of which the tables say none. */
export function movesOf(program: Program, file: string, call: CallOperation, name: string): Transfer['moves'] | undefined {
  if (call.iterates) return iterators.get(name)?.moves;
  // Where the call is implemented, its body says more than the table.
  const isHere = program
    .file(file)
    ?.byName.get(name)
    ?.some((f) => !f.macro && !f.static);
  return isHere ? undefined : transfers.get(name)?.moves;
}
