/**
 * Pointers that nobody has set. A function undoes its own work by the end of an object, which was allocated as zeros. If that end looks
 * through a pointer on the way to the drop which was not set yet, it never reaches the drop.
 */
import { failureOf } from '../../flow/paths/function/tested.js';
import { spelledIn } from '../../flow/paths/function/text.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, leadsTo, type Node, readBy } from '../../program/graph.js';
import { rootOf, splitSteps } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { zeroingFlag, zeroingName } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn, taken } from '../finding.js';
import { isZeroed } from '../zeroed.js';
import { mayChange, mayFailBefore } from './changing.js';

/** An object that is given to its end with pages in it. */
interface Ended {
  reference: FunctionReference;
  graph: Graph;
  /** The nodes at which it is allocated, given the pages, and ended. */
  nodes: readonly [made: Node, take: Node, end: Node];
  variable: string;
}

/** How many callers up, and how many calls down, are followed. */
const maxLevels = 3;
/** The most callers of a function: one with more is used by everybody. */
const maxCallers = 12;

/** Complaints about calls of an end for an object that has pages in it and a pointer that is still NULL. */
export function unsetPointers(subject: Subject): Complaint[] {
  const { program, site } = subject;
  const takers = takersNear(program, site.reference);
  const makers = [...takers.values()].filter((r) => making.test(program.textOf(r)));
  if (makers.length === 0) return [];
  const drops = new Set(releasesIn(subject).map(({ visit, event }) => `${visit.flow.reference.file}:${event.pos}`));
  return makers.flatMap((reference) =>
    program.graphs(reference).flatMap((graph) =>
      endedIn(program, reference, graph, takers).flatMap((ended) => {
        const found = unsetIn(program, ended, drops);
        return found === null ? [] : [complaintOf(subject, ended, found)];
      }),
    ),
  );
}

/** Matches a call that allocates memory as zeros. */
const making = new RegExp(`\\b\\w*(?:${zeroingName.source})\\w*\\s*\\(|${zeroingFlag.source}`);

/** The function that takes the pages, and the functions of its folder that call it, some levels up, by their keys. */
function takersNear(program: Program, reference: FunctionReference): ReadonlyMap<string, FunctionReference> {
  const found = new Map([[reference.key, reference]]);
  let above = [reference];
  for (let level = 0; level < maxLevels; level++) {
    above = above.flatMap((r) => {
      const callers = program.callers(r).filter((by) => !by.macro && folderOf(by.file) === folderOf(reference.file) && !found.has(by.key));
      return callers.length > maxCallers ? [] : callers;
    });
    for (const r of above) found.set(r.key, r);
  }
  return found;
}

/** The objects that a function allocates as zeros, has pages put into, and gives to another function. */
function endedIn(program: Program, reference: FunctionReference, graph: Graph, takers: ReadonlyMap<string, FunctionReference>): Ended[] {
  return graph.nodes.flatMap((made) => {
    const variable = made.operation?.kind === 'copy' ? made.operation.target : '';
    if (!isMade(graph, made, variable)) return [];
    const take = graph.nodes.find((n) => isTaking(program, reference, takers, n, variable));
    if (!take) return [];
    const isHanded = ({ operation: o }: Node): boolean =>
      o?.kind === 'call' && o.name !== null && o.args.some((a) => a.path === variable && !a.address);
    return graph.nodes.flatMap((end): Ended[] =>
      end !== take && isHanded(end) && leadsTo(graph, take, (n) => n === end)
        ? [{ reference, graph, nodes: [made, take, end], variable }]
        : [],
    );
  });
}

/**
 * The pointer in an object that its end looks through before it drops what stands in the object, and that is NULL there; `null` if there is
 * none.
 */
function unsetIn(program: Program, ended: Ended, drops: ReadonlySet<string>): string | null {
  const { reference, nodes, variable } = ended;
  const o = nodes[2].operation;
  const callee = o?.kind === 'call' ? onlyOne(program, reference.file, o) : null;
  if (o?.kind !== 'call' || callee === null) return null;
  const param = callee.graph.params[o.args.findIndex((a) => a.path === variable && !a.address)]?.name;
  const drop = dropIn(program, callee, drops);
  if (param === undefined || drop === null) return null;
  const before = alwaysBefore(callee.graph, (n) => n === drop);
  const paths = [...before, drop].flatMap((n) => lookedThrough(program, callee, n, param)).map((suffix) => variable + suffix);
  return paths.find((path) => isUnset(program, ended, path)) ?? null;
}

/** A function that has one variant, with that. */
interface Only {
  reference: FunctionReference;
  graph: Graph;
}

/** The one function that a call is of, if it has one variant; `null` if there are several. */
function onlyOne(program: Program, file: string, { name }: CallOperation): Only | null {
  const reference = name === null ? null : onlyFunction(program.resolve(name, file));
  if (reference === null) return null;
  const [graph, ...variants] = program.graphs(reference);
  return graph && variants.length === 0 ? { reference, graph } : null;
}

