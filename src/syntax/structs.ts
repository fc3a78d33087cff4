/** Reads structs, unions and typedefs from tokens. The fields of all `#if` arms are fields. */
import type { CType, Field, StructDefinition } from './ast.js';
import type { Item } from './items.js';
import { isPunct, isWord, type Tokens, tokenize, tokenText } from './tokens.js';
import { functionPointer, plainType, readDeclaration, readDeclarator, splitArguments } from './types.js';
import { blanked } from './variants.js';

const MAX_NESTING = 60;

/** Blanks the directives of a text but none of its arms: the fields of each arm exist in some kernel. */
function withoutDirectives(text: string): string {
  return text.includes('#') ? text.replace(/^[ \t]*#(?:[^\n\\]|\\[\s\S])*/gm, blanked) : text;
}

/** Returns the structs and unions that an item defines, outermost first, including those with a tag inside others. */
export function parseStruct(text: string, item: Item): StructDefinition[] {
  if (item.end - item.pos > 4 << 20) return [];
  const t = tokenize(withoutDirectives(text.slice(item.pos, item.end)));
  const found: StructDefinition[] = [];
  if (t.depth > MAX_NESTING * 4) return found;
  for (let i = 0; i < t.count; i++) {
    const word = tokenText(t, i);
    if ((word !== 'struct' && word !== 'union') || !isWord(t, i)) continue;
    let open = i + 1;
    while (
      open < t.count &&
      !isPunct(t, open, '{') &&
      !isPunct(t, open, ';') &&
      !isPunct(t, open, '*') &&
      !isPunct(t, open, '=') &&
      !isPunct(t, open, ',')
    ) {
      open = isPunct(t, open, '(') ? Math.max(open, t.match[open] ?? -1) + 1 : open + 1;
    }
    if (!isPunct(t, open, '{')) continue;
    const from = tokenText(t, 0) === 'typedef' ? 0 : i;
    const { spec, declarators } = readDeclaration(t, from, t.count);
    const tag = spec.tag !== null && spec.tag !== '' ? spec.tag : (declarators[0]?.name ?? '') || item.name;
    const fields = readFields(t, open, found, item.pos, 0);
    found.unshift({ tag, union: word === 'union', fields, pos: item.pos, end: item.end });
    break;
  }
  return found;
}

/**
 * Macros that declare a group of members, from include/linux/stddef.h. For each: which argument is the group's name, which its struct's tag
 * (-1 for none), and where the members begin.
 */
const GROUPS: Record<string, { name: number; tag: number; members: number }> = {
  struct_group: { name: 0, tag: -1, members: 1 },
  struct_group_attr: { name: 0, tag: -1, members: 2 },
  struct_group_tagged: { name: 1, tag: 0, members: 2 },
  __struct_group: { name: 1, tag: 0, members: 3 },
};

/** The word that is an argument; `''` for none. */
function argumentText(t: Tokens, argument: readonly [number, number] | undefined): string {
  return argument !== undefined && argument[1] > argument[0] ? tokenText(t, argument[0]) : '';
}

function readFields(t: Tokens, open: number, found: StructDefinition[], base: number, nesting: number): Field[] {
  const close = t.match[open] ?? -1;
  return close < 0 || nesting > MAX_NESTING ? [] : readMembers(t, open + 1, close, found, base, nesting);
}

function readMembers(t: Tokens, begin: number, close: number, found: StructDefinition[], base: number, nesting: number): Field[] {
  const fields: Field[] = [];
  let from = begin;
  for (let i = begin; i <= close; i++) {
    if (i < close && !isPunct(t, i, ';')) {
      if (isPunct(t, i, '(') && i === from + 1 && (t.match[i] ?? -1) > i) {
        // A macro that contains members, or declares one, with or without a `;` behind it.
        const next = macroMember(t, from, i, fields, found, base, nesting);
        if (next > 0) {
          i = next - 1;
          from = next;
          continue;
        }
      }
      i = Math.max(i, t.match[i] ?? -1);
      if (i > close) i = close;
      continue;
    }
    if (i > from) readMember(t, from, i, fields, found, base, nesting);
    from = i + 1;
  }
  return fields;
}

function macroMember(
  t: Tokens,
  from: number,
  open: number,
  fields: Field[],
  found: StructDefinition[],
  base: number,
  nesting: number,
): number {
  const name = tokenText(t, from);
  const close = t.match[open]!;
  const args = splitArguments(t, open);
  const group = GROUPS[name];
  if (group !== undefined) {
    const first = args[group.members];
    if (first !== undefined) {
      const members = readMembers(t, first[0], close, found, base, nesting + 1);
      const tag = group.tag < 0 ? '' : argumentText(t, args[group.tag]);
      // The members are members of the struct itself and also of an inner struct with the group's name.
      fields.push({ name: '', type: { base: 'struct', tag: '', pointers: 0, dims: [] }, members });
      const type: CType = { base: tag === '' ? 'struct' : `struct ${tag}`, tag, pointers: 0, dims: [] };
      fields.push({ name: argumentText(t, args[group.name]), type, members });
      if (tag !== '') found.push({ tag, union: false, fields: members, pos: t.start[from]! + base, end: t.end[close]! + base });
    }
    return close + 1;
  }
  if (name === 'DECLARE_FLEX_ARRAY' || name === '__DECLARE_FLEX_ARRAY') {
    const type = args[0];
    const called = args[1];
    if (type !== undefined && called !== undefined) {
      const { spec, declarators } = readDeclaration(t, type[0], type[1]);
      const pointers = declarators[0]?.type.pointers ?? 0;
      fields.push({ name: tokenText(t, called[0]), type: { base: spec.base, tag: spec.tag, pointers, dims: [''] }, members: null });
    }
    return close + 1;
  }
  if (/^[A-Z][A-Z0-9_]*$/.test(name) && (isPunct(t, close + 1, ';') || isWord(t, close + 1) || isPunct(t, close + 1, '}'))) {
    const called = args[0];
    if (called !== undefined && called[1] - called[0] === 1 && isWord(t, called[0]) && /^DECLARE_|^DEFINE_/.test(name)) {
      fields.push({ name: tokenText(t, called[0]), type: plainType(name), members: null });
    }
    return close + 1;
  }
  return -1;
}

function readMember(t: Tokens, from: number, to: number, fields: Field[], found: StructDefinition[], base: number, nesting: number): void {
  const { spec, declarators } = readDeclaration(t, from, to);
  let members: Field[] | null = null;
  if (spec.bodyOpen >= 0 && spec.tagKind !== 'enum') {
    members = readFields(t, spec.bodyOpen, found, base, nesting + 1);
    if (spec.tag !== null && spec.tag !== '') {
      const end = t.end[t.match[spec.bodyOpen]!]!;
      found.push({ tag: spec.tag, union: spec.tagKind === 'union', fields: members, pos: t.start[from]! + base, end: end + base });
    }
  }
  if (declarators.length === 0) {
    // Without a name: an anonymous member or, with Microsoft extensions, one with a tag.
    if (members !== null || (spec.tag !== null && spec.tagKind !== 'enum')) {
      const type: CType = { base: spec.base, tag: spec.tag ?? '', pointers: 0, dims: [] };
      fields.push({ name: '', type, members });
    }
    return;
  }
  for (const d of declarators) {
    const type = d.isFunction ? functionPointer() : d.type;
    fields.push({ name: d.name, type, members });
  }
}

/** Returns the names that a `typedef` item defines: several if pointers to the type have names too; none for any other item. */
export function parseTypedef(text: string, item: Item): { name: string; type: CType }[] {
  if (item.end - item.pos > 1 << 20) return [];
  const t = tokenize(withoutDirectives(text.slice(item.pos, item.end)));
  if (t.depth > MAX_NESTING * 4) return [];
  let from = 0;
  while (from < t.count && tokenText(t, from) !== 'typedef') from++;
  if (from >= t.count) return [];
  const { spec, declarators } = readDeclaration(t, from, t.count);
  const named = declarators.length > 0 || spec.next >= t.count ? declarators : [readDeclarator(t, spec.next, t.count, spec).declarator];
  const first = named[0]?.name ?? '';
  if (first === '') return [];
  return named.map(({ name, isFunction, type }) => ({
    name,
    // A struct without a tag is known by its typedef's name.
    type: isFunction ? plainType('function') : { ...type, tag: type.tag === '' ? first : type.tag },
  }));
}
