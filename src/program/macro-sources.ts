/** What macros are looked up in. */
import type { FunctionVariant } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Files } from './files.js';
import type { Graph } from './graph.js';
import type { Ledger } from './ledger.js';
import type { Recursions } from './recursion.js';

/** A program, as far as macros are known by it. */
export interface MacroSources {
  ledger: Ledger;
  /** Works out what macros and functions are: the ones may call the others, and both themselves. */
  worked: Recursions;
  /** The tree is that of a driver, of which every header is searched for macros. */
  isDriver: boolean;
  shell(name: string): Shell | null;
  textOf(reference: FunctionReference): string;
  nameAt: Files['nameAt'];
  variants(reference: FunctionReference): FunctionVariant[];
  graphs(reference: FunctionReference): Graph[];
  /** The macros that a name can mean in a file. */
  macros(name: string, from: string): FunctionReference[];
  /** The functions that a text calls through a member, where they are several, in arms that exclude each other. */
  armsThrough(member: string, text: string, from: string): readonly FunctionReference[];
}

/** Names that stand before a parenthesis in a macro's text, but its own. */
export function calledIn(text: string, macro: string): string[] {
  return Array.from(text.matchAll(/\b(\w+)[\s\\]*\(/g), (match) => match[1] as string).filter((name) => name !== macro);
}
