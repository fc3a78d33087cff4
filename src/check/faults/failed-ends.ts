/**
 * Pages that are dropped although the call that takes them back from a device, firmware or a hypervisor has failed: the function prints a
 * message and goes on as if they had been given back.
 */

import { failureOf } from '../../flow/paths/function/tested.js';
import { namesCalled } from '../../flow/paths/function/text.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, type Graph, isRead, leadsTo, type Node, nodesBehind } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { namesIn } from '../../program/text.js';
import { errorCalls, haltingText, printingName, toldBefore } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt } from '../evidence.js';
import { type Complaint, stepIn } from '../finding.js';
import { commandsOf, constantsIn, isNamedIn, isSentNear } from './commands.js';
import { argumentsOf, type Dropping, endsOfHolders, nameAt } from './droppings.js';
import { rootsOf, sourcesOf } from './leading.js';
import { takersOf } from './takers.js';

/** A call that takes pages back and whose failure is only printed. */
interface FailedEnd {
  /** Its name, or that of the command which it sends. */
  name: string;
  /** What it is, in words. */
  said: string;
  pos: number;
  /** The node that is reached where it has failed. */
  printed: Node;
  /** The variables from which its arguments come. */
  roots: readonly string[];
}

/** Such a call from the point of view of the function that drops the pages: its own, or one in a function that it calls. */
interface Before {
  end: FailedEnd;
  /** The function with the call that takes the pages back. */
  reference: FunctionReference;
  /** That call, or the call of the function that has it. */
  node: Node;
  roots: readonly string[];
}

/** Complaints about such a call with a drop of the same object's pages behind it: one for each call, with the nearest drop. */
export function droppedThoughNotGivenBack(subject: Subject): Complaint[] {
  const { program, row } = subject;
  const found = new Map<string, Complaint>();
  for (const dropping of endsOfHolders(subject)) {
    const { reference, pos, release } = dropping;
    for (const graph of program.graphs(reference))
      for (const before of failedBefore(subject, dropping, graph)) {
        const { end } = before;
        const key = `${before.reference.file}:${end.pos}`;
        if (found.has(key)) continue;
        const message = `pages of ${row.api}() are dropped although ${end.said} failed: whoever has them may still access them`;
        const complaint = complaintAt(subject, release, message);
        const called = (at: number) => stepIn(program, reference, at, `called here: ${nameAt(graph, at)}()`);
        const above = before.reference === reference ? [] : [called(before.node.pos)];
        const below = release.event.pos === pos ? [] : [called(pos)];
        const path = [
          complaint.path[0],
          ...above,
          stepIn(program, before.reference, end.pos, `${end.said} is to take them back`),
          stepIn(program, before.reference, end.printed.pos, 'its failure is only logged'),
          ...below,
          ...complaint.path.slice(1),
        ].flatMap((step) => step ?? []);
        found.set(key, { message, file: before.reference.file, function: before.reference.name, pos: end.pos, path });
      }
  }
  return [...found.values()];
}

/**
 * The calls that take pages back and whose failure is only printed, before a drop of the same object's pages, if nothing in between stops
 * the device.
 */
function failedBefore(subject: Subject, dropping: Dropping, graph: Graph): Before[] {
  const { program } = subject;
  const { reference, pos } = dropping;
  const drop = callNodeAt(graph, pos);
  if (drop?.operation?.kind !== 'call') return [];
  const all = [...endsIn(program, reference, graph).map((end) => ownOf(graph, reference, end)), ...endsBelow(program, reference, graph)];
  if (all.length === 0 || !isUsers(subject, dropping, graph, drop.operation)) return [];
  const objects = objectsOf(dropping, graph, drop.operation);
  const isDrop = (n: Node): boolean => n === drop;
  return all.filter((before) => {
    const { node, roots } = before;
    if (node === drop || !leadsTo(graph, node, isDrop)) return false;
    const shared = roots.filter((root) => objects.has(root)).flatMap((root) => tagOf(graph, root) ?? []);
    if (!shared.some((tag) => isTakenFor(subject, tag)) || isUntold(subject, graph, before)) return false;
    const between = [...nodesBehind(graph, node, isDrop)].filter((n) => n !== drop && leadsTo(graph, n, isDrop));
    return !between.some(({ operation: o }) => o?.kind === 'call' && haltingText.test(`${o.name ?? o.through}(`));
  });
}

