/** Where pages of other origins come up in functions, and where they go from there. */
import { analyse } from '../../flow/analyse.js';
import type { Analysis, FunctionFlow } from '../../flow/flow.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, leadsTo, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { frameOriginCalls, mappingLookups, type Origin, objectCall, originCalls, type Place, pageLookups } from '../../protocol/index.js';

/** What the pages of one call of another origin reach in its function. */
export interface Arrival {
  origin: Origin;
  /** Result of the call. If the site's facts hold it too, it is the site's own page. */
  result: string;
  /** True if the function makes the object in which it stores the pages: then it is not the site's object. */
  fresh: boolean;
  /**
   * True if the page was looked up by a number or address, `mapping` if only by an address it is mapped at. If the site's pages are kept by
   * such a number, it is one of them.
   */
  lookup: boolean | 'mapping';
  /** What it was looked up by. */
  key: string | null;
  /** True if the function itself frees the page wherever it has stored it, so that it is there only while the function runs. */
  passing: boolean;
  flow: FunctionFlow;
}

/** Looks up arrivals in functions. */
export interface Arrivals {
  /** Returns those at a function's own calls of the tables' origins. */
  own(reference: FunctionReference): readonly Arrival[];
  /** Returns the functions of a file that call one of the tables' origins. */
  calling(file: string): readonly FunctionReference[];
  /** Returns those, and those that helpers of the file return to the function. */
  all(reference: FunctionReference): readonly Arrival[];
}

/** Pages of another origin that come up at one call. */
interface Beginning extends Pick<Arrival, 'origin' | 'lookup'> {
  /** The facts behind the call, written as seeds. */
  facts: string[];
}

const named = new RegExp(`\\b(?:${[...originCalls.keys(), ...frameOriginCalls.keys()].join('|')})\\s*\\(`);

/** Opens the lookup of arrivals. It remembers what it has found. */
export function openArrivals(program: Program, analysis: Analysis): Arrivals {
  const found = program.ledger.memo<Arrival[]>();
  const handed = program.ledger.memo<Arrival[]>();

  function own(reference: FunctionReference): Arrival[] {
    return found.get(reference.key) ?? found.work(reference.key, () => ownOf(analysis, reference));
  }

  function handedTo(reference: FunctionReference): Arrival[] {
    return handed.get(reference.key) ?? handed.work(reference.key, () => handedOf(analysis, reference, own));
  }

  return { calling: (file) => program.searched(file, named), own, all: (reference) => [...own(reference), ...handedTo(reference)] };
}

/** The arrivals at a function's own calls of the tables' origins. Its text is searched before it is parsed. */
function ownOf(analysis: Analysis, reference: FunctionReference): Arrival[] {
  if (reference.macro || !named.test(analysis.program.textOf(reference))) return [];
  return arrivalsBy(analysis, reference, tabledOrigins);
}

/** What the tables say that a call of this name returns. */
function tabledOrigins(name: string): Beginning[] {
  const origin = originCalls.get(name);
  const lookup = mappingLookups.has(name) ? 'mapping' : pageLookups.includes(name);
  if (origin) return [{ origin, lookup, facts: ['%result'] }];
  const frame = frameOriginCalls.get(name);
  return frame ? [{ origin: frame.origin, lookup: false, facts: [seedAt(frame.place)] }] : [];
}

/** A place of a call, written as a seed. */
function seedAt(place: Place): string {
  return place.startsWith('return') ? `%result${place.slice(6)}` : `%arg${place}`;
}

/** The arrivals at a function's calls of helpers of its file. */
function handedOf(analysis: Analysis, reference: FunctionReference, own: Arrivals['own']): Arrival[] {
  if (reference.macro) return [];
  const byName = analysis.program.shell(reference.file)?.byName;
  return arrivalsBy(analysis, reference, (name) =>
    (byName?.get(name) ?? [])
      .filter((callee) => callee.key !== reference.key)
      .flatMap((callee) => own(callee))
      .flatMap(handedOn),
  );
}

/** What a helper returns to its caller of an arrival in it. */
function handedOn({ origin, lookup, flow }: Arrival): Beginning[] {
  if (lookup) return [];
  const facts = [...flow.returns.map((s) => `%result${s}`), ...flow.outs.map(([index, s]) => `%arg${index}${s}`)];
  return facts.length > 0 ? [{ origin, lookup, facts }] : [];
}

/** The arrivals in a function at those calls where `beginning` finds pages; each call once. */
function arrivalsBy(analysis: Analysis, reference: FunctionReference, beginning: (name: string) => Beginning[]): Arrival[] {
  const found: Arrival[] = [];
  const seen = new Set<number>();
  for (const graph of analysis.program.graphs(reference)) {
    for (const { operation: o } of graph.nodes) {
      if (o?.kind !== 'call' || o.name === null || seen.has(o.pos)) continue;
      for (const { origin, lookup, facts } of beginning(o.name)) {
        seen.add(o.pos);
        const flow = analyse(analysis, reference, [{ pos: o.pos, facts }]);
        const key = lookup ? (o.args[0]?.path ?? null) : null;
        const fresh = makesObjects(analysis.program, reference, graph) || livesInPage(flow);
        found.push({ origin, result: o.result, fresh, lookup, key, passing: isPassing(graph, flow), flow });
      }
    }
  }
  return found;
}

/** True if every path from where a function stores a page in memory that it was given leads to where it frees the page. */
function isPassing(graph: Graph, { heap, origins, releases }: FunctionFlow): boolean {
  const freed = new Set(releases.filter((r) => !r.partial).map((r) => r.pos));
  if (freed.size === 0 || heap.length === 0) return false;
  const stored = new Set(heap.map((fact) => origins.get(fact)?.pos));
  const isExit = (n: Node): boolean => n.id === graph.exit;
  return graph.nodes.every((n) => !stored.has(n.pos) || !leadsTo(graph, n, isExit, (behind) => freed.has(behind.pos)));
}

/** True if the function allocates a struct: the size is that of what a struct pointer points at. */
function makesObjects(program: Program, { file }: FunctionReference, graph: Graph): boolean {
  const isObject = (sizeOf: string): boolean => {
    const path = pointedAt.exec(sizeOf)?.[1]?.replaceAll('->', '.');
    const pointed = path === undefined ? null : program.typeOf(path, graph, file);
    // `sizeof` of what a variable or member points at is the size of a struct only if that is no pointer.
    return /\*|struct/.test(sizeOf) && !/page\s*\*/.test(sizeOf) && (pointed === null || pointed.pointers < 2);
  };
  return graph.nodes.some(
    (n) =>
      n.operation?.kind === 'call' &&
      n.operation.name !== null &&
      objectCall.test(n.operation.name) &&
      // `kzalloc_obj(*p)` from 7.0 on.
      (/_(obj|flex)$/.test(n.operation.name) || n.operation.expressions.some((e) => e.kind === 'sizeof' && isObject(e.text))),
  );
}

/** Matches `sizeof(*buf->pages)`. */
const pointedAt = /^sizeof\s*\(?\s*\*\s*(\w+(?:(?:->|\.)\w+)*)\s*\)?$/;

/** True if the object that keeps the page is in the page's own memory. */
function livesInPage(flow: FunctionFlow): boolean {
  const facts = [...flow.origins.keys()];
  return facts.some((f) => f === `${rootOf(f)}@address` && facts.some((g) => g.startsWith(`${rootOf(f)}.`)));
}
