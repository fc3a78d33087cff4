/** Mappings for a device that are never undone, since what undoes them is under a test of a member that nothing sets. */
import { spelledIn } from '../../flow/paths/function/text.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, type Guard, type NamedCall, type Node, namedCall } from '../../program/graph.js';
import { isUnset, type Member, memberAt } from '../../program/members.js';
import { rootOf, unindexed } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { deviceCalls, unmappingDeviceCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, stepIn, taken } from '../finding.js';

/** A call that is given the list with the pages. */
interface Handed {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
  call: NamedCall;
}

/** Complaints about unmappings of a site's scatterlists none of which is ever reached, though the lists are mapped. */
export function unsetFlags(subject: Subject): Complaint[] {
  const { program, followed } = subject;
  const lists = new Set(followed.heap.filter((h) => h.endsWith('@sgl')).map((h) => h.replace(/(\[\])*@sgl$/, '')));
  return [...lists].flatMap((heap): Complaint[] => {
    const member = memberOf(heap);
    const functions = member === null ? [] : touchingNear(subject, member);
    if (member === null || !functions.some((r) => unmapping.test(program.textOf(r)))) return [];
    const handed = functions.flatMap((reference) => handedIn(program, reference, member));
    const [mapped] = handed.filter(({ call }) => deviceCalls.has(call.name));
    const ended = handed.filter(({ call }) => unmappingDeviceCalls.has(call.name));
    const [first, ...others] = ended.map((end) => ({ end, guard: unsetGuard(program, end) }));
    if (!mapped || !first?.guard || others.some(({ guard }) => guard === null)) return [];
    return [complaintOf(subject, mapped, first.end, first.guard)];
  });
}

/** Matches a call that unmaps a list. */
const unmapping = new RegExp(`\\b(?:${[...unmappingDeviceCalls].join('|')})\\s*\\(`);

/** The member of a struct that a fact names; `null` if it names a variable or something deeper. */
function memberOf(heap: string): Member | null {
  const tag = rootOf(heap).slice(1);
  const below = heap.slice(tag.length + 1);
  return tag.startsWith('::') || !/^\.\w+$/.test(below) ? null : { tag, field: below.slice(1) };
}

/** The functions that name the member, in the folders where the pages are taken and dropped. */
function touchingNear(subject: Subject, { tag, field }: Member): FunctionReference[] {
  const { program, row } = subject;
  const folders = new Set([row.file, ...releasesIn(subject).map((s) => s.visit.flow.reference.file)].map(folderOf));
  const files = program.tree.filesAccessing(field).filter((file) => folders.has(folderOf(file)));
  return files.flatMap((file) => program.touching(file, [field], tag)).filter((r) => !r.macro);
}

/** Matches a call that maps or unmaps. */
const handing = new RegExp(`\\b(?:${[...unmappingDeviceCalls, ...deviceCalls.keys()].join('|')})\\s*\\(`);

/** The calls of a function that map or unmap the list in the member. */
function handedIn(program: Program, reference: FunctionReference, { tag, field }: Member): Handed[] {
  if (!handing.test(program.textOf(reference))) return [];
  return program.graphs(reference).flatMap((graph) =>
    graph.nodes.flatMap((node): Handed[] => {
      const call = namedCall(node);
      if (call === null || !(unmappingDeviceCalls.has(call.name) || deviceCalls.has(call.name))) return [];
      const path = call.args[1]?.path ?? null;
      const list = path === null ? null : memberAt(program, reference, graph, unindexed(path));
      return list?.tag === tag && list.field === field ? [{ reference, graph, node, call }] : [];
    }),
  );
}

/** A guard around a call that never holds, as it tests a member that nothing sets; `null` if there is none. */
function unsetGuard(program: Program, { reference, graph, node }: Handed): Guard | null {
  const isNever = ({ path, call, values, negated }: Guard): boolean =>
    call === '' && values.length === 0 && !negated && isUnset(program, reference, graph, path);
  return node.guards.find(isNever) ?? null;
}

function complaintOf(subject: Subject, mapped: Handed, { reference, graph, node, call }: Handed, guard: Guard): Complaint {
  const { program, row } = subject;
  const { file, name } = reference;
  const flag = spelledIn({ program, reference, graph }, guard.path ?? '');
  const by = releasesIn(subject)
    .slice(-1)
    .map(({ visit, event }) => stepIn(program, visit.flow.reference, event.pos, `dropped by ${event.api}()`));
  return {
    message: `pages of ${row.api}() are dropped with the device's mapping in place: ${call.name}() is called only if ${flag} is set, which nothing does`,
    ...{ file, function: name, pos: node.pos },
    path: [
      taken(subject),
      stepIn(program, mapped.reference, mapped.node.pos, `given to a device by ${mapped.call.name}()`),
      stepIn(program, reference, node.pos, `never reached: nothing in the tree sets ${flag}`),
      ...by,
    ],
  };
}
