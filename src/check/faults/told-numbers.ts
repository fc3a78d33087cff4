/**
 * Drops behind a number of the object. All functions that drop the pages do so only for some values of a member that says nothing of pages.
 * A function that gives it a value from elsewhere, a device's message, and has the object dropped and is done with it without a look at
 * that value, then leaves the pages for good.
 */
import { spelledIn, textAt, type Within } from '../../flow/paths/function/text.js';
import type { CallSite } from '../../program/callers.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, isStore, leadsTo, type Node, namedCall, nodesBehind } from '../../program/graph.js';
import { memberAt } from '../../program/members.js';
import { lastMember, pathBelow, rootOf, suffixAfter } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import type { Program } from '../../program/program.js';
import { freedOf, freeingCalls, removals } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';
import { mayChange } from './changing.js';
import { dropItself } from './droppings.js';
import { type NumberGate, numberGatesOf } from './number-gates.js';
import { takersOf } from './takers.js';

/** A value from elsewhere that a function gives the number, and the call that is to drop the pages. */
interface Told extends CallSite {
  store: Node;
  /** The number, as the function names it. */
  path: string;
}

/** Complaints about tests of a number by which pages are left, where a function gives it any value and is then done with the object. */
export function toldNumbers(subject: Subject): Complaint[] {
  const { program, followed } = subject;
  // What the acquiring function drops, and what hands its pages on, they have not kept yet.
  const own = new Set(followed.visits.flatMap(({ way, flow }) => (way === 'site' || way === 'return' ? [flow.reference.key] : [])));
  const drops = releasesIn(subject).filter(({ visit, event }) => !own.has(visit.flow.reference.key) && !event.partial);
  return numberGatesOf(program, drops.map(dropItself), own).flatMap(([gate, ...others]): Complaint[] => {
    const calls = gate && others.length === 0 ? program.callSites(gate.dropping.reference) : [];
    const [told] = gate ? calls.flatMap((site) => toldBy(program, site, gate) ?? []) : [];
    return gate && told && !isSetOtherwise(subject, gate, calls) ? [complaintOf(subject, gate, told)] : [];
  });
}

/**
 * True if the number says whether there are pages, since a function that asks for them sets it to something that is no constant; or if a
 * function gives it a constant and then has the pages dropped, also those that others have left.
 */
function isSetOtherwise(subject: Subject, gate: NumberGate, calls: readonly CallSite[]): boolean {
  const { program } = subject;
  const takers = takersOf(subject);
  const isTaker = ({ key }: FunctionReference): boolean => takers.some((taker) => taker.key === key);
  return (
    takers.some((taker) => storesIn(program, taker, gate).some((n) => !isConstant(n))) ||
    calls.some((site) => !isTaker(site.caller) && givenBefore(program, site, gate, isConstant) !== null)
  );
}

/** The value from elsewhere that the number has at a call, if the caller does not look at it and is then done with the object. */
function toldBy(program: Program, site: CallSite, gate: NumberGate): Told | null {
  const told = givenBefore(program, site, gate, (n) => isFromElsewhere(site.graph, n));
  return told && isUnseen(site, told.store) && isDoneWith(program, site, gate) ? { ...site, ...told } : null;
}

/** The stores to the number in a function. */
function storesIn(program: Program, reference: FunctionReference, { tag, field }: NumberGate): Node[] {
  if (!new RegExp(memberText(field)).test(program.textOf(reference))) return [];
  return program.graphs(reference).flatMap((graph) =>
    graph.nodes.filter(({ operation: o }) => {
      const member = isStore(o) ? memberAt(program, reference, graph, o.target) : null;
      return member?.tag === tag && member.field === field;
    }),
  );
}

/** True for a store of a constant. */
function isConstant({ operation: o }: Node): boolean {
  const text = o?.kind === 'clear' ? o.text : o?.kind === 'copy' ? o.source.path : null;
  return text !== null && constant.test(text);
}

/** Matches a number, a name in capitals, or a truth value. */
const constant = /^(?:-?\s*(?:\d\w*|[A-Z][A-Z\d_]+)|true|false)$/;

/** The last store to the number before a call that is given the object, if that is a wanted one. */
function givenBefore(
  program: Program,
  { caller, graph, node, call }: CallSite,
  gate: NumberGate,
  isWanted: (n: Node) => boolean,
): Pick<Told, 'store' | 'path'> | null {
  const object = call.args[gate.index];
  const path = object ? pathBelow(object, `.${gate.field}`) : null;
  if (path === null) return null;
  const changes = (n: Node): boolean => isGiven(n, path) && mayChange(program, caller.file, n, path);
  const store = graph.nodes.find((n) => isStoreTo(n, path) && isWanted(n) && leadsTo(graph, n, (m) => m === node, changes));
  return store ? { store, path } : null;
}

