/** Whether an iterator may be one that the kernel fills (`READ`, `ITER_DEST`): asked of the function that has it, then of its callers. */
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation, Graph, Guard } from '../../program/graph.js';
import { rootOf, suffixAfter, unindexed } from '../../program/path.js';
import { memberText } from '../../program/patterns.js';
import { folderOf, isIn } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { plainPath } from '../../program/text.js';
import { destinationWords, iteratorMakers, iteratorOperations, userTests } from '../../protocol/index.js';
import { mayHold } from '../../survey/flags.js';
import type { Site } from '../../survey/sites.js';
import type { Expression } from '../../syntax/ast.js';
import { type FindingStep, stepIn } from '../finding.js';

/** The most calls between the site and the place where its iterator is made. */
const maxDepth = 8;
/** The most places that are looked at: an iterator that comes from more is anybody's. */
const maxPlaces = 80;
/** A call through a field is not looked for if more files than this call by the field's name. */
const maxFiles = 40;

/** Where the code shows that an iterator is to be filled. */
export interface Destination {
  reference: FunctionReference;
  pos: number;
  /** What shows it, as the text of a step. */
  text: string;
}

/** One question of the search: may the iterator at `path` in a function be one that is filled? */
interface Place {
  reference: FunctionReference;
  graph: Graph;
  path: string;
}

/** Where the code shows that the site's iterator is filled by the kernel, or may be; `null` if it does not. */
export const destinationOf = remembered((site: Site, program: Program): Destination | null => destinationAlong(site, program, new Set()));

/**
 * The same, where of several callers only those in `line` are asked, if any of them is.
 * @param line keys of functions
 */
export function destinationAlong(site: Site, program: Program, line: ReadonlySet<string>): Destination | null {
  const at = site.acquire.iterator;
  const expression = at === null ? undefined : site.call.expressions[at];
  return expression ? destinationOfArgument(program, site.reference, site.graph, expression, line) : null;
}

/** A destination as a step of a finding's path. */
export function destinationStep(program: Program, { reference, pos, text }: Destination): FindingStep {
  return stepIn(program, reference, pos, text);
}

/** The same of an iterator, or of what leads to it, as the expression of a function. */
export function destinationOfArgument(
  program: Program,
  reference: FunctionReference,
  graph: Graph,
  expression: Expression,
  line: ReadonlySet<string> = new Set(),
): Destination | null {
  const path = plainPath(expression);
  if (path === null) return null;
  const direct = search(program, { reference, graph, path }, line, false);
  // A field is the same for all objects of its struct: fields are searched only if nothing nearer tells.
  return destinationIn(direct === 'unknown' ? search(program, { reference, graph, path }, line, true) : direct);
}

function destinationIn(found: Destination | 'source' | 'unknown'): Destination | null {
  return found === 'source' || found === 'unknown' ? null : found;
}

/**
 * The nearest place that makes the iterator one to be filled; else `'source'` if a place was seen that makes it one to be read from.
 * @param fields whether to go on to what other functions store in the iterator's field
 */
function search(program: Program, start: Place, line: ReadonlySet<string>, fields: boolean): Destination | 'source' | 'unknown' {
  const queue: { place: Place; depth: number }[] = [{ place: start, depth: 0 }];
  const seen = new Set<string>();
  let source = false;
  for (const { place, depth } of queue) {
    const { reference, graph, path } = place;
    const key = `${reference.key}|${path}`;
    if (seen.has(key)) continue;
    if (seen.size >= maxPlaces) break;
    seen.add(key);
    const end = madeIn(program, place) ?? operationOf(program, place);
    if (end !== null && end !== 'source') return end;
    if (end === 'source') source = true;
    if (end !== null || depth >= maxDepth) continue;
    for (const to of sourcesIn(graph, path)) queue.push({ place: { reference, graph, path: to }, depth });
    for (const to of givenBy(program, place, line)) queue.push({ place: to, depth: depth + 1 });
    if (fields) for (const to of fieldsOf(program, place)) queue.push({ place: to, depth: depth + 1 });
  }
  return source ? 'source' : 'unknown';
}

/** The call in a function that makes the iterator: a destination, `'source'` for one to be read from, `null` if there is none. */
function madeIn(program: Program, { reference, graph, path }: Place): Destination | 'source' | null {
  let found: 'source' | null = null;
  for (const { operation: o, pos } of graph.nodes) {
    const maker = o?.kind === 'call' && o.name !== null ? iteratorMakers.get(o.name) : undefined;
    if (o?.kind !== 'call' || !maker || o.args[maker.iterator]?.path !== path) continue;
    const direction = o.expressions[maker.direction];
    if (direction && mayHold(program, reference, graph, direction, destinationWords))
      return { reference, pos, text: `${o.name}() makes the iterator a destination: data is read into it` };
    found = 'source';
  }
  return found;
}

