/** Decides the release form of a row, from the operations around a release. */

import { emptyFlow, sourcesOf } from '../flow/flow.js';
import type { SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import { type CallOperation, callsAt, callsOf, type Graph, type Loop, type Operation } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { dirtyCalls, pageLookups, pageTestCalls, releases, transfers } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import type { ReleaseForm } from './row.js';

/** The form of one release, and the reason if it is not a plain one. */
export interface Form {
  form: ReleaseForm;
  /** Why the form is not the plain one, as a phrase; `''` if there is nothing to say. */
  reason: string;
}

/** The place of a site's call: key of its function, and position. */
export interface Place {
  key: string;
  pos: number;
}

/**
 * Decides the form of a release from the releasing call, the loops around it, and the loops around the calls that lead to it. If there are
 * several paths to the release, those of a teardown decide, and of these one with a loop.
 */
export function formOf(program: Program, seen: SeenRelease, site: Place): Form {
  const { event, visit } = seen;
  if (event.call.shape === 'container') return { form: 'container', reason: '' };
  const ways = [...loopsAround(program, visit, event.loops, site)];
  const decisive = ways.some((w) => w.teardown) ? ways.filter((w) => w.teardown) : ways;
  const loop = decisive.find((w) => w.around !== null)?.around ?? (visit.way === 'field' ? repeatedBy(program, seen) : null);
  const elements = event.call.shape === 'bulk' ? walksElements(program, seen) : null;
  if (event.call.shape === 'bulk' && !(loop && elements)) return { form: 'bulk', reason: '' };
  if (!loop) return { form: 'single', reason: '' };
  const kept = containerOf(seen);
  if (event.call.shape === 'bulk')
    return event.api.includes('range')
      ? { form: 'bulk', reason: '' }
      : {
          form: 'loop-other',
          reason: kept ?? loop.reason ?? extraWork(program, loop.visit, loop.loop) ?? 'drops one page a round with a bulk call',
        };
  if (kept) return { form: 'loop-other', reason: kept };
  const more = loop.reason ?? extraWork(program, loop.visit, loop.loop);
  return more === null ? { form: 'loop-collapsible', reason: '' } : { form: 'loop-other', reason: more };
}

/** True if some path to a visit begins with a field that holds the pages, or with a callback. */
export function isTeardown(visit: Visit): boolean {
  return reachedFrom(visit).some((v) => v.heap !== null || v.way === 'callback');
}

/** A visit and those that called it, directly or through others. */
function reachedFrom(visit: Visit): Visit[] {
  const found = new Set([visit]);
  for (const v of found) if (v.way === 'call') for (const { visit: from } of arrivalsOf(v)) found.add(from);
  return [...found];
}

/** True for a bulk call that is given one page at a time. */
function walksElements(program: Program, seen: SeenRelease): boolean {
  const { visit, event } = seen;
  for (const graph of program.graphs(visit.flow.reference)) {
    for (const n of graph.nodes) {
      const o = n.operation;
      if (n.pos === event.pos && o?.kind === 'call' && o.name === event.api)
        return o.args[0]?.address === true || (o.expressions[1]?.kind === 'literal' && o.expressions[1].text === '1');
    }
  }
  return false;
}

/** A loop around a release, and the visit that it is in. */
interface Around {
  visit: Visit;
  loop: Loop;
  /** A reason that is known already: the drop is in a helper that does more. */
  reason: string | null;
}

/** One path to a release, and the loop on it that repeats the release. */
interface WayTo {
  around: Around | null;
  /** True if the path begins with a field or a callback. */
  teardown: boolean;
}

/**
 * Yields for each path to a release the loop that repeats it: a loop around the release, or around a call that leads to it, but not one
 * that also contains the site. A visit that is reached twice with the same reason from helpers below it is followed once.
 */
function* loopsAround(
  program: Program,
  visit: Visit,
  loops: readonly Loop[],
  site: Place,
  helper: string | null = null,
  met = new Set<string>(),
): Generator<WayTo> {
  const own = visit.flow.reference.key === site.key ? loops.filter((l) => site.pos < l.pos || site.pos >= l.end) : loops;
  const loop = own[own.length - 1];
  const key = `${visit.id} ${helper}`;
  if (loop) yield { around: { visit, loop, reason: helper }, teardown: isTeardown(visit) };
  else if (visit.way !== 'call') yield { around: null, teardown: isTeardown(visit) };
  else if (!met.has(key)) {
    met.add(key);
    const reason = helper ?? helperReason(program, visit);
    for (const { visit: from, pos } of arrivalsOf(visit)) {
      const around = from.flow.calls.find((c) => c.pos === pos)?.loops ?? [];
      yield* loopsAround(program, from, around, site, reason, met);
    }
  }
}

/**
 * The loop in a caller around a call of a function which drops the element that a parameter selects. What the function does besides counts
 * as part of the loop.
 */
function repeatedBy(program: Program, { visit, event }: SeenRelease): Around | null {
  const { reference } = visit.flow;
  const index = program.graphs(reference).flatMap((graph) => indexParameters(graph, event.pos))[0];
  if (index === undefined) return null;
  for (const caller of program.callers(reference)) {
    for (const graph of program.graphs(caller)) {
      for (const { node, call } of callsOf(graph, reference.name)) {
        const loop = node.loops.at(-1);
        const given = call.expressions[index];
        if (!loop || given?.kind !== 'identifier' || !loop.variables.includes(given.name)) continue;
        const entered = { pos: node.pos, node: node.id, loops: node.loops, guards: node.guards, callee: reference, entry: '', fact: '' };
        const from: Visit = { ...visit, flow: { ...emptyFlow(caller), calls: [entered] } };
        return { visit: from, loop, reason: helperReason(program, visit) };
      }
    }
  }
  return null;
}

/** The positions of the parameters that select which element the call at a position is given. */
function indexParameters(graph: Graph, pos: number): number[] {
  const nameOf = (name: string): string => {
    const set = graph.assigned.filter((a) => a.target === name);
    return set.length === 1 && set[0] ? set[0].text : name;
  };
  const indexes = callsAt(graph, pos).flatMap((call) => call.expressions.flatMap(indexNames));
  return indexes.map((name) => graph.params.findIndex((p) => p.name !== '' && p.name === nameOf(name))).filter((at) => at >= 0);
}

function indexNames(e: Expression): string[] {
  switch (e.kind) {
    case 'index':
      return e.index.kind === 'identifier' ? [e.index.name] : [];
    case 'member':
      return indexNames(e.object);
    case 'unary':
    case 'cast':
      return indexNames(e.operand);
    default:
      return [];
  }
}

/** Why a helper that drops one page does more than that; `null` if it does not. */
function helperReason(program: Program, visit: Visit): string | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    for (const n of graph.nodes) {
      const reason = n.operation && whyMore(program, visit, graph, n.operation, []);
      if (reason) return `${visit.flow.reference.name}() ${reason}`;
    }
  }
  return null;
}