/** Such a call of the dropping function itself. */
function ownOf(graph: Graph, reference: FunctionReference, end: FailedEnd): Before {
  return { end, reference, node: end.printed, roots: [...comingTo(graph, end.roots)] };
}

/**
 * Some variables and those that they come from, without other objects of the same struct: a shadow object comes from its owner, but is not
 * it.
 */
function comingTo(graph: Graph, roots: readonly string[]): ReadonlySet<string> {
  const tags = new Set(roots.map((root) => tagOf(graph, root)));
  const isOther = (source: string): boolean =>
    !roots.includes(source) && tagOf(graph, source) !== undefined && tags.has(tagOf(graph, source));
  return new Set([...sourcesOf(graph, roots)].filter((source) => !isOther(source)));
}

/** True if the path to such a call takes the pages and tells nobody outside of them: then there is nothing to be given back. */
function isUntold(subject: Subject, graph: Graph, { end, node, reference }: Before): boolean {
  const { program, row } = subject;
  const calls = graph.nodes.filter((n) => n.operation?.kind === 'call' && leadsTo(graph, n, (m) => m === node));
  const names = calls.flatMap((n) => {
    const o = n.operation;
    return o?.kind === 'call' ? [o.name ?? o.through ?? '', ...commandsOf(graph, n, o).map((command) => command.name)] : [];
  });
  const takes = (name: string): boolean =>
    name === row.api ||
    takersOf(subject).some((t) => t.name === name && program.resolve(name, reference.file).some((r) => r.key === t.key));
  return names.some(takes) && !names.some((name) => toldBefore(end.name).includes(name));
}

/** False for a drop that is given an object of a struct which nobody has that asks for the pages, though it may be part of a device. */
function isUsers(subject: Subject, dropping: Dropping, graph: Graph, call: CallOperation): boolean {
  const tagAt = (path: string | null): string | [] =>
    (path !== null && subject.program.typeOf(path, graph, dropping.reference.file)?.tag) || [];
  const objects = dropping.given === null ? [] : argumentsOf(dropping, call);
  return objects.flatMap(({ path }) => tagAt(path)).every((tag) => isTakenFor(subject, tag));
}

/** The variables from which the pages come at a drop. */
function objectsOf(dropping: Dropping, graph: Graph, call: CallOperation): ReadonlySet<string> {
  return sourcesOf(graph, rootsOf(argumentsOf(dropping, call)));
}

/** The struct that a variable points at; `undefined` if it points at none. */
function tagOf({ types }: Graph, root: string): string | undefined {
  const type = types.get(root);
  return type?.pointers === 1 ? (type.tag ?? undefined) : undefined;
}

/** True if a function that asks for the pages has such an object: others of its struct may hold none, or other memory. */
function isTakenFor(subject: Subject, tag: string): boolean {
  const { program } = subject;
  const named = new RegExp(`\\b${tag}\\b`);
  return takersOf(subject).some((taker) => named.test(program.textOf(taker)));
}

/** Such calls in functions that a function calls without reading the result. */
function endsBelow(program: Program, { file }: FunctionReference, graph: Graph): Before[] {
  return graph.nodes.flatMap((node): Before[] => {
    const o = node.operation;
    if (o?.kind !== 'call' || o.name === null || isRead(graph, o.result)) return [];
    const callee = program.isGeneral(o.name) ? null : onlyFunction(program.resolve(o.name, file));
    if (callee === null || !endsByText(program)(callee)) return [];
    return program.graphs(callee).flatMap((below) =>
      endsIn(program, callee, below).map((end) => {
        const sources = comingTo(below, end.roots);
        const given = o.args.filter((_, i) => sources.has(below.params[i]?.name ?? ''));
        return { end, reference: callee, node, roots: rootsOf(given) };
      }),
    );
  });
}

