/** How paths begin to hold the reference, and cease to. */
import { areApart, type Copy, type Node } from '../../program/graph.js';
import { isElsewhere, isOwnValue, join, pathBelow, rootOf, suffixAfter, type Value } from '../../program/path.js';
import { typeAt } from '../../program/types.js';
import { asWritten } from '../../program/written.js';
import type { PageNumber } from '../../protocol/index.js';
import {
  contentsOf,
  credible,
  type Facts,
  heapFact,
  isHeap,
  isLocal,
  namings,
  otherNames,
  ownersIn,
  pathOf,
  pending,
  type Scope,
} from '../facts.js';
import type { Origin } from '../flow.js';
import { ownerText, placeText } from '../words.js';
import { setResult } from './refill.js';
import { inEveryRound, note, once, type Run } from './run.js';

/** Removes what is held below a path; with `onlyVariable`, only if the path is a variable (a strong update): others may reach a field. */
export function drop(facts: Facts, path: string, onlyVariable: boolean): void {
  if (onlyVariable && rootOf(path) !== path) return;
  for (const fact of facts) {
    const held = pathOf(fact);
    if (held !== null && suffixAfter(held, path) !== null) facts.delete(fact);
  }
}

/** Applies `target = source`: the target holds what the source holds, suffix by suffix. */
export function copy(r: Run, facts: Facts, { target, source, replaces, valueOnly, written }: Copy, n: Node): void {
  const { pos } = n;
  if (isElsewhere(target)) {
    const isHeld = contentsOf(source, facts, r.scope).some((s) => isOwnValue(s) || s.startsWith('[]'));
    const where = `in ${written ? asWritten(written) : 'a field'}, in which anything may be stored`;
    if (isHeld && once(r, 'astray', pos)) r.flow.astray.push({ pos, where });
    return;
  }
  const local = rootOf(target) === target;
  if (!local && source.path !== null && giveExtra(r, n, facts, source.path)) return;
  const suffixes = contentsOf(source, facts, r.scope).filter((s) => !valueOnly || isOwnValue(s));
  const result = source.path !== null && facts.has(`!${source.path}`);
  if (replaces && local && source.path !== target) {
    const kept = suffixes.length > 0 && source.path !== null && rootOf(source.path) === target;
    if (!kept) drop(facts, target, true);
    facts.delete(`!${target}`);
  }
  if (replaces && result) facts.add(`!${target}`);
  if (replaces) setResult(r, facts, target, source.path);
  for (const suffix of suffixes) {
    const from = source.path === null ? null : pathBelow(source, suffix);
    // What is further below the target is not what is written there.
    const place = written && (suffix === '[]' || isOwnValue(suffix)) ? { written: asWritten(written) } : {};
    put(r, facts, join(target, suffix), from, pos, place, replaces && local ? target : null);
  }
  const mapped = mappedAround(source, facts, r.scope);
  if (mapped !== null) put(r, facts, join(target, '@address'), mapped, pos);
}

/**
 * The `@address` path of a page, if a value is the address of a member in its data: `&head->flags`, or an array; `null` for any other
 * value.
 */
function mappedAround({ path, address }: Value, facts: Facts, { graph, lookup }: Scope): string | null {
  const around = path === null ? undefined : /^(.+)\.\w+$/.exec(path)?.[1];
  if (path === null || around === undefined || !facts.has(`${around}@address`)) return null;
  const isAddress = address || (typeAt(path, graph.types, lookup)?.dims.length ?? 0) > 0;
  return isAddress ? `${around}@address` : null;
}

/** How a trace tells that a path begins to hold the reference. */
export interface Putting {
  /** What is told, instead of "kept in …". */
  text?: string;
  /** The path as the source has it. */
  written?: string;
  /** What the page's pointer is turned into: a frame number or an address. */
  form?: PageNumber | undefined;
  /** The origin's kind; `made` unless given. */
  kind?: Origin['kind'];
}

/**
 * Makes a path hold the reference, under all its names, and in the field or global that it leads to.
 * @param from the fact that it comes from
 * @param set a variable that has just been set to point there
 */
