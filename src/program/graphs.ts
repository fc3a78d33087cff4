/** Functions as graphs, lowered with what the names in them stand for in their file. */
import { castCalls, returningCall, storingCalls, taking, transparent } from '../protocol/index.js';
import type { FunctionVariant } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Global } from './globals.js';
import type { Graph } from './graph.js';
import type { Names, WrittenKind } from './lower/builder.js';
import { lower } from './lower/lower.js';
import type { Recursions } from './recursion.js';

/** What graphs are made from. */
interface Sources {
  worked: Recursions;
  shell(name: string): Shell | null;
  variants(reference: FunctionReference): FunctionVariant[];
  global(name: string, file: string): Global | null;
  /** True for a macro of a driver that hands its argument through. */
  isHanding(name: string, file: string): boolean;
  /** True for what a DEFINE_FREE() or DEFINE_CLASS() that a file sees has defined. */
  isScopeEnd(name: string, file: string): boolean;
  /** The macro of a name that is of a kind; `null` if it means none. */
  writtenMacro(kind: WrittenKind, name: string, file: string, assumed: readonly string[]): FunctionVariant | null;
  /** The alternatives of conditions under which the macros that a function calls are what they are. */
  armsOf(reference: FunctionReference, assumed: readonly string[]): string[][];
  /** A graph of a file with its containers collapsed. */
  collapse(graph: Graph, file: string): Graph;
}

/** Makes the graphs of a function when they are first asked for: one a variant, containers collapsed. */
export function openGraphs(sources: Sources): (reference: FunctionReference) => Graph[] {
  const { worked } = sources;
  return (reference) =>
    worked(
      reference.key,
      () => graphsOf(sources, reference),
      () => [],
    );
}

function graphsOf(sources: Sources, reference: FunctionReference): Graph[] {
  const facts = sources.shell(reference.file) as Shell;
  return sources.variants(reference).flatMap((variant) =>
    sources.armsOf(reference, variant.assumptions).map((arm) => {
      const assumptions = [...variant.assumptions, ...arm];
      return sources.collapse(lower({ ...variant, assumptions }, namesIn(sources, facts, assumptions)), reference.file);
    }),
  );
}

/** What names stand for in a file, under some conditions of arms. */
function namesIn({ global, isHanding, isScopeEnd, writtenMacro }: Sources, { file, byName }: Shell, assumed: readonly string[]): Names {
  return {
    isTransparent: (name) => (transparent.has(name) && !byName.has(name)) || isHanding(name, file),
    isCast: (name) => castCalls.test(name),
    isTaking: (name) => taking.has(name),
    isReturning: (name) => name === returningCall,
    isStoring: (name) => storingCalls.has(name),
    isGlobal: (name) => global(name, file) !== null,
    isFunction: (name) => byName.has(name),
    isScopeEnd: (name) => isScopeEnd(name, file),
    written: (kind, name) => writtenMacro(kind, name, file, assumed),
  };
}
