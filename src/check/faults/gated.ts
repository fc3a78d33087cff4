/**
 * Drops behind another pointer of the object. All functions that drop the pages in a member first test that pointer, and so does the one
 * that takes them. A function that finds the pointer set and sets it to NULL, without a look at the member, then leaves the pages for good.
 */
import { sourcesOf } from '../../flow/flow.js';
import { namesCalled, spelledIn } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, isBarred, isStore, leadsTo, type Node } from '../../program/graph.js';
import { memberAt } from '../../program/members.js';
import { rootOf, splitSteps } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import type { Site } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';
import { mayChange } from './changing.js';
import { endingNames } from './endings.js';

/** A pointer without which the pages in a member of the same object are not dropped. */
interface Gate {
  /** The object's struct. */
  tag: string;
  /** The member that keeps the pages. */
  member: string;
  /** The pointer. */
  pointer: string;
  /** The test of it before a drop. */
  asked: Asked;
}

/** A condition in a function. */
interface Asked {
  reference: FunctionReference;
  node: Node;
}

/** A store of NULL to such a pointer. */
interface Closing {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
  path: string;
}

/** Complaints about stores after which nobody drops a site's pages any more, though they may be there. */
export function closedGates(subject: Subject): Complaint[] {
  const { program, site } = subject;
  // What the acquiring function drops, it has not kept yet.
  const drops = releasesIn(subject).filter(({ visit, event }) => visit.way !== 'site' && !event.partial);
  const [first, ...others] = drops.map((drop) => gatesOf(program, drop));
  const gates = (first ?? []).filter(
    (gate) => others.every((here) => here.some((other) => isSame(gate, other))) && isAskedFor(program, site, gate),
  );
  return gates.flatMap((gate) => closingsOf(program, gate).map((closing) => complaintOf(subject, gate, closing)));
}

function isSame(a: Gate, b: Gate): boolean {
  return a.tag === b.tag && a.member === b.member && a.pointer === b.pointer;
}

/** True if on every path to the site the pointer was found not to be NULL. */
function isAskedFor(program: Program, { reference, graph, node }: Site, { tag, pointer }: Gate): boolean {
  const asks = (n: Node): boolean => isPointer(program, reference, graph, foundSet(n), tag, pointer);
  return isBarred(graph, (n) => n === node, asks);
}

/** True for a path that is the pointer of such an object. */
function isPointer(
  program: Program,
  reference: FunctionReference,
  graph: Graph,
  path: string | null,
  tag: string,
  pointer: string,
): boolean {
  const member = memberAt(program, reference, graph, path);
  return member?.tag === tag && `.${member.field}` === pointer;
}

/** The pointers, beside the member with the pages, that are found not to be NULL on every path to a release. */
function gatesOf(program: Program, { visit: { flow }, event }: SeenRelease): Gate[] {
  const { reference } = flow;
  const sources = sourcesOf(flow, event.fact);
  return program.graphs(reference).flatMap((graph) => {
    const isDrop = (n: Node): boolean => n.operation?.kind === 'call' && n.pos === event.pos;
    const kept = sources.map((path) => ({ object: rootOf(path), member: splitSteps(path.slice(rootOf(path).length))[0] ?? '' }));
    return kept.flatMap(({ object, member }) => {
      const tag = member.startsWith('.') ? objectIn(program, reference, graph, object) : null;
      return graph.nodes.flatMap((node) => {
        const path = foundSet(node);
        const pointer = path === null || rootOf(path) !== object ? '' : path.slice(object.length);
        return tag !== null && /^\.\w+$/.test(pointer) && pointer !== member && isBarred(graph, isDrop, (n) => foundSet(n) === path)
          ? [{ tag, member, pointer, asked: { reference, node } }]
          : [];
      });
    });
  });
}

/** The struct that a variable points at; `null` if it points at none. */
function objectIn(program: Program, { file }: FunctionReference, graph: Graph, variable: string): string | null {
  const type = program.typeOf(variable, graph, file);
  return type?.pointers === 1 ? type.tag : null;
}

