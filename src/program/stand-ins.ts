/**
 * Macros that are another name for a function in one arm of an `#if`, `#define PIN my_pin`, where another arm has a call of the kernel's.
 */
import type { FunctionReference } from './file.js';
import { otherNames } from './macros.js';
import type { Program } from './program.js';

/**
 * Returns the object-like macros of a file for a function that have callers whom `callSites` does not find: with too many arms, arms are
 * not told apart, and uses of the macro are not seen to be calls of the function.
 */
export function standInsFor(program: Program, file: string, reference: FunctionReference): FunctionReference[] {
  const macros = otherNames(program.shell(file), reference.name);
  if (macros.length === 0) return [];
  const followed = new Set(program.isDriver ? program.callSites(reference).map(({ caller }) => caller.key) : []);
  return macros.filter((macro) => program.callers(macro).some(({ key }) => !followed.has(key)));
}
