/**
 * Arrays that are filled anew: a second acquiring call on the same array overwrites the pages of the first, unless it takes nothing.
 */
import { type CallOperation, type Graph, offsetsOf } from '../program/graph.js';
import { rootOf, type Value } from '../program/path.js';
import { remembered } from '../program/remembered.js';
import { acquires } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { type Acquired, acquiredBy } from './outcome.js';

/** What an acquiring call fills: an array from its beginning, or one pointer. */
export interface Refill {
  /** Index of the page argument. */
  index: number;
  /** The page argument's value. */
  value: Value;
  /** The suffix from the argument to the pages. */
  behind: string;
  /** How to read the call's result. */
  acquired: Acquired;
}

/** What a call fills from its beginning, one entry for each kernel's signature that fits its arguments; none if it is no acquiring call. */
export function refillsOf(graph: Graph, o: CallOperation): Refill[] {
  const acquire = o.name === null ? undefined : acquires.get(o.name);
  if (!acquire) return [];
  return acquire.signatures.flatMap((signature): Refill[] => {
    const index = signature.pages;
    const value = index === null || signature.args !== o.args.length ? undefined : o.args[index];
    if (index === null || !value || !isFromBeginning(graph, o.expressions[index], value)) return [];
    return [{ index, value, behind: acquire.behind, acquired: acquiredBy(acquire, signature, o) }];
  });
}

/** False if the call asks, by a number, for fewer pages than an earlier call did or, if that is not known, than the array has room for. */
export function coversAll(graph: Graph, { value, acquired }: Refill, earlier: Pick<Acquired, 'count'> | undefined): boolean {
  const asked = numberIn(acquired.count);
  if (asked === null) return true;
  const there = numberIn(earlier?.count) ?? roomIn(graph, value);
  return there !== null && there <= asked;
}

/** How many pages an array has room for by its declaration; one for the address of a single pointer; `null` if that is not known. */
function roomIn({ types }: Graph, { path, address }: Value): number | null {
  const dims = types.get(path ?? '')?.dims ?? [];
  return dims.length === 0 && address ? 1 : dims.length === 1 ? numberIn(dims[0]) : null;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** True for an array itself or one pointer. False for `pages + i`, `arrays[i]`, and a pointer that is moved on (`p++`). */
export function isFromBeginning(graph: Graph, e: Expression | undefined, { path }: Value): boolean {
  if (e === undefined || path === null) return false;
  const moving = movingIn(graph);
  return isFirst(e) && !moving.has(path) && !moving.has(rootOf(path));
}

function isFirst(e: Expression): boolean {
  switch (e.kind) {
    case 'identifier':
      return true;
    case 'member':
      return isFirst(e.object);
    case 'cast':
      return isFirst(e.operand);
    case 'unary':
      return (e.op === '&' || e.op === '*') && isFirst(e.operand);
    case 'index':
      return e.index.kind === 'literal' && e.index.text === '0' && isFirst(e.object);
    default:
      return false;
  }
}

/** Pointers that are set to `array + n`, or that are moved on. */
const movingIn = remembered((graph: Graph): ReadonlySet<string> => {
  const moving = new Set(offsetsOf(graph));
  for (const { operation: o } of graph.nodes) if (o?.kind === 'update') moving.add(o.target);
  return moving;
});
