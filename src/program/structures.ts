/** Definitions of structs: by tag wherever the index knows one, by a typedef's name in a file and its own headers. */
import { scalarType } from '../protocol/index.js';
import type { CType, Field, StructDefinition } from '../syntax/ast.js';
import { parseStruct, parseTypedef } from '../syntax/index.js';
import type { AskedTree } from './asked.js';
import { classType, madeFor, wordOf } from './cleanup.js';
import type { Shell } from './file.js';
import type { Ledger } from './ledger.js';
import { folderOf, nearestOf } from './place.js';
import { openRecursion } from './recursion.js';
import { findField, structName } from './types.js';

/** Looks up struct definitions and typedefs. */
export interface Structures {
  /**
   * Returns the struct that a tag or a typedef means in a file; `null` if it is not found. A typedef of something that is no struct gives
   * an empty one with the tag `''`.
   */
  structure(tag: string, from: string): StructDefinition | null;
  /** Returns the tag, or the typedef's name, of a struct's member that is a struct or points at one; `null` if it is not known. */
  memberTag(tag: string, member: string, from: string): string | null;
  /** Returns a type that names a struct, pointer or number by a typedef as the type behind it; any other type as it is. */
  named(type: CType, from: string): CType;
}

/** What the lookup needs. */
export interface Sources {
  tree: AskedTree;
  ledger: Ledger;
  shell(file: string): Shell | null;
  /** Returns a file's text without the bodies of its functions. */
  outside(file: string): string;
  /** Returns the headers that a file includes, also through its own headers. */
  ownHeaders(file: string): readonly string[];
}

/** How many typedefs may stand for each other. */
const maxDepth = 40;

/** Opens the lookup. It remembers what it has found. */
export function openStructures({ tree, ledger, shell, outside, ownHeaders }: Sources): Structures {
  const structures = openRecursion<StructDefinition | null>(ledger, maxDepth);
  const tags = ledger.memo<StructDefinition | null>();
  const typedefs = openRecursion<CType | null>(ledger, maxDepth);
  const definitions = ledger.memo<StructDefinition | null>();

  function structure(tag: string, from: string): StructDefinition | null {
    const key = `${tag}\0${from}`;
    return structures(
      key,
      () => tagged(tag, from) ?? typedefOf(tag, from),
      () => null,
    );
  }

  /** Unless the file defines the tag itself, it sees the same definition as all files of its folder. */
  function tagged(tag: string, from: string): StructDefinition | null {
    const candidates = tree.filesDefiningStruct(tag);
    if (candidates.length === 0) return null;
    const key = `${tag}\0${candidates.includes(from) ? from : folderOf(from)}`;
    const known = tags.get(key);
    if (known !== undefined) return known;
    return tags.work(key, () => {
      let found: StructDefinition | null = null;
      for (const candidate of nearestOf(candidates, from)) found ??= definedIn(candidate, tag);
      return found;
    });
  }

  function definedIn(name: string, tag: string): StructDefinition | null {
    const key = `${name}\0${tag}`;
    const known = definitions.get(key);
    return known !== undefined ? known : definitions.work(key, () => definitionOf(shell(name), tag));
  }

  /** The index knows no tag for a typedef of an untagged struct: the file and its own headers are searched. */
  function typedefOf(name: string, from: string): StructDefinition | null {
    for (const candidate of declaring(name, from)) {
      const direct = definedIn(candidate, name);
      if (direct) return direct;
      const type = declaredIn(candidate, name, from);
      if (type?.tag && type.tag !== name) return structure(type.tag, from);
      // A handle: a number, or a pointer to something unknown.
      if (type?.tag === null) return { tag: '', union: false, fields: [], pos: 0, end: 0 };
    }
    return null;
  }

  function typedef(name: string, from: string): CType | null {
    const key = `${name}\0${from}`;
    const find = (): CType | null => {
      for (const candidate of declaring(name, from)) {
        const type = declaredIn(candidate, name, from);
        if (type) return type;
      }
      return null;
    };
    return typedefs(key, find, () => null);
  }

  /** Yields the file and those of its own headers that may declare a typedef; a header is read only when it is reached. */
  function* declaring(name: string, from: string): Generator<string> {
    if (!/^\w+$/.test(name)) return;
    const declares = madeFor.test(name) ? new RegExp(`\\(\\s*${wordOf(name)}\\s*,`) : new RegExp(`\\b${name}\\s*(?:[;,[]|__|/\\*)`);
    // Most headers only use the name, and need no outline to see that.
    for (const candidate of [from, ...ownHeaders(from)]) if (declares.test(outside(candidate))) yield candidate;
  }

  function declaredIn(candidate: string, name: string, from: string): CType | null {
    const facts = shell(candidate);
    const ofClass = classType(facts?.outside ?? '', name);
    if (ofClass) return ofClass;
    for (const item of facts?.items ?? []) {
      if (!facts || (item.kind !== 'declaration' && item.kind !== 'struct') || !facts.outside.startsWith('typedef', item.pos)) continue;
      if (!facts.outside.slice(item.pos, item.end).includes(name)) continue;
      const type = parseTypedef(facts.outside, item).find((alias) => alias.name === name)?.type;
      if (!type) continue;
      // A struct without a tag is known by the typedef's name.
      if (type.tag !== null) return type.tag === '' ? { ...type, base: `struct ${name}`, tag: name } : type;
      // The typedef may be of another typedef.
      if (scalarType.test(type.base)) return type;
      const behind = type.base === name || !/^\w+$/.test(type.base) ? null : typedef(type.base, from);
      return behind && { ...behind, pointers: behind.pointers + type.pointers, dims: [...type.dims, ...behind.dims] };
    }
    return null;
  }

  function memberTag(tag: string, member: string, from: string): string | null {
    const type = findField(structure(tag, from)?.fields ?? [], member)?.type ?? null;
    const name = structName(type);
    return (type?.tag ?? (name === null ? null : (structure(name, from)?.tag ?? name))) || null;
  }

  function named(type: CType, from: string): CType {
    const name = type.tag === null ? structName(type) : null;
    const behind = name === null ? null : typedef(name, from);
    return behind === null ? type : { ...behind, pointers: behind.pointers + type.pointers, dims: [...type.dims, ...behind.dims] };
  }

  return { structure, memberTag, named };
}

/** The first struct of a file with this tag, or with a typedef of this name. Only items that contain the word are parsed. */
function definitionOf(facts: Shell | null, name: string): StructDefinition | null {
  let at = facts?.outside.indexOf(name) ?? -1;
  for (const item of facts?.items ?? []) {
    if (!facts || at < 0) return null;
    if (item.kind !== 'struct' || item.end <= at) continue;
    if (at < item.pos) at = facts.outside.indexOf(name, item.pos);
    if (at < 0 || at >= item.end) continue;
    const aliases = facts.outside.startsWith('typedef', item.pos) ? parseTypedef(facts.outside, item) : [];
    for (const s of parseStruct(facts.outside, item)) {
      if (s.tag === name) return s;
      const inner = taggedMembers(s.fields).find((member) => member.tag === name);
      if (inner) return { ...s, ...inner };
      if (aliases.some((alias) => alias.name === name && alias.type.tag === s.tag)) return s;
    }
  }
  return null;
}

/** Structs with a tag that are defined inside the body of another struct. */
function taggedMembers(fields: readonly Field[]): { tag: string; fields: Field[] }[] {
  return fields.flatMap((f) =>
    f.members ? [...(f.type.tag ? [{ tag: f.type.tag, fields: f.members }] : []), ...taggedMembers(f.members)] : [],
  );
}
