/** Functions that only call another one. */
import type { FunctionReference } from '../../../program/file.js';
import type { CallOperation, Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { bodyOf } from './text.js';

/** The one call of a function that does nothing else, with the function's graph; `null` for any other function. */
export function onlyCallOf(program: Program, reference: FunctionReference): { call: CallOperation; graph: Graph } | null {
  if (reference.macro || !oneCall.test(bodyOf(program, reference))) return null;
  const [graph, ...others] = program.graphs(reference);
  const calls = graph?.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' ? [o] : [])) ?? [];
  const [call, ...more] = calls;
  return graph && others.length === 0 && call && more.length === 0 ? { call, graph } : null;
}

const oneCall = /^\{\s*(?:return\s+)?\w+\s*\([^;{}]*\)\s*;\s*\}\s*$/;
