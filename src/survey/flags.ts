/** Finds the flags that a site passes, and whether its iterator is user backed: first in its function, then in its callers. */

import { withUsers } from '../program/callers.js';
import type { FunctionReference } from '../program/file.js';
import type { Graph, Guard } from '../program/graph.js';
import { rootOf, suffixAfter } from '../program/path.js';
import type { Program } from '../program/program.js';
import { plainPath, sourceName } from '../program/text.js';
import { kernelIteratorMakers, userIteratorMakers, userIteratorTypes, userTests } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import type { Site } from './sites.js';

const maxDepth = 4;

/** A place that names a flag which is passed. */
export interface Passing {
  reference: FunctionReference;
  pos: number;
}

/** Selects callers. If any of them calls, only those that are selected are searched. */
type Wanted = (caller: FunctionReference) => boolean;

/** True if some call of the site passes `flag`: written there, through a variable or field, or from a caller. */
export function passesFlag(program: Program, site: Site, flag: string): boolean {
  return passingOf(program, site, flag) !== null;
}

/**
 * Returns a place that shows that some call of the site passes `flag`; `null` if there is none.
 * @param wanted callers to be searched in preference to the others
 */
export function passingOf(program: Program, site: Site, flag: string, wanted: Wanted = () => false): Passing | null {
  const at = site.signature?.flags ?? null;
  const expression = at === null ? undefined : site.call.expressions[at];
  if (expression === undefined) return null;
  return passedAs({ program, flag, wanted, seen: new Set() }, { reference: site.reference, graph: site.graph, depth: 0 }, expression);
}

/**
 * True if the value of an expression may contain `flag`: it names it, or its variables are set to it.
 * @param flag a pattern for one or several names
 */
export function mayHold(program: Program, reference: FunctionReference, graph: Graph, expression: Expression, flag: string): boolean {
  return passedAs({ program, flag, wanted: () => false, seen: new Set() }, { reference, graph, depth: 0 }, expression) !== null;
}

/** What is searched for, and the paths that were searched already. */
interface Search {
  program: Program;
  flag: string;
  wanted: Wanted;
  seen: Set<string>;
}

/** A function, and how many calls it is away from where the search began. */
interface Here {
  reference: FunctionReference;
  graph: Graph;
  depth: number;
  /** True for a function that was entered by a call: what it is given was looked at there. */
  isCalled?: boolean;
}

function passedAs(search: Search, here: Here, expression: Expression): Passing | null {
  const { reference } = here;
  const text = sourceName(expression);
  if (says(search.program, reference.file, text, wordOf(search))) return { reference, pos: expression.pos };
  return firstOf(pathsIn(expression), (path) => passedAt(search, here, path)) ?? returnedIn(search, here, text);
}

/** The place that shows that a value may contain the flag: its text names it, or a variable or call in the text leads to it. */
function shownBy(search: Search, here: Here, { text, pos }: { text: string; pos: number }, except = ''): Passing | null {
  const { reference } = here;
  if (says(search.program, reference.file, text, wordOf(search))) return { reference, pos };
  const names = (text.match(/[A-Za-z_][\w.]*/g) ?? []).filter((name) => name !== except && /[a-z]/.test(name));
  return firstOf(names, (name) => passedAt(search, here, name)) ?? returnedIn(search, here, text);
}

