/**
 * Errors that stand where pages stood. A function drops what a field leads to and has it filled anew, so the object lives on. If the call
 * that fills the field returns its error as a pointer, and that stays there, the end of the object drops the error as if it were pages.
 */
import { failureOf } from '../../flow/paths/function/tested.js';
import { spelledIn } from '../../flow/paths/function/text.js';
import type { CallSite } from '../../program/callers.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callsOf, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { pathBelow, rootOf, suffixAfter } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import type { Program } from '../../program/program.js';
import { errorTests, errorTestText, freeingCalls } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, stepIn, taken } from '../finding.js';
import { mayChange } from './changing.js';

/** A function that fails with an error left at a path, from a node on. */
interface Left {
  reference: FunctionReference;
  graph: Graph;
  node: Node;
  path: string;
  /** The steps from the functions below up to this one. */
  steps: readonly FindingStep[];
}

/** A function (by name) that drops the pages behind that path, and another function that calls it for the same field. */
interface Ending {
  name: string;
  other: FunctionReference;
}

/** How many callers up, and how many calls down, are followed. */
const maxLevels = 4;

/** Complaints about functions that fail with an error in a field of an object that lives on, in which pages stood. */
export function leftErrors(subject: Subject): Complaint[] {
  const { program, row } = subject;
  const makers = makersIn(subject);
  const droppers = makers.length === 0 ? new Set<string>() : droppersOf(subject);
  if (droppers.size === 0) return [];
  return makers.flatMap((maker) =>
    program.callSites(maker).flatMap((site): Complaint[] => {
      const left = leftBy(program, site);
      const end = left && endAbove(program, left, droppers);
      if (!left || !end) return [];
      const { file, name } = left.reference;
      const message = `an error pointer of ${maker.name}() is left where pages of ${row.api}() were, and ${end.name}() drops it as if it were pages`;
      return [{ message, file, function: name, pos: left.node.pos, path: [taken(subject), ...end.steps] }];
    }),
  );
}

/** The function that takes the pages, and its callers that return what it returns, if that is a pointer to an object. */
function makersIn({ program, site: { reference } }: Subject): FunctionReference[] {
  const tag = objectOf(program, reference);
  return tag === null ? [] : [reference, ...program.callers(reference).filter((by) => !by.macro && objectOf(program, by) === tag)];
}

/** The struct that a function returns a pointer to; `null` if it does not. */
function objectOf(program: Program, reference: FunctionReference): string | null {
  const type = program.variants(reference)[0]?.returns;
  return type?.pointers === 1 ? type.tag : null;
}

const errorTest = new RegExp(errorTestText);

/** Names of the functions that drop what their one parameter leads to, without a test for an error. */
function droppersOf(subject: Subject): ReadonlySet<string> {
  const { program } = subject;
  const tag = objectOf(program, subject.site.reference);
  const droppers = releasesIn(subject).flatMap(({ visit: { flow, way } }) => {
    if (way !== 'field' && way !== 'call') return [];
    const { reference } = flow;
    return [reference, ...program.callers(reference).filter((by) => by.file === reference.file)];
  });
  const isPlain = (r: FunctionReference): boolean => {
    const [param, ...more] = program.variants(r)[0]?.params ?? [];
    return !r.macro && param?.type.tag === tag && more.length === 0 && !errorTest.test(program.textOf(r));
  };
  return new Set(droppers.filter(isPlain).map(({ name }) => name));
}

/** Where a function stores the result of a call in a field of an object that it was given, and fails with the error there. */
function leftBy(program: Program, { caller, graph, call }: CallSite): Left | null {
  const copy = graph.nodes.find(
    (n) => n.operation?.kind === 'copy' && n.operation.source.path === call.result && isField(n.operation.target),
  );
  if (copy?.operation?.kind !== 'copy') return null;
  const path = copy.operation.target;
  const node = graph.nodes.find(
    ({ operation: o }) =>
      o?.kind === 'assume' &&
      o.op === '!=' &&
      errorTests.test(o.call?.name ?? '') &&
      o.call?.args[0]?.path === path &&
      !o.call.args[0].address,
  );
  if (!node || !leadsTo(graph, copy, (n) => n === node) || !isLeftBehind(program, caller, graph, node, path)) return null;
  const text = `returns an error here, with the error pointer still in ${spelledIn({ program, reference: caller, graph }, path)}`;
  return { reference: caller, graph, node, path, steps: [stepIn(program, caller, node.pos, text)] };
}