export function put(
  r: Run,
  facts: Facts,
  path: string | null,
  from: string | null,
  pos: number,
  how: Putting = {},
  set: string | null = null,
): void {
  if (path === null) return;
  if (!credible(path, r.scope)) return;
  const through = from === null ? null : copiedFrom(r, path, from);
  facts.add(path);
  const form = how.form ?? (from === null ? undefined : r.flow.origins.get(from)?.form);
  const kept = (): string => keptText(path, how.written || placeText(path, r.scope), form);
  note(r, path, () => ({ kind: how.kind ?? 'made', pos, from: through, text: how.text ?? kept(), form }));
  const isMore = how.text === undefined;
  const isOwn = isOwnValue(path.slice(rootOf(path).length));
  if (isOwn && !path.startsWith('::')) return;
  putHeapOf(r, facts, path, set === rootOf(path) && !isOwn ? from : null, { pos, form, isMore }, kept);
  if (isOwn) return;
  for (const { name, stored: at } of namings(path, r.graph, set)) {
    if (!credible(name, r.scope)) continue;
    facts.add(name);
    // A pointer that was stored before is there when its memory is filled. One that is stored later, or that a call returned, is told as
    // a store of its own.
    const stored = at !== null && (at > pos || path.startsWith('%')) ? at : undefined;
    const alias = (): string | undefined => (stored === undefined ? placeText(name, r.scope) : undefined);
    const text = (): string => aliasText(alias()) ?? keptText(name, placeText(name, r.scope), form);
    note(r, name, () => ({ kind: 'made', pos, from: path, text: text(), stored, form, alias: alias() }));
    putHeapOf(r, facts, name, path, { pos, stored, form, isMore: true }, text);
  }
}

/**
 * Makes the field or global that a name leads to hold the reference.
 * @param known another name of the same memory; if that goes through the field already, a variable pointed at it stores nothing new
 * @param told the words for the name
 */
function putHeapOf(
  r: Run,
  facts: Facts,
  name: string,
  known: string | null,
  how: Pick<Origin, 'pos' | 'stored' | 'form' | 'isMore'>,
  told: () => string,
): void {
  const heap = heapFact(name, r.scope);
  if (heap === null || isOf(r, known, heap)) return;
  addHeap(r, facts, heap, () => {
    const text = told();
    return {
      kind: 'made',
      from: name,
      ...how,
      text: text === '' ? keptText(heap, placeText(heap, r.scope), how.form) : text + ownerText(heap),
    };
  });
}

function aliasText(place: string | undefined): string | undefined {
  return place && `which is ${place}`;
}

/** The words for a place that keeps the reference; `''` if it has no name. */
function keptText(path: string, place: string, form: PageNumber | undefined): string {
  const number = path.endsWith('@pfn') ? form : undefined;
  const word = path.endsWith('@address') ? 'address' : number;
  if (place === '') return '';
  return word === undefined ? `kept in ${place}` : `kept as ${word === 'address' ? 'an' : 'a'} ${word} in ${place}`;
}

/** True if a path goes through the field of a fact. */
function isOf(r: Run, path: string | null, heap: string): boolean {
  return path !== null && ownersIn(r.scope, path).some((o) => `#${o.tag}${o.rest}` === heap);
}

/** Makes a field or global hold the reference: a callee `by` has stored it there, or (null) it is known to be there. */
export function putHeap(r: Run, facts: Facts, heap: string, from: string, pos: number, by: string | null): void {
  addHeap(r, facts, heap, () => ({
    kind: 'made',
    pos,
    from,
    text: `${keptText(heap, placeText(heap, r.scope), undefined)}${by === null ? '' : ` by ${by}()`}`,
  }));
}

/** Adds a field or global fact to the set and to the function's flow. */
function addHeap(r: Run, facts: Facts, heap: string, origin: () => Origin): void {
  facts.add(heap);
  note(r, heap, origin);
  if (!r.flow.heap.includes(heap)) r.flow.heap.push(heap);
}

/** Notes that a path was copied from another one; returns that. */
function copiedFrom(r: Run, path: string, from: string): string {
  let sources = r.copies.get(path);
  if (!sources) {
    sources = new Set();
    r.copies.set(path, sources);
  }
  sources.add(from);
  return from;
}

/** What a path was first copied from, as far as each had one source and `goesOn` allows: of a folio, the page that it was made of. */
export function originalOf(r: Run, path: string, goesOn: (path: string) => boolean = () => true): string {
  let original = path;
  for (let n = 0; n < 8 && goesOn(original); n++) {
    const sources = [...(r.copies.get(original) ?? [])];
    if (sources.length !== 1) break;
    original = sources[0] as string;
  }
  return original;
}

/** Drops what a path holds, and with it what it was copied from, and the frame numbers and addresses made of it. */
export function released(r: Run, facts: Facts, path: string): void {
  const queue = [path];
  const seen = new Set(queue);
  while (queue.length > 0) {
    const name = queue.shift() as string;
    facts.delete(name);
    for (const result of r.refills.keys()) facts.delete(pending(name, result));
    dropValues(r, facts, name);
    for (const source of r.copies.get(name) ?? []) {
      if (!seen.has(source)) {
        seen.add(source);
        queue.push(source);
      }
    }
  }
}

