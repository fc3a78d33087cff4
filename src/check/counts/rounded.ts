/**
 * Releases by a rounded number: a member of the object is set to the number of pages asked for, and then passed by its address to a
 * function that stores another number there, such as the capacity after rounding up. A drop of that many pages includes slots that were
 * never filled.
 */
import { spelledIn } from '../../flow/paths/function/text.js';
import { storesOf } from '../../flow/stores.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isStore, leadsTo, type Node, namedCall } from '../../program/graph.js';
import { type Member, memberAt } from '../../program/members.js';
import { rootOf } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import { folderOf, isNear } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { zero } from '../../syntax/truth.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';
import { type Counted, countedFrom } from './bounds.js';
import { addedIn } from './symbols.js';

/** Where a member is set to a parameter, and then passed on by its address. */
interface Rounding {
  reference: FunctionReference;
  parameter: number;
  set: Node;
  node: Node;
  call: CallOperation;
}

/** Complaints about such releases of a site's pages. */
export function roundedDrops(subject: Subject): Complaint[] {
  const { program } = subject;
  const found = new Map<string, Complaint>();
  for (const release of releasesIn(subject)) {
    if (release.event.guards.length > 0) continue;
    for (const counted of countedFrom(program, release)) {
      const key = `${counted.visit.flow.reference.file}:${counted.pos}`;
      const complaint = found.has(key) ? null : roundedAt(subject, counted);
      if (complaint) found.set(key, complaint);
    }
  }
  return [...found.values()];
}

function roundedAt(subject: Subject, { visit, pos, fact, count }: Counted): Complaint | null {
  const { program, row } = subject;
  const path = count?.value.path ?? null;
  if (visit.way !== 'field' || count === null || path === null || count.plus !== 0 || addedIn(count.value) !== 0) return null;
  const { reference } = visit.flow;
  for (const graph of program.graphs(reference)) {
    const member = memberAt(program, reference, graph, path);
    const rounding = member && roundingOf(subject, member);
    const filling = rounding && fillingBy(subject, rounding, member);
    if (!rounding || !filling) continue;
    const name = rounding.call.name as string;
    const text = spelledIn({ program, reference, graph }, path);
    return {
      message: `${text} pages are dropped, and ${name}() has changed that number since so many slots were asked for the pages of ${row.api}()`,
      ...{ file: reference.file, function: reference.name, pos },
      path: [
        taken(subject),
        stepIn(program, filling.reference, filling.pos, `this many slots are asked for by ${rounding.reference.name}(), and filled`),
        stepIn(program, rounding.reference, rounding.set.pos, `that number is kept in ${member.field}`),
        stepIn(program, rounding.reference, rounding.node.pos, `${name}() is given its address, and stores another number there`),
        ...stepsTo(program, visit, fact, { pos }),
        stepIn(program, reference, pos, `${text} pages are dropped`),
      ],
    };
  }
  return null;
}

/**
 * The one function that stores to a member and lets a callee change it; `null` if there is none, or if other functions set the member, but to zero.
 */
function roundingOf({ program, row }: Subject, member: Member): Rounding | null {
  const files = program.tree.filesAccessing(member.field).filter((file) => isNear(file, folderOf(row.file)));
  const functions = files.flatMap((file) => program.touching(file, [member.field], member.tag)).filter((r) => !r.macro);
  const storing = functions.filter((reference) => giving(member.field).test(program.textOf(reference)));
  const found = storing.map((reference) => program.graphs(reference).flatMap((graph) => roundingIn(program, reference, graph, member)));
  const [first, ...others] = found;
  return others.length > 0 ? null : (first?.[0] ?? null);
}

/** Matches a text that stores another number than zero to a member of this name, or takes its address. */
function giving(field: string): RegExp {
  const member = memberText(field);
  return new RegExp(`${member}\\s*(?:[-+|&^]?=(?!=|\\s*0\\s*;)|\\+\\+|--)|&[\\w>.-]*${member}`);
}

function roundingIn(program: Program, reference: FunctionReference, graph: Graph, member: Member): Rounding[] {
  const isMember = (path: string | null): path is string => {
    const at = memberAt(program, reference, graph, path);
    return at?.tag === member.tag && at.field === member.field;
  };
  const stores = graph.nodes.filter(({ operation: o }) => isStore(o) && isMember(o.target) && !(o.kind === 'clear' && zero.test(o.text)));
  const [set, ...others] = stores;
  const source = set?.operation?.kind === 'copy' && set.operation.replaces ? set.operation.source : null;
  const parameter = graph.params.findIndex(({ name }) => name === source?.path);
  if (!set || others.length > 0 || parameter < 0 || source?.address) return [];
  return graph.nodes.flatMap((node): Rounding[] => {
    const call = namedCall(node);
    const at = call?.args.findIndex((a) => a.address && isMember(a.path)) ?? -1;
    const callee = call && at >= 0 ? onlyFunction(program.resolve(call.name, reference.file)) : null;
    if (!call || !callee || !leadsTo(graph, set, (n) => n === node) || !storesOf(program)(callee, at, '[]')) return [];
    return [{ reference, parameter, set, node, call }];
  });
}

/**
 * The call that asks for the number of places by a plain variable, in a function that fills the object and does not read the member; `null`
 * if there is none.
 */
function fillingBy(
  { program, followed }: Subject,
  { reference, parameter }: Rounding,
  { tag, field }: Member,
): { reference: FunctionReference; pos: number } | null {
  const filling = followed.visits.filter(({ flow }) => flow.heap.some((heap) => rootOf(heap) === `#${tag}`));
  const keys = new Set(filling.map(({ flow }) => flow.reference.key));
  const site = program.callSites(reference).find(({ caller, call }) => {
    const isPlain = call.expressions[parameter]?.kind === 'identifier' && call.args[parameter]?.path != null;
    return isPlain && keys.has(caller.key) && !new RegExp(`\\b${field}\\b`).test(program.textOf(caller));
  });
  return site ? { reference: site.caller, pos: site.call.pos } : null;
}
