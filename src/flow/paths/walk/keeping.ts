/** The fields that keep the pages when a function has succeeded, compared with the fields from which pages are dropped. */
import type { FunctionReference } from '../../../program/file.js';
import { isElsewhere, membersOf, rootOf, suffixAfter } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { isNarrow, typeAt } from '../../../program/types.js';
import { heapFact, type Scope, scopeOf } from '../../facts.js';
import { type Exit, type Holder, outcome, sign } from '../memory/state.js';

/** A drop that the survey has seen, other than by the acquiring function when it fails. */
export interface Dropping {
  /** The field or global by which the pages came to it, and those they were moved there from; empty if they were handed to it by calls. */
  heaps: readonly string[];
  /** Key of the function that a callee handed the pages to. */
  holder: string;
  /** True if a test on the way to the drop reads a member of this name: how many pages there are, or whether there are any. */
  asks(member: string): boolean;
  /**
   * True if only the function with this key, and what takes the pages, call for the drop: it undoes their work, and does not end what is
   * kept.
   */
  undoes(by: string): boolean;
}

/** What is known of fields that hold a site's pages. */
export interface Dropped {
  /** The drops. */
  drops: readonly Dropping[];
  /** Field and global facts of the fields that hold the pages. */
  heap: readonly string[];
}

/** A function that succeeded with the pages left in memory that lives on. */
export interface End {
  /** The function. */
  reference: FunctionReference;
  /** Its exit. */
  exit: Exit;
  /** How many calls above the acquiring function it is. */
  level: number;
}

/** True for an exit whose return value may be that of a success. */
export function succeeds(exit: Exit): boolean {
  return exit.kind === 'held' && (exit.result & (sign.zero | sign.positive)) !== 0 && (exit.outcomes & outcome.all) !== 0;
}

/** True for a return value below zero, or known not to be zero: if success is zero, that says the same. */
export function saysFailed({ result }: Exit): boolean {
  return (result & sign.negative) !== 0 && (result & sign.zero) === 0;
}

/** True for an exit that reports failure, has dropped, and leaves pointers to what it dropped anywhere but in the return value. */
export function leavesPointers(e: Exit): boolean {
  return e.kind === 'dropped' && !e.unsure && saysFailed(e) && e.drop?.doubt === null && e.holders.some((h) => h.of !== -1);
}

/**
 * The fields that keep the pages at an end, if no drop takes them from any of these and no caller drops them. Empty if one does, or if it
 * cannot be said where they are kept.
 */
export function undropped(program: Program, end: End, { drops, heap }: Dropped, levels: ReadonlyMap<string, number>): string[] {
  if (drops.some((d) => d.heaps.length === 0 && (levels.get(d.holder) ?? Number.POSITIVE_INFINITY) > end.level)) return [];
  const fields = fieldsOf(program, end, heap);
  if (fields === null || fields.length === 0) return [];
  const isDropped = (field: string): boolean =>
    drops.some((d) => d.heaps.some((h) => isSame(h, field)) && !(end.level > 0 && d.undoes(end.reference.key)));
  return fields.some(isDropped) ? [] : [...new Set(fields.map(readable))];
}

/**
 * True for a failure that leaves the pages in an object that lives on, with a member zero (or not yet set) that every drop from there
 * asks for: nobody will drop them.
 */
export function isGivenUp(program: Program, end: End, { drops, heap }: Dropped, levels: ReadonlyMap<string, number>): boolean {
  const { none, unset, holders } = end.exit;
  const members = [...none, ...unset].filter((m) =>
    holders.every((h) => h.of === m.of && suffixAfter(`x${h.suffix}`, `x${above(m.suffix)}`) !== null),
  );
  if (members.length === 0 || holders.length === 0) return false;
  const fields = fieldsOf(program, end, heap) ?? [];
  const others = drops.filter(({ heaps, holder }) =>
    heaps.length > 0 ? heaps.some((h) => fields.some((f) => isSame(h, f))) : (levels.get(holder) ?? Number.POSITIVE_INFINITY) > end.level,
  );
  const name = ({ suffix }: Holder): string => suffix.slice(suffix.lastIndexOf('.') + 1);
  return others.length > 0 && members.some((m) => others.every((d) => d.asks(name(m))));
}

/** The suffix of the object that a member is in. */
function above(suffix: string): string {
  return suffix.slice(0, suffix.lastIndexOf('.'));
}

/** The fields that an exit's holders are; `null` if one of them is memory of which nothing is known. */
function fieldsOf(program: Program, { reference, exit }: End, heap: readonly string[]): string[] | null {
  const graph = program.graphs(reference)[0];
  const returns = program.variants(reference)[0]?.returns;
  if (!graph || !returns) return null;
  const scope = scopeOf(program, { ...graph, types: new Map([...graph.types, ['%return', returns]]) }, reference);
  const found: string[] = [];
  for (const { of, suffix } of exit.holders) {
    const path = of >= 0 ? `${graph.params[of]?.name}${suffix}` : of === -1 ? `%return${suffix}` : suffix;
    const fact = isElsewhere(path) || path.startsWith('?') ? null : heapFact(path, scope);
    const like = fieldsLike(path, heap);
    const meant = fact === null || isKnown(fact, scope) ? [] : like.filter((field) => isKnown(field, scope));
    if (meant.length > 0) found.push(...meant);
    else if (fact !== null) {
      if (!isNarrow(typeAt(path.replace(/@.*/, ''), scope.graph.types, scope.lookup))) found.push(fact);
    }
    // An array that was allocated here is reached by the other holders, or by nobody.
    else if (like.length === 0 && !/^%\d+[~\d]*(\[\]|@\w+)*$/.test(path)) return null;
    else found.push(...like);
  }
  return found;
}

/** False for a field of a struct that is not defined anywhere: an opaque handle for a struct that is. */
function isKnown(fact: string, { lookup }: Scope): boolean {
  const tag = rootOf(fact).slice(1);
  return tag.startsWith('::') || lookup(tag) !== null;
}

/** The fields known to hold the pages that a place of unknown struct may be: `#dma.pages[]` for `%3.dma.pages[]`. */
function fieldsLike(place: string, known: readonly string[]): string[] {
  const here = fieldsOn(place);
  return known.filter((fact) => {
    const there = fieldsOn(fact);
    return here !== '' && there !== '' && (there.endsWith(here) || here.endsWith(there));
  });
}

/** The fields of a path, from its first `.` on, without indexes and contents. */
function fieldsOn(path: string): string {
  const bare = membersOf(path);
  const first = bare.indexOf('.');
  return first < 0 ? '' : bare.slice(first);
}

/** True for the same field, a part of it, or one reached through an outer struct: a drop from one may be of what the other keeps. */
function isSame(a: string, b: string): boolean {
  const [x, y] = [membersOf(a), membersOf(b)];
  if (x === y || x.startsWith(`${y}.`) || y.startsWith(`${x}.`)) return true;
  const [short, long] = x.split('.').length < y.split('.').length ? [x, y] : [y, x];
  return short.split('.').length < long.split('.').length && long.endsWith(short.slice(short.indexOf('.')));
}

function readable(fact: string): string {
  return membersOf(fact).replace(/^#(::)?/, '');
}
