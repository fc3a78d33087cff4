/** The functions that lead to another one by their calls. */
import type { FunctionReference } from '../../program/file.js';
import type { Program } from '../../program/program.js';

const maxLevels = 3;

/** The names of a function and of those that lead to it, up to three calls away. */
export function endingNames(program: Program, reference: FunctionReference): ReadonlySet<string> {
  const names = new Set([reference.name]);
  let above = [reference];
  for (let level = 0; level < maxLevels; level++) {
    above = above.flatMap((r) => program.callers(r)).filter(({ name }) => !names.has(name));
    for (const { name } of above) names.add(name);
  }
  return names;
}
