/** Where pages of other origins come up in functions, and what becomes of them there. */
import { analyse } from '../../flow/analyse.js';
import type { Analysis, FunctionFlow } from '../../flow/flow.js';
import type { FunctionReference } from '../../program/file.js';
import { type Graph, leadsTo, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { frameOriginCalls, mappingLookups, type Origin, objectCall, originCalls, type Place, pageLookups } from '../../protocol/index.js';

/** What one call of another origin reaches in its function. */
export interface Arrival {
  origin: Origin;
  /** Result of the call: the site's own page, where the site's facts hold it too. */
  result: string;
  /** The function makes the object that it stores the pages in: another object than the site's. */
  fresh: boolean;
  /** The page was looked up by number or address, or only by where it is mapped: where the site's are kept so, it is one of them. */
  lookup: boolean | 'mapping';
  /** What it was looked up by. */
  key: string | null;
  /** The function frees the page itself wherever it has stored it: it stands there no longer than that runs. */
  passing: boolean;
  flow: FunctionFlow;
}

/** The arrivals in functions. */
export interface Arrivals {
  /** At calls of the tables' origins. */
  own(reference: FunctionReference): readonly Arrival[];
  /** The functions of a file that call one of the tables' origins. */
  calling(file: string): readonly FunctionReference[];
  /** Those, and what helpers of the file hand to a function that they found elsewhere. */
  all(reference: FunctionReference): readonly Arrival[];
}

/** Where pages of another origin come up in a function: at one call. */
interface Beginning extends Pick<Arrival, 'origin' | 'lookup'> {
  /** As seeds are written. */
  facts: string[];
}

const named = new RegExp(`\\b(?:${[...originCalls.keys(), ...frameOriginCalls.keys()].join('|')})\\s*\\(`);

/** Opens the lookup of arrivals, which are remembered. */
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

/** The arrivals at a function's own calls of the tables' origins; a cheap look comes first. */
function ownOf(analysis: Analysis, reference: FunctionReference): Arrival[] {
  if (reference.macro || !named.test(analysis.program.textOf(reference))) return [];
  return arrivalsBy(analysis, reference, tabledOrigins);
}

/** What the tables say that a call of a name gives. */
function tabledOrigins(name: string): Beginning[] {
  const origin = originCalls.get(name);
  const lookup = mappingLookups.has(name) ? 'mapping' : pageLookups.includes(name);
  if (origin) return [{ origin, lookup, facts: ['%result'] }];
  const frame = frameOriginCalls.get(name);
  return frame ? [{ origin: frame.origin, lookup: false, facts: [seedAt(frame.place)] }] : [];
}

/** A place of a call, as a seed is written. */
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

/** What a helper hands to its caller of an arrival in it. */
function handedOn({ origin, lookup, flow }: Arrival): Beginning[] {
  if (lookup) return [];
  const facts = [...flow.returns.map((s) => `%result${s}`), ...flow.outs.map(([index, s]) => `%arg${index}${s}`)];
  return facts.length > 0 ? [{ origin, lookup, facts }] : [];
}

/** The arrivals in a function at the calls where something begins, each call taken once. */
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

/** True if every way on from where a function stores a page in memory that it was given comes to where the function frees it. */
function isPassing(graph: Graph, { heap, origins, releases }: FunctionFlow): boolean {
  const freed = new Set(releases.filter((r) => !r.partial).map((r) => r.pos));
  if (freed.size === 0 || heap.length === 0) return false;
  const stored = new Set(heap.map((fact) => origins.get(fact)?.pos));
  const isExit = (n: Node): boolean => n.id === graph.exit;
  return graph.nodes.every((n) => !stored.has(n.pos) || !leadsTo(graph, n, isExit, (behind) => freed.has(behind.pos)));
}

/** True if the function allocates a struct: sizeof of what a struct pointer points at. */
function makesObjects(program: Program, { file }: FunctionReference, graph: Graph): boolean {
  const isObject = (sizeOf: string): boolean => {
    const path = pointedAt.exec(sizeOf)?.[1]?.replaceAll('->', '.');
    const pointed = path === undefined ? null : program.typeOf(path, graph, file);
    // That of what a variable, or a member, points at is one of a struct only if those are no pointers.
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

/** `sizeof(*buf->pages)` */
const pointedAt = /^sizeof\s*\(?\s*\*\s*(\w+(?:(?:->|\.)\w+)*)\s*\)?$/;

/** True if the object that keeps the page stands in the page's own memory. */
function livesInPage(flow: FunctionFlow): boolean {
  const facts = [...flow.origins.keys()];
  return facts.some((f) => f === `${rootOf(f)}@address` && facts.some((g) => g.startsWith(`${rootOf(f)}.`)));
}