function containerOf(seen: SeenRelease): string | null {
  const chain = [seen.event.fact, ...sourcesOf(seen.visit.flow, `-${seen.event.pos}`)];
  if (chain.some((f) => f.includes('@sgl'))) return 'walks a scatterlist: there is no array to hand over';
  if (chain.some((f) => f.includes('@bvec'))) return 'walks bvecs: there is no array to hand over';
  if (chain.some((f) => f.includes('@skb'))) return 'walks the frags of an skb: there is no array to hand over';
  if (chain.some((f) => /@(?:slot|key)/.test(f))) return 'walks a tree of slots: there is no array to hand over';
  return null;
}

/** What a loop does besides dropping, dirtying and testing pages; `null` if nothing. */
function extraWork(program: Program, visit: Visit, loop: Loop): string | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    for (const n of graph.nodes) {
      if (!n.operation || !n.loops.some((l) => l.pos === loop.pos)) continue;
      const o = n.operation;
      if (o.kind === 'call' && (o.iterates || (loop.name !== 'do' && o.pos < loop.bodyPos))) continue;
      if (
        o.kind === 'call' &&
        o.name !== null &&
        pageLookups.includes(o.name) &&
        (o.expressions.some(hasIndex) || isLoaded(graph, loop, o))
      )
        return 'looks each page up by an entry of another array';
      const reason = whyMore(program, visit, graph, o, loop.variables);
      if (reason) return reason;
    }
  }
  return null;
}