/** The paths that are copied to a path in a function, but for copies under a test that the iterator is no user's. */
function sourcesIn(graph: Graph, path: string): string[] {
  const found = graph.nodes.flatMap(({ operation: o, guards }) => {
    const below = o?.kind === 'copy' && o.source.path !== null ? suffixAfter(path, o.target) : null;
    if (o?.kind !== 'copy' || o.source.path === null || below === null) return [];
    // `*to` is the iterator that `to` points at.
    return guards.some(isNoUsers) ? [] : [unindexed(o.source.path) + below];
  });
  return [...new Set(found)].filter((p) => p !== path);
}

/** Where functions of the file copy an iterator to the field that this one is in. */
function fieldsOf(program: Program, { reference, graph, path }: Place): Place[] {
  const field = /\.([^.@[\]]+)$/.exec(path)?.[1];
  const owner = field === undefined ? null : program.typeOf(path.slice(0, -field.length - 1), graph, reference.file)?.tag;
  if (field === undefined || !owner || owner === 'msghdr') return [];
  return program.touching(reference.file, [field], owner).flatMap((other) =>
    program.graphs(other).flatMap((g) =>
      g.nodes.flatMap(({ operation: o, guards }) => {
        if (o?.kind !== 'copy' || o.source.path === null || guards.some(isNoUsers) || !o.target.endsWith(`.${field}`)) return [];
        const holder = program.typeOf(o.target.slice(0, -field.length - 1), g, other.file)?.tag;
        return holder === owner ? [{ reference: other, graph: g, path: unindexed(o.source.path) }] : [];
      }),
    ),
  );
}

/**
 * What the callers pass for the parameter that a path begins with; if no direct call tells, what is passed in calls through the fields that
 * the function is installed in.
 */
function givenBy(program: Program, { reference, graph, path }: Place, line: ReadonlySet<string>): Place[] {
  const root = rootOf(path);
  const index = graph.params.findIndex((p) => p.name === root);
  if (index < 0) return [];
  const argument = (caller: FunctionReference, g: Graph, call: CallOperation): Place[] => {
    const expression = call.expressions[index];
    const given = expression ? plainPath(expression) : null;
    return given === null ? [] : [{ reference: caller, graph: g, path: given + path.slice(root.length) }];
  };
  const calls = program.callSites(reference).filter((c) => !c.node.guards.some(isSource));
  const own = calls.filter((c) => line.has(c.caller.key));
  const direct = (own.length > 0 ? own : calls).flatMap((c) => argument(c.caller, c.graph, c.call));
  if (direct.length > 0) return direct;
  return fieldsOfFunction(program, reference).flatMap((field) => {
    const files = program.tree.filesCalling(field);
    if (files.length > maxFiles) return [];
    return files.flatMap((file) =>
      program
        .searched(file, new RegExp(field))
        .flatMap((caller) =>
          caller.macro
            ? []
            : program
                .graphs(caller)
                .flatMap((g) =>
                  g.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.through === field ? argument(caller, g, o) : [])),
                ),
        ),
    );
  });
}

/** True for a guard that holds only where an iterator is no user's. */
function isNoUsers({ call, negated }: Guard): boolean {
  return negated && userTests.has(call);
}

/** True for a guard that holds only where an iterator is read from: `if (iov_iter_rw(iter) == WRITE)`, `if (type == ITER_SOURCE)`. */
function isSource({ values, negated }: Guard): boolean {
  const is = (word: RegExp): boolean => values.some((v) => word.test(v));
  return negated ? is(/^(READ|ITER_DEST)$/) : is(/^(WRITE|ITER_SOURCE)$/);
}

/** The fields in which a function's own file installs it. */
function fieldsOfFunction(program: Program, { file, name }: FunctionReference): string[] {
  const pattern = new RegExp(`[.>](\\w+)\\s*=\\s*&?${name}\\b`);
  return [...new Set(program.matches(file, pattern).map((m) => m[1] as string))];
}

/**
 * What an iterator is that a function has as the parameter of a file's or socket's operation: `read_iter` fills it, `write_iter` reads it.
 */
function operationOf(program: Program, { reference, graph, path }: Place): Destination | 'source' | null {
  const root = rootOf(path);
  const param = graph.params.find((p) => p.name === root);
  const isIterator = param?.type.tag === 'iov_iter' && path === root;
  const isMessage = param?.type.tag === 'msghdr' && path === `${root}.msg_iter`;
  if (!isIterator && !isMessage) return null;
  const folder = folderOf(reference.file);
  for (const [operation, filled] of iteratorOperations) {
    const pattern = new RegExp(`${memberText(operation)}\\s*=\\s*&?${reference.name}\\b`);
    const files = reference.static ? [reference.file] : program.tree.filesAccessing(operation).filter((f) => isIn(f, folder));
    if (!files.some((file) => program.says(file, pattern))) continue;
    return filled
      ? { reference, pos: reference.item.pos, text: `the iterator of ${operation}() is a destination: data is read into it` }
      : 'source';
  }
  return null;
}