/** Removes the frame numbers and addresses made of a dropped page, and their copies. */
function dropValues(r: Run, facts: Facts, name: string): void {
  for (const fact of [...facts]) {
    if (!facts.has(fact) || !isLocal(fact) || !/@(pfn|address)$/.test(fact) || !r.copies.get(fact)?.has(name)) continue;
    facts.delete(fact);
    dropValues(r, facts, fact);
  }
}

/** Applies a move of the tables. Not for a page that goes into a container with its extra reference: the container has that one. */
export function copyInto(
  r: Run,
  facts: Facts,
  target: Value,
  source: Value,
  { pos, isContained, ...how }: Putting & { pos: number; isContained: boolean },
): void {
  if (isContained && source.path !== null && extrasOf(r, source.path).some((extra) => facts.has(extra))) return;
  const suffixes = contentsOf(source, facts, r.scope);
  for (const suffix of suffixes)
    put(
      r,
      facts,
      target.path === null ? null : target.address ? pathBelow(target, suffix) : join(target.path, suffix),
      pathBelow(source, suffix),
      pos,
      how,
    );
}

/**
 * True for a place other than a variable that still holds what was copied from it: `bv->bv_page` in `page = bv->bv_page; get_page(page)`.
 */
function isHeldAt(r: Run, facts: Facts, source: string, copied: string): boolean {
  if (isVariable(source) || otherNames(copied, r.graph).includes(source)) return false;
  return contentsOf({ path: source, address: false, text: '' }, facts, r.scope).length > 0;
}

const isVariable = (path: string): boolean => rootOf(path) === path;

/** The facts for an extra reference on a page: by the name that it has here, and by that of its original place. */
function extrasOf(r: Run, path: string): string[] {
  return [`+${path}`, `+${originalOf(r, path)}`];
}

/** Adds the fact that a page has an extra reference. */
export function addExtra(r: Run, n: Node, facts: Facts, path: string): void {
  facts.add(`+${path}`);
  for (const extra of extrasOf(r, path)) r.extras.set(extra, new Set(r.extras.get(extra)).add(n));
}

/**
 * Ends the extra reference of a page that is dropped or stored; false if it has none, or has one only on branches that exclude this one.
 */
export function giveExtra(r: Run, n: Node, facts: Facts, path: string): boolean {
  const isElsewhere = ({ guards }: Node): boolean => areApart(guards, n.guards);
  const isHere = (extra: string): boolean => ![...(r.extras.get(extra) ?? [n])].every(isElsewhere);
  const extras = extrasOf(r, path).filter((extra) => isHere(extra) && facts.delete(extra));
  if (extras.length > 0) inEveryRound(r, n, r.loops.lost, extras);
  return extras.length > 0;
}

/** Takes an extra reference on a page. If the page was just stored away, the store has that one; else the next store or drop has it. */
export function takeExtra(r: Run, n: Node, facts: Facts, path: string): void {
  const page = originalOf(r, path, isVariable);
  const isCopy = (f: string): boolean =>
    [...(r.copies.get(f) ?? [])].some((from) => {
      const source = originalOf(r, from, isVariable);
      return f === path ? isHeldAt(r, facts, source, f) : from === path || source === page;
    });
  const stored = [...facts].filter((f) => isLocal(f) && !isVariable(f) && !/^%\w+@/.test(f) && !f.endsWith('[]') && isCopy(f));
  if (stored.length > 0) r.loops.kept.add(n.id);
  else if (!r.loops.kept.has(n.id)) {
    addExtra(r, n, facts, path);
    inEveryRound(r, n, r.loops.gained, extrasOf(r, path).slice(1));
  }
  for (const fact of stored.flatMap((f) => [f, ...otherNames(f, r.graph)])) {
    facts.delete(fact);
    const heap = heapFact(fact, r.scope);
    if (heap === null) continue;
    if (!r.flow.shared.includes(heap)) r.flow.shared.push(heap);
    facts.delete(heap);
  }
}

/** The facts by which a place holds the reference. */
export function* originsOf(place: Value, facts: Facts, r: Run): Generator<string> {
  if (place.path === null) return;
  for (const fact of facts) if (isLocal(fact) && suffixAfter(fact, place.path) !== null) yield fact;
  for (const owner of ownersIn(r.scope, place.path))
    for (const fact of facts) if (isHeap(fact) && suffixAfter(fact, `#${owner.tag}${owner.rest}`) !== null) yield fact;
  if (place.path.startsWith('::')) for (const fact of facts) if (suffixAfter(fact, `#${place.path}`) !== null) yield fact;
}