/** True if the first argument of a call was loaded from an array in the same loop. */
function isLoaded(graph: Graph, loop: Loop, { args }: CallOperation): boolean {
  const given = args[0]?.path ?? null;
  return graph.nodes.some(
    ({ operation: o, loops }) =>
      o?.kind === 'copy' &&
      given !== null &&
      rootOf(o.target) === rootOf(given) &&
      o.source.path?.endsWith('[]') === true &&
      loops.some((l) => l.pos === loop.pos),
  );
}

/** True for a call that drops, dirties or tests a page, or only gives another form of it. */
function isPlain(name: string): boolean {
  return (
    releases.has(name) ||
    dirtyCalls.has(name) ||
    pageTestCalls.has(name) ||
    transfers.get(name)?.moves.every(([, to]) => to.startsWith('return')) === true
  );
}

/** True for a helper that only makes such calls, directly or through a macro for one. */
function doesNoMore(program: Program, callee: FunctionReference): boolean {
  const isPlainCall = ({ name }: CallOperation): boolean => {
    if (name === null) return false;
    if (isPlain(name) || !callee.macro) return isPlain(name);
    const below = program.resolve(name, callee.file)[0];
    return below !== undefined && !below.macro && doesNoMore(program, below);
  };
  return program
    .graphs(callee)
    .every((g) =>
      g.nodes.every(({ operation: o }) => (o?.kind === 'update' ? !o.target.includes('.') : o?.kind !== 'call' || isPlainCall(o))),
    );
}

function hasIndex(e: Expression): boolean {
  switch (e.kind) {
    case 'index':
      return true;
    case 'binary':
      return hasIndex(e.left) || hasIndex(e.right);
    case 'cast':
    case 'unary':
      return hasIndex(e.operand);
    case 'call':
      return e.args.some(hasIndex);
    default:
      return false;
  }
}

/**
 * Why an operation is more than dropping; `null` if it is not.
 * @param variables what the loop counts with
 */
function whyMore(program: Program, visit: Visit, graph: Graph, o: Operation, variables: readonly string[]): string | null {
  if (o.kind === 'call') return whyCallsMore(program, visit, o);
  if (o.kind !== 'update' || variables.includes(o.target)) return null;
  const isVariable = rootOf(o.target) === o.target;
  const isWalking = isVariable && ((graph.types.get(o.target)?.pointers ?? 0) > 0 || indexes(program, visit, o.target));
  return isWalking ? null : `also counts ${o.target}`;
}

function whyCallsMore(program: Program, { flow }: Visit, { name, through, pos }: CallOperation): string | null {
  if (name === null) return `calls through ${through ?? 'a pointer'}`;
  if (isPlain(name)) return null;
  const definitions = flow.calls.some((c) => c.pos === pos) ? program.resolve(name, flow.reference.file) : [];
  const isDone = definitions.length > 0 && definitions.every((callee) => doesNoMore(program, callee));
  return isDone ? null : `also calls ${name}()`;
}

/** True if a variable is used as an index in the function: then counting it is walking over elements. */
function indexes(program: Program, visit: Visit, name: string): boolean {
  const text = program.textOf(visit.flow.reference);
  return new RegExp(`\\[[^\\]]*\\b${name}\\b[^\\]]*\\]`).test(text);
}
