/** Which releases drop a followed reference: of all that the visits show, those that are not another's. */
import type { FunctionReference } from '../program/file.js';
import { callsAt, type Guard, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { sourceName } from '../program/text.js';
import { requestName } from '../protocol/index.js';
import type { ReleaseEvent } from './flow.js';
import { openForeign } from './foreign.js';
import { openKernels } from './kernels.js';
import { openKinds } from './kinds.js';
import { type Arrival, arrivalsOf, type Followed, maxCallDepth, type Visit } from './visit.js';

/** A release and the visit in which it was seen. */
export interface SeenRelease {
  visit: Visit;
  event: ReleaseEvent;
}

/** Every release of a followed reference, a statement once; those whose conditions exclude the site's are not its own. */
export function releasesOf(
  program: Program,
  followed: Followed,
  siteNode: Node,
  siteAssumptions: readonly (readonly string[])[],
): SeenRelease[] {
  const found = new Map<string, SeenRelease>();
  const site = followed.visits[0]?.flow.reference;
  if (!site) return [];
  const isForeign = openForeign(program, followed);
  const isOther = openKinds(program, followed, siteNode);
  const isOfOthers = openKernels(program, siteNode, siteAssumptions);
  for (const visit of followed.visits) {
    for (const event of visit.flow.releases) {
      if (!compatible(program, visit, event.guards, site, siteNode.guards)) continue;
      if (isOfOthers(visit, event) || isForeign(visit, event) || isOther(visit, event)) continue;
      const key = `${visit.flow.reference.file}:${event.pos}:${event.api}`;
      const known = found.get(key);
      // What the site's own function knows of the call's result is better than what its fields tell.
      if (!known || (known.visit.way !== 'site' && known.event.partial && !event.partial)) found.set(key, { visit, event });
    }
  }
  return [...found.values()];
}

/** False if what is tested around a release, or around the calls that lead to it, cannot be so where the site is reached. */
function compatible(
  program: Program,
  visit: Visit,
  guards: readonly Guard[],
  site: FunctionReference,
  siteGuards: readonly Guard[],
  depth = 0,
): boolean {
  if (visit.flow.reference.key === site.key)
    return !guards.some((g) => siteGuards.some((s) => contradicts(g, s)) && isConstant(program, visit, g) && !isRequest(program, visit, g));
  if (visit.way !== 'call' || depth > maxCallDepth) return !guards.some((g) => siteGuards.some((s) => contradicts(flagOf(g), flagOf(s))));
  return arrivalsOf(visit).some((arrival) => {
    const event = arrival.visit.flow.calls.find((c) => c.pos === arrival.pos);
    const names = argumentNames(program, visit, arrival);
    const here = [...guards.flatMap((g) => renamed(g, names)), ...(event?.guards ?? [])];
    return compatible(program, arrival.visit, here, site, siteGuards, depth + 1);
  });
}

/** The arguments' texts by parameter name, for one call that leads to a visit. */
function argumentNames(program: Program, visit: Visit, { visit: from, pos }: Arrival): Map<string, string> {
  const names = new Map<string, string>();
  const params = program.variants(visit.flow.reference)[0]?.params ?? [];
  for (const graph of program.graphs(from.flow.reference)) {
    for (const call of callsAt(graph, pos)) {
      call.expressions.forEach((e, i) => {
        const name = params[i]?.name;
        if (name) names.set(name, sourceName(e));
      });
    }
  }
  return names;
}

/** A callee's guard in its caller's words; none if it tests anything but parameters. */
function renamed(guard: Guard, names: ReadonlyMap<string, string>): Guard[] {
  const root = /^[A-Za-z_]\w*/.exec(guard.text)?.[0];
  const name = root === undefined ? undefined : names.get(root);
  return root === undefined || !name ? [] : [{ ...guard, text: name + guard.text.slice(root.length) }];
}

/**
 * A test of a named bit, in the words of whoever holds the flags: `flags & FOO` where the object is made is `obj->flags & FOO`
 * where it is torn down. Other guards say nothing outside their function.
 */
function flagOf(guard: Guard): Guard {
  const bit = /(?:^|\.)(\w+ & [A-Z][A-Z0-9_]+)$/.exec(guard.text);
  return { ...guard, text: bit && guard.values.length === 0 ? (bit[1] as string) : '' };
}

function contradicts(a: Guard, b: Guard): boolean {
  if (a.text === '' || a.text !== b.text) return false;
  if (a.values.length === 0 && b.values.length === 0) return a.negated !== b.negated;
  if (a.values.length === 0 || b.values.length === 0) return false;
  if (!a.negated && !b.negated) return !a.values.some((v) => b.values.includes(v));
  const [not, is] = a.negated ? [a, b] : [b, a];
  return !is.negated && is.values.every((v) => not.values.includes(v));
}

/**
 * True for a test of what a request of user space asks for: the pages that one command left in an object are dropped by another
 * command, in another call of the same function.
 */
function isRequest(program: Program, { way, flow: { reference } }: Visit, { path, values }: Guard): boolean {
  if (way !== 'field' || values.length === 0) return false;
  const params = program.variants(reference)[0]?.params ?? [];
  return params.some((p) => p.name === path) && (requestName.test(reference.name) || params.some((p) => p.type.tag === 'file'));
}

/** True if nothing in the site's function changes what a guard tests: a local variable is set once, what came from outside never. */
function isConstant(program: Program, visit: Visit, guard: Guard): boolean {
  const names = guard.text.match(/[A-Za-z_][\w.]*/g) ?? [];
  return program.graphs(visit.flow.reference).every((g) =>
    names.every((name) => {
      const isGiven = name.includes('.') || g.params.some((p) => p.name === name);
      return g.assigned.filter((a) => a.target === name).length <= (isGiven ? 0 : 1);
    }),
  );
}
