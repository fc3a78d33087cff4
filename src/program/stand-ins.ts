/** Macros that are another name for a function: `#define PIN my_pin`, in the arm of an `#if` in which that stands for a call. */
import type { FunctionReference } from './file.js';
import type { Program } from './program.js';

/** The macros of a file by whose names a function is called. */
export function standInsFor(program: Program, file: string, name: string): FunctionReference[] {
  const facts = program.file(file);
  const stands = new RegExp(`^[ \\t]*#\\s*define[ \\t]+\\w+[ \\t]+${name}[ \\t]*(?:$|/[*/])`, 'm');
  if (!facts || !stands.test(facts.text)) return [];
  const macros = [...facts.objectMacros().values()].flat();
  return macros.filter((macro) => stands.test(program.textOf(macro)) && program.callers(macro).length > 0);
}
