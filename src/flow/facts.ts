/**
 * Facts: what is known at a point of a function about one site's reference. A fact is a string.
 *
 * | form | meaning |
 * | --- | --- |
 * | `pages[]`, `sg@sgl` | the access path holds the reference |
 * | `#tag.field[]`, `#::global` | it is held in that field of some object of that struct, or in that global: true from then on, everywhere |
 * | `!ret` | the variable holds the acquiring call's result |
 * | `~%3=pages[]` | the path holds the reference where the call with the result `%3` has taken nothing: else it has filled it anew |
 * | `!ret=%3` | the variable holds that call's result |
 * | `?error`, `?zero`, `?short`, `?all` | this outcome of the acquiring call is possible here |
 * | `?earlier` | the acquiring call was come to again with pages of an earlier round still held |
 * | `+page` | the path was given one more reference, which the next release takes |
 *
 * Where the facts' origins are noted, `-123` stands for what was dropped at that position. It is never among the facts themselves.
 */
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import { isOwnValue, pathBelow, rootOf, suffixAfter, unindexed, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { isNarrow, isOtherStruct, mayHold, ownersOf, type StructLookup, typeAt } from '../program/types.js';

export type Facts = Set<string>;

/** Outcomes of an acquiring call: an error, zero pages, fewer than asked for, all. */
export const outcomes = ['?error', '?zero', '?short', '?all'] as const;

/** Set where the call is reached while pages of an earlier round are still held. */
export const earlierRound = '?earlier';
export type Outcome = (typeof outcomes)[number];

/** True for a fact that names a path of the function. */
export function isLocal(fact: string): boolean {
  const c = fact.charCodeAt(0);
  return c !== 0x23 && c !== 0x21 && c !== 0x3f && c !== 0x2b && c !== 0x7e;
}

/** The fact for what a path holds where the call with a result has not filled it anew. */
export function pending(path: string, result: string): string {
  return `~${result}=${path}`;
}

/** True for what a path holds only where a call has taken nothing. */
export function isPending(fact: string): boolean {
  return fact.charCodeAt(0) === 0x7e;
}

/** The path that a fact is about, be it only where a call has taken nothing; `null` for a fact that is about none of the function. */
export function pathOf(fact: string): string | null {
  return isPending(fact) ? fact.slice(fact.indexOf('=') + 1) : isLocal(fact) ? fact : null;
}

/** True for a fact about a field or a global. */
export function isHeap(fact: string): boolean {
  return fact.charCodeAt(0) === 0x23;
}

/** Resolves paths of one function's graph against facts. */
export interface Scope {
  graph: Graph;
  lookup: StructLookup;
  /** `ownersOf`, remembered. */
  owners: Map<string, ReturnType<typeof ownersOf>>;
  /** {@link credible}, remembered. */
  credible: Map<string, boolean>;
}

export function scopeOf(program: Program, graph: Graph, reference: FunctionReference): Scope {
  return { graph, lookup: (tag) => program.structure(tag, reference.file), owners: new Map(), credible: new Map() };
}

/** True unless the declared type at a path rules out what it is said to hold. */
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

/** False for an element of what is too narrow to be a pointer, and for one that is a struct of which it is known that it is no page. */
function mayLead(element: string, { graph, lookup }: Scope): boolean {
  const type = typeAt(element.slice(0, -2), graph.types, lookup);
  return !isNarrow(type) && !isOtherStruct(typeAt(element, graph.types, lookup), lookup);
}

export function ownersIn(scope: Scope, path: string): ReturnType<typeof ownersOf> {
  let owners = scope.owners.get(path);
  if (!owners) {
    owners = ownersOf(path, scope.graph.types, scope.lookup);
    scope.owners.set(path, owners);
  }
  return owners;
}

/**
 * True if a fact is only another way to an object whose field is known to hold the reference: `x.obj.pages[]` beside
 * `#object.pages[]`. Such facts are not handed on with the pointer: wherever the object turns up, its type says the same.
 */
export function impliedByField(suffix: string, facts: Facts): boolean {
  return suffix.includes('.') && someEnding(suffix, facts, (heap) => !heap.startsWith('#::'));
}

/** True for some of the fields known to hold the reference, with what they are below their struct, in which a suffix ends. */
function someEnding(suffix: string, facts: Facts, isIt: (heap: string, rest: string) => boolean): boolean {
  for (const fact of facts) {
    if (!isHeap(fact)) continue;
    const rest = fact.slice(rootOf(fact).length);
    if (rest.startsWith('.') && suffix.endsWith(rest) && isIt(fact, rest)) return true;
  }
  return false;
}

/** False where the types say that what a fact leads through are other structs than those whose fields are known to hold the reference. */
function mayBeImplied(fact: string, suffix: string, facts: Facts, scope: Scope): boolean {
  const owners = ownersIn(scope, fact);
  return someEnding(suffix, facts, (heap, rest) => {
    const holding = owners.filter((o) => o.rest === rest);
    return holding.length === 0 || holding.some((o) => `#${o.tag}` === rootOf(heap));
  });
}

/** What a value leads to that holds the reference: suffixes below the value, as the value's holder would write them. */
export function contentsOf(value: Value, facts: Facts, scope: Scope): string[] {
  if (value.path === null || facts.size === 0) return [];
  const found = new Set<string>();
  // `&cell` leads to what stands in the cell: that it is the address of a page says nothing of the cell's own.
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
    // Only what the path itself names: from a pointer to the object, the object's type leads on.
    const names = ownersIn(scope, value.path).map((o) => `#${o.tag}${o.rest}`);
    if (value.path.startsWith('::')) names.push(`#${value.path}`);
    for (const name of names) for (const fact of facts) if (isHeap(fact)) add(below(fact, name));
  }
  return [...found];
}

