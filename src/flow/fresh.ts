/**
 * Places that hold a fresh page from the allocator on every path to a node: any page that was there before is not there any more.
 * A must-analysis over one function's graph, by the text of the places.
 */
import type { CallOperation, Graph, Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { allocatingCalls, originCalls } from '../protocol/index.js';
import { printExpression } from '../syntax/print.js';
import { forward } from './forward.js';
import type { InGraph, Within } from './paths/function/text.js';
import { arrivalsOf, type Visit } from './visit.js';
import { type IsNeutral, isChanged, neutralIn, type Written, writtenAs } from './written.js';

type Facts = ReadonlyMap<string, Written>;

/** By node id, the places that hold a fresh page before the node, by their texts. */
const freshIn = remembered((program: Program) =>
  program.ledger.remembered((graph: Graph, within: Within): readonly (Facts | undefined)[] => {
    const pages = new Set(graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && isAllocating(o) ? [o.result] : [])));
    if (pages.size === 0) return [];
    const isNeutral = neutralIn(within);
    return forward(graph, new Map() as Facts, (n, facts) => after(n, facts, pages, isNeutral), meet);
  }),
);

function isAllocating({ name }: CallOperation): boolean {
  return name !== null && (originCalls.get(name)?.kind === 'allocated' || allocatingCalls.includes(name));
}

function after({ operation: o }: Node, before: Facts, pages: ReadonlySet<string>, isNeutral: IsNeutral): Facts {
  const facts = new Map([...before].filter(([, place]) => !isChanged(o, place, isNeutral)));
  if (o?.kind !== 'copy' || !o.written || !pages.has(o.source.path ?? '')) return facts;
  const place = writtenAs([o.written], isNeutral);
  return place ? facts.set(place.text, place) : facts;
}

/** The places in both; `old` itself if nothing changes. */
function meet(old: Facts, other: Facts): Facts {
  const both = new Map([...old].filter(([text]) => other.has(text)));
  return both.size === old.size ? old : both;
}

/** True if an argument of a call is a fresh page on every path to the call. */
function isFresh({ graph, ...within }: InGraph, { id }: Node, { expressions }: CallOperation, argument: number): boolean {
  const given = expressions[argument];
  return given !== undefined && freshIn(within.program)(graph, within)[id]?.has(printExpression(given)) === true;
}

/** How many calls to go up from where the argument is used. */
const maxCalls = 3;

/** True if an argument in a visited function is a fresh page, or a parameter for which every call that led there gives a fresh page. */
export function isGivenFresh(program: Program, visit: Visit, pos: number, argument: number, level = 0): boolean {
  const { reference } = visit.flow;
  return program.graphs(reference).every((graph) =>
    graph.nodes.every((n) => {
      const o = n.operation;
      if (o?.kind !== 'call' || o.pos !== pos || isFresh({ program, reference, graph }, n, o, argument)) return true;
      const index = graph.params.findIndex((p) => p.name === o.args[argument]?.path);
      const isSet = index >= 0 && graph.assigned.some((a) => a.target === graph.params[index]?.name);
      const isOfCall = level < maxCalls && index >= 0 && !isSet && visit.way === 'call';
      return isOfCall && arrivalsOf(visit).every((a) => isGivenFresh(program, a.visit, a.pos, index, level + 1));
    }),
  );
}
