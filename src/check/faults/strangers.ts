/** Pages of other origins that one helper puts where another puts a site's pages, for a caller that has both dropped in the same way. */
import { analyse } from '../../flow/analyse.js';
import { mentionsReleases } from '../../flow/mentions.js';
import { namesCalled } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, type Guard, leadsTo, type Node, namedCall } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { type OriginKind, originCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { type FindingStep, stepIn } from '../finding.js';

/** A call of another origin, and the step that shows it. */
export interface Stranger {
  api: string;
  step: FindingStep;
}

/** Origins that are not reported: a page that is looked up may be the site's own, and the kernel lets any drop of the zero page through. */
export const unsaid: ReadonlySet<OriginKind> = new Set(['zero', 'found']);

/** The calls of a graph that return a page of another origin, with the kind of that origin. */
export function originsIn({ nodes }: Graph): { name: string; kind: OriginKind; call: CallOperation }[] {
  return nodes.flatMap((n) => {
    const call = namedCall(n);
    const origin = call ? originCalls.get(call.name) : undefined;
    return call && origin ? [{ name: origin.name, kind: origin.kind, call }] : [];
  });
}

/**
 * The calls of other origins in helpers that keep such a page where the site's function keeps its own, if a caller gives both functions the
 * same object: one or the other fills it, and one end, under no condition of its own, drops it.
 */
export function strangersBeside(subject: Subject, { visit, event }: SeenRelease): Stranger[] {
  const { program, site, followed } = subject;
  const end = visit.flow.reference;
  if (event.call.drops !== 'pin' || followed.heap.length === 0 || end.key === site.reference.key) return [];
  const found = new Map<string, Stranger>();
  // Of many callers only some call the end, and their texts tell which.
  const mayEnd = (caller: FunctionReference): boolean => namesCalled(program, caller).includes(end.name);
  for (const { caller, graph, node, call } of program.callSites(site.reference, mayEnd))
    for (const given of call.args.filter(isObject))
      for (const helper of filling(subject, caller, graph, { node, given, end }))
        for (const stranger of keptBy(subject, helper)) found.set(`${helper.key} ${stranger.api}`, stranger);
  return [...found.values()];
}

/** True for a variable, or the address of something: an object that functions may share. */
function isObject({ path, address }: Value): boolean {
  return path !== null && !path.startsWith('%') && (address || rootOf(path) === path);
}

/**
 * The functions of the file that a caller gives the same object as the one that takes pages, where a path leads from each of them to one
 * end of it.
 */
function filling(
  { program, site }: Subject,
  { file }: FunctionReference,
  graph: Graph,
  { node, given, end }: { node: Node; given: Value; end: FunctionReference },
): FunctionReference[] {
  const isGiven = (n: Node): boolean => namedCall(n)?.args.some((a) => a.path === given.path && a.address === given.address) === true;
  const ends = graph.nodes.filter((n) => namedCall(n)?.name === end.name && isGiven(n) && leadsTo(graph, node, (m) => m === n));
  const own = (name: string): readonly FunctionReference[] =>
    program
      .shell(file)
      ?.byName.get(name)
      ?.filter((r) => !r.macro) ?? [];
  const named = (n: Node): string => (isGiven(n) ? (namedCall(n)?.name ?? '') : '');
  return graph.nodes.flatMap((n) => {
    const name = named(n);
    if (name === '' || name === end.name || name === site.reference.name) return [];
    // What another end has dropped on the way is gone.
    const isGone = (m: Node): boolean => named(m) !== end.name && own(named(m)).some((r) => mentionsReleases(program, r));
    const isAsked = ({ guards }: Node): boolean =>
      guards.some((g) => !isSaid(g, n.guards) && !(isOfResult(graph, g) && !isTestedIn(g, n.guards)));
    return ends.some((m) => !isAsked(m) && leadsTo(graph, n, (last) => last === m, isGone)) ? own(name) : [];
  });
}

/** True for a condition that was found to hold before. */
function isSaid({ text, negated, values }: Guard, before: readonly Guard[]): boolean {
  return before.some((g) => g.text === text && g.negated === negated && g.values.join() === values.join());
}

/** True for a condition that was tested before, however it came out. */
function isTestedIn({ text }: Guard, before: readonly Guard[]): boolean {
  return before.some((g) => g.text === text);
}

/** True for a test of a variable that only gets the results of calls: whether they have failed. */
function isOfResult({ nodes }: Graph, { path }: Guard): boolean {
  const stores = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.target === path ? [o.source.path ?? ''] : []));
  return path !== null && (path.startsWith('%') || (stores.length > 0 && stores.every((source) => source.startsWith('%'))));
}

/** The pages of other origins that a function keeps where the site's stand. */
function keptBy({ program, analysis, followed }: Subject, helper: FunctionReference): Stranger[] {
  return program.graphs(helper).flatMap((graph) =>
    originsIn(graph).flatMap(({ name, kind, call: { pos } }) => {
      if (unsaid.has(kind)) return [];
      const flow = analyse(analysis, helper, [{ pos, facts: ['%result'] }]);
      const step = stepIn(program, helper, pos, `a page from ${name}() is kept there by ${helper.name}()`);
      return flow.heap.some((h) => followed.heap.includes(h)) ? [{ api: name, step }] : [];
    }),
  );
}
