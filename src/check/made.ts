/** Objects that a function has made itself: what it drops of these was put there just before. */
import { type FunctionFlow, sourcesOf } from '../flow/flow.js';
import { onlyFunction } from '../program/definitions.js';
import type { FunctionReference } from '../program/file.js';
import { type CallOperation, type Graph, isStore, leadsTo, type Node, type Store } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { errorCalls, freeingCalls, memoryCall } from '../protocol/index.js';
import { noPointer } from '../syntax/truth.js';

/** True if what a fact of a function stands for is in an object that the function has allocated. */
export function isMadeIn(program: Program, flow: FunctionFlow, fact: string): boolean {
  const roots = new Set(sourcesOf(flow, fact).map(rootOf));
  const makes = (graph: Graph): boolean => {
    const made = resultsOf(graph, isAllocating);
    return graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && roots.has(o.target) && made.has(o.source.path ?? ''));
  };
  return program.graphs(flow.reference).every(makes);
}

/** True for a call by which a function frees an object that it has made itself. */
export function endsItsOwn(program: Program, { file }: FunctionReference, graph: Graph, { operation: o }: Node): boolean {
  return (
    o?.kind === 'call' &&
    o.args.some(
      ({ path, address }, i) =>
        path !== null && !address && isSetOnlyBy(graph, path, (by) => isMaking(program, file, by)) && isFreedBy(program, file, o, i),
    )
  );
}

/** True for a local variable that is set to nothing but NULL and the results of certain calls. */
export function isSetOnlyBy(graph: Graph, variable: string, isMeant: (o: CallOperation) => boolean): boolean {
  const { params, nodes } = graph;
  if (rootOf(variable) !== variable || variable.startsWith('::') || params.some(({ name }) => name === variable)) return false;
  const made = resultsOf(graph, isMeant);
  const isNone = (o: Store): boolean => o.kind === 'clear' && (o.text === '' || noPointer.test(o.text));
  const stores = nodes.flatMap(({ operation: o }) => (isStore(o) && o.target === variable && !isNone(o) ? [o] : []));
  return stores.length > 0 && stores.every((o) => o.kind === 'copy' && made.has(o.source.path ?? ''));
}

/** The temporaries that hold the results of certain calls. */
export function resultsOf({ nodes }: Graph, isMeant: (o: CallOperation) => boolean): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && isMeant(o) ? [o.result] : [])));
}

function isAllocating({ name }: CallOperation): boolean {
  return memoryCall.test(name ?? '');
}

/** True for a call that allocates memory, or of a function that returns what it has allocated, an error, or NULL. */
function isMaking(program: Program, from: string, o: CallOperation): boolean {
  const callee = o.name === null ? null : onlyFunction(program.resolve(o.name, from));
  if (callee === null) return isAllocating(o);
  return program.graphs(callee).every((graph) => {
    const errors = resultsOf(graph, ({ name }) => errorCalls.test(name ?? ''));
    const returned = graph.nodes.flatMap(({ operation: r }) => (r?.kind === 'return' && r.value?.path ? [r.value.path] : []));
    const objects = returned.filter((path) => !errors.has(path));
    return objects.length > 0 && objects.every((path) => isSetOnlyBy(graph, path, isAllocating));
  });
}

/** True for a call of a function that on every path frees what it is given. */
function isFreedBy(program: Program, from: string, { name }: CallOperation, argument: number): boolean {
  const callee = name === null ? null : onlyFunction(program.resolve(name, from));
  const isFreed = (graph: Graph): boolean => {
    const given = graph.params[argument]?.name;
    const frees = ({ operation: o }: Node): boolean =>
      o?.kind === 'call' && freeingCalls.has(o.name ?? '') && o.args.some((a) => a.path === given && !a.address);
    return given !== undefined && !leadsTo(graph, graph.nodes[graph.entry] as Node, (n) => n.id === graph.exit, frees);
  };
  return callee !== null && program.graphs(callee).every(isFreed);
}
