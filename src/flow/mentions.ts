/** Questions that the text of a function or file answers: cheaper than its graph, so they are asked of many more. */
import type { FunctionReference } from '../program/file.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';

const calling = remembered((names: readonly string[]): RegExp => new RegExp(`\\b(?:${names.join('|')})\\s*\\(`));

/** True if the text of a function has a call of a releasing name. */
export function mentionsReleases(program: Program, reference: FunctionReference): boolean {
  return calling(program.tree.dropNames()).test(program.textOf(reference));
}

/** True if a function's name is stored, returned or passed as an argument somewhere in its file: it may be called back. */
export function isHandedOut(program: Program, { file, name }: Pick<FunctionReference, 'file' | 'name'>): boolean {
  return program.says(file, new RegExp(`(?:[=,{?:]|\\breturn\\b|(?<!EXPORT_SYMBOL\\w*)\\()\\s*&?${name}\\s*[,;:)}]`));
}

/** True if a driver exports the function, `EXPORT_SYMBOL_GPL(obj_put)`: callers may be outside of the tree. Never for a kernel's tree. */
export function isExported(program: Program, { file, name }: Pick<FunctionReference, 'file' | 'name'>): boolean {
  return program.isDriver && program.says(file, new RegExp(`\\bEXPORT_\\w*SYMBOL\\w*\\s*\\(\\s*${name}\\s*[,)]`));
}
