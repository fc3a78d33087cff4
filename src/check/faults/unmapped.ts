/** Mappings for a device that are undone after the pages in them were dropped. */
import { type FunctionFlow, type ReleaseEvent, sourcesOf } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, callsAt, type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { lastMember, rootOf, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { namesIn } from '../../program/text.js';
import {
  deviceCalls,
  iommuMapping,
  singleMapping,
  unmappingDeviceCalls,
  unmappingPageCalls,
  unmappingRangeCalls,
} from '../../protocol/index.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { accessesOf } from '../data/access.js';
import { releasesIn } from '../evidence.js';
import { type FindingStep, taken } from '../finding.js';

/** An unmapping behind a release, in the function that makes it or in one that has a helper make it. */
export interface LateUnmapping {
  release: SeenRelease;
  reference: FunctionReference;
  /** Position of the call of the dropping function; `null` if the function drops itself. */
  called: number | null;
  /** How the function came by the pages, if it passes them to the one that drops them. */
  way: FindingStep[] | null;
  pos: number;
  /** Name of the call that undoes the mapping. */
  api: string;
}

/** The variables of a function that point at the object from which the pages came. */
type Owners = ReadonlySet<string>;

/** A place at which pages are dropped. */
interface DropPlace {
  reference: FunctionReference;
  graph: Graph;
  drop: Node;
  owners: Owners;
  /** Variables with a device's address, for which the called function looks up what it drops. */
  addresses: ReadonlySet<string>;
  /** It drops one page of an array. */
  one: boolean;
  /** How the function came by the pages, if it passes them to the one that drops them; worked out only where it is told. */
  way: (() => FindingStep[]) | null;
  /** True for a scatterlist of the function that holds the pages. */
  holds(path: string): boolean;
}

/** The most functions that pass the pages on to the one that drops them. */
const maxHelpers = 3;

/**
 * Where the mapping of a site's pages for a device is undone on a path behind their drop, in the dropping function or by a helper that is
 * given the same object: the mapping of a scatterlist that holds them, or of a range of an IOMMU's addresses that the object names.
 */
export function lateUnmappings(subject: Subject): LateUnmapping[] {
  const found = new Map<string, LateUnmapping>();
  for (const release of releasesIn(subject)) {
    const { visit, event } = release;
    const own = droppingsIn(subject, visit, event, { one: isOne(release), level: 0 });
    for (const place of [...own, ...own.flatMap((dropping) => above(subject, release, dropping))]) {
      const { reference, graph, drop, one, way } = place;
      if (isBeforeMapping(subject, place)) continue;
      for (const n of graph.nodes) {
        // A loop behind the drop of one page of an array goes through the other pages.
        const isElse = one && n.loops.some((l) => !drop.loops.includes(l)) && !leadsTo(graph, drop, (m) => m === drop);
        const api = isElse ? null : (unmappingOf(subject, n.operation, place) ?? helperIn(subject, n.operation, place));
        const key = `${reference.file}:${n.pos}`;
        if (api === null || found.has(key) || !isBehind(place, n)) continue;
        const called = own.includes(place) && way === null ? null : drop.pos;
        found.set(key, { release, reference, called, way: way?.() ?? null, pos: n.pos, api });
      }
    }
  }
  return [...found.values()];
}

/** True for a drop that no path leads to from a call that maps for the device: what unmaps behind it tests whether there is a mapping. */
function isBeforeMapping({ program }: Subject, { reference, graph, drop }: DropPlace): boolean {
  const isMapping = ({ operation: o }: Node): boolean => {
    if (o?.kind !== 'call' || o.name === null) return false;
    const callee = ownFunction(program, reference.file, o);
    return callee ? mapping.test(program.textOf(callee)) : deviceCalls.has(o.name);
  };
  const maps = graph.nodes.filter(isMapping);
  return maps.length > 0 && !maps.some((n) => leadsTo(graph, n, (m) => m === drop));
}

/** Matches a call that maps for a device. */
const mapping = new RegExp(`\\b(?:${[...deviceCalls.keys()].join('|')})\\s*\\(`);

/** The places at which a visited function drops pages, and those at which its callers pass them to it. */
function droppingsIn(
  subject: Subject,
  visit: Visit,
  { pos, fact, guards, loops }: Pick<ReleaseEvent, 'pos' | 'fact' | 'guards' | 'loops'>,
  { one, level }: { one: boolean; level: number },
): DropPlace[] {
  const { program, followed } = subject;
  const { flow, way } = visit;
  const own = program.graphs(flow.reference).flatMap((graph): DropPlace[] => {
    const drop = callNodeAt(graph, pos);
    const holds = (path: string): boolean => flow.origins.has(`${path}@sgl`) || isHeap(followed.heap, graph, path);
    const owners = ownersIn(flow, fact, graph);
    const steps = level === 0 ? null : () => [taken(subject), ...stepsTo(program, visit, fact, { pos })];
    return drop ? [{ reference: flow.reference, graph, drop, owners, addresses: new Set(), one, way: steps, holds }] : [];
  });
  // A function that drops under a condition may have left them.
  if (way !== 'call' || level >= maxHelpers || guards.length > 0) return own;
  const above = arrivalsOf(visit).flatMap(({ visit: from, pos: at, fact: given }) => {
    const [node] = program
      .graphs(from.flow.reference)
      .flatMap(({ nodes }) => nodes.filter((n) => n.operation?.kind === 'call' && n.pos === at));
    const event = { pos: at, fact: given, guards: node?.guards ?? [], loops: node?.loops ?? [] };
    return droppingsIn(subject, from, event, { one: one && loops.length === 0, level: level + 1 });
  });
  return [...own, ...above];
}

/** The same in the callers, within the file, of a function that finds the pages in an object and drops them in any case. */
function above({ program, followed }: Subject, { visit, event }: SeenRelease, dropping: DropPlace): DropPlace[] {
  const { reference, owners, one, way } = dropping;
  if (way !== null || visit.way !== 'field' || event.guards.length > 0 || owners.size === 0) return [];
  const params = program.variants(reference)[0]?.params ?? [];
  const keys = keysOf(dropping);
  return program.callSites(reference).flatMap(({ caller, graph, node, call }): DropPlace[] => {
    if (caller.macro || caller.file !== reference.file) return [];
    const given = call.args.flatMap((a, i) => (a.path !== null && !a.address && owners.has(params[i]?.name ?? '') ? [a.path] : []));
    const addresses = call.args.flatMap(({ path }, i) => (path !== null && rootOf(path) === path && keys.has(i) ? [path] : []));
    const holds = (path: string): boolean => isHeap(followed.heap, graph, path);
    const own = new Set(given.filter((path) => rootOf(path) === path));
    return [{ reference: caller, graph, drop: node, owners: own, addresses: new Set(addresses), one, way, holds }];
  });
}

/** Indexes of the parameters by which a function looks up the objects whose pages it drops. */
function keysOf({ graph: { nodes, params }, owners }: DropPlace): ReadonlySet<number> {
  const results = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && owners.has(o.target) ? [o.source.path] : []));
  const given = nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && results.includes(o.result) ? o.args : []));
  const isKey = (name: string): boolean => given.some((a) => !a.address && a.path === name);
  return new Set(params.flatMap(({ name, type }, i) => (type.pointers === 0 && isKey(name) ? [i] : [])));
}

