/** Places as they are written, index and all: the same text means the same thing until something changes a name in it. */
import type { CallOperation, Operation } from '../program/graph.js';
import { rootOf, type Value } from '../program/path.js';
import { castCalls, iterators, releases, transfers } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { printExpression } from '../syntax/print.js';
import type { Within } from './paths/function/text.js';

/** A text, and each variable and `.field` in it. */
export interface Written {
  /** The expression as C. */
  text: string;
  /** Variables by name, fields as `.name`. */
  names: ReadonlySet<string>;
}

/** True for a name of a call that does nothing to a reference, as the file uses the name: see {@link Program.isNeutral}. */
export type IsNeutral = (name: string) => boolean;

/** What names of calls mean in the file of a function. */
export function neutralIn({ program, reference: { file } }: Within): IsNeutral {
  return (name) => program.isNeutral(name, file);
}

/** Expressions as written; `null` if evaluating them twice need not give the same, or if they name nothing. */
export function writtenAs(given: readonly Expression[], isNeutral: IsNeutral): Written | null {
  if (given.length === 0) return null;
  const names = new Set<string>();
  if (!given.every((e) => collect(e, names, isNeutral)) || names.size === 0) return null;
  return { text: given.map(printExpression).join(', '), names };
}

/** Adds the variables and fields of an expression; false if evaluating it twice need not give the same. */
function collect(e: Expression, names: Set<string>, isNeutral: IsNeutral): boolean {
  const isPlain = (part: Expression): boolean => collect(part, names, isNeutral);
  switch (e.kind) {
    case 'identifier':
      names.add(e.name);
      return true;
    case 'literal':
    case 'sizeof':
      return true;
    case 'member':
      names.add(`.${e.field}`);
      return isPlain(e.object);
    case 'index':
      return isPlain(e.object) && isPlain(e.index);
    case 'unary':
    case 'cast':
      return isPlain(e.operand);
    case 'binary':
      return isPlain(e.left) && isPlain(e.right);
    case 'call':
      return e.callee.kind === 'identifier' && isLookup(e.callee.name, isNeutral) && e.args.every(isPlain);
    default:
      return false;
  }
}

/** True for a call that returns the same for the same arguments. */
function isLookup(name: string, isNeutral: IsNeutral): boolean {
  return transfers.has(name) || castCalls.test(name) || isNeutral(name);
}

/** True if the text may stand for something else after an operation. */
export function isChanged(o: Operation | null, { names }: Written, isNeutral: IsNeutral): boolean {
  switch (o?.kind) {
    case 'copy':
    case 'clear':
    case 'update':
      return names.has(lastOf(o.target));
    case 'call':
      return isChangedByCall(o, names, isNeutral);
    case 'unread':
      return true;
    default:
      return false;
  }
}

function isChangedByCall(o: CallOperation, names: ReadonlySet<string>, isNeutral: IsNeutral): boolean {
  const given = o.args.flatMap((a) => (a.path === null ? [] : [a]));
  if (o.iterates) return setBy(o).some((a) => a.path !== null && names.has(rootOf(a.path)));
  if (o.name !== null && (transfers.has(o.name) || castCalls.test(o.name))) return false;
  if (given.some((a) => a.address && names.has(lastOf(a.path as string)))) return true;
  // A callee that may store to memory may have set a field. The drop of a page does not.
  const isDrop = o.name !== null && releases.has(o.name) && releases.get(o.name)?.shape !== 'container';
  return !isDrop && [...names].some((name) => name.startsWith('.')) && (o.name === null || !isNeutral(o.name));
}

/** The values that an iterating macro may set: if the tables know it, its cursor; else all its arguments. */
function setBy({ name, args }: CallOperation): Value[] {
  const moves = iterators.get(name ?? '')?.moves;
  return moves === undefined ? args : moves.flatMap(([, to]) => args[Number(/^\d+/.exec(to)?.[0])] ?? []);
}

/** The variable, or the `.field`, that a store to a path changes. */
function lastOf(path: string): string {
  const steps = path.match(/\.[^.@[\]]+/g);
  return steps?.at(-1) ?? rootOf(path);
}
