/** Decides which functions are worth entering with what they are handed. */
import type { FunctionReference } from '../program/file.js';
import { isOwnValue } from '../program/path.js';
import { coreFolders, folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { releases, transfers } from '../protocol/index.js';

const tableNames = new RegExp(`\\b(?:${[...releases.keys(), ...transfers.keys()].join('|')})\\s*\\(`);

const mappingFolders = /^arch\/\w+\/(mm|lib)\//;

/** `*(ptr) = NULL` in a statement expression: a macro that takes out what was there and gives it back. */
const clearing = /\(\{[^}]*\*\s*\(?\s*\w+\s*\)?\s*=\s*(\([^;]*\)\s*)?(0|NULL)\s*;/;

/** True for a macro that names a call of the tables, or that takes out what its argument points at. */
function movesPages(program: Program, macro: FunctionReference): boolean {
  const text = program.textOf(macro);
  return tableNames.test(text) || clearing.test(text);
}

/**
 * True if a callee is to be entered with what it is handed. Near by, every function is. Far away, a page, frame number or address
 * matters only if the callee's file drops pages at all: otherwise it is not kept there, or kept in memory of the callee's own.
 */
export function matters(program: Program, callee: FunctionReference, suffix: string, from: FunctionReference): boolean {
  const folder = folderOf(from.file);
  if (isNear(callee.file, folder)) return true;
  if (suffix.endsWith('@skb')) return false;
  if (callee.macro) return movesPages(program, callee) || isOwnMacro(program, callee, from);
  // What mm/ and lib/ do to one page of their caller stands in the tables, or leaves the count as it was.
  if (isOwnValue(suffix) && coreFolders.test(callee.file)) return false;
  // An architecture's mm/ and lib/ change how pages are mapped and cached, also of a whole array.
  if (mappingFolders.test(callee.file)) return false;
  return !isOwnValue(suffix) || program.tree.drops(callee.file);
}

/** True for a macro that the caller's file sees in its headers: in a driver as near as the file itself, wherever the header stands. */
function isOwnMacro(program: Program, { key, name }: FunctionReference, from: FunctionReference): boolean {
  return program.macros(name, from.file).some((macro) => macro.key === key);
}
