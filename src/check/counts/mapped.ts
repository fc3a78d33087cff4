/**
 * Releases of as many pages as a scatterlist has entries for a device. Mapping may leave fewer entries than the list has with pages, as an
 * IOMMU puts together what it can.
 */
import { isFailure, resultsOf } from '../../flow/paths/function/results.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { plainPath } from '../../program/text.js';
import { countedIterators, deviceEntries, listMappings, mappedIterators, tableMappings } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { accessesOf } from '../data/access.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { type Complaint, stepIn } from '../finding.js';
import { type Counted, countedFrom } from './bounds.js';
import { memberName } from './kept.js';

/** A place in one variant of a function. */
interface Here {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
}

/** A call that maps the list with a site's pages, and the names of what then has the number of entries for the device. */
interface Mapping extends Here {
  call: CallOperation;
  /** Tables with that number. */
  tables: ReadonlySet<string>;
  /** Variables and members with that number. */
  numbers: ReadonlySet<string>;
}

/** Complaints about such releases of a site's pages. */
export function mappedDrops(subject: Subject): Complaint[] {
  const { program } = subject;
  const mappings = mappingsIn(subject);
  if (mappings.length === 0) return [];
  return releasesIn(subject).flatMap((release) => {
    if (isRestored(program, release.visit.flow.reference)) return [];
    const chains = countedFrom(program, release);
    const found = mappings.find((mapping) =>
      chains.some((chain) => isAfter(program, mapping, chain) && isUpTo(program, mapping, release, chain)),
    );
    if (!found) return [];
    const name = found.call.name as string;
    const complaint = complaintAt(
      subject,
      release,
      `as many pages are dropped as ${name}() has left entries for the device: there may be fewer than pages`,
    );
    const evidence = stepIn(program, found.reference, found.node.pos, `evidence: ${name}() may put entries together`);
    return [{ ...complaint, path: [...complaint.path, evidence] }];
  });
}

function mappingsIn(subject: Subject): Mapping[] {
  const { program } = subject;
  const given = accessesOf(subject).filter(({ name }) => name !== null && (listMappings.has(name) || tableMappings.has(name)));
  return given.flatMap(({ visit, pos, name, path }) => {
    const { reference } = visit.flow;
    return program.graphs(reference).flatMap((graph): Mapping[] => {
      const node = callNodeAt(graph, pos);
      const call = node?.operation;
      if (!node || call?.kind !== 'call' || isRestored(program, reference)) return [];
      const here = { reference, graph, node };
      if (tableMappings.has(name ?? '')) return [{ ...here, call, tables: namesOf(program, here, path), numbers: new Set() }];
      const set = setTo(graph, call).filter((result) => !isCompared(graph, result));
      const tables = set.flatMap((result) => [...(tableOf(program, here, result) ?? [])]);
      return [{ ...here, call, tables: new Set(tables), numbers: new Set(set.flatMap((result) => [...namesOf(program, here, result)])) }];
    });
  });
}

/** The variables and members that are set to a call's result. */
function setTo({ nodes }: Graph, { result }: CallOperation): string[] {
  return nodes.flatMap(({ operation: o }) =>
    o?.kind === 'copy' && o.replaces && o.source.path === result ? [(o.written && plainPath(o.written)) ?? o.target] : [],
  );
}

/** The path of a value; its text, if that names a member of a table, which has no path. */
function nameOf({ path, text }: Value): string | null {
  return path ?? (/^\w+(\.\w+)+$/.test(text) ? text : null);
}

/** True if a file sets the number back to that of the entries with pages. */
function isRestored(program: Program, { file }: FunctionReference): boolean {
  return program.says(file, new RegExp(`\\b${deviceEntries.field}\\s*=\\s*[\\w.>-]*\\b${deviceEntries.all}\\b`));
}

/** True if a function compares a number with another, which may be that of the pages. */
function isCompared({ nodes }: Graph, path: string): boolean {
  return nodes.some(({ operation: o, loops }) => {
    if (o?.kind !== 'assume') return false;
    const [left, right] = [nameOf(o.left), nameOf(o.right)];
    const other = left === path ? right : right === path ? left : null;
    return other !== null && !loops.some((l) => l.variables.includes(other));
  });
}

/**
 * Names that a place has in all functions: the member that it is, or that it is set to or from; of a parameter, those in the callers. A
 * variable also has a name in its own function.
 */
