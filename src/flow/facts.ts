/**
 * Facts: what is known at a point of a function about one site's reference. A fact is a string.
 *
 * | form | meaning |
 * | --- | --- |
 * | `pages[]`, `sg@sgl` | the access path holds the reference |
 * | `#tag.field[]`, `#::global` | it is held in that field of some object of that struct, or in that global: true from then on, everywhere |
 * | `!ret` | the variable has the acquiring call's result |
 * | `~%3=pages[]` | another acquiring call, with the result `%3`, fills `pages` anew: it holds the reference only if that call took nothing |
 * | `!ret=%3` | the variable has that other call's result |
 * | `?error`, `?zero`, `?short`, `?all` | this outcome of the acquiring call is possible here |
 * | `?earlier` | the acquiring call was reached again with pages of an earlier loop iteration still held |
 * | `+page` | an extra reference was taken on what the path names (`get_page()`), which the next release drops |
 *
 * Among the origins of facts, `-123` stands for what was dropped at offset 123. It is never in a set of facts.
 */
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import { isOwnValue, pathBelow, rootOf, suffixAfter, unindexed, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { isNarrow, isOtherStruct, mayHold, ownersOf, type StructLookup, typeAt } from '../program/types.js';

/** A set of facts. */
export type Facts = Set<string>;

/** Outcomes of an acquiring call: an error, zero pages, fewer than were asked for, all of them. */
export const outcomes = ['?error', '?zero', '?short', '?all'] as const;

/** The fact that the call was reached while pages of an earlier loop iteration were still held. */
export const earlierRound = '?earlier';
/** One of {@link outcomes}. */
export type Outcome = (typeof outcomes)[number];

/** True for a fact that is a path of the function: one without a prefix. */
export function isLocal(fact: string): boolean {
  const c = fact.charCodeAt(0);
  return c !== 0x23 && c !== 0x21 && c !== 0x3f && c !== 0x2b && c !== 0x7e;
}

/** The fact that a path holds the reference only if the call with this result takes nothing. */
export function pending(path: string, result: string): string {
  return `~${result}=${path}`;
}

/** True for a fact made by {@link pending}. */
export function isPending(fact: string): boolean {
  return fact.charCodeAt(0) === 0x7e;
}

/** The path that a local or pending fact is about; `null` for any other. */
export function pathOf(fact: string): string | null {
  return isPending(fact) ? fact.slice(fact.indexOf('=') + 1) : isLocal(fact) ? fact : null;
}

/** True for a fact about a field of a struct or a global. */
export function isHeap(fact: string): boolean {
  return fact.charCodeAt(0) === 0x23;
}

/** Resolves the paths of one function's graph to fields, by declared types. */
export interface Scope {
  /** The function's graph. */
  graph: Graph;
  /** Finds a struct by its tag, as the function's file sees it. */
  lookup: StructLookup;
  /** Results of {@link ownersIn}. */
  owners: Map<string, ReturnType<typeof ownersOf>>;
  /** Results of {@link credible}. */
  credible: Map<string, boolean>;
}

/** A scope for one graph of a function. */
export function scopeOf(program: Program, graph: Graph, reference: FunctionReference): Scope {
  return { graph, lookup: (tag) => program.structure(tag, reference.file), owners: new Map(), credible: new Map() };
}

/** False if the declared type at a path rules out that it holds pages. */
export function credible(path: string, scope: Scope): boolean {
  const content = path.lastIndexOf('@');
  if (content < 0) return !path.endsWith('[]') || mayLead(path, scope);
  let found = scope.credible.get(path);
  if (found === undefined) {
    const base = path.slice(0, content);
    found = base.includes('@') || mayHold(typeAt(base, scope.graph.types, scope.lookup), path.slice(content), scope.lookup);
    scope.credible.set(path, found);
  }
  return found;
}

/** False for an element of what is too narrow to be a pointer, and for an element that is a struct known not to be a page. */
function mayLead(element: string, { graph, lookup }: Scope): boolean {
  const type = typeAt(element.slice(0, -2), graph.types, lookup);
  return !isNarrow(type) && !isOtherStruct(typeAt(element, graph.types, lookup), lookup);
}

/** The fields of structs that a path goes through, by declared types; remembered. */
export function ownersIn(scope: Scope, path: string): ReturnType<typeof ownersOf> {
  let owners = scope.owners.get(path);
  if (!owners) {
    owners = ownersOf(path, scope.graph.types, scope.lookup);
    scope.owners.set(path, owners);
  }
  return owners;
}

/**
 * True if a suffix leads to an object whose field is known to hold the reference: `x.obj.pages[]` beside `#object.pages[]`. Such
 * facts are not handed to a callee or caller: wherever the object turns up, its type says the same.
 */
export function impliedByField(suffix: string, facts: Facts): boolean {
  return suffix.includes('.') && someEnding(suffix, facts, (heap) => !heap.startsWith('#::'));
}

/** True if a suffix ends in the steps (`rest`) of a field fact that passes the test. */
function someEnding(suffix: string, facts: Facts, isIt: (heap: string, rest: string) => boolean): boolean {
  for (const fact of facts) {
    if (!isHeap(fact)) continue;
    const rest = fact.slice(rootOf(fact).length);
    if (rest.startsWith('.') && suffix.endsWith(rest) && isIt(fact, rest)) return true;
  }
  return false;
}

/** False if the declared types say that the fact goes through other structs than those whose fields are known to hold the reference. */
function mayBeImplied(fact: string, suffix: string, facts: Facts, scope: Scope): boolean {
  const owners = ownersIn(scope, fact);
  return someEnding(suffix, facts, (heap, rest) => {
    const holding = owners.filter((o) => o.rest === rest);
    return holding.length === 0 || holding.some((o) => `#${o.tag}` === rootOf(heap));
  });
}

/** The suffixes below a value at which it holds the reference, by facts about its path and about the fields that the path names. */
export function contentsOf(value: Value, facts: Facts, scope: Scope): string[] {
  if (value.path === null || facts.size === 0) return [];
  const found = new Set<string>();
  // `&cell` leads to what is in the cell: a suffix of the cell's own value stands one `[]` further.
  const isBehind = (suffix: string): boolean => suffix === '' || suffix === '@address' || suffix.startsWith('[]');
  const add = (suffix: string | null) => {
    if (suffix !== null) found.add(value.address && isBehind(suffix) ? `[]${suffix}` : suffix);
  };
  let heap = false;
  for (const fact of facts) {
    if (isHeap(fact)) heap = true;
    if (!isLocal(fact)) continue;
    const suffix = below(fact, value.path);
    if (suffix !== null && !(impliedByField(suffix, facts) && mayBeImplied(fact, suffix, facts, scope))) add(suffix);
  }
  if (heap) {
    // Only fields that the path itself names. To those below a pointer to an object, the object's type leads whoever has the pointer.
    const names = ownersIn(scope, value.path).map((o) => `#${o.tag}${o.rest}`);
    if (value.path.startsWith('::')) names.push(`#${value.path}`);
    for (const name of names) for (const fact of facts) if (isHeap(fact)) add(below(fact, name));
  }
  return [...found];
}

/** As {@link suffixAfter}, but an element of an array of structs or containers may be written without its `[]`. */
function below(fact: string, path: string): string | null {
  const suffix = suffixAfter(fact, path);
  if (suffix !== null || !path.endsWith('[]')) return suffix;
  const element = suffixAfter(fact, unindexed(path));
  // What is at an address is not the address itself.
  return element?.startsWith('.') || (element?.startsWith('@') && element !== '@address') ? element : null;
}

/** The fact for the field or global that a path leads to; `null` for memory that is the function's own. */
export function heapFact(path: string, scope: Scope): string | null {
  const owner = ownersIn(scope, path).findLast((o) => o.outlives);
  if (owner) return `#${owner.tag}${owner.rest}`;
  return path.startsWith('::') ? `#${path}` : null;
}

/** True for a field that the function sets to more than one thing: which it points at cannot be told. */
function pointsAnywhere(target: string, graph: Graph): boolean {
  if (rootOf(target) === target) return false;
  const sources = sourcesOf(target, graph).filter((source) => !isMovedOn(source, target, graph));
  return new Set(sources.map(({ address, path }) => `${address}${path}`)).size > 1;
}

function sourcesOf(target: string, { aliases }: Graph): Value[] {
  return aliases.flatMap((a) => (a.target === target ? [a.source] : []));
}

/** How many variables may hand on what a field had. */
const maxHandedOn = 3;

/** True for what a field had before, also by variables: after `obj->at = sg_next(obj->at)` it points into the same list as before. */
function isMovedOn({ path, address }: Value, field: string, graph: Graph, level = 0): boolean {
  if (path === null || address) return false;
  if (path === field) return true;
  const before = rootOf(path) === path && level < maxHandedOn ? sourcesOf(path, graph) : [];
  return before.length > 0 && before.every((source) => isMovedOn(source, field, graph, level + 1));
}

/**
 * Other names of the memory that a path names, by pointers that were copied: `q = bar->foo` makes `q.f` also `bar.foo.f`. The path
 * itself is not among them.
 *
 * @param set a variable that was just set to point there: what it is set to elsewhere is other memory, and not followed
 */
export function otherNames(path: string, graph: Graph, set: string | null = null): string[] {
  return namings(path, graph, set).map(({ name }) => name);
}

/** Another name of some memory. */
export interface Naming {
  /** The path. */
  name: string;
  /** The pointer variable through which the name was found. */
  by: string | null;
  /** Offset of the store that gave it this name; `null` if a variable was set to what had the name already. */
  stored: number | null;
}

/** As {@link otherNames}, with how each name came about. */
export function namings(path: string, graph: Graph, set: string | null = null): Naming[] {
  const found = new Map<string, Naming>([[path, { name: path, by: set, stored: null }]]);
  for (const [name, { by, stored }] of found) {
    if (found.size >= 12) break;
    if (isOwnValue(name.slice(rootOf(name).length))) continue;
    for (const alias of graph.aliases) {
      const add = (other: string | null, pointer: string | null) => {
        if (other === null || found.has(other)) return;
        found.set(other, { name: other, by: pointer, stored: pointer === null ? stored : Math.max(stored ?? 0, alias.pos) });
      };
      const below = suffixAfter(name, alias.target);
      if (below !== null && !isOwnValue(below) && alias.target !== by && !pointsAnywhere(alias.target, graph))
        add(pathBelow(alias.source, below), null);
      if (alias.source.path === null) continue;
      const through = suffixAfter(name, alias.source.path);
      if (through !== null && !isOwnValue(through))
        add(
          pathBelow(
            { path: alias.target, address: false, text: '' },
            alias.source.address && !through.startsWith('.') && !through.startsWith('@') ? `[]${through}` : through,
          ),
          alias.target,
        );
    }
  }
  found.delete(path);
  return [...found.values()];
}

/** A name of memory that a call may have stored to through a field of its argument. */
export interface Behind {
  /** The name in the caller. */
  name: string;
  /** The fact for the field. */
  field: string;
  /** Index of the argument. */
  argument: number;
  /** The suffix below the argument that leads to the memory. */
  suffix: string;
}

/**
 * Names of the memory that a call may store to through pointers in an object that it is given: after `f.out = out; take(&f)`, `out[]`
 * holds what `take()` stored in `f->out[]`. `facts` must know that the field holds the reference.
 */
export function behind(args: readonly Value[], facts: Facts, scope: Scope): Behind[] {
  const fields = [...facts].filter(isHeap);
  if (fields.length === 0) return [];
  return scope.graph.aliases.flatMap(({ target, source }) => {
    if (rootOf(target) === target) return [];
    const argument = args.findIndex((a) => a.path !== null && suffixAfter(target, a.path)?.startsWith('.'));
    if (argument < 0) return [];
    return ownersIn(scope, target).flatMap((owner) =>
      fields.flatMap((field): Behind[] => {
        const more = suffixAfter(field, `#${owner.tag}${owner.rest}`);
        const name = more === null || isOwnValue(more) ? null : pathBelow(source, more);
        const suffix = `${suffixAfter(target, args[argument]?.path ?? '')}${more}`;
        return name === null ? [] : [{ name, field, argument, suffix }];
      }),
    );
  });
}