/** True for the drop of one page of an array. */
function isOne({ visit: { flow }, event: { call, fact } }: SeenRelease): boolean {
  return call.shape === 'single' && [fact, ...sourcesOf(flow, fact)].some((path) => path.endsWith('[]'));
}

/** True for a path to a scatterlist in a field that holds the pages. */
function isHeap(heap: readonly string[], graph: Graph, path: string): boolean {
  const tag = graph.types.get(rootOf(path))?.tag;
  return tag != null && heap.includes(`#${tag}${path.slice(rootOf(path).length)}@sgl`);
}

/**
 * The call's name, if it undoes a mapping of the pages: of a list that holds them, or of addresses that stand in an owner or in a variable.
 */
function unmappingOf(subject: Subject, o: Node['operation'], { holds, owners, addresses, reference }: DropPlace): string | null {
  if (o?.kind !== 'call' || o.name === null) return null;
  const [, given] = o.args;
  if (unmappingRangeCalls.has(o.name)) {
    const isOwners = (a: Value, i: number): boolean => isBelow(a, owners) || isSumBelow(o.expressions[i + 1], owners);
    return (o.args.slice(1).some(isOwners) || addresses.has(given?.path ?? '')) && isInRange(subject) ? o.name : null;
  }
  if (unmappingPageCalls.has(o.name)) {
    const path = given?.path ?? '';
    const isOwners = given !== undefined && isBelow(given, owners) && addressesOf(subject).fields.has(lastMember(path));
    return isOwners || addressesOf(subject).variables.has(variableKey(reference, path)) ? o.name : null;
  }
  const list = unmappingDeviceCalls.has(o.name) ? given?.path : null;
  return list != null && holds(list) ? o.name : null;
}

/** The same, if the call is of a function of the file that is given an owner or a member of one, and makes such a call. */
function helperIn(subject: Subject, o: Node['operation'], place: DropPlace): string | null {
  const { program } = subject;
  const { owners } = place;
  const { file } = place.reference;
  if (o?.kind !== 'call' || o.name === null || !o.args.some((a) => isOf(a, owners))) return null;
  const callee = ownFunction(program, file, o);
  if (!callee || callee.macro || !unmapping.test(program.textOf(callee))) return null;
  const params = program.variants(callee)[0]?.params ?? [];
  const given = new Map(o.args.flatMap((a, i) => (isOf(a, owners) ? [[params[i]?.name ?? '', a.path ?? ''] as const] : [])));
  for (const graph of program.graphs(callee))
    for (const n of graph.nodes) {
      if (n.loops.length > 0 && place.one) continue;
      const api = unmappingOf(subject, n.operation?.kind === 'call' ? asGiven(n.operation, given) : null, place);
      if (api !== null) return api;
    }
  return null;
}

