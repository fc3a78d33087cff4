/** The moves of pages that the tables of `protocol/` state for a call. */
import type { CallOperation } from '../program/graph.js';
import { splitSteps, step, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { iterators, type Transfer, transfers } from '../protocol/index.js';

/** The moves that the tables state for a call by this name; `undefined` if they state none. */
export function movesOf(program: Program, file: string, call: CallOperation, name: string): Transfer['moves'] | undefined {
  if (call.iterates) return iterators.get(name)?.moves;
  // If the file defines the function itself, its body says more than the table.
  const isHere = program
    .shell(file)
    ?.byName.get(name)
    ?.some((f) => !f.macro && !f.static);
  return isHere ? undefined : transfers.get(name)?.moves;
}

/** The value that a place of the tables means for a call, e.g. `1[]` or `return@sgl`; `null` if it names no path. */
export function placeOf(o: CallOperation, place: string): Value | null {
  const match = /^(return|\d+)(.*)$/.exec(place);
  if (!match) return null;
  let value: Value | undefined = match[1] === 'return' ? { path: o.result, address: false, text: '' } : o.args[Number(match[1])];
  if (!value) return null;
  for (const next of splitSteps(match[2] ?? '')) {
    if (value.path === null) return null;
    if (next === '[]' && value.address) value = { ...value, address: false };
    else value = { path: step(value.path, next), address: false, text: '' };
  }
  return value.path === null ? null : value;
}
