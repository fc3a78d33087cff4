/** What a function's text names: cheaper than its graph, and asked of many more. */
import type { FunctionReference } from '../program/file.js';
import type { Program } from '../program/program.js';
import { releases } from '../protocol/index.js';

const releaseNames = new RegExp(`\\b(?:${[...releases.keys()].join('|')})\\s*\\(`);

/** True for a function that names a releasing call. */
export function mentionsReleases(program: Program, reference: FunctionReference): boolean {
  return releaseNames.test(program.textOf(reference));
}
