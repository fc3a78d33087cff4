/** Which functions are worth entering with what they are handed. */
import type { FunctionReference } from '../program/file.js';
import { isOwnValue } from '../program/path.js';
import { coreFolders, folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { releases, transfers } from '../protocol/index.js';

const tableNames = new RegExp(`\\b(?:${[...releases.keys(), ...transfers.keys()].join('|')})\\s*\\(`);

const mappingFolders = /^arch\/\w+\/(mm|lib)\//;

/** `*(ptr) = NULL`, in a macro that gives what stood there. */
const clearing = /\(\{[^}]*\*\s*\(?\s*\w+\s*\)?\s*=\s*(\([^;]*\)\s*)?(0|NULL)\s*;/;

/** True for a macro that names a call of the tables, or that takes out what its argument leads to. */
function movesPages(program: Program, macro: FunctionReference): boolean {
  const text = program.textOf(macro);
  return tableNames.test(text) || clearing.test(text);
}

/**
 * Near by, everything is entered. Far away, one page, frame number or address matters only to a file that drops pages
 * at all: it is not kept, and what is kept of it would be kept in memory of its own.
 */
export function matters(program: Program, callee: FunctionReference, suffix: string, from: FunctionReference): boolean {
  const folder = folderOf(from.file);
  if (isNear(callee.file, folder)) return true;
  if (suffix.endsWith('@skb')) return false;
  if (callee.macro) return movesPages(program, callee) || isOwnMacro(program, callee, from);
  // What the memory manager and the libraries do to a page of their caller's stands in the tables, or is balanced.
  if (isOwnValue(suffix) && coreFolders.test(callee.file)) return false;
  // An architecture's own part of it changes how pages are mapped and cached, also a whole array of them.
  if (mappingFolders.test(callee.file)) return false;
  return !isOwnValue(suffix) || program.tree.drops(callee.file);
}

/** True for a macro of a driver's headers, wherever they stand: as near as what it calls. */
function isOwnMacro(program: Program, { key, name }: FunctionReference, from: FunctionReference): boolean {
  return program.macros(name, from.file).some((macro) => macro.key === key);
}
