/** Functions that are given the pages together with their number. */
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isPrinted, isStore } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { droppingName, endingName, freeingCalls } from '../../protocol/index.js';
import { isArray, type State, type Walking } from './path.js';
import { symbolOf } from './symbols.js';

/** The most functions between a call and the freeing of what it is given. */
const maxHelpers = 2;

/** True for a call that uses none of the pages: it frees their array at most. A function that is not in the tree is judged by its name. */
export function takesUpNone(w: Walking, o: CallOperation): boolean {
  const { file } = w.taking.reference;
  if (o.name === null) return false;
  if (w.program.resolve(o.name, file).length === 0) return endingName.test(o.name) || droppingName.test(o.name);
  return o.args.every((a, i) => !isArray(w, a.path) || isOnlyFreed(w.program, file, o, i));
}

/**
 * True if a call frees the memory that it is given, itself or through functions that do nothing else with it: no page in there is looked
 * at.
 */
export function isOnlyFreed(program: Program, file: string, { name, args }: CallOperation, index: number, helpers = maxHelpers): boolean {
  if (name === null || args[index]?.path?.endsWith('[]')) return false;
  if (freeingCalls.has(name)) return true;
  const callees = helpers === 0 ? [] : program.resolve(name, file);
  const isFreed = (callee: FunctionReference, graph: Graph): boolean =>
    doesNothing(graph, graph.params[index]?.name ?? '', (o, i) => isOnlyFreed(program, callee.file, o, i, helpers - 1));
  return callees.length > 0 && callees.every((callee) => program.graphs(callee).every((graph) => isFreed(callee, graph)));
}

/** True if all that a function does with a parameter is to pass it to calls for which `but` is true, or to test the pointer itself. */
function doesNothing({ nodes, paths }: Graph, name: string, but: (o: CallOperation, index: number) => boolean): boolean {
  const isOf = (path: string | null): boolean => path !== null && rootOf(path) === name;
  return (
    paths.includes(name) &&
    nodes.every(({ operation: o }) => {
      if (o?.kind === 'call') return o.args.every((a, i) => !isOf(a.path) || but(o, i));
      if (o?.kind === 'copy') return !isOf(o.target) && !isOf(o.source.path);
      if (o?.kind === 'assume') return ![o.left.path, o.right.path].some((path) => isOf(path) && path !== name);
      if (o?.kind === 'return') return !isOf(o.value?.path ?? null);
      return !isStore(o) || !isOf(o.target);
    })
  );
}

/**
 * True for a call of a void function that drops nothing, and uses the number which it is given only as the bound of a loop: it does nothing
 * if that number is an error code.
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

/** True if a function neither keeps a number nor passes it on (but to print it), and compares it with nothing but a loop's index. */
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
