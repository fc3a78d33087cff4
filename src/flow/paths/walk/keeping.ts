/** What keeps the pages once a function has succeeded, as fields, to be held against the fields from which pages are dropped. */
import type { FunctionReference } from '../../../program/file.js';
import { isElsewhere, rootOf, suffixAfter } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { isNarrow, typeAt } from '../../../program/types.js';
import { heapFact, type Scope, scopeOf } from '../../facts.js';
import { type Exit, type Holder, outcome, sign } from '../memory/state.js';

/** A drop that is not an unwinding of the acquiring function. */
export interface Dropping {
  /** The field or global by which the pages came to it, and those from which they were moved there; none where they were handed to it. */
  heaps: readonly string[];
  /** Key of the function that was handed them by a callee. */
  holder: string;
  /** True if a member of this name is asked on the way to the drop: how many there are, or whether there are any. */
  asks(member: string): boolean;
  /** True if a function, by its key, and what takes the pages are all that call for it: it undoes what those did, and ends nothing that is kept. */
  undoes(by: string): boolean;
}

/** What is known of a site's pages in fields: which hold them, and from which they are dropped. */
export interface Dropped {
  drops: readonly Dropping[];
  heap: readonly string[];
}

/** A function that was left in success with the pages in memory that lives on, so many calls above the acquiring one. */
export interface End {
  reference: FunctionReference;
  exit: Exit;
  level: number;
}

/** True for a way out of which the result may say that all went well. */
export function succeeds(exit: Exit): boolean {
  return exit.kind === 'held' && (exit.result & (sign.zero | sign.positive)) !== 0 && (exit.outcomes & outcome.all) !== 0;
}

/** True for a result below zero, or that is not zero: where success is zero, that says the same. */
export function saysFailed({ result }: Exit): boolean {
  return (result & sign.negative) !== 0 && (result & sign.zero) === 0;
}

/**
 * The fields that keep the pages at an end although no drop takes them from there, and no caller drops them. Empty if one
 * does, or if it cannot be said where they are kept.
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
 * True for a failure on which the pages stand in an object that lives on, of which the member is zero by which all who drop them
 * from there know of them.
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

/** The object in which a member stands. */
function above(suffix: string): string {
  return suffix.slice(0, suffix.lastIndexOf('.'));
}

/** The fields that an end's holders are, `null` if one of them is memory of which nothing is known. */
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
    // An array that was allocated here is reached from what else holds the pages, or is nobody's.
    else if (like.length === 0 && !/^%\d+[~\d]*(\[\]|@\w+)*$/.test(path)) return null;
    else found.push(...like);
  }
  return found;
}

/** False for a field of a struct that nobody defines: a handle, which stands for a struct that somebody does. */
function isKnown(fact: string, { lookup }: Scope): boolean {
  const tag = rootOf(fact).slice(1);
  return tag.startsWith('::') || lookup(tag) !== null;
}

/** The fields known to hold the pages that a place below some object may be: `%3.dma.pages[]` and `#dma.pages[]`. */
function fieldsLike(place: string, known: readonly string[]): string[] {
  const here = fieldsOn(place);
  return known.filter((fact) => {
    const there = fieldsOn(fact);
    return here !== '' && there !== '' && (there.endsWith(here) || here.endsWith(there));
  });
}

/** The fields on a path, without what they are below and hold. */
function fieldsOn(path: string): string {
  const bare = plain(path);
  const first = bare.indexOf('.');
  return first < 0 ? '' : bare.slice(first);
}

/** One field, or a part of it, or one that is reached through two structs: what is dropped of one may be what the other keeps. */
function isSame(a: string, b: string): boolean {
  const [x, y] = [plain(a), plain(b)];
  if (x === y || x.startsWith(`${y}.`) || y.startsWith(`${x}.`)) return true;
  const [short, long] = x.split('.').length < y.split('.').length ? [x, y] : [y, x];
  return short.split('.').length < long.split('.').length && long.endsWith(short.slice(short.indexOf('.')));
}

function plain(fact: string): string {
  return fact.replace(/\[\]|@\w+/g, '');
}

function readable(fact: string): string {
  return plain(fact).replace(/^#(::)?/, '');
}
