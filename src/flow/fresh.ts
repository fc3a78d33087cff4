/**
 * Places that on all ways to a node have been stored over with a page from the allocator: whose page stood there before, it is that one
 * no longer. A must-analysis of one function's graph, by places as they are written.
 */
import type { CallOperation, Graph, Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { allocatingCalls, originCalls } from '../protocol/index.js';
import { printExpression } from '../syntax/print.js';
import { forward } from './forward.js';
import { arrivalsOf, type Visit } from './visit.js';
import { isChanged, type Written, writtenAs } from './written.js';

type Facts = ReadonlyMap<string, Written>;

/** The places before each node that hold a fresh page there, by their texts. */
const freshBefore = remembered((graph: Graph): readonly (Facts | undefined)[] => {
  const pages = new Set(graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && isAllocating(o) ? [o.result] : [])));
  if (pages.size === 0) return [];
  return forward(graph, new Map() as Facts, (n, facts) => after(n, facts, pages), meet);
});

function isAllocating({ name }: CallOperation): boolean {
  return name !== null && (originCalls.get(name)?.kind === 'allocated' || allocatingCalls.includes(name));
}

function after({ operation: o }: Node, before: Facts, pages: ReadonlySet<string>): Facts {
  const facts = new Map([...before].filter(([, place]) => !isChanged(o, place)));
  if (o?.kind !== 'copy' || !o.written || !pages.has(o.source.path ?? '')) return facts;
  const place = writtenAs([o.written]);
  return place ? facts.set(place.text, place) : facts;
}

/** What both say; the older one itself if nothing changes. */
function meet(old: Facts, other: Facts): Facts {
  const both = new Map([...old].filter(([text]) => other.has(text)));
  return both.size === old.size ? old : both;
}

/** True for an argument of a call that on every way there is a fresh page. */
function isFresh(graph: Graph, { id }: Node, { expressions }: CallOperation, argument: number): boolean {
  const given = expressions[argument];
  return given !== undefined && freshBefore(graph)[id]?.has(printExpression(given)) === true;
}

/** Calls between the place and who takes the reference. */
const maxCalls = 3;

/** True for an argument of a call in a visited function that is a fresh page, also where it is that of each call which led there. */
export function isGivenFresh(program: Program, visit: Visit, pos: number, argument: number, level = 0): boolean {
  const { reference } = visit.flow;
  return program.graphs(reference).every((graph) =>
    graph.nodes.every((n) => {
      const o = n.operation;
      if (o?.kind !== 'call' || o.pos !== pos || isFresh(graph, n, o, argument)) return true;
      const index = graph.params.findIndex((p) => p.name === o.args[argument]?.path);
      const isSet = index >= 0 && graph.assigned.some((a) => a.target === graph.params[index]?.name);
      const isOfCall = level < maxCalls && index >= 0 && !isSet && visit.way === 'call';
      return isOfCall && arrivalsOf(visit).every((a) => isGivenFresh(program, a.visit, a.pos, index, level + 1));
    }),
  );
}
