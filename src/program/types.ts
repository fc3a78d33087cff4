/** Declared types along access paths: which structs a path leads through, and which field of each. */
import {
  consumed,
  containerStructs,
  generalStructs,
  isForeign,
  narrowType,
  pageHandles,
  pageMembers,
  scalarType,
} from '../protocol/index.js';
import type { CType, Field, StructDefinition } from '../syntax/ast.js';
import { isOwnValue, rootOf, splitSteps } from './path.js';

/** Finds a struct's definition as one file sees it; `null` if there is none. */
export type StructLookup = (tag: string) => StructDefinition | null;

/** Where a walk along a path is: at a declared type, or inside an unnamed struct member. */
interface Standing {
  type: CType | null;
  members: Field[] | null;
}

/** A struct that a path leads through, and the rest of the path from there. */
export interface Owner {
  tag: string;
  /** The steps from the struct on: `.pages[]`. */
  rest: string;
  /** False for a struct on the function's stack. */
  outlives: boolean;
}

/** Returns the name of the struct behind a type, its tag or its typedef's name; `null` for a type that is no struct. */
export function structName(type: CType | null): string | null {
  if (type === null) return null;
  if (type.tag !== null) return type.tag;
  return /^\w+$/.test(type.base) && !scalarType.test(type.base) ? type.base : null;
}

/** True for a number that is too narrow for a page pointer or an address. */
export function isNarrow(type: CType | null): boolean {
  return type !== null && type.pointers === 0 && type.dims.length === 0 && narrowType.test(type.base);
}

/**
 * False if a declared type rules out that a place holds this content: a scatterlist is no number, an address no character. A place of
 * unknown type may hold anything; so may a `void *`, and an `unsigned long`, which often is a pointer.
 * @param content the step for it, such as `@sgl`; `''` for a page
 */
export function mayHold(type: CType | null, content: string, lookup: StructLookup): boolean {
  if (type === null || content === '') return true;
  if (type.tag !== null) return !isForeign(type.tag, content) || lookup(type.tag) === null;
  if (!narrowType.test(type.base)) return true;
  // A frame number may be in an `int` of a driver's own, and an address may point at bytes.
  return content === '@pfn' || (content === '@address' && type.pointers > 0);
}

/** True for a struct by value that is not a page: where one is, there is no pointer to a page. */
export function isOtherStruct(type: CType | null, lookup: StructLookup): boolean {
  if (type === null || type.pointers > 0 || type.dims.length > 0 || !type.base.startsWith('struct ')) return false;
  return type.tag !== null && !pageMembers.has(type.tag) && type.tag !== 'page' && lookup(type.tag) !== null;
}

/**
 * True for what a parameter of this type holds itself, and not in memory that it points at: what the function does to it does not reach the
 * caller.
 */
export function isByValue(type: CType, suffix: string): boolean {
  return isOwnValue(suffix) && type.pointers === 0 && type.dims.length === 0;
}

/** True for a number: no pointer, array or struct. */
export function isNumber(type: CType | null | undefined): boolean {
  return type != null && type.pointers === 0 && type.dims.length === 0 && type.tag === null;
}

/** Returns the member of that name in a list of members, also inside anonymous structs and unions; `null` if there is none. */
export function findField(fields: readonly Field[], name: string): Field | null {
  for (const field of fields) {
    if (field.name === name) return field;
    if (field.name === '' && field.members) {
      const inner = findField(field.members, name);
      if (inner) return inner;
    }
  }
  return null;
}

function intoField(at: Standing, name: string, lookup: StructLookup): Standing {
  const members = at.members ?? (structName(at.type) !== null ? (lookup(structName(at.type) as string)?.fields ?? null) : null);
  const field = members ? findField(members, name) : null;
  if (!field) return { type: null, members: null };
  return { type: field.type, members: field.type.tag === null || field.members ? field.members : null };
}

/** Returns the type at the end of a path; `null` if it is not known. */
export function typeAt(path: string, types: ReadonlyMap<string, CType>, lookup: StructLookup): CType | null {
  const root = rootOf(path);
  let at: Standing = { type: types.get(root) ?? null, members: null };
  for (const next of splitSteps(path.slice(root.length))) {
    if (next.startsWith('.')) at = intoField(at, next.slice(1), lookup);
    else if (next === '[]') at = { type: at.type && pointed(at.type), members: at.members };
    else return null;
    if (at.type === null) return null;
  }
  return at.type;
}

function pointed(type: CType): CType {
  if (type.dims.length > 0) return { ...type, dims: type.dims.slice(1) };
  return { ...type, pointers: Math.max(0, type.pointers - 1) };
}

