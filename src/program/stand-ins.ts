/** Macros that are another name for a function: `#define PIN my_pin`, in the arm of an `#if` in which that stands for a call. */
import type { FunctionReference } from './file.js';
import { otherNames } from './macros.js';
import type { Program } from './program.js';

/** The macros of a file by whose names somebody calls a function where that is not seen to be a call of it: of too many arms they are not told apart. */
export function standInsFor(program: Program, file: string, reference: FunctionReference): FunctionReference[] {
  const macros = otherNames(program.shell(file), reference.name);
  if (macros.length === 0) return [];
  const followed = new Set(program.isDriver ? program.callSites(reference).map(({ caller }) => caller.key) : []);
  return macros.filter((macro) => program.callers(macro).some(({ key }) => !followed.has(key)));
}
