/** Which releases drop a site's reference: all that the visits show, without those of other pages. */
import type { FunctionReference } from '../program/file.js';
import { callsAt, type Guard, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { sourceName } from '../program/text.js';
import { requestName } from '../protocol/index.js';
import type { ReleaseEvent } from './flow.js';
import { openForeign } from './foreign.js';
import { openKernels } from './kernels.js';
import { openKinds } from './kinds.js';
import { type Arrival, arrivalsOf, type Followed, type Visit } from './visit.js';

/** A release, and the visit in which it was seen. */
export interface SeenRelease {
  /** The visit. */
  visit: Visit;
  /** The release. */
  event: ReleaseEvent;
}

/** Every release of a site's reference, each statement once. Left out are releases whose conditions exclude the site's. */
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
      // The site's own function knows the call's result: what it says of `partial` is better than what a field's holders say.
      if (!known || (known.visit.way !== 'site' && known.event.partial && !event.partial)) found.set(key, { visit, event });
    }
  }
  return [...found.values()];
}

/** A test around a release that would contradict one of the site's tests, if both are of the same value. */
interface Denial {
  /** Text of the tested expression. */
  text: string;
  /** The site's test. */
  of: Guard;
}

/** A way up from a release by calls: the visit that it has reached, and the tests below, in the names of that visit's function. */
interface WayUp {
  visit: Visit;
  denials: readonly Denial[];
}

/**
 * False if what is tested around a release, or around the calls that lead to it, contradicts what is tested around the site. A way that
 * reaches a function with the same tests as an earlier one is not followed again, so the search ends under recursion, too.
 */
function compatible(
  program: Program,
  visit: Visit,
  guards: readonly Guard[],
  site: FunctionReference,
  siteGuards: readonly Guard[],
): boolean {
  if (siteGuards.length === 0) return true;
  const ways: WayUp[] = [];
  const met = new Set<string>();
  const goOn = (to: Visit, all: readonly Denial[]): void => {
    const denials = new Map(all.filter(canMeet).map((d) => [`${siteGuards.indexOf(d.of)} ${d.text}`, d]));
    const key = [to.id, ...[...denials.keys()].sort()].join('\n');
    if (met.has(key)) return;
    met.add(key);
    ways.push({ visit: to, denials: [...denials.values()] });
  };
  goOn(visit, denialsOf(guards, siteGuards));
  for (const { visit: at, denials } of ways) {
    if (at.flow.reference.key === site.key || at.way !== 'call') {
      if (!denials.some((d) => isDenied(program, at, site, d))) return true;
      continue;
    }
    for (const arrival of arrivalsOf(at)) {
      const event = arrival.visit.flow.calls.find((c) => c.pos === arrival.pos);
      const names = argumentNames(program, at, arrival);
      goOn(arrival.visit, [...denials.flatMap((d) => renamed(d, names)), ...denialsOf(event?.guards ?? [], siteGuards)]);
    }
  }
  return false;
}

/** Pairs of a test around a position and a test of the site that no value passes both, if they are of the same value. */
function denialsOf(guards: readonly Guard[], siteGuards: readonly Guard[]): Denial[] {
  return guards.flatMap(({ text, values, negated }) =>
    siteGuards.flatMap((of) => (text !== '' && contradicts({ values, negated }, of) ? [{ text, of }] : [])),
  );
}

/** True if, in the visit where a way begins, the test is really of the same value as the site's test. */
function isDenied(program: Program, visit: Visit, site: FunctionReference, { text, of }: Denial): boolean {
  if (visit.flow.reference.key !== site.key) return of.values.length === 0 && bitOf(text) !== null && bitOf(text) === bitOf(of.text);
  return text === of.text && isConstant(program, visit, of) && !isRequest(program, visit, of);
}

/** A variable at the beginning of a text. */
const root = /^[A-Za-z_]\w*/;

/** False for a test whose text cannot become that of the site's test, whatever its parameter is called further up. */
function canMeet({ text, of }: Denial): boolean {
  const bit = bitOf(of.text);
  const rest = text.replace(root, '');
  return of.text.endsWith(rest) || (bit !== null && rest.endsWith(bit));
}

/** By parameter name, the texts of the arguments of a call that leads to a visit. */
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

/** A callee's test in its caller's names: `[]` if it does not begin with a parameter. */
function renamed(denial: Denial, names: ReadonlyMap<string, string>): Denial[] {
  const parameter = root.exec(denial.text)?.[0];
  const name = parameter === undefined ? undefined : names.get(parameter);
  return parameter === undefined || !name ? [] : [{ ...denial, text: name + denial.text.slice(parameter.length) }];
}

/**
 * The test of a named bit without the path to the flags: `flags & FOO` where the object is made is `obj->flags & FOO` where it is torn
 * down. `null` for any other test: it says nothing outside of its function.
 */
function bitOf(text: string): string | null {
  return /(?:^|\.)(\w+ & [A-Z][A-Z0-9_]+)$/.exec(text)?.[1] ?? null;
}

/** True if no value passes both tests. */
function contradicts(a: Pick<Guard, 'values' | 'negated'>, b: Pick<Guard, 'values' | 'negated'>): boolean {
  if (a.values.length === 0 && b.values.length === 0) return a.negated !== b.negated;
  if (a.values.length === 0 || b.values.length === 0) return false;
  if (!a.negated && !b.negated) return !a.values.some((v) => b.values.includes(v));
  const [not, is] = a.negated ? [a, b] : [b, a];
  return !is.negated && is.values.every((v) => not.values.includes(v));
}

/**
 * True for a test of what a request from user space asks for, `switch (cmd)`: the pages that one command left in an object may be
 * dropped by another command, in another call of the same function.
 */
function isRequest(program: Program, { way, flow: { reference } }: Visit, { path, values }: Guard): boolean {
  if (way !== 'field' || values.length === 0) return false;
  const params = program.variants(reference)[0]?.params ?? [];
  return params.some((p) => p.name === path) && (requestName.test(reference.name) || params.some((p) => p.type.tag === 'file'));
}

/** True if nothing in the site's function changes what a guard tests: a local variable is set at most once, a parameter or field never. */
function isConstant(program: Program, visit: Visit, guard: Guard): boolean {
  const names = guard.text.match(/[A-Za-z_][\w.]*/g) ?? [];
  return program.graphs(visit.flow.reference).every((g) =>
    names.every((name) => {
      const isGiven = name.includes('.') || g.params.some((p) => p.name === name);
      return g.assigned.filter((a) => a.target === name).length <= (isGiven ? 0 : 1);
    }),
  );
}
