/** Pages that only seem to be held, because a function reads them under a name that is not followed. */
import type { Witness } from '../flow/paths.js';
import { type Graph, leadsTo, type Node } from '../program/graph.js';
import { overlaid } from '../survey/overlaid.js';
import type { Subject } from '../survey/unit.js';

/**
 * True for pages that a function leaves held, if on some path through there it reads them as another member of a union: a drop of what it
 * reads so is not followed.
 */
export function isReadOtherwise({ program, followed }: Subject, { kind, file, function: name, pos }: Witness): boolean {
  if (kind !== 'leak' && kind !== 'kept') return false;
  return overlaid(program, followed).some(
    ({ reference, pos: read }) =>
      reference.file === file && reference.name === name && program.graphs(reference).some((graph) => areOnOneWay(graph, pos, read)),
  );
}

/** True if a path leads from one position of a function to the other, or if one of them is not known there. */
function areOnOneWay(graph: Graph, one: number, other: number): boolean {
  const [some, others] = [one, other].map((pos) => graph.nodes.filter((n) => n.pos === pos)) as [Node[], Node[]];
  const leads = (from: Node[], to: Node[]): boolean => from.some((n) => leadsTo(graph, n, (m) => to.includes(m)));
  return one === other || some.length === 0 || others.length === 0 || leads(some, others) || leads(others, some);
}
