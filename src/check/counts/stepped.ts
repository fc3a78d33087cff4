/** Releases of `pages[n--]` where pages are stored as `pages[n++]`: each drops the slot behind the last page, and none the first page. */
import { type InGraph, textAt } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import { type CallOperation, callsAt, isStore, leadsTo, type Node } from '../../program/graph.js';
import { plainPath } from '../../program/text.js';
import { pagesArgument } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Complaint } from '../finding.js';

/** The last names of an array and of the number that is the index of its element. */
interface Stepped {
  array: string;
  index: string;
}

/** Complaints about drops by `o->pages[o->n--]` of what was stored by `o->pages[o->n++]`. */
export function steppedDrops(subject: Subject): Complaint[] {
  const message = `the slot after the last page that ${subject.row.api}() took is dropped: the index is decremented only after the drop`;
  return releasesIn(subject).flatMap((release) =>
    steppedIn(subject, release).some((stepped) => isStoredBefore(subject, release, stepped))
      ? [complaintAt(subject, release, message)]
      : [],
  );
}

/** The arrays and numbers by which a release drops `array[number--]`, of all variants of its function. */
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

/** True if the number is changed before the drop by anything but a `++`: it may then be that of the last page. */
function isMovedBefore(here: InGraph, drop: CallOperation, number: string): boolean {
  const { graph } = here;
  const isMoving = (n: Node): boolean =>
    isStore(n.operation) &&
    n.operation.target === number &&
    !(n.operation.kind === 'update' && /^[^;]*?\+\+/.test(textAt(here, n))) &&
    !(n.pos >= drop.pos && n.pos < drop.end);
  return graph.nodes.some((n) => isMoving(n) && leadsTo(graph, n, (m) => m.operation === drop));
}

/** The element `pages[i]` of an argument `pages[i]` or `&pages[i]`. */
function elementOf(e: Expression | undefined): Expression | undefined {
  return e?.kind === 'unary' && e.op === '&' ? e.operand : e;
}

/** The last name on a path: `pages` of `obj->pages`. */
function lastOf(e: Expression): string | null {
  return /\w+$/.exec(plainPath(e) ?? '')?.[0] ?? null;
}

/** True if the files that take and drop the pages store to the array by `array[number++]`, and nowhere by `array[++number]`. */
function isStoredBefore({ program, site }: Subject, { visit }: SeenRelease, { array, index }: Stepped): boolean {
  const files = [...new Set([site.reference.file, visit.flow.reference.file])];
  const stored = (step: string): RegExp => new RegExp(`\\b${array}\\s*\\[\\s*${step}\\s*\\]\\s*=[^=]`);
  const path = `[\\w.>-]*\\b${index}`;
  return (
    files.some((file) => program.says(file, stored(`${path}\\+\\+`))) && !files.some((file) => program.says(file, stored(`\\+\\+${path}`)))
  );
}