/** True for a plain member, of no array and no container. */
function isField(path: string): boolean {
  return rootOf(path) !== path && !/[[@%]/.test(path);
}

/**
 * True if a function can return behind a node with the path unchanged, and what leads to it neither freed nor passed to anything that may
 * change it.
 */
function isLeftBehind(program: Program, { file }: FunctionReference, graph: Graph, node: Node, path: string): boolean {
  return leadsTo(
    graph,
    node,
    (n) => n.id === graph.exit,
    (n) => mayChange(program, file, n, path),
  );
}

/** The function that has dropped what stood there before, in this function or some levels up, and the steps to what drops it once more. */
function endAbove(program: Program, left: Left, droppers: ReadonlySet<string>): { name: string; steps: FindingStep[] } | null {
  let level: readonly Left[] = [left];
  for (let i = 0; i < maxLevels && level.length > 0; i++) {
    for (const at of level) {
      const dropped = droppedBefore(program, at, droppers);
      if (dropped) return dropped;
    }
    level = level.flatMap((at) => above(program, at));
  }
  return null;
}

/** The same in one function. */
function droppedBefore(program: Program, at: Left, droppers: ReadonlySet<string>): { name: string; steps: FindingStep[] } | null {
  const { reference, graph, node } = at;
  for (const n of graph.nodes) {
    const o = n.operation;
    if (o?.kind !== 'call' || n === node || !leadsTo(graph, n, (m) => m === node) || leadsTo(graph, node, (m) => m === n)) continue;
    const end = endingBy(program, at, o, droppers);
    if (!end) continue;
    const before = stepIn(program, reference, n.pos, `${o.name}() drops the pages that were there`);
    const after = stepIn(
      program,
      end.other,
      end.other.item.pos,
      `${end.other.name}() has ${end.name}() drop what is there, unless that is NULL`,
    );
    return { name: end.name, steps: [before, ...at.steps, after] };
  }
  return null;
}

/** The function with which a call drops the pages at the path, if another function, which stores nothing there, calls it for them too. */
function endingBy(program: Program, { reference, graph, path }: Left, call: CallOperation, droppers: ReadonlySet<string>): Ending | null {
  if (!drops(program, reference, call, path, droppers, 0)) return null;
  const name = call.name as string;
  const field = path.slice(path.lastIndexOf('.') + 1);
  const ownerOf = (of: string, g: Graph): string | null | undefined =>
    program.typeOf(of.slice(0, of.lastIndexOf('.')), g, reference.file)?.tag;
  const isSame = (r: FunctionReference): boolean =>
    program.graphs(r).some((g) =>
      callsOf(g, name).some(({ call: { args } }) => {
        const given = args[0]?.path ?? '';
        return !droppers.has(name) || (given.endsWith(`.${field}`) && ownerOf(given, g) === ownerOf(path, graph));
      }),
    );
  const knows = new RegExp(`${memberText(field)}\\s*=[^=]|${errorTestText}[^()]*\\b${field}\\s*\\)`);
  const other = program
    .searched(reference.file, new RegExp(`${name}\\(`))
    .find((r) => !r.macro && r.key !== reference.key && r.name !== name && !knows.test(program.textOf(r)) && isSame(r));
  return other ? { name, other } : null;
}

/** True if a call drops the pages at a path, itself or some levels down, and no function on the way tests the path for an error. */
function drops(
  program: Program,
  { file }: FunctionReference,
  { name, args }: CallOperation,
  path: string,
  droppers: ReadonlySet<string>,
  level: number,
): boolean {
  if (name === null) return false;
  if (droppers.has(name)) return args[0]?.path === path && !args[0].address;
  const callee = level < maxLevels && !freeingCalls.has(name) ? onlyFunction(program.resolve(name, file)) : null;
  if (callee === null) return false;
  return program.graphs(callee).some((graph) =>
    graph.params.some(({ name: param }, i) => {
      const given = args[i]?.path;
      const suffix = given == null ? null : suffixAfter(path, given);
      if (suffix === null || suffix === '') return false;
      const here = param + suffix;
      const isAsked = ({ operation: o }: Node): boolean => o?.kind === 'call' && errorTests.test(o.name ?? '') && o.args[0]?.path === here;
      return (
        !graph.nodes.some(isAsked) &&
        graph.nodes.some((n) => n.operation?.kind === 'call' && drops(program, callee, n.operation, here, droppers, level + 1))
      );
    }),
  );
}

/** The callers that fail in turn and leave the error there as well. */
function above(program: Program, { reference, graph, path, steps }: Left): Left[] {
  const of = graph.params.findIndex(({ name }) => name === rootOf(path));
  if (of < 0) return [];
  return program.callSites(reference).flatMap(({ caller, graph: g, node, call }) => {
    const given = call.args[of];
    const there = given && pathBelow(given, path.slice(rootOf(path).length));
    if (!there || !/^\w/.test(there)) return [];
    const hasFailed = failureOf(g, call.result);
    const failed = g.nodes.find((n) => hasFailed(n) && leadsTo(g, node, (m) => m === n) && isLeftBehind(program, caller, g, n, there));
    const step = stepIn(program, caller, failed?.pos ?? call.pos, `${reference.name}() has failed, and its error pointer is left there`);
    return failed ? [{ reference: caller, graph: g, node, path: there, steps: [...steps, step] }] : [];
  });
}
