/** Marks that leave out the pages of which somebody else has the lock just then: it is tried for, and not waited for. */
import { type CallOperation, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { dirtyCalls, triedLocks } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { dirtiesOf, type Mark } from './access.js';

/** A mark, and where the lock is tried for without which it is not made. */
export interface Tried {
  mark: Mark;
  api: string;
  pos: number;
}

/** The marks of a site's pages which are not made where a lock is not got, though the pages are dropped then, or the next ones looked at. */
export function marksOfTried(subject: Subject): Tried[] {
  return dirtiesOf(subject).flatMap((mark) => {
    const { flow } = mark.visit;
    const drops = new Set(flow.releases.map((release) => release.pos));
    return subject.program.graphs(flow.reference).flatMap((graph) => {
      const failed = failureBefore(graph, mark.event.pos, drops);
      return failed === null ? [] : [{ mark, ...failed }];
    });
  });
}

/** Where a lock is not got from where no way leads to a mark but through the next try, and one leads on with the pages. */
function failureBefore(graph: Graph, pos: number, drops: ReadonlySet<number>): Pick<Tried, 'api' | 'pos'> | null {
  const mark = graph.nodes.find((n) => n.pos === pos && isMark(n));
  for (const n of mark ? graph.nodes : []) {
    const tried = failedTry(n);
    if (!mark || !tried) continue;
    const isTry = ({ operation: o }: Node): boolean => o?.kind === 'call' && o.pos === tried.pos;
    const isAgain = leadsTo(graph, n, isTry, movesOn);
    const isLeft = leadsTo(graph, n, (m) => drops.has(m.pos)) || (!isAgain && leadsTo(graph, n, isTry));
    if (isLeft && !leadsTo(graph, n, isMark, isTry) && isOnlyBehind(graph, mark, isTry)) return { api: tried.name ?? '', pos: tried.pos };
  }
  return null;
}

function isMark({ operation: o }: Node): boolean {
  return o?.kind === 'call' && dirtyCalls.has(o.name ?? '');
}

/** The call that has not got a lock where a condition holds. */
function failedTry({ operation: o }: Node): CallOperation | null {
  const call = o?.kind === 'assume' && o.op === '==' && o.right.text === '0' ? o.call : null;
  return call && triedLocks.has(call.name ?? '') ? call : null;
}

/** True for what goes on to another page: who comes to a try without it tries for the same. */
function movesOn({ operation: o }: Node): boolean {
  return o?.kind === 'copy' || o?.kind === 'update' || (o?.kind === 'call' && o.iterates);
}

/** True if no way comes to a node but past a wanted one. */
function isOnlyBehind(graph: Graph, node: Node, isWanted: (n: Node) => boolean): boolean {
  return !leadsTo(graph, graph.nodes[graph.entry] as Node, (m) => m === node, isWanted);
}
