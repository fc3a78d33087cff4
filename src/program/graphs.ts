/** Makes the graphs of functions, with names resolved as their file sees them. */
import { castCalls, returningCall, storingCalls, taking, transparent, waitFor } from '../protocol/index.js';
import type { FunctionVariant } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Global } from './globals.js';
import type { Graph } from './graph.js';
import type { Names, WrittenKind } from './lower/builder.js';
import { lower } from './lower/lower.js';
import type { Recursions } from './recursion.js';

/** What the graphs are made from. */
interface Sources {
  worked: Recursions;
  shell(file: string): Shell | null;
  variants(reference: FunctionReference): FunctionVariant[];
  global(name: string, file: string): Global | null;
  /** True for a macro of a driver that hands its argument through, as `likely(x)` does. */
  isHanding(name: string, file: string): boolean;
  /** True for a function that a DEFINE_FREE() or DEFINE_CLASS() visible in the file defines. */
  isScopeEnd(name: string, file: string): boolean;
  /** Returns the macro of this kind that a name means; `null` if it means none. */
  writtenMacro(kind: WrittenKind, name: string, file: string, assumed: readonly string[]): FunctionVariant | null;
  /** Returns the alternative sets of conditions under which each macro that a function calls has one meaning. */
  armsOf(reference: FunctionReference, assumed: readonly string[]): string[][];
  /** Returns a graph of a file with its containers collapsed. */
  collapse(graph: Graph, file: string): Graph;
}

/** Returns the lookup of a function's graphs, one for each variant. They are made when first asked for. */
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

/** What names mean in a file, under the conditions of some `#if` arms. */
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
    waits: (name) => (byName.has(name) ? null : waitFor(name)),
    written: (kind, name) => writtenMacro(kind, name, file, assumed),
  };
}
