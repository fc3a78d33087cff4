/** What a function asks about its parameters, itself or by its callees: only of that it is told what its callers know. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, type Graph, isStore } from '../../../program/graph.js';
import { rootOf, suffixAfter } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { releases } from '../../../protocol/index.js';
import type { Context } from '../context.js';
import { belowParameter } from '../function/parameter.js';
import { maskOf } from '../memory/masks.js';

/** What is asked of one parameter: what a condition compares with something, or the count that a bulk drop is given. */
export interface Asked {
  /** The parameter itself, if its value decides what is dropped: telling others would only multiply the ways to the same ends. */
  itself: boolean;
  /** Suffixes of numbers below it. */
  whole: readonly string[];
  /** Bits of numbers below it. */
  bits: readonly { suffix: string; mask: string }[];
}

/** Of a parameter that nothing is asked about. */
export const nothing: Asked = { itself: false, whole: [], bits: [] };

/** How many calls deep to look for questions: the end of an object, and a helper of that. */
const maxNested = 2;

/** If more functions have one name, none is certain to be meant. */
const maxDefinitions = 4;

const askedIn = remembered((program: Program) => program.ledger.memo<ReadonlyMap<number, Asked>>());

/** By index of the parameter, what a function asks about it. */
export function askedOf(context: Context, callee: FunctionReference, nested = maxNested): ReadonlyMap<number, Asked> {
  const known = askedIn(context.program);
  const key = `${callee.key}|${nested}`;
  return known.get(key) ?? known.work(key, () => questionsOf(context, callee, nested));
}

/** Indices of the parameters, other than pointers, that decide what a function drops: its caller knows whether they are zero. */
export function decidingOf(context: Context, callee: FunctionReference, { params }: Graph): readonly number[] {
  if (!params.some(isPlainNumber)) return [];
  const asked = askedOf(context, callee);
  return params.flatMap((param, index) => (isPlainNumber(param) && asked.get(index)?.itself === true ? [index] : []));
}

function isPlainNumber({ type: { pointers, dims } }: Graph['params'][number]): boolean {
  return pointers === 0 && dims.length === 0;
}

type Question = { path: string; decides: boolean; mask?: string };

function questionsOf(context: Context, callee: FunctionReference, nested: number): ReadonlyMap<number, Asked> {
  const found = new Map<number, Asked>();
  for (const graph of context.program.graphs(callee))
    for (const { path, decides, mask } of questionsIn(context, callee, graph, nested)) {
      const place = belowParameter(graph, path);
      if (place === null || (place.suffix === '' && !decides)) continue;
      found.set(place.of, withQuestion(found.get(place.of) ?? nothing, place.suffix, mask));
    }
  return found;
}

/** Suffixes below the object with some names (a variable, a call's result) that a function asks about. */
export function askedBelow(context: Context, callee: FunctionReference, names: readonly string[]): readonly string[] {
  const paths = context.program.graphs(callee).flatMap((graph) => questionsIn(context, callee, graph, maxNested).map(({ path }) => path));
  return [...new Set(paths.flatMap((path) => names.map((name) => suffixAfter(path, name) ?? '')))].filter((suffix) => suffix !== '');
}

function withQuestion({ itself, whole, bits }: Asked, suffix: string, mask: string | undefined): Asked {
  if (suffix === '') return { itself: true, whole, bits };
  if (mask === undefined) return whole.includes(suffix) ? { itself, whole, bits } : { itself, whole: [...whole, suffix], bits };
  return bits.some((b) => b.suffix === suffix && b.mask === mask)
    ? { itself, whole, bits }
    : { itself, whole, bits: [...bits, { suffix, mask }] };
}

function questionsIn(context: Context, callee: FunctionReference, graph: Graph, nested: number): Question[] {
  // Most functions drop nothing, and so nothing that they call does.
  const mayDrop = nested > 0 && context.mayDrop(callee.name, callee.file);
  return graph.nodes.flatMap(({ id, operation: o }): Question[] => {
    if (o?.kind === 'call') {
      const asked = releases.get(o.name ?? '')?.shape === 'bulk' ? copiesOf(graph, o.args[1]?.path) : [];
      return [...asked.map((path) => ({ path, decides: true })), ...(mayDrop ? handedOn(context, callee, o, nested) : [])];
    }
    if (o?.kind !== 'assume' || o.call !== null) return [];
    // It matters only for a parameter itself, and a function's shape is expensive.
    const asking = (path: string): Question => ({ path, decides: rootOf(path) === path && context.shapeOf(graph, callee).passesDrop(id) });
    const mask = maskOf(o.left);
    const right = copiesOf(graph, o.right.path).map(asking);
    if (mask === undefined) return [...copiesOf(graph, o.left.path).map(asking), ...right];
    const path = maskedPath.exec(o.left.text)?.[0];
    return path === undefined ? right : [{ ...asking(path), mask }, ...right];
  });
}

/** What a callee that may drop asks about what it is handed. */
function handedOn(context: Context, callee: FunctionReference, { name, args }: CallOperation, nested: number): Question[] {
  if (name === null || releases.has(name) || !context.mayDrop(name, callee.file)) return [];
  const next = context.program.resolve(name, callee.file).filter(({ key }) => key !== callee.key);
  if (next.length > maxDefinitions) return [];
  return next.flatMap((reference) =>
    [...askedOf(context, reference, nested - 1)].flatMap(([of, { itself, whole, bits }]): Question[] => {
      const { path = null, address = false } = args[of] ?? {};
      if (path === null) return [];
      return [
        ...(itself && !address ? [{ path, decides: true }] : []),
        ...whole.map((suffix) => ({ path: path + suffix, decides: true })),
        ...bits.map(({ suffix, mask }) => ({ path: path + suffix, decides: true, mask })),
      ];
    }),
  );
}

/** The path itself or, for a local variable, the paths that it is set to. */
function copiesOf({ nodes, params }: Graph, path: string | null | undefined): string[] {
  if (path == null) return [];
  if (rootOf(path) !== path || params.some(({ name }) => name === path)) return [path];
  return nodes.flatMap(({ operation: o }) =>
    isStore(o) && o.kind === 'copy' && o.target === path && o.source.path !== null && !o.source.address ? [o.source.path] : [],
  );
}

/** The number in `number & MASK`. */
const maskedPath = /^\w+(?:\.\w+)*(?= & )/;
