/** Drops of the page at a number that is stepped back behind the reading, where pages are stored at that number before it is stepped on. */
import { type InGraph, textAt } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import { type CallOperation, callsAt, isStore, leadsTo, type Node } from '../../program/graph.js';
import { plainPath } from '../../program/text.js';
import { pagesArgument } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Complaint } from '../finding.js';

/** The members, or variables, that an array and the number of one of its elements are. */
interface Stepped {
  array: string;
  index: string;
}

/** Drops by `o->pages[o->n--]` of what was stored by `o->pages[o->n++]`: of one behind the last each time, and never of the first. */
export function steppedDrops(subject: Subject): Complaint[] {
  const message = `the slot behind the last page that ${subject.row.api}() took is dropped, as the number is stepped back behind the drop`;
  return releasesIn(subject).flatMap((release) =>
    steppedIn(subject, release).some((stepped) => isStoredBefore(subject, release, stepped))
      ? [complaintAt(subject, release, message)]
      : [],
  );
}

/** What a release drops by a number that it steps back, in each variant of its function. */
function steppedIn({ program }: Subject, { visit, event }: SeenRelease): Stepped[] {
  const { reference } = visit.flow;
  return program.graphs(reference).flatMap((graph) =>
    callsAt(graph, event.pos).flatMap((call) => {
      const e = elementOf(call.expressions[pagesArgument(event.call)]);
      if (e?.kind !== 'index' || e.index.kind !== 'update' || e.index.prefix || e.index.op !== '--') return [];
      const [array, index] = [lastOf(e.object), lastOf(e.index.operand)];
      const isMoved = isMovedBefore({ program, reference, graph }, call, plainPath(e.index.operand) ?? '');
      return array !== null && index !== null && !isMoved ? [{ array, index }] : [];
    }),
  );
}

/** True if something else than a step on sets the number before the drop: it may be that of the last page then. */
function isMovedBefore(here: InGraph, drop: CallOperation, number: string): boolean {
  const { graph } = here;
  const isMoving = (n: Node): boolean =>
    isStore(n.operation) &&
    n.operation.target === number &&
    !(n.operation.kind === 'update' && /^[^;]*?\+\+/.test(textAt(here, n))) &&
    !(n.pos >= drop.pos && n.pos < drop.end);
  return graph.nodes.some((n) => isMoving(n) && leadsTo(graph, n, (m) => m.operation === drop));
}

/** The element that an argument is, or has the address of. */
function elementOf(e: Expression | undefined): Expression | undefined {
  return e?.kind === 'unary' && e.op === '&' ? e.operand : e;
}

/** The last name on a path. */
function lastOf(e: Expression): string | null {
  return /\w+$/.exec(plainPath(e) ?? '')?.[0] ?? null;
}

/** True if the files that take and drop the pages store to such an array by the number as it was before a step, and never behind one. */
function isStoredBefore({ program, site }: Subject, { visit }: SeenRelease, { array, index }: Stepped): boolean {
  const files = [...new Set([site.reference.file, visit.flow.reference.file])];
  const stored = (step: string): RegExp => new RegExp(`\\b${array}\\s*\\[\\s*${step}\\s*\\]\\s*=[^=]`);
  const path = `[\\w.>-]*\\b${index}`;
  return (
    files.some((file) => program.says(file, stored(`${path}\\+\\+`))) && !files.some((file) => program.says(file, stored(`\\+\\+${path}`)))
  );
}