/** The path that a condition says is not NULL; `null` for any other node. */
function foundSet({ operation: o }: Node): string | null {
  return o?.kind === 'assume' && o.op === '!=' && o.call === null && noPointer.test(o.right.text) ? o.left.path : null;
}

/**
 * The stores of NULL to the pointer, in functions near the drops that may find it set, if neither such a function nor those that it calls
 * or that lead to it name the member with the pages.
 */
function closingsOf(program: Program, gate: Gate): Closing[] {
  const [pointer, member] = [gate.pointer.slice(1), gate.member.slice(1)];
  const folder = folderOf(gate.asked.reference.file);
  const closing = new RegExp(`${memberText(pointer)}\\s*=\\s*NULL\\s*;`);
  const touching = (field: string): FunctionReference[] =>
    program.tree
      .filesAccessing(field)
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) => program.touching(file, [field], gate.tag));
  const found = touching(pointer).filter((reference) => !reference.macro && closing.test(program.textOf(reference)));
  if (found.length === 0) return [];
  const looking = new Set(touching(member).flatMap((reference) => [...endingNames(program, reference)]));
  const references = found.filter((reference) =>
    [...endingNames(program, reference), ...namesCalled(program, reference)].every((name) => !looking.has(name)),
  );
  return references.flatMap((reference) =>
    program.graphs(reference).flatMap((graph) =>
      graph.nodes.flatMap((node): Closing[] => {
        const path = closedAt(node);
        const isIt =
          path !== null &&
          isPointer(program, reference, graph, path, gate.tag, gate.pointer) &&
          leavesShut(program, reference, graph, node, path);
        return isIt ? [{ reference, graph, node, path }] : [];
      }),
    ),
  );
}

/** The path that a node sets to NULL; `null` for any other node. */
function closedAt({ operation: o }: Node): string | null {
  return o?.kind === 'clear' && noPointer.test(o.text) ? o.target : null;
}

/** True for a store of NULL to a pointer that the function has found set and has not set itself, in an object that it leaves so. */
function leavesShut(program: Program, { file }: FunctionReference, graph: Graph, node: Node, path: string): boolean {
  const object = rootOf(path);
  const isObject = ({ operation: o }: Node): boolean => isStore(o) && o.target === object;
  const sets = (n: Node): boolean => n !== node && !isObject(n) && mayChange(program, file, n, path);
  const changes = (n: Node): boolean => isObject(n) || (n !== node && isStore(n.operation) && n.operation.target === path);
  // A loop that sets it need not have an iteration, so there would be a path past it.
  if (graph.nodes.some((n) => n.loops.length > 0 && sets(n))) return false;
  const isFound = (n: Node): boolean =>
    foundSet(n) === path && !isBarred(graph, (m) => m === n, sets) && leadsTo(graph, n, (m) => m === node, changes);
  const isHanded = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.args.some((a) => a.path === object && !a.address);
  return (
    graph.nodes.some(isFound) &&
    leadsTo(
      graph,
      node,
      (n) => n.id === graph.exit,
      (n) => changes(n) || isHanded(n),
    )
  );
}

function complaintOf(subject: Subject, { asked }: Gate, { reference, graph, node: { pos }, path }: Closing): Complaint {
  const { program, row } = subject;
  const text = spelledIn({ program, reference, graph }, path);
  const { file, name } = reference;
  return {
    message: `pages of ${row.api}() leak: ${asked.reference.name}() drops them only if ${text} is set, and that is set to NULL`,
    ...{ file, function: name, pos },
    path: [
      taken(subject),
      stepIn(
        program,
        asked.reference,
        asked.node.pos,
        `${asked.reference.name}() drops them only if this pointer is set, and so does all else that drops them`,
      ),
      stepIn(program, reference, pos, `${text} is set to NULL, without a check whether there are pages`),
    ],
  };
}
