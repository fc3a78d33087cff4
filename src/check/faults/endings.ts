/** Who leads to a drop, or to whatever else a function does. */
import type { FunctionReference } from '../../program/file.js';
import type { Program } from '../../program/program.js';

const maxLevels = 3;

/** A function, and those that lead to it, by name. */
export function endingNames(program: Program, reference: FunctionReference): ReadonlySet<string> {
  const names = new Set([reference.name]);
  let above = [reference];
  for (let level = 0; level < maxLevels; level++) {
    above = above.flatMap((r) => program.callers(r)).filter(({ name }) => !names.has(name));
    for (const { name } of above) names.add(name);
  }
  return names;
}