/** As {@link suffixAfter}; an element of an array of structs or containers is written without its `[]`. */
function below(fact: string, path: string): string | null {
  const suffix = suffixAfter(fact, path);
  if (suffix !== null || !path.endsWith('[]')) return suffix;
  const element = suffixAfter(fact, unindexed(path));
  // What stands at an address is not the address.
  return element?.startsWith('.') || (element?.startsWith('@') && element !== '@address') ? element : null;
}

/** The fact for the field or global that a local path leads to, `null` for memory of the function's own. */
export function heapFact(path: string, scope: Scope): string | null {
  const owner = ownersIn(scope, path).findLast((o) => o.outlives);
  if (owner) return `#${owner.tag}${owner.rest}`;
  return path.startsWith('::') ? `#${path}` : null;
}

/** True for a field that the function sets to several things: which of them it points at, nobody can say. */
function pointsAnywhere(target: string, graph: Graph): boolean {
  if (rootOf(target) === target) return false;
  const sources = graph.aliases.filter((a) => a.target === target).map((a) => `${a.source.address}${a.source.path}`);
  return new Set(sources).size > 1;
}

/**
 * Other names of the memory that a path names: through pointers that were copied from or to another path.
 * `q = bar->foo` makes `q.f` also `bar.foo.f`. The path itself is not among them.
 *
 * @param set a variable that has just been set to point here: what it points at, at other times, is other memory
 */
export function otherNames(path: string, graph: Graph, set: string | null = null): string[] {
  return namings(path, graph, set).map(({ name }) => name);
}

/** Another name of some memory. */
export interface Naming {
  name: string;
  /** The pointer by which it was found. */
  by: string | null;
  /** Where it was stored under this name, `null` where a variable was set to what had the name already. */
  stored: number | null;
}

/** As {@link otherNames}, with how each came about. */
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

/** A name of memory that a field leads to, which a call may have stored to: that field below which of the call's arguments. */
export interface Behind {
  name: string;
  field: string;
  argument: number;
  suffix: string;
}

/**
 * Names of what a call may store through pointers that stand in an object which it is given: `f.out = out; take(&f)` leaves in
 * `out[]` what `take()` stores in `f->out[]`, and so what the field is known to hold.
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