/** Tells from its text whether a function takes something back and prints. */
const endsByText = remembered((program: Program) =>
  program.ledger.remembered((reference: FunctionReference): boolean => {
    const names = namesCalled(program, reference);
    return names.some((name) => printingName.test(name)) && [...names, ...constantsIn(program, reference)].some(isEnd);
  }),
);

/** True for the name of a call or command that takes something back. */
function isEnd(name: string): boolean {
  return toldBefore(name).length > 0;
}

/** The calls of a function that take something back and may have failed where it goes on. */
function endsIn(program: Program, reference: FunctionReference, graph: Graph): readonly FailedEnd[] {
  return endsByText(program)(reference) ? endsInGraph(program)(graph, program, reference) : [];
}

/** The same, in one variant of the function. */
const endsInGraph = remembered((program: Program) =>
  program.ledger.remembered((graph: Graph, within: Program, reference: FunctionReference): readonly FailedEnd[] =>
    graph.nodes.flatMap((node) => {
      const o = node.operation;
      if (o?.kind !== 'call') return [];
      const end = endAt(within, reference, graph, node, o);
      const printed = end && graph.nodes.find((n) => failureOf(graph, o.result)(n) && goesOn(within, reference, graph, n));
      const roots = [...rootsOf(o.args), ...o.expressions.flatMap(namesIn).map(rootOf), ...(end?.roots ?? [])];
      return end && printed ? [{ ...end, pos: o.pos, printed, roots }] : [];
    }),
  ),
);

/** What a call takes back by its name, or by the command that it sends; `null` if nothing. */
function endAt(
  program: Program,
  { file }: FunctionReference,
  graph: Graph,
  node: Node,
  o: CallOperation,
): Pick<FailedEnd, 'name' | 'said' | 'roots'> | null {
  const name = o.name ?? o.through ?? '';
  if (isEnd(name)) {
    const near = o.name === null ? [] : program.resolveNear(o.name, file).filter((r) => !r.macro);
    const isOwn = o.name === null || near.length > 0;
    if (isOwn && (isToldNear(program, name, file) || near.some((r) => sendsEnd(program, r)))) return { name, said: `${name}()`, roots: [] };
  }
  const command = commandsOf(graph, node, o).find((c) => isEnd(c.name) && isSentNear(program, toldBefore(c.name), name, file));
  return command ? { ...command, said: `${name}() of ${command.name}` } : null;
}

/** True if some file in the folder calls the opposite of `name`, by which somebody outside is told of pages. */
function isToldNear(program: Program, name: string, file: string): boolean {
  const folder = folderOf(file);
  return toldBefore(name).some((other) => program.tree.filesCalling(other).some((f) => folderOf(f) === folder));
}

/** True for a function that names a command by which something is taken back, if another function of its file names the opposite. */
function sendsEnd(program: Program, reference: FunctionReference): boolean {
  return constantsIn(program, reference).some((name) => isEnd(name) && isNamedIn(program, toldBefore(name), reference.file));
}

/** True for a failure that is printed and nothing else, before the function goes on as where the call has succeeded. */
function goesOn(program: Program, { file }: FunctionReference, graph: Graph, failed: Node): boolean {
  const others = graph.nodes.filter((n) => n !== failed && n.pos === failed.pos && n.operation?.kind === 'assume');
  const after = new Set(others.flatMap((n) => [...nodesBehind(graph, n, () => false)]));
  let isPrinted = false;
  for (let n = failed; n.successors.length === 1; ) {
    n = graph.nodes[n.successors[0] as number] as Node;
    if (after.has(n)) return isPrinted;
    const o = n.operation;
    if (o?.kind === 'call') {
      if (o.name === null) return false;
      if (printingName.test(o.name)) isPrinted = true;
      else if (!errorCalls.test(o.name) && !program.isNeutral(o.name, file)) return false;
    } else if (o !== null && o?.kind !== 'clear') return false;
  }
  return false;
}
