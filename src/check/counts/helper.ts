/** Functions that are handed the pages with the number of them. */
import { type CallOperation, type Graph, isPrinted, isStore } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { droppingName, endingName, freeingCalls } from '../../protocol/index.js';
import { isArray, type State, type Walking } from './path.js';
import { symbolOf } from './symbols.js';

/**
 * True for a function that takes up none of the pages: it does no more to their array than to free it. Of one that is not in the tree its name
 * says so.
 */
export function takesUpNone(w: Walking, { name, args }: CallOperation): boolean {
  if (name === null) return false;
  const { program, taking } = w;
  const callees = program.resolve(name, taking.reference.file);
  if (callees.length === 0) return endingName.test(name) || droppingName.test(name);
  const given = args.flatMap((a, i) => (isArray(w, a.path) ? [i] : []));
  return callees.every((callee) =>
    program.graphs(callee).every((graph) => given.every((i) => isFreedOnly(graph, graph.params[i]?.name ?? ''))),
  );
}

/** True if a function does nothing with what a parameter leads to but to free it. */
function isFreedOnly({ nodes }: Graph, name: string): boolean {
  const isOf = (path: string | null): boolean => path !== null && rootOf(path) === name;
  return nodes.every(({ operation: o }) => {
    if (o?.kind === 'call') return freeingCalls.has(o.name ?? '') || !o.args.some((a) => isOf(a.path));
    if (o?.kind === 'copy') return !isOf(o.target) && !isOf(o.source.path);
    if (o?.kind === 'assume') return ![o.left.path, o.right.path].some((path) => isOf(path) && path !== name);
    if (o?.kind === 'return') return !isOf(o.value?.path ?? null);
    return !isStore(o) || !isOf(o.target);
  });
}

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
