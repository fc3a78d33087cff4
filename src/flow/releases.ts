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
import { type Arrival, arrivalsOf, type Followed, type Visit } from './visit.js';

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

/** What is tested on a way to a release and, were it said of the same value, would be the opposite of one of the site's tests. */
interface Denial {
  text: string;
  /** The site's test. */
  of: Guard;
}

/** One way up from a release: the visit that it has come to, and what is tested below, in the words of that function. */
interface WayUp {
  visit: Visit;
  denials: readonly Denial[];
}

/**
 * False if what is tested around a release, or around the calls that lead to it, cannot be so where the site is reached. A way that
 * has come to a function with the same tests as another goes on like that one: so the search ends, however functions call each other.
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

/** The tests of those around a position that a site's tests may contradict. */
function denialsOf(guards: readonly Guard[], siteGuards: readonly Guard[]): Denial[] {
  return guards.flatMap(({ text, values, negated }) =>
    siteGuards.flatMap((of) => (text !== '' && contradicts({ values, negated }, of) ? [{ text, of }] : [])),
  );
}

/** True for a test where a way begins that is the opposite of one of the site's. */
function isDenied(program: Program, visit: Visit, site: FunctionReference, { text, of }: Denial): boolean {
  if (visit.flow.reference.key !== site.key) return of.values.length === 0 && bitOf(text) !== null && bitOf(text) === bitOf(of.text);
  return text === of.text && isConstant(program, visit, of) && !isRequest(program, visit, of);
}

/** The name of a variable at the beginning of a text. */
const root = /^[A-Za-z_]\w*/;

/** False for a test whose text will not be that of the site's test, whatever its parameter is called further up. */
function canMeet({ text, of }: Denial): boolean {
  const bit = bitOf(of.text);
  const rest = text.replace(root, '');
  return of.text.endsWith(rest) || (bit !== null && rest.endsWith(bit));
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

/** A test of a callee's in its caller's words; none if it is of anything but parameters. */
function renamed(denial: Denial, names: ReadonlyMap<string, string>): Denial[] {
  const parameter = root.exec(denial.text)?.[0];
  const name = parameter === undefined ? undefined : names.get(parameter);
  return parameter === undefined || !name ? [] : [{ ...denial, text: name + denial.text.slice(parameter.length) }];
}

/**
 * A test of a named bit, in the words of whoever holds the flags: `flags & FOO` where the object is made is `obj->flags & FOO`
 * where it is torn down. Other tests say nothing outside their function.
 */
function bitOf(text: string): string | null {
  return /(?:^|\.)(\w+ & [A-Z][A-Z0-9_]+)$/.exec(text)?.[1] ?? null;
}

/** True if no value passes both of two tests. */
function contradicts(a: Pick<Guard, 'values' | 'negated'>, b: Pick<Guard, 'values' | 'negated'>): boolean {
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
