/** Functions that are handed the pages with the number of them. */
import { type CallOperation, type Graph, isPrinted } from '../../program/graph.js';
import type { State, Walking } from './path.js';
import { symbolOf } from './symbols.js';

/**
 * True for a call of a function that says nothing, drops nothing, and does not look at the number which it is given but as the end of
 * a loop: it does nothing for a number that is an error.
 */
export function takesAsItIs(w: Walking, { names }: State, o: CallOperation): boolean {
  const { program, taking, words, drops } = w;
  const callees = o.name === null ? [] : program.resolve(o.name, taking.reference.file);
  const numbers = o.args.flatMap((a, i) => (symbolOf(a, names, words)?.base === 'result' ? [i] : []));
  const isPlain = (graph: Graph): boolean => numbers.every((i) => isBoundOnly(graph, graph.params[i]?.name ?? ''));
  return (
    callees.length > 0 &&
    !drops.has(o.pos) &&
    callees.every((callee) => {
      const returns = program.variants(callee)[0]?.returns;
      return returns?.base === 'void' && returns.pointers === 0 && program.graphs(callee).every(isPlain);
    })
  );
}

/** True if a function neither keeps a number nor hands it on, and compares it with nothing but the index of a loop. */
function isBoundOnly({ nodes }: Graph, name: string): boolean {
  return nodes.every(({ operation: o, loops }) => {
    if (o?.kind === 'assume')
      return (
        (o.left.path !== name && o.right.path !== name) ||
        loops.some((l) => l.variables.some((v) => [o.left.path, o.right.path].includes(v)))
      );
    if (o?.kind === 'call') return o.args.every((a, i) => a.path !== name || isPrinted(o, i));
    return (
      (o?.kind !== 'copy' && o?.kind !== 'clear' && o?.kind !== 'update') ||
      (o.target !== name && (o.kind !== 'copy' || o.source.path !== name))
    );
  });
}