function isStoreTo({ operation: o }: Node, path: string): boolean {
  return isStore(o) && o.target === path;
}

/** True but for a call that is given no more than the value at a path, which it cannot change. */
function isGiven({ operation: o }: Node, path: string): boolean {
  return o?.kind !== 'call' || o.args.some((a) => a.path !== null && suffixAfter(path, a.path) !== null && (a.address || a.path !== path));
}

/** True if a store's value is read from memory of something else than the object, by itself or through a variable. */
function isFromElsewhere({ nodes }: Graph, { operation: o }: Node): boolean {
  const path = o?.kind === 'copy' ? o.source.path : null;
  if (o?.kind !== 'copy' || path === null) return false;
  const values = rootOf(path) === path ? nodes.filter((n) => isStoreTo(n, path)).map((n) => n.operation) : [o];
  const isRead = (value: Node['operation']): boolean =>
    value?.kind === 'copy' && !value.source.address && isMemoryOfOthers(value.source.path, rootOf(o.target));
  return values.length > 0 && values.every(isRead);
}

function isMemoryOfOthers(path: string | null, object: string): boolean {
  return path !== null && rootOf(path) !== path && rootOf(path) !== object && !path.startsWith('%');
}

/** True if the function compares neither the number that it has stored nor what that comes from. */
function isUnseen({ graph }: CallSite, { operation: o }: Node): boolean {
  const paths = o?.kind === 'copy' ? [o.target, o.source.path] : [];
  return !graph.nodes.some(
    ({ operation: n }) => n?.kind === 'assume' && [n.left, n.right].some(({ path }) => path !== null && paths.includes(path)),
  );
}

/**
 * True if a function, or the one that it calls to drop the pages, frees the object, takes it from where it was found, or goes on to the next
 * one.
 */
function isDoneWith(program: Program, { caller, graph, node, call }: CallSite, { dropping: { reference }, index }: NumberGate): boolean {
  const object = call.args[index]?.path ?? '';
  const within = { program, reference: caller };
  return (
    [...nodesBehind(graph, node, () => false)].some((n) => frees(n, object)) ||
    graph.nodes.some((n) => removes(graph, n, object) || passes(within, graph, n, object)) ||
    program.graphs(reference).some((below) => {
      const parameter = below.params[index]?.name ?? '';
      return below.nodes.some((n) => n.guards.length === 0 && (frees(n, parameter) || removes(below, n, parameter)));
    })
  );
}

function frees(n: Node, object: string): boolean {
  const call = namedCall(n);
  return call !== null && freeingCalls.has(call.name) && freedOf(call.name, call.args)[0]?.path === object;
}

/** True for a call that takes the object off a list, or out of an array. */
function removes(graph: Graph, n: Node, object: string): boolean {
  const call = namedCall(n);
  const removal = call && removals.get(call.name);
  if (!call || !removal) return false;
  if (removal.member !== null) return rootOf(call.args[removal.member]?.path ?? '') === object;
  return graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === object && o.source.path === call.result);
}

/** True for a change of the index by which the object was found in an array: `slot = &ring->slots[ring->out % n]`, `ring->out++`. */
function passes(within: Within, { nodes }: Graph, { operation: o }: Node, object: string): boolean {
  const field = o?.kind === 'update' ? lastMember(o.target).slice(1) : '';
  const index = new RegExp(`^[^;]*=[^;]*\\[[^;]*${memberText(field)}`);
  return field !== '' && nodes.some((n) => isStoreTo(n, object) && index.test(textAt(within, n)));
}

/** The condition for the drop, in words. */
function conditionOf(program: Program, { dropping: { reference }, asked, graph }: NumberGate): string {
  const text = spelledIn({ program, reference, graph }, asked.left.path ?? '');
  return asked.op === '!=' && asked.right.text === '0' ? `${text} is not 0` : `${text} ${asked.op} ${asked.right.text}`;
}

function complaintOf(subject: Subject, gate: NumberGate, { caller, graph, node, store, path }: Told): Complaint {
  const { program, row } = subject;
  const { dropping, pos } = gate;
  const { file, name } = dropping.reference;
  const condition = conditionOf(program, gate);
  const number = spelledIn({ program, reference: caller, graph }, path);
  return {
    message: `pages of ${row.api}() leak: ${name}() drops them only if ${condition}, and ${caller.name}() sets that to whatever it is told`,
    ...{ file, function: name, pos },
    path: [
      taken(subject),
      stepIn(program, caller, store.pos, `${number} is set to a value from elsewhere, which may be any`),
      stepIn(program, caller, node.pos, `passed to ${name}(), after which nobody comes back to it`),
      stepIn(program, dropping.reference, pos, `drops the pages only if ${condition}, and so does all else that drops them`),
    ],
  };
}
