/** What a function's text names: cheaper than its graph, and asked of many more. */
import type { FunctionReference } from '../program/file.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';

const calling = remembered((names: readonly string[]): RegExp => new RegExp(`\\b(?:${names.join('|')})\\s*\\(`));

/** True for a function that names a releasing call. */
export function mentionsReleases(program: Program, reference: FunctionReference): boolean {
  return calling(program.tree.dropNames()).test(program.textOf(reference));
}

/** True if a function's name is stored, returned or handed on somewhere in its file: somebody may call it back. */
export function isHandedOut(program: Program, { file, name }: Pick<FunctionReference, 'file' | 'name'>): boolean {
  return program.says(file, new RegExp(`(?:[=,{?:]|\\breturn\\b|(?<!EXPORT_SYMBOL\\w*)\\()\\s*&?${name}\\s*[,;:)}]`));
}

/** True if a function's file gives it to other modules, `EXPORT_SYMBOL_GPL(obj_put)`, of which a driver's tree need not have any; a kernel's has them. */
export function isExported(program: Program, { file, name }: Pick<FunctionReference, 'file' | 'name'>): boolean {
  return program.isDriver && program.says(file, new RegExp(`\\bEXPORT_\\w*SYMBOL\\w*\\s*\\(\\s*${name}\\s*[,)]`));
}