/** The place at which a function or macro that is called in a text gives the flag to what it returns. */
function returnedIn(search: Search, { reference: { file }, depth }: Here, text: string): Passing | null {
  const { program, seen } = search;
  if (depth >= maxDepth) return null;
  const called = (text.match(/\b[a-z_]\w*(?=\()/g) ?? []).flatMap((name) => (program.isGeneral(name) ? [] : program.resolve(name, file)));
  return firstOf(called, (reference) => {
    if (seen.has(reference.key)) return null;
    seen.add(reference.key);
    return firstOf(program.graphs(reference), (graph) => {
      const here = { reference, graph, depth: depth + 1, isCalled: true };
      return firstOf(graph.nodes, ({ operation: o, pos }) =>
        o?.kind === 'return' && o.value ? shownBy(search, here, { text: o.value.text, pos }) : null,
      );
    });
  });
}

function wordOf({ flag }: Search): RegExp {
  return new RegExp(`\\b${flag}\\b`);
}

function firstOf<Of, Found>(all: readonly Of[], find: (of: Of) => Found | null): Found | null {
  for (const one of all) {
    const found = find(one);
    if (found !== null) return found;
  }
  return null;
}

/** How many macros may stand for each other. */
const maxMacros = 3;

/** True if a text names a flag, directly or by a macro for it. */
function says(program: Program, file: string, text: string, word: RegExp, depth = 0): boolean {
  const named = word.exec(text)?.[0];
  if (named !== undefined) return standIn(program, file, named) === null;
  if (depth >= maxMacros) return false;
  const names = text.match(/\b[A-Z][A-Z\d_]+\b/g) ?? [];
  return names.some((name) => program.macroTexts(name, file).some((stands) => says(program, file, stands, word, depth + 1)));
}

/**
 * Returns the file's own macro by which a flag is zero wherever the kernel has no macro of that name: `#ifndef FOLL_LONGTERM`. `null` if it
 * has none. Since 6.3 the flags are enumerators, which the preprocessor does not see: include/linux/mm_types.h.
 */
export function standIn(program: Program, file: string, flag: string): FunctionReference | null {
  const texts = program.macroTexts(flag, file);
  if (texts.length === 0 || !texts.every((text) => isZero.test(text))) return null;
  const isMeant = (macro: FunctionReference): boolean => macro.item.conditions.every((condition) => condition === `!defined(${flag})`);
  const zero = new RegExp(`^\\s*#\\s*define\\s+${flag}\\s+(.*)`);
  return program.macros(flag, file).find((macro) => isMeant(macro) && isZero.test(zero.exec(program.textOf(macro))?.[1] ?? '')) ?? null;
}

/** Matches what is zero, and a comment behind it. */
const isZero = /^\(?\s*0[xX]?0*[uUlL]*\s*\)?\s*(?:\/[*/].*)?$/;

/** The place at which a path of a function is set to the flag. */
function passedAt(search: Search, here: Here, path: string): Passing | null {
  const { program, seen } = search;
  const { reference, graph, depth } = here;
  const key = `${reference.key}|${path}`;
  if (seen.has(key) || depth > maxDepth) return null;
  seen.add(key);
  const word = wordOf(search);
  for (const g of program.graphs(reference)) {
    for (const a of g.assigned) {
      if (a.target !== path && a.target !== `::${path}`) continue;
      const found = shownBy(search, here, a, path);
      if (found) return found;
    }
  }
  const root = rootOf(path);
  const index = graph.params.findIndex((p) => p.name === root);
  if (index >= 0 && path === root) {
    if (here.isCalled) return null;
    const calls = program.callSites(reference);
    const own = calls.filter(({ caller }) => search.wanted(caller));
    return firstOf(own.length > 0 ? own : calls, ({ caller, graph: g, call }) => {
      const argument = call.expressions[index];
      return argument === undefined ? null : passedAs(search, { reference: caller, graph: g, depth: depth + 1 }, argument);
    });
  }
  // A field is set somewhere in the same file.
  const field = /\.([^.@[\]]+)$/.exec(path)?.[1];
  if (field === undefined) return null;
  return firstOf(withUsers(program, program.touching(reference.file, [field])), (f) =>
    firstOf(program.graphs(f), (g) => {
      const set = g.assigned.find((a) => a.target.endsWith(`.${field}`) && says(program, f.file, a.text, word));
      return set ? { reference: f, pos: set.pos } : null;
    }),
  );
}

function pathsIn(e: Expression): string[] {
  const path = plainPath(e);
  if (path !== null) return [path];
  switch (e.kind) {
    case 'binary':
      return [...pathsIn(e.left), ...pathsIn(e.right)];
    case 'conditional':
      return [...pathsIn(e.otherwise), ...(e.then ? pathsIn(e.then) : [])];
    case 'call':
      return e.args.flatMap(pathsIn);
    default:
      return [];
  }
}

/** True if the code makes sure that the site's iterator is user backed: by a test, by how it was made, or in every caller. */
export function userBacked(program: Program, site: Site): boolean {
  const path = iteratorPath(site);
  return path !== null && backed(program, byUser, site.reference, site.graph, site.node.guards, path, 0);
}

/** True if the code makes sure that the site's iterator is over kernel memory: by how it was made, or in every caller. */
export function alwaysKernelBacked(program: Program, site: Site): boolean {
  const path = iteratorPath(site);
  return path !== null && backed(program, byKernel, site.reference, site.graph, site.node.guards, path, 0);
}

/** What makes iterators of one kind, what makes those of the other, and whether a test says of which kind one is. */
interface Backing {
  makers: ReadonlySet<string>;
  others: ReadonlySet<string>;
  says: (guard: Guard, path: string) => boolean;
}

const byUser: Backing = { makers: userIteratorMakers, others: kernelIteratorMakers, says: saysUser };
const byKernel: Backing = { makers: kernelIteratorMakers, others: userIteratorMakers, says: () => false };

/** True if the function itself makes the iterator over kernel memory: then the origin of its pages is known. */
export function kernelBacked(program: Program, site: Site): boolean {
  const path = iteratorPath(site);
  return path !== null && makersOf(program, site.reference, site.graph, path, 0).some((name) => kernelIteratorMakers.has(name));
}

function iteratorPath(site: Site): string | null {
  const at = site.acquire.iterator;
  const expression = at === null ? undefined : site.call.expressions[at];
  return expression ? plainPath(expression) : null;
}

/** Names of the calls that an iterator is passed to, in the function and in helpers of its file. */
function makersOf(program: Program, reference: FunctionReference, graph: Graph, path: string, depth: number): string[] {
  return graph.nodes.flatMap((n) => {
    const o = n.operation;
    if (o?.kind !== 'call' || o.name === null) return [];
    const index = o.args.findIndex((a) => a.path === path);
    if (index < 0) return [];
    const own = depth < 2 ? program.shell(reference.file)?.byName.get(o.name)?.[0] : undefined;
    const param = own && !own.macro ? program.variants(own)[0]?.params[index]?.name : undefined;
    return [o.name, ...(own && param ? program.graphs(own).flatMap((g) => makersOf(program, own, g, param, depth + 1)) : [])];
  });
}

function backed(
  program: Program,
  backing: Backing,
  reference: FunctionReference,
  graph: Graph,
  guards: readonly Guard[],
  path: string,
  depth: number,
): boolean {
  if (guards.some((g) => backing.says(g, path))) return true;
  const made = makersOf(program, reference, graph, path, 0);
  if (made.some((name) => backing.others.has(name))) return false;
  if (made.some((name) => backing.makers.has(name))) return true;
  const index = graph.params.findIndex((p) => p.name === path);
  if (index < 0) {
    const sources = graph.aliases.filter((a) => a.target === path && a.source.path !== null);
    return (
      sources.length > 0 &&
      depth < maxDepth &&
      sources.every((a) => backed(program, backing, reference, graph, guards, a.source.path as string, depth + 1))
    );
  }
  if (depth >= maxDepth) return false;
  const calls = program.callSites(reference);
  return (
    calls.length > 0 &&
    calls.every(({ caller, graph: g, node, call }) => {
      const argument = call.expressions[index];
      const given = argument ? plainPath(argument) : null;
      return given !== null && backed(program, backing, caller, g, node.guards, given, depth + 1);
    })
  );
}

function saysUser(guard: Guard, path: string): boolean {
  if (guard.negated) return false;
  if (userTests.has(guard.call)) return guard.args.some((a) => a !== null && (a === path || suffixAfter(path, a) !== null));
  if (guard.values.length === 0 || !guard.values.every((v) => userIteratorTypes.has(v))) return false;
  return new RegExp(`\\b${rootOf(path)}\\b`).test(guard.text);
}
