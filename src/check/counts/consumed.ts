/** Calls that return bytes: drops of a number of pages that is computed from these bytes when something else is in their place. */
import { type Assume, type CallOperation, callNodeAt, type Graph, isStore, type Loop, leadsTo, type Node } from '../../program/graph.js';
import { pageCount } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { taken } from '../finding.js';
import { controlsOf } from './bounds.js';
import { ownDrops } from './bytes.js';
import { names } from './conditions.js';
import type { CountFault } from './fault.js';

/** Such drops of a site's pages. */
export function consumedFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  const { reference } = site;
  if (site.acquire.result !== 'bytes') return [];
  const { drops } = ownDrops(subject);
  return program.graphs(reference).flatMap((graph) => {
    const start = callNodeAt(graph, site.call.pos);
    if (start?.operation?.kind !== 'call') return [];
    const held = bytesIn(graph, start.operation);
    return drops.flatMap(({ pos, count: { value } }): CountFault[] => {
      const at = callNodeAt(graph, pos);
      const changed = at ? computedFor(graph, at, value.path, value.text).flatMap((made) => changesBefore(graph, start, made, held)) : [];
      const [first] = changed;
      if (first === undefined) return [];
      const steps = [{ pos: first.pos, text: 'the bytes are replaced, of which the number of pages is computed afterwards' }];
      return [{ kind: 'drop', how: 'consumed', reference, pos, outcomes: 0, way: [taken(subject)], steps }];
    });
  });
}

/** The variables and members that are set to the bytes, or to a variable that is. */
function bytesIn({ nodes }: Graph, { result }: CallOperation): Set<string> {
  const held = new Set([result]);
  for (const path of held)
    for (const { operation: o } of nodes)
      if (o?.kind === 'copy' && o.replaces && o.source.path === path && !o.target.startsWith('%')) held.add(o.target);
  held.delete(result);
  return held;
}

/** A place where a number of pages is computed. */
interface Made {
  node: Node;
  text: string;
}

/** Where the count of a drop is computed: by itself, or where its variable is set. */
function computedFor(graph: Graph, at: Node, path: string | null, text: string): Made[] {
  if (pageCount.test(text)) return [{ node: at, text }];
  const stores = graph.nodes.filter((n) => isStore(n.operation) && n.operation.target === path);
  const reaching = stores.filter((n) =>
    leadsTo(
      graph,
      n,
      (m) => m === at,
      (m) => stores.includes(m),
    ),
  );
  return reaching.flatMap((node) =>
    graph.assigned.flatMap((a) => (a.target === path && a.pos === node.pos && pageCount.test(a.text) ? [{ node, text: a.text }] : [])),
  );
}

/** The stores that put an error, or what is left of the bytes after a loop, in the place of bytes of which a number is computed. */
function changesBefore(graph: Graph, start: Node, { node, text }: Made, held: ReadonlySet<string>): Node[] {
  return [...held].flatMap((path) => {
    if (!names(text, path)) return [];
    const isTest = ({ operation: o }: Node): boolean => o?.kind === 'assume' && (o.left.path === path || o.right.path === path);
    const isSet = ({ operation: o }: Node): boolean => isStore(o) && o.target === path;
    const reaches = (from: Node, bars: (n: Node) => boolean): boolean =>
      leadsTo(
        graph,
        from,
        (n) => n === node,
        (n) => n === start || bars(n),
      );
    return graph.nodes.filter((n) => {
      const o = n.operation;
      if (!isSet(n) || !leadsTo(graph, start, (m) => m === n)) return false;
      if (o?.kind === 'clear') return /^-\s*E[A-Z0-9]+$/.test(o.text) && reaches(n, (m) => isSet(m) || isTest(m));
      const loop = n.loops.at(-1);
      if (!loop || (o?.kind === 'copy' && o.replaces) || node.loops.includes(loop) || start.loops.includes(loop)) return false;
      return usesUp(graph, loop, path) && reaches(n, (m) => isSet(m) && !m.loops.includes(loop));
    });
  });
}

/** True for a loop that goes on while something is left: `left > 0`. */
function usesUp(graph: Graph, loop: Loop, path: string): boolean {
  const isLeft = ({ left, op, right }: Assume): boolean => left.path === path && (op === '>' || op === '!=') && right.text === '0';
  return controlsOf(graph, loop).some(({ condition }) => isLeft(condition));
}
