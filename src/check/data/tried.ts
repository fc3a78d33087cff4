/**
 * Marks that leave out pages which somebody else has locked just then: the code tries for the lock, `trylock_page()`, and does not wait for
 * it.
 */
import { type CallOperation, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { dirtyCalls, triedLocks } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { dirtiesOf, type Mark } from './access.js';

/** A mark, and the try for a lock without which it is not made. */
export interface Tried {
  mark: Mark;
  api: string;
  pos: number;
}

/** The marks of a site's pages that are not made where a lock was not got, though the pages are then dropped or the next ones looked at. */
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

/** The first failed try for a lock from which every path to a mark leads through another try, while some path goes on with the pages. */
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

/** The call that tries for a lock, if a node is the branch on which it has failed; else `null`. */
function failedTry({ operation: o }: Node): CallOperation | null {
  const call = o?.kind === 'assume' && o.op === '==' && o.right.text === '0' ? o.call : null;
  return call && triedLocks.has(call.name ?? '') ? call : null;
}

/** True for a node that goes on to another page: a try that is reached without one is for the same page. */
function movesOn({ operation: o }: Node): boolean {
  return o?.kind === 'copy' || o?.kind === 'update' || (o?.kind === 'call' && o.iterates);
}

/** True if every path to a node leads through a wanted one. */
function isOnlyBehind(graph: Graph, node: Node, isWanted: (n: Node) => boolean): boolean {
  return !leadsTo(graph, graph.nodes[graph.entry] as Node, (m) => m === node, isWanted);
}
