/** What the lookups of macros need. */
import type { FunctionVariant } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Files } from './files.js';
import type { Graph } from './graph.js';
import type { Ledger } from './ledger.js';
import type { Recursions } from './recursion.js';

/** The parts of a program by which macros are looked up. */
export interface MacroSources {
  ledger: Ledger;
  /** Works out what macros and functions are. They may call each other and themselves. */
  worked: Recursions;
  /** True if the tree is a driver's; then every header is searched for macros. */
  isDriver: boolean;
  shell(file: string): Shell | null;
  textOf(reference: FunctionReference): string;
  nameAt: Files['nameAt'];
  variants(reference: FunctionReference): FunctionVariant[];
  graphs(reference: FunctionReference): Graph[];
  /** Returns the macros that a name can mean in a file. */
  macros(name: string, from: string): FunctionReference[];
  /** Returns the functions that a text calls through a member, if there are several, in arms that exclude each other; else none. */
  armsThrough(member: string, text: string, from: string): readonly FunctionReference[];
}

/** Returns the names before a parenthesis in a macro's text, without the macro's own. */
export function calledIn(text: string, macro: string): string[] {
  return Array.from(text.matchAll(/\b(\w+)[\s\\]*\(/g), (match) => match[1] as string).filter((name) => name !== macro);
}
