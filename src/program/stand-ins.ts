/** Macros that are another name for a function: `#define PIN my_pin`, in the arm of an `#if` in which that stands for a call. */
import type { FunctionReference } from './file.js';
import { otherNames } from './macros.js';
import type { Program } from './program.js';

/** The macros of a file by whose names a function is called where that is not followed: in a driver's tree it is. */
export function standInsFor(program: Program, file: string, name: string): FunctionReference[] {
  if (program.isDriver) return [];
  return otherNames(program.file(file), name).filter((macro) => program.callers(macro).length > 0);
}
