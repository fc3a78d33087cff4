/** Objects that a function has made itself: what it drops of them it has not found. */
import { type FunctionFlow, sourcesOf } from '../flow/flow.js';
import type { Graph } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { memoryCall } from '../protocol/index.js';

/** True if what a fact of a function says to be there stands in an object that the function has allocated. */
export function isMadeIn(program: Program, flow: FunctionFlow, fact: string): boolean {
  const roots = new Set(sourcesOf(flow, fact).map(rootOf));
  const makes = ({ nodes }: Graph): boolean => {
    const made = new Set(nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && memoryCall.test(o.name ?? '') ? [o.result] : [])));
    return nodes.some(({ operation: o }) => o?.kind === 'copy' && roots.has(o.target) && made.has(o.source.path ?? ''));
  };
  return program.graphs(flow.reference).every(makes);
}
