/**
 * Objects whose pages are replaced: a function drops what a field held, fills it anew, and drops the new pages as it fails. If the field
 * still points at them, whoever ends the object drops them once more.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, type Copy, type Graph, isStore, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { acquires } from '../../../protocol/index.js';
import { spelledIn } from '../function/text.js';
import type { Exit, Holder } from '../memory/state.js';
import { stepsOf } from '../memory/trail.js';

/** A field that still points at dropped pages. */
export interface Dangling {
  /** The field as C has it. */
  path: string;
  /** Offset of the call that dropped them. */
  pos: number;
  /** The function that drops them once more. */
  by: FunctionReference;
}

/** The field that an exit leaves so, if it has dropped everything; `null` if there is none. */
export function danglingAt(program: Program, reference: FunctionReference, { drop }: Exit): Dangling | null {
  for (const graph of drop === null ? [] : program.graphs(reference))
    for (const last of graph.nodes) {
      const o = last.operation;
      if (last.pos !== drop?.pos || o?.kind !== 'call') continue;
      const paths = o.args.flatMap((a) => (a.address ? [] : [a.path, ...storedFrom(graph, last, a.path)]));
      const path = paths.find((p) => p != null && isBelow(p) && !/[[@]/.test(p));
      const isAnew = path != null && (isFilledAnew(graph, last, o, path) || isExchanged(graph, last, o, path));
      const by = isAnew ? endOf(program, reference, o, path) : undefined;
      if (path != null && by) return { path: spelledIn({ program, reference, graph }, path), pos: last.pos, by };
    }
  return null;
}

/**
 * True if a function has dropped what an object held before it was handed the pages that it leaves there as it fails: the object
 * lives on, and may keep them.
 */
export function isOfOld(
  program: Program,
  reference: FunctionReference,
  { holders, trail }: Exit,
  mayDrop: (name: string, file: string) => boolean,
): boolean {
  const { file, name } = reference;
  const taken = stepsOf(trail).find((step) => step.file === file && step.function === name)?.pos ?? 0;
  return program.graphs(reference).some((graph) => {
    const isHolding = (path: string): boolean => holders.some((h) => isOn(graph, path, h));
    // The old pages may have been moved to a variable, to be dropped when all is done.
    const stores = graph.nodes.filter(({ operation: o }) => o?.kind === 'copy' && isBelow(o.target) && isHolding(o.target));
    const older = new Set(
      graph.nodes.flatMap((n) => {
        const from = n.operation?.kind === 'copy' && !n.operation.source.address ? n.operation.source.path : null;
        const isOlder = from !== null && isBelow(from) && isHolding(from) && !stores.some((s) => leadsTo(graph, s, (m) => m === n));
        return isOlder && stores.some((s) => leadsTo(graph, n, (m) => m === s)) ? [(n.operation as Copy).target] : [];
      }),
    );
    return graph.nodes.some(
      ({ pos, operation: o }) =>
        o?.kind === 'call' &&
        o.name !== null &&
        !acquires.has(o.name) &&
        mayDrop(o.name, file) &&
        o.args.some(({ path }) => path !== null && (older.has(path) || (pos < taken && isHolding(path)))),
    );
  });
}

/** True for a path below a variable. */
function isBelow(path: string): boolean {
  return rootOf(path) !== path;
}

/** True for the path of an object, or of a field in it, on the way to a holder. */
function isOn({ params, aliases }: Graph, path: string, { of, suffix }: Holder): boolean {
  const root = of < 0 ? rootOf(suffix) : (params[of]?.name ?? '');
  const below = of < 0 ? suffix.slice(root.length) : suffix;
  const object = rootOf(path);
  const isObject = object === root || aliases.some((a) => a.target === object && a.source.path === root);
  return isObject && suffixAfter(below, path.slice(object.length)) !== null;
}

/** The paths of fields that a variable was stored to, with nothing else stored there since. */
function storedFrom(graph: Graph, last: Node, variable: string | null): string[] {
  if (variable === null || isBelow(variable)) return [];
  return graph.nodes.flatMap((n) => {
    const o = n.operation;
    if (o?.kind !== 'copy' || o.source.path !== variable || !isBelow(o.target)) return [];
    const isOver = (m: Node): boolean => m !== n && isStore(m.operation) && m.operation.target === o.target;
    return leadsTo(graph, n, (m) => m === last, isOver) ? [o.target] : [];
  });
}

/** True if the field's old value was read into a variable before it was filled, and the same call is made for that on another path. */
function isExchanged(graph: Graph, last: Node, { name }: CallOperation, path: string): boolean {
  const stores = graph.nodes.filter(({ operation: o }) => o?.kind === 'copy' && o.target === path);
  const older = graph.nodes.flatMap((n) => {
    const o = n.operation;
    const isRead = o?.kind === 'copy' && o.source.path === path && !o.source.address && !isBelow(o.target);
    return isRead && stores.some((s) => leadsTo(graph, n, (m) => m === s)) ? [o.target] : [];
  });
  return graph.nodes.some(
    ({ operation: o }) =>
      o?.kind === 'call' && o.name === name && o !== last.operation && o.args.some((a) => a.path !== null && older.includes(a.path)),
  );
}

/** True if the same call was made for the field before, and the field was set in between. */
function isFilledAnew(graph: Graph, last: Node, { name }: CallOperation, path: string): boolean {
  const isFill = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.target === path;
  const isFirst = (n: Node): boolean =>
    n !== last && n.operation?.kind === 'call' && n.operation.name === name && n.operation.args.some((a) => a.path === path);
  return graph.nodes.some(
    (first) =>
      isFirst(first) && graph.nodes.some((n) => isFill(n) && leadsTo(graph, first, (m) => m === n) && leadsTo(graph, n, (m) => m === last)),
  );
}

/** Another function of the file that drops what is in such a field, and does not set it. */
function endOf(program: Program, own: FunctionReference, { name }: CallOperation, path: string): FunctionReference | undefined {
  const field = memberText(path.slice(path.lastIndexOf('.') + 1));
  const call = new RegExp(`\\b${name}\\s*\\([^;]*${field}\\s*[,)]`);
  const store = new RegExp(`${field}\\s*=[^=]`);
  return program
    .shell(own.file)
    ?.functions.find((r) => r.key !== own.key && !r.macro && call.test(program.textOf(r)) && !store.test(program.textOf(r)));
}
