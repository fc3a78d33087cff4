/** Conditions that their authors hold to be impossible. */
import type { FunctionReference } from '../../../program/file.js';
import type { Program } from '../../../program/program.js';
import { assertingText } from '../../../protocol/index.js';

/** True for the condition in `if (WARN_ON(…))`. */
export function isAsserted(program: Program, { file }: FunctionReference, { pos }: { pos: number }): boolean {
  return (
    new RegExp(`${assertingText}$`).test(program.near(file, pos, 24, 0)) ||
    new RegExp(`^${assertingText}`).test(program.between(file, pos, pos + 24))
  );
}