/**
 * Returns the structs that a path leads through, innermost last: `req.dma.pages[]` with the types of `req` and `dma` gives `[{tag:
 * 'request', rest: '.dma.pages[]'}, {tag: 'dma', rest: '.pages[]'}]`. General structs own nothing and are left out.
 */
export function ownersOf(path: string, types: ReadonlyMap<string, CType>, lookup: StructLookup): Owner[] {
  const root = rootOf(path);
  const steps = splitSteps(path.slice(root.length));
  const owners: Owner[] = [];
  let at: Standing = { type: types.get(root) ?? null, members: null };
  let outlives = root.startsWith('::') || (at.type?.pointers ?? 0) > 0;
  for (let i = 0; i < steps.length; i++) {
    const next = steps[i] as string;
    if (next.startsWith('.')) {
      const name = at.members && !at.type?.tag ? null : structName(at.type);
      // A typedef and the tag behind it are one struct. A typedef of a number or an untyped pointer has no tag.
      const tag = name === null ? null : (at.type?.tag ?? lookup(name)?.tag ?? name) || null;
      // What is below a general struct belongs to that struct, not to the struct that holds it. What is below an untyped pointer is another
      // object, known by its own type.
      if ((tag !== null && generalStructs.has(tag)) || (at.type !== null && !at.members && tag === null)) owners.length = 0;
      else if (tag !== null && !containerStructs.has(tag)) owners.push({ tag, rest: steps.slice(i).join(''), outlives });
      const definition = at.members === null && name !== null ? lookup(name) : null;
      at = intoField(at, next.slice(1), lookup);
      // A field that its struct does not have is a macro for something unknown.
      if (definition && at.type === null) owners.length = 0;
      outlives ||= (at.type?.pointers ?? 0) > 0;
    } else if (next === '[]') at = { type: at.type && pointed(at.type), members: at.members };
    else break;
  }
  return owners;
}

/**
 * Returns a path with the fields of generic containers rewritten: `sgt.sgl` becomes `sgt`, `bv.bv_page` becomes `bv@bvec`. `null` for a
 * path through any other field of a general struct: `skb->next`, `bio->bi_private` say nothing about who holds a page.
 */
export function collapseContainers(path: string, types: ReadonlyMap<string, CType>, lookup: StructLookup): string | null {
  const root = rootOf(path);
  const steps = splitSteps(path.slice(root.length));
  if (!steps.some((s) => s.startsWith('.'))) return path;
  let at: Standing = { type: types.get(root) ?? null, members: null };
  const out: string[] = [];
  for (const written of steps) {
    const next = atPlace.test(written) ? memberAtPlace(at, Number(written.slice(1)), lookup) : written;
    if (next === null) return null;
    if (next.startsWith('.')) {
      const name = next.slice(1);
      const tag = at.members ? '' : (structName(at.type) ?? '');
      const container = containerStructs.get(tag);
      at = intoField(at, name, lookup);
      if (container?.pageFields.includes(name)) {
        if (out[out.length - 1] !== container.content) out.push(container.content);
        continue;
      }
      if (container?.same.includes(name)) continue;
      // Where a queue begins says which of its elements are done with, so these fields are kept.
      if (generalStructs.has(tag) && !consumed.has(tag + next)) return null;
    } else if (next === '[]') at = { type: at.type && pointed(at.type), members: at.members };
    out.push(next);
  }
  let result = root;
  for (const next of out) {
    if (next !== '[]') while (result.endsWith('[]')) result = result.slice(0, -2);
    else if (result.includes('@')) continue;
    result += next;
  }
  return result;
}

/** Matches a step to a member by its position, `.0`, as an initialiser without designators gives it. */
const atPlace = /^\.\d+$/;

/** The step to the member at a position; `null` if it is not known. */
function memberAtPlace(at: Standing, place: number, lookup: StructLookup): string | null {
  const name = structName(at.type);
  const members = at.members ?? (name === null ? null : (lookup(name)?.fields ?? null));
  const member = members?.[place];
  return member && member.name !== '' ? `.${member.name}` : null;
}

/**
 * Returns the path of the page or folio whose address is taken through a member: `folio` for `&folio->page`, `page` for `&page->lru`;
 * `null` for any other path.
 */
export function wholeOf(path: string, types: ReadonlyMap<string, CType>, lookup: StructLookup): string | null {
  const at = path.lastIndexOf('.');
  if (at < 0 || !handles.has(path.slice(at + 1))) return null;
  const whole = path.slice(0, at);
  const type = typeAt(whole, types, lookup);
  return type?.pointers === 1 && pageHandles.get(type.tag ?? '')?.includes(path.slice(at + 1)) ? whole : null;
}

const handles: ReadonlySet<string> = new Set([...pageHandles.values()].flat());
