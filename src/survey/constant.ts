/** Flags that are the same wherever a function is come to: what every call gives, and what is never set to anything else. */
import { isHandedOut } from '../flow/mentions.js';
import type { CallSite } from '../program/callers.js';
import type { FunctionReference } from '../program/file.js';
import { type Graph, type Guard, isStore, type Operation, type Store } from '../program/graph.js';
import { isNeverSet, isSetToZero, memberAt } from '../program/members.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { plainPath, sourceName } from '../program/text.js';
import type { Expression } from '../syntax/ast.js';
import { no, yes } from '../syntax/truth.js';

/** A call, and where it stands. */
export type Calling = Pick<CallSite, 'caller' | 'graph' | 'call'>;

/** How many callers above one who hands on what he was given himself are looked at. */
const maxAbove = 3;

/** True if a guard asks for a parameter of a function which calls give as a constant, all of them, and not as the one asked for. */
export function isOpposite(
  program: Program,
  reference: FunctionReference,
  { path, values, negated }: Guard,
  calls: readonly Calling[],
): boolean {
  return path !== null && values.length === 0 && isGiven(program, reference, path, negated, calls);
}

/** True if all of some calls give a function's parameter as `true`, or as `false`. */
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

/** True if what a call is given is always `true`, or `false`: as it is written, or as whoever calls the caller gives it. */
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

/** True for a parameter that is handed on as it is, and given as the same constant by whoever calls the function. */
function isHandedOn(program: Program, caller: FunctionReference, graph: Graph, name: string, what: boolean, above: number): boolean {
  if (above === 0 || caller.macro || graph.assigned.some((a) => a.target === name) || isHandedOut(program, caller)) return false;
  const calls = graph.params.some((p) => p.name === name) ? program.callSites(caller) : [];
  return calls.length > 0 && isGiven(program, caller, name, what, calls, above - 1);
}

/** True for a variable of a function's own, or a member of a struct, that is set to false, and never to anything else. */
export function isNeverTrue(program: Program, reference: FunctionReference, graph: Graph, path: string): boolean {
  if (rootOf(path) === path) return isFalseHere(graph, path);
  const member = memberAt(program, reference, graph, path);
  return member !== null && isSetToZero(program, member) && isNeverSet(program, member);
}

/** True for a variable of a function's own that is never anything but false. */
function isFalseHere(graph: Graph, path: string): boolean {
  if (path.startsWith('::') || graph.params.some((p) => p.name === path)) return false;
  const isSet = (o: Operation | null): o is Store => isStore(o) && o.target === path && !(o.kind === 'clear' && o.text === '');
  const stores = graph.nodes.flatMap(({ operation: o }) => (isSet(o) ? [o] : []));
  const isGivenAway = graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.args.some((a) => a.address && a.path === path));
  const isFalse = (o: Store): boolean =>
    o.kind === 'clear' ? no.test(o.text) : o.kind === 'copy' && o.source.path === null && no.test(o.source.text);
  return stores.length > 0 && stores.every(isFalse) && !isGivenAway;
}
