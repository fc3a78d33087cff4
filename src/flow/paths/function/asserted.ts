/** Conditions that their authors hold for impossible. */
import type { FunctionReference } from '../../../program/file.js';
import type { Program } from '../../../program/program.js';
import { assertingText } from '../../../protocol/index.js';

/** True for `if (WARN_ON(…))`. */
export function isAsserted(program: Program, { file }: FunctionReference, { pos }: { pos: number }): boolean {
  const text = program.file(file)?.text ?? '';
  return (
    new RegExp(`${assertingText}$`).test(text.slice(Math.max(0, pos - 24), pos)) ||
    new RegExp(`^${assertingText}`).test(text.slice(pos, pos + 24))
  );
}
