/** Mappings for a device that are ended after the pages in them were dropped. */
import { type FunctionFlow, sourcesOf } from '../flow/flow.js';
import type { SeenRelease } from '../flow/releases.js';
import type { FunctionReference } from '../program/file.js';
import { type CallOperation, type Graph, leadsTo, type Node } from '../program/graph.js';
import { rootOf, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { unmappingDeviceCalls, unmappingPageCalls, unmappingRangeCalls } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';
import { accessesOf } from './access.js';
import { releasesIn } from './evidence.js';

/** An unmapping behind a release in one function. */
export interface LateUnmapping {
  release: SeenRelease;
  pos: number;
  api: string;
}

/** The variables of a function that lead to the object from which the pages came. */
type Owners = ReadonlySet<string>;

/**
 * Where what maps a site's pages for a device is ended on a way behind their drop, in the function that drops them or by a helper that it
 * hands the same object: a scatterlist that holds them, or a range of an IOMMU's addresses that the object names.
 */
export function lateUnmappings(subject: Subject): LateUnmapping[] {
  const { program, followed } = subject;
  const found = new Map<string, LateUnmapping>();
  for (const release of releasesIn(subject)) {
    const { flow } = release.visit;
    for (const graph of program.graphs(flow.reference)) {
      const drop = graph.nodes.find((n) => n.pos === release.event.pos && n.operation?.kind === 'call');
      if (!drop) continue;
      const holds = (path: string): boolean => flow.origins.has(`${path}@sgl`) || isHeap(followed.heap, graph, path);
      const owners = ownersIn(flow, release, graph);
      for (const n of graph.nodes) {
        // Who has dropped one page of an array, and goes through it then, goes through the others.
        const isElse = n.loops.length > drop.loops.length && isOne(release);
        const api = isElse ? null : (unmappingOf(subject, n.operation, holds, owners) ?? helperIn(subject, release, n.operation, owners));
        if (api === null || !isBehind(graph, drop, n, owners)) continue;
        found.set(`${flow.reference.file}:${n.pos}`, { release, pos: n.pos, api });
      }
    }
  }
  return [...found.values()];
}

/** True for the drop of one page of an array. */
function isOne({ visit: { flow }, event: { call, fact } }: SeenRelease): boolean {
  return call.shape === 'single' && [fact, ...sourcesOf(flow, fact)].some((path) => path.endsWith('[]'));
}

function isHeap(heap: readonly string[], graph: Graph, path: string): boolean {
  const tag = graph.types.get(rootOf(path))?.tag;
  return tag != null && heap.includes(`#${tag}${path.slice(rootOf(path).length)}@sgl`);
}

/** The call's name, if it ends a mapping of the pages: of a list that holds them, or of addresses that stand in an owner. */
function unmappingOf(subject: Subject, o: Node['operation'], holds: (path: string) => boolean, owners: Owners): string | null {
  if (o?.kind !== 'call' || o.name === null) return null;
  const [, given] = o.args;
  if (unmappingRangeCalls.has(o.name)) return o.args.slice(1).some((a) => isBelow(a, owners)) && isInRange(subject) ? o.name : null;
  if (unmappingPageCalls.has(o.name))
    return given && isBelow(given, owners) && addressFields(subject).has(fieldOf(given.path ?? '')) ? o.name : null;
  const list = unmappingDeviceCalls.has(o.name) ? given?.path : null;
  return list != null && holds(list) ? o.name : null;
}

/** The same, by a function of the file that is handed an owner. */
function helperIn(subject: Subject, release: SeenRelease, o: Node['operation'], owners: Owners): string | null {
  const { program, followed } = subject;
  const { file } = release.visit.flow.reference;
  if (o?.kind !== 'call' || o.name === null) return null;
  const at = o.args.findIndex((a) => !a.address && a.path !== null && owners.has(a.path));
  const callee = at < 0 ? undefined : ownFunction(program, file, o);
  const name =
    callee && !callee.macro && unmapping.test(program.textOf(callee)) ? program.variants(callee)[0]?.params[at]?.name : undefined;
  if (!callee || !name) return null;
  for (const graph of program.graphs(callee))
    for (const n of graph.nodes) {
      if (n.loops.length > 0 && isOne(release)) continue;
      const api = unmappingOf(subject, n.operation, (path) => rootOf(path) === name && isHeap(followed.heap, graph, path), new Set([name]));
      if (api !== null) return api;
    }
  return null;
}

function ownFunction(program: Program, file: string, { name }: CallOperation): FunctionReference | undefined {
  return program.file(file)?.byName.get(name ?? '')?.[0];
}

const unmapping = new RegExp(`\\b(?:${[...unmappingDeviceCalls, ...unmappingPageCalls, ...unmappingRangeCalls].join('|')})\\s*\\(`);

/** The pointers to structs from which what is dropped has come in this function. */
function ownersIn(flow: FunctionFlow, { event }: SeenRelease, { types }: Graph): Owners {
  const roots = [...sourcesOf(flow, event.fact)].filter((path) => rootOf(path) !== path && !path.startsWith('#')).map(rootOf);
  return new Set(roots.filter((root) => types.get(root)?.pointers === 1 && types.get(root)?.tag != null));
}

function isBelow({ path }: Value, owners: Owners): boolean {
  return path !== null && path !== rootOf(path) && owners.has(rootOf(path));
}

/** True if the pages are put at addresses of an IOMMU. */
function isInRange(subject: Subject): boolean {
  return accessesOf(subject).some(({ name }) => name?.startsWith('iommu_map') === true);
}

/** The fields in which the device's addresses of a site's pages are kept, each page's by itself. */
const addressFields = remembered((subject: Subject): ReadonlySet<string> => {
  const fields = accessesOf(subject).flatMap(({ visit, pos, name }) =>
    name === null || !/_map_(page|single)/.test(name)
      ? []
      : subject.program.graphs(visit.flow.reference).flatMap(({ nodes, aliases }) => {
          const results = nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.pos === pos ? [o.result] : []));
          const names = aliases.flatMap(({ target, source }) => (results.includes(source.path ?? '') ? [target] : []));
          const copies = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && names.includes(o.source.path ?? '') ? [o.target] : []));
          return [...names, ...copies].map(fieldOf);
        }),
  );
  return new Set(fields.filter((field) => field !== ''));
});

/** The last field of a path, `''` for a variable. */
function fieldOf(path: string): string {
  return path.match(/\.\w+/g)?.at(-1) ?? '';
}

/** True if a node comes behind a drop, and no way leads back from it to the drop with the same object. */
function isBehind(graph: Graph, drop: Node, n: Node, owners: Owners): boolean {
  const isNext = ({ operation: o }: Node): boolean => o?.kind === 'copy' && owners.has(o.target);
  return leadsTo(graph, drop, (m) => m === n, isNext) && !leadsTo(graph, n, (m) => m === drop, isNext);
}