/** The node of a function that drops, itself or by a call. */
function dropIn(program: Program, { reference: { file }, graph }: Only, drops: ReadonlySet<string>, level = 0): Node | null {
  const calls = graph.nodes.filter(({ operation: o }) => o?.kind === 'call');
  const own = calls.find(({ pos }) => drops.has(`${file}:${pos}`));
  if (own || level >= maxLevels) return own ?? null;
  const leads = ({ operation: o }: Node): boolean => {
    const callee = o?.kind === 'call' && !program.isNeutral(o.name ?? '', file) ? onlyOne(program, file, o) : null;
    return callee !== null && dropIn(program, callee, drops, level + 1) !== null;
  };
  return calls.find(leads) ?? null;
}

/** The nodes that every path from a function's entry to another node passes. */
function alwaysBefore(graph: Graph, isLast: (n: Node) => boolean): Node[] {
  const entrance = graph.nodes[graph.entry] as Node;
  return graph.nodes.filter((n) => !isLast(n) && n.operation !== null && !leadsTo(graph, entrance, isLast, (m) => m === n));
}

/**
 * The pointers below a variable that a node looks through, itself or by a called function that does so on every path; as suffixes of the
 * variable.
 */
function lookedThrough(
  program: Program,
  { reference: { file }, graph }: Only,
  { operation: o }: Node,
  variable: string,
  level = 0,
): string[] {
  const isPointer = (path: string): boolean => {
    const type = program.typeOf(path, graph, file);
    return type?.pointers === 1 && type.dims.length === 0;
  };
  const here = readBy(o).flatMap((v) => {
    if (v.path === null || v.address || rootOf(v.path) !== variable) return [];
    const steps = splitSteps(v.path.slice(variable.length));
    const before = steps.slice(0, -1).map((_, i) => steps.slice(0, i + 1).join(''));
    return before.filter((suffix) => !suffix.endsWith('[]') && isPointer(variable + suffix));
  });
  if (o?.kind !== 'call' || level >= maxLevels) return here;
  const callee = onlyOne(program, file, o);
  const param = callee?.graph.params[o.args.findIndex((a) => a.path === variable && !a.address)]?.name;
  if (callee === null || param === undefined) return here;
  const { exit } = callee.graph;
  const always = alwaysBefore(callee.graph, (n) => n.id === exit);
  return [...here, ...always.flatMap((n) => lookedThrough(program, callee, n, param, level + 1))];
}

/** True for the one store to a variable, if it is of memory that is zero. */
function isMade(graph: Graph, node: Node, variable: string): boolean {
  return (
    isZeroed(graph, node, variable) && graph.nodes.filter(({ operation: c }) => c?.kind === 'copy' && c.target === variable).length === 1
  );
}

/** True for a call that puts pages into an object. */
function isTaking(
  program: Program,
  { file }: FunctionReference,
  takers: ReadonlyMap<string, FunctionReference>,
  { operation: o }: Node,
  object: string,
): boolean {
  if (o?.kind !== 'call' || o.name === null || !o.args.some((a) => a.path !== null && rootOf(a.path) === object)) return false;
  return program.resolve(o.name, file).some((r) => takers.has(r.key));
}

/** True if a path leads from where the object is made, by where it is given pages, to its end, without the pointer being changed. */
function isUnset(program: Program, { reference: { file }, graph, nodes: [made, take, end] }: Ended, path: string): boolean {
  const failedBy = (n: Node): ((m: Node) => boolean) => {
    const o = n.operation;
    return o?.kind === 'call' ? failureOf(graph, o.result) : () => false;
  };
  const isEnd = (n: Node): boolean => n === end;
  const isExcused = (n: Node, o: CallOperation): boolean => mayFailBefore(program, file, o, path) && !leadsTo(graph, n, isEnd, failedBy(n));
  const isChange = (n: Node): boolean =>
    n !== end && mayChange(program, file, n, path) && !(n.operation?.kind === 'call' && isExcused(n, n.operation));
  const hasNotTaken = failedBy(take);
  return (
    !isChange(take) &&
    leadsTo(graph, made, (n) => n === take, isChange) &&
    leadsTo(graph, take, isEnd, (n) => isChange(n) || hasNotTaken(n))
  );
}

function complaintOf(subject: Subject, { reference, graph, nodes: [made, take, end], variable }: Ended, pointer: string): Complaint {
  const { program, row } = subject;
  const by = end.operation?.kind === 'call' ? end.operation.name : null;
  const { file, name } = reference;
  const written = spelledIn({ program, reference, graph }, pointer);
  const step = ({ pos }: Node, text: string): FindingStep => stepIn(program, reference, pos, text);
  const steps = [
    step(made, `${variable} is allocated and zeroed`),
    step(take, 'which is given the pages'),
    step(end, `${by}() dereferences ${written}, which is still NULL, before it drops them`),
  ];
  const message = `${by}() dereferences ${written}, which nothing has set, before it drops the pages of ${row.api}()`;
  return { message, file, function: name, pos: end.pos, path: [taken(subject), ...steps] };
}