/** A call with its arguments in terms of the caller's; an argument that comes from none of the given parameters leads nowhere. */
function asGiven(call: CallOperation, given: ReadonlyMap<string, string>): CallOperation {
  const args = call.args.map((a): Value => {
    const at = a.path === null ? undefined : given.get(rootOf(a.path));
    return { ...a, path: a.path === null || at === undefined ? null : at + a.path.slice(rootOf(a.path).length) };
  });
  return { ...call, args, expressions: [] };
}

/** The function of the file that a call is of. */
function ownFunction(program: Program, file: string, { name }: CallOperation): FunctionReference | undefined {
  return program.shell(file)?.byName.get(name ?? '')?.[0];
}

/** Matches a call that undoes a mapping. */
const unmapping = new RegExp(`\\b(?:${[...unmappingDeviceCalls, ...unmappingPageCalls, ...unmappingRangeCalls].join('|')})\\s*\\(`);

/** The pointers to structs that the dropped pages came from in this function. */
function ownersIn(flow: FunctionFlow, fact: string, { types }: Graph): Owners {
  const roots = [...sourcesOf(flow, fact)].filter((path) => rootOf(path) !== path && !path.startsWith('#')).map(rootOf);
  return new Set(roots.filter((root) => types.get(root)?.pointers === 1 && types.get(root)?.tag != null));
}

/** True for a member of an owner, or anything below one. */
function isBelow({ path }: Value, owners: Owners): boolean {
  return path !== null && path !== rootOf(path) && owners.has(rootOf(path));
}

/** True for a sum with something below an owner in it: `map->iova + i * PAGE_SIZE`. */
function isSumBelow(e: Expression | undefined, owners: Owners): boolean {
  return e?.kind === 'binary' && /^[+-]$/.test(e.op) && namesIn(e).some((path) => isBelow({ path, address: false, text: '' }, owners));
}

/** True for an owner itself, for a member of one, and for anything below. */
function isOf(value: Value, owners: Owners): boolean {
  return value.path !== null && ((!value.address && owners.has(value.path)) || isBelow(value, owners));
}

/** True if the pages are mapped at addresses of an IOMMU. */
function isInRange(subject: Subject): boolean {
  return accessesOf(subject).some(({ name }) => name !== null && iommuMapping.test(name));
}

/** Where the device's addresses of single pages of a site are kept. */
interface Addresses {
  /** Fields, by their names. */
  fields: ReadonlySet<string>;
  /** Variables, with the function that has them (see variableKey). */
  variables: ReadonlySet<string>;
}

/** Where the results of calls that map single pages are stored. */
const addressesOf = remembered((subject: Subject): Addresses => {
  const places = accessesOf(subject).flatMap(({ visit, pos, name }) =>
    name === null || !singleMapping.test(name)
      ? []
      : subject.program.graphs(visit.flow.reference).flatMap(({ nodes, aliases }) => {
          const results = nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.pos === pos ? [o.result] : []));
          const names = aliases.flatMap(({ target, source }) => (results.includes(source.path ?? '') ? [target] : []));
          const copies = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && names.includes(o.source.path ?? '') ? [o.target] : []));
          return [...names, ...copies].map((path) => ({ visit, path }));
        }),
  );
  const fields = places.flatMap(({ visit, path }) => [lastMember(path), ...fieldsGiven(subject, visit, path)]);
  const own = places.filter(({ path }) => lastMember(path) === '');
  return {
    fields: new Set(fields.filter((field) => field !== '')),
    variables: new Set(own.map(({ visit, path }) => variableKey(visit.flow.reference, path))),
  };
});

/** Tells a variable from one of the same name in another function. */
function variableKey({ key }: FunctionReference, path: string): string {
  return `${key}|${path}`;
}

/** The fields that callers pass for a parameter to whose elements something is stored. */
function fieldsGiven({ program }: Subject, visit: Visit, path: string): string[] {
  const root = rootOf(path);
  const index = root === path ? -1 : (program.variants(visit.flow.reference)[0]?.params.findIndex((p) => p.name === root) ?? -1);
  if (index < 0 || lastMember(path) !== '') return [];
  return arrivalsOf(visit).flatMap(({ visit: from, pos }) =>
    program
      .graphs(from.flow.reference)
      .flatMap((graph) => callsAt(graph, pos))
      .map(({ args }) => lastMember(args[index]?.path ?? '')),
  );
}

/**
 * True if a node comes behind a drop, without a step to another object or another address in between, and no path leads back from it to the
 * drop with the same ones.
 */
function isBehind({ graph, drop, owners }: DropPlace, n: Node): boolean {
  const unmapped = n.operation?.kind === 'call' ? n.operation.args[1]?.path : null;
  const isNext = ({ operation: o }: Node): boolean => {
    if (o?.kind === 'call') return o.iterates && o.args.some((a) => a.path !== null && owners.has(a.path));
    return (o?.kind === 'copy' && owners.has(o.target)) || (isStore(o) && o.target === unmapped && !o.target.startsWith('%'));
  };
  return leadsTo(graph, drop, (m) => m === n, isNext) && !leadsTo(graph, n, (m) => m === drop, isNext);
}