function namesOf(program: Program, { reference, graph }: Omit<Here, 'node'>, path: string, callers = 2): Set<string> {
  if (rootOf(path) !== path) {
    const name = memberName(program, reference.file, graph, path);
    return new Set(name === null ? [] : [name]);
  }
  const others = graph.nodes.flatMap(({ operation: o }) => {
    if (o?.kind !== 'copy' || !o.replaces) return [];
    const other = o.target === path ? o.source.path : o.source.path === path ? o.target : null;
    return other === null || other.startsWith('%') || rootOf(other) === other
      ? []
      : (memberName(program, reference.file, graph, other) ?? []);
  });
  const index = callers === 0 ? -1 : graph.params.findIndex((p) => p.name === path);
  const given = index < 0 ? [] : program.callSites(reference);
  return new Set([
    `${reference.key} ${path}`,
    ...others,
    ...given.flatMap(({ caller, graph: above, call }) => {
      const argument = call.args[index]?.path;
      return argument ? [...namesOf(program, { reference: caller, graph: above }, argument, callers - 1)] : [];
    }),
  ]);
}

/** The names of the table whose number of entries for the device a path is; `null` for any other path. */
function tableOf(program: Program, here: Omit<Here, 'node'>, path: string): Set<string> | null {
  const isNumber = memberName(program, here.reference.file, here.graph, path) === `${deviceEntries.tag}.${deviceEntries.field}`;
  return isNumber ? namesOf(program, here, path.slice(0, -deviceEntries.field.length - 1)) : null;
}

/**
 * True if the pages can be dropped behind the mapping that has not failed: in its function, in a caller of that, or by a function that
 * fetches them from where they are kept.
 */
function isAfter(program: Program, { reference, call }: Mapping, { visit, pos }: Counted): boolean {
  const { reference: at } = visit.flow;
  const mapping = (graph: Graph): CallOperation[] =>
    graph.nodes.flatMap(({ operation: o }) => {
      if (o?.kind !== 'call') return [];
      const isOf =
        at.key === reference.key
          ? o.pos === call.pos
          : o.name !== null && program.resolve(o.name, at.file).some((r) => r.key === reference.key);
      return isOf ? [o] : [];
    });
  const isReached = (graph: Graph, made: CallOperation): boolean => {
    const [from, results] = [callNodeAt(graph, made.pos), resultsOf(graph, made)];
    const isOut = (n: Node): boolean => isFailure(n, results) && !listMappings.has(made.name ?? '');
    return from !== undefined && leadsTo(graph, from, (n) => n.pos === pos, isOut);
  };
  const all = program.graphs(at).flatMap((graph) => mapping(graph).map((made) => isReached(graph, made)));
  return all.length === 0 ? visit.way === 'field' : all.some((reached) => reached);
}

/** True if the release goes through the entries for the device, or drops as many pages as there are of these. */
function isUpTo(program: Program, mapping: Mapping, { visit, event }: SeenRelease, chain: Counted): boolean {
  const { reference } = visit.flow;
  const places = [
    { reference, pos: event.pos },
    { reference: chain.visit.flow.reference, pos: chain.pos },
  ];
  const counted = chain.count?.plus === 0 ? nameOf(chain.count.value) : null;
  return (
    places.some(({ reference: of, pos }) => program.graphs(of).some((graph) => isInEntries(program, mapping, of, graph, pos))) ||
    (counted !== null &&
      program
        .graphs(chain.visit.flow.reference)
        .some((graph) => isNumber(program, mapping, { reference: chain.visit.flow.reference, graph }, counted)))
  );
}

/** True for a place in a loop through the entries for the device. */
function isInEntries(program: Program, mapping: Mapping, reference: FunctionReference, graph: Graph, pos: number): boolean {
  const loops = callNodeAt(graph, pos)?.loops ?? [];
  return graph.nodes.some((n) => {
    const o = n.operation;
    const loop = n.loops.at(-1);
    if (o?.kind !== 'call' || !o.iterates || !loop || !loops.includes(loop) || n.pos >= loop.bodyPos) return false;
    const table = o.args[0]?.path;
    if (mappedIterators.has(o.name ?? '')) return !!table && overlaps(namesOf(program, { reference, graph }, table), mapping.tables);
    const value = o.args[countedIterators.get(o.name ?? '') ?? -1];
    const bound = value === undefined ? null : nameOf(value);
    return bound !== null && isNumber(program, mapping, { reference, graph }, bound);
  });
}

/** True for the number of entries that a mapping has left for the device. */
function isNumber(program: Program, { tables, numbers }: Mapping, here: Omit<Here, 'node'>, path: string): boolean {
  if (isCompared(here.graph, path) || path.startsWith('%')) return false;
  const table = tableOf(program, here, path);
  return table ? overlaps(table, tables) : isOnlySet(here.graph, path) && overlaps(namesOf(program, here, path), numbers);
}

/** True for a member, and for a variable that is set at most once. */
function isOnlySet({ nodes }: Graph, path: string): boolean {
  const sets = nodes.filter(({ operation: o }) => isStore(o) && o.target === path && !(o.kind === 'clear' && o.text === ''));
  return rootOf(path) !== path || sets.length <= 1;
}

function overlaps(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((name) => others.has(name));
}
