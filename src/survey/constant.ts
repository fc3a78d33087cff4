/** Finds flags that have one value wherever a function is called from: every call passes it, or nothing ever sets another. */
import { isHandedOut } from '../flow/mentions.js';
import type { CallSite } from '../program/callers.js';
import type { FunctionReference } from '../program/file.js';
import { type Graph, type Guard, isStore, type Operation, type Store } from '../program/graph.js';
import { isSetToZero, isUnset, memberAt } from '../program/members.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { plainPath, sourceName } from '../program/text.js';
import type { Expression } from '../syntax/ast.js';
import { no, yes } from '../syntax/truth.js';

/** A call, with its caller and the caller's graph. */
export type Calling = Pick<CallSite, 'caller' | 'graph' | 'call'>;

/** Through how many callers a parameter that is passed on unchanged is traced. */
const maxAbove = 3;

/** True if a guard tests a parameter for which all of these calls pass a constant, and the constant fails the test. */
export function isOpposite(
  program: Program,
  reference: FunctionReference,
  { path, values, negated }: Guard,
  calls: readonly Calling[],
): boolean {
  return path !== null && values.length === 0 && isGiven(program, reference, path, negated, calls);
}

/** True if all of these calls pass `true` (or, with `what` false, `false`) for a parameter of a function. */
export function isGiven(
  program: Program,
  reference: FunctionReference,
  name: string,
  what: boolean,
  calls: readonly Calling[],
  above = maxAbove,
): boolean {
  const index = (program.variants(reference)[0]?.params ?? []).findIndex((p) => p.name !== '' && p.name === name);
  return index >= 0 && calls.every((calling) => isAlways(program, calling, calling.call.expressions[index], what, above));
}

/** True if an argument always has this value: it is written so, or every caller of the caller passes it. */
function isAlways(
  program: Program,
  { caller, graph }: Omit<Calling, 'call'>,
  e: Expression | undefined,
  what: boolean,
  above: number,
): boolean {
  if (e === undefined) return false;
  if (e.kind === 'unary' && e.op === '!') return isAlways(program, { caller, graph }, e.operand, !what, above);
  if ((what ? yes : no).test(sourceName(e))) return true;
  const path = e.kind === 'identifier' || e.kind === 'member' ? plainPath(e) : null;
  if (path === null) return false;
  return (!what && isNeverTrue(program, caller, graph, path)) || isHandedOn(program, caller, graph, path, what, above);
}

/** True for a parameter that is passed on unchanged, and for which every call of the function passes the same constant. */
function isHandedOn(program: Program, caller: FunctionReference, graph: Graph, name: string, what: boolean, above: number): boolean {
  if (above === 0 || caller.macro || graph.assigned.some((a) => a.target === name) || isHandedOut(program, caller)) return false;
  const calls = graph.params.some((p) => p.name === name) ? program.callSites(caller) : [];
  return calls.length > 0 && isGiven(program, caller, name, what, calls, above - 1);
}

/** True for a local variable, or a member of a struct, that is set to false and never to anything else. */
export function isNeverTrue(program: Program, reference: FunctionReference, graph: Graph, path: string): boolean {
  if (rootOf(path) === path) return isFalseHere(graph, path);
  const member = memberAt(program, reference, graph, path);
  return member !== null && isSetToZero(program, member) && isUnset(program, reference, graph, path);
}

/** True for a local variable that is only ever set to false. */
function isFalseHere(graph: Graph, path: string): boolean {
  if (path.startsWith('::') || graph.params.some((p) => p.name === path)) return false;
  const isSet = (o: Operation | null): o is Store => isStore(o) && o.target === path && !(o.kind === 'clear' && o.text === '');
  const stores = graph.nodes.flatMap(({ operation: o }) => (isSet(o) ? [o] : []));
  const isGivenAway = graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.args.some((a) => a.address && a.path === path));
  const isFalse = (o: Store): boolean =>
    o.kind === 'clear' ? no.test(o.text) : o.kind === 'copy' && o.source.path === null && no.test(o.source.text);
  return stores.length > 0 && stores.every(isFalse) && !isGivenAway;
}
