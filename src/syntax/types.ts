/**
 * Reads declarations from tokens: specifiers, declarators, parameters. Used for function headers, structs, typedefs, casts and locals
 * alike.
 */
import type { CType, Parameter } from './ast.js';
import { isPunct, isWord, NUMBER, PUNCT, type Tokens, tokenText } from './tokens.js';
import { ASM, ATTRIBUTE, isAnnotation, QUALIFIERS, STORAGE, TAG_KEYWORDS, TYPE_KEYWORDS, TYPEOF } from './words.js';

/** One declarator of a declaration. `pos` and `end` are offsets. */
export interface RawDeclarator {
  name: string;
  type: CType;
  pos: number;
  end: number;
  /** The tokens of the initialiser, `[from, to)`; `null` without one. */
  init: [number, number] | null;
  cleanup: string | null;
  /** True for a function itself, false for a pointer to one. */
  isFunction: boolean;
}

/** What comes before the declarators. */
export interface Specifiers {
  /** The words of the type without qualifiers: `struct page`. */
  base: string;
  /** The tag of a struct or union, `''` if it has none; `null` for any other type. */
  tag: string | null;
  /** `struct`, `union` or `enum`; `''` for any other type. */
  tagKind: string;
  static: boolean;
  inline: boolean;
  /** Index of the token `{` of a struct, union or enum body, or -1. */
  bodyOpen: number;
  /** The function that `__free(x)` or `__attribute__((cleanup(f)))` names, or `null`. */
  cleanup: string | null;
  /** Index of the first token of the declarators. */
  next: number;
}

/** Returns a type that is only a name. */
export function plainType(base: string): CType {
  return { base, tag: null, pointers: 0, dims: [] };
}

/** Returns the type of a pointer to a function; with more `pointers`, of a pointer to such a pointer. */
export function functionPointer(pointers = 1, dims: string[] = []): CType {
  return { base: 'function', tag: null, pointers, dims };
}

function skipGroup(t: Tokens, i: number, to: number): number {
  const close = t.match[i] ?? -1;
  return close > i && close < to ? close + 1 : to;
}

function argumentOf(t: Tokens, open: number): string {
  // `__free(kfree)` or, one parenthesis deeper, `__attribute__((cleanup(kfree)))`.
  const close = t.match[open] ?? -1;
  for (let i = open; i < close; i++) {
    const word = tokenText(t, i);
    if ((word === 'cleanup' || word === '__cleanup__') && isPunct(t, i + 1, '(')) return tokenText(t, i + 2);
  }
  return '';
}

function cleanupOf(t: Tokens, i: number): string | null {
  const word = tokenText(t, i);
  if (!isPunct(t, i + 1, '(')) return null;
  const name = tokenText(t, i + 2) || null;
  if (word === '__free') return name && `__free_${name}`;
  if (word === '__cleanup' || word === '_cleanup_') return name;
  return ATTRIBUTE.has(word) ? argumentOf(t, i + 1) || null : null;
}

/** Reads the specifiers of the declaration in tokens `[from, to)`. */
export function readSpecifiers(t: Tokens, from: number, to: number): Specifiers {
  const s: Specifiers = {
    base: '',
    tag: null,
    tagKind: '',
    static: false,
    inline: false,
    bodyOpen: -1,
    cleanup: null,
    next: from,
  };
  const base: string[] = [];
  const plain: number[] = [];
  let i = from;
  while (i < to && isWord(t, i)) {
    const word = tokenText(t, i);
    if (STORAGE.has(word)) {
      if (word === 'static' || word === 'STATIC') s.static = true;
      else if (word.includes('inline') && !word.startsWith('noinline')) s.inline = true;
      else if (word === 'auto' && !(isWord(t, i + 1) && isWord(t, i + 2))) base.push(word);
      i++;
    } else if (QUALIFIERS.has(word)) i++;
    else if (TAG_KEYWORDS.has(word)) i = readTag(t, i, to, s, base);
    else if (TYPE_KEYWORDS.has(word)) {
      base.push(word);
      i++;
    } else if (TYPEOF.has(word) && isPunct(t, i + 1, '(')) {
      const next = skipGroup(t, i + 1, to);
      base.push(t.text.slice(t.start[i]!, t.end[next - 1]!));
      i = next;
    } else if (isPunct(t, i + 1, '(') && isPunct(t, i + 2, '*') && i + 2 < to && !ATTRIBUTE.has(word)) {
      // `vm_fault_t (*fault)(...)`: the parenthesis belongs to the declarator, the word is the type.
      plain.push(i++);
    } else if (isPunct(t, i + 1, '(') && i + 1 < to) {
      s.cleanup ??= cleanupOf(t, i);
      if (!isAttributeCall(t, i, base.length + plain.length)) break;
      i = skipGroup(t, i + 1, to);
    } else {
      plain.push(i++);
    }
  }
  const { type, name } = typeAndName(t, plain, i, to, base.length > 0);
  if (type >= 0) base.push(tokenText(t, type));
  s.base = base.join(' ');
  s.next = name >= 0 ? name : i;
  return s;
}

/** Reads `struct tag { ... }` from token `at` on into the specifiers and their base; returns the index behind it. */
function readTag(t: Tokens, at: number, to: number, s: Specifiers, base: string[]): number {
  const keyword = tokenText(t, at);
  s.tagKind = keyword;
  let i = at + 1;
  while (i < to && isAttributeOfTag(t, i)) {
    i++;
    if (isPunct(t, i, '(')) i = skipGroup(t, i, to);
  }
  const name = isWord(t, i) && i < to ? tokenText(t, i++) : '';
  if (keyword === 'enum' && isPunct(t, i, ':')) while (i < to && !isPunct(t, i, '{') && !isPunct(t, i, ';')) i++;
  if (isPunct(t, i, '{') && i < to) {
    s.bodyOpen = i;
    i = skipGroup(t, i, to);
  }
  if (keyword !== 'enum') s.tag = name;
  base.push(name === '' ? keyword : `${keyword} ${name}`);
  return i;
}

/** True for a word between `struct` and its tag or body. */
function isAttributeOfTag(t: Tokens, i: number): boolean {
  if (!isWord(t, i)) return false;
  const word = tokenText(t, i);
  return ATTRIBUTE.has(word) || (isAnnotation(word) && (isWord(t, i + 1) || isPunct(t, i + 1, '{') || isPunct(t, i + 1, '(')));
}

/** True if a word with parentheses is an attribute with arguments, not the function's name with its parameters. */
function isAttributeCall(t: Tokens, i: number, wordsBefore: number): boolean {
  const word = tokenText(t, i);
  if (ATTRIBUTE.has(word)) return true;
  const close = t.match[i + 1] ?? -1;
  return isAnnotation(word) && close > 0 && (isWord(t, close + 1) || isPunct(t, close + 1, '*') || wordsBefore > 1);
}

/**
 * Chooses, among the words before token `next` that are not keywords, the type (if no keyword named one) and the name of the first
 * declarator; the others are annotations. Each result is -1 if there is none.
 */
function typeAndName(t: Tokens, plain: number[], next: number, to: number, typed: boolean): { type: number; name: number } {
  const real = plain.filter((k) => !isAnnotation(tokenText(t, k)));
  const words = real.length > 0 ? real : plain;
  const last = words.at(-1) ?? -1;
  // What follows shows whether the name is still to come.
  const isStar = next < to && (isPunct(t, next, '*') || (isPunct(t, next, '(') && isPunct(t, next + 1, '*')));
  const isCalled = next < to && isWord(t, next) && !ASM.has(tokenText(t, next));
  const nameFollows = isStar || isCalled;
  if (typed) return { type: -1, name: nameFollows ? -1 : last };
  let k = words.findIndex((w) => !/^[A-Z][A-Z0-9_]+$/.test(tokenText(t, w)));
  if (k < 0 || (k === words.length - 1 && !nameFollows)) k = 0;
  const type = words[k] ?? -1;
  if (nameFollows || type < 0) return { type, name: -1 };
  if (words.length > 1) return { type, name: last };
  // `u32 __x`: the only other word must be the name, unless what follows shows otherwise.
  const other = plain.at(-1)!;
  return { type, name: real.length > 0 && other > type ? other : -1 };
}

/** Reads the declarator that begins at token `from`. Returns it, and the index of the token at which reading stopped. */
export function readDeclarator(t: Tokens, from: number, to: number, spec: Specifiers): { declarator: RawDeclarator; next: number } {
  const d: RawDeclarator = {
    name: '',
    type: { base: spec.base, tag: spec.tag, pointers: 0, dims: [] },
    pos: from < to ? t.start[from]! : 0,
    end: 0,
    init: null,
    cleanup: spec.cleanup,
    isFunction: false,
  };
  let i = from;
  // Towards the name: pointers and parentheses.
  while (i < to) {
    if (isPunct(t, i, '*')) {
      d.type.pointers++;
      i++;
    } else if (isPunct(t, i, '(') && (isPunct(t, i + 1, '*') || isPunct(t, i + 1, '(') || (isWord(t, i + 1) && isPunct(t, i + 2, ')')))) {
      const close = t.match[i] ?? -1;
      if (close < 0 || close >= to) break;
      const inner = readDeclarator(t, i + 1, close, { ...spec, base: '', cleanup: null });
      d.name = inner.declarator.name;
      d.cleanup = inner.declarator.cleanup ?? d.cleanup;
      const pointers = inner.declarator.type.pointers;
      d.type.dims = inner.declarator.type.dims;
      i = close + 1;
      if (isPunct(t, i, '(')) {
        if (inner.declarator.isFunction) {
          // A function that returns a pointer to a function: the inner list is its own parameters.
          d.isFunction = true;
          d.type = functionPointer(Math.max(pointers, 1));
          return finish(t, skipGroup(t, i, to), to, d);
        }
        if (pointers > 0) d.type = functionPointer(pointers, d.type.dims);
        else d.isFunction = true;
        return finish(t, skipGroup(t, i, to), to, d);
      }
      d.type.pointers += pointers;
      break;
    } else if (isWord(t, i)) {
      const word = tokenText(t, i);
      if (QUALIFIERS.has(word) || STORAGE.has(word)) i++;
      else if (ATTRIBUTE.has(word) || (isAnnotation(word) && (isWord(t, i + 1) || isPunct(t, i + 1, '*')) && i + 1 < to)) {
        d.cleanup ??= cleanupOf(t, i);
        i++;
        if (isPunct(t, i, '(')) i = skipGroup(t, i, to);
      } else if (
        isWord(t, i + 1) &&
        i + 1 < to &&
        !isAnnotation(tokenText(t, i + 1)) &&
        !ATTRIBUTE.has(tokenText(t, i + 1)) &&
        !ASM.has(tokenText(t, i + 1))
      )
        i++;
      else {
        d.name = word;
        i++;
        break;
      }
    } else break;
  }
  if (isPunct(t, i, '(') && i < to) {
    d.isFunction = true;
    return finish(t, skipGroup(t, i, to), to, d);
  }
  return finish(t, i, to, d);
}

/** Reads what comes behind the name: dimensions, bit width, annotations, initialiser. */
function finish(t: Tokens, from: number, to: number, d: RawDeclarator): { declarator: RawDeclarator; next: number } {
  let i = from;
  while (i < to) {
    if (isPunct(t, i, '[')) {
      const next = skipGroup(t, i, to);
      d.type.dims = [...d.type.dims, t.text.slice(t.end[i]!, t.start[next - 1]!).trim()];
      i = next;
    } else if (isPunct(t, i, '(')) i = skipGroup(t, i, to);
    else if (isWord(t, i)) {
      d.cleanup ??= cleanupOf(t, i);
      i++;
    } else if (isPunct(t, i, ':')) {
      i++;
      while (i < to && !isPunct(t, i, ',') && !isPunct(t, i, ';')) i = Math.max(i, t.match[i] ?? -1) + 1;
    } else if (isPunct(t, i, '=')) {
      const begin = ++i;
      while (i < to && !isPunct(t, i, ',') && !isPunct(t, i, ';')) i = Math.max(i, t.match[i] ?? -1) + 1;
      d.init = [begin, Math.min(i, to)];
    } else break;
  }
  i = Math.min(i, to);
  d.end = i > 0 ? t.end[i - 1]! : d.pos;
  return { declarator: d, next: i };
}

/** Reads the whole declaration in tokens `[from, to)`, without its `;`. */
export function readDeclaration(t: Tokens, from: number, to: number): { spec: Specifiers; declarators: RawDeclarator[] } {
  const spec = readSpecifiers(t, from, to);
  const declarators: RawDeclarator[] = [];
  let i = spec.next;
  while (i < to && !isPunct(t, i, ';')) {
    const before = i;
    const { declarator, next } = readDeclarator(t, i, to, spec);
    if (declarator.name !== '' || declarator.type.pointers > 0 || declarator.type.dims.length > 0) declarators.push(declarator);
    i = next;
    if (isPunct(t, i, ',')) i++;
    else if (i < to && !isPunct(t, i, ';')) i = Math.max(i, before, t.match[i] ?? -1) + 1;
  }
  return { spec, declarators };
}

/** Splits the `(...)` that begins at token `open` at its commas, into ranges of tokens `[from, to)`. */
export function splitArguments(t: Tokens, open: number): [number, number][] {
  const close = t.match[open] ?? -1;
  if (close <= open + 1) return [];
  const parts: [number, number][] = [];
  let from = open + 1;
  for (let i = from; i < close; i++) {
    if (isPunct(t, i, ',')) {
      parts.push([from, i]);
      from = i + 1;
    } else if ((t.match[i] ?? -1) > i) i = t.match[i]!;
  }
  parts.push([from, close]);
  return parts;
}

/** Reads the parameters of the list whose `(` is token `open`. */
export function readParameters(t: Tokens, open: number): Parameter[] {
  const params: Parameter[] = [];
  for (const [from, to] of splitArguments(t, open)) {
    if (from >= to || isPunct(t, from, '...')) continue;
    const { spec, declarators } = readDeclaration(t, from, to);
    const first = declarators[0];
    if (first === undefined) {
      if (spec.base === 'void' && to - from === 1) continue;
      params.push({ name: '', type: { base: spec.base, tag: spec.tag, pointers: 0, dims: [] } });
    } else {
      const type = first.isFunction ? functionPointer() : first.type;
      params.push({ name: first.name, type });
    }
  }
  return params;
}

/** Reads tokens `[from, to)` as a type name, `struct page **` or `unsigned long`; `null` if they cannot be one. */
export function readTypeName(t: Tokens, from: number, to: number): CType | null {
  if (from >= to || !isWord(t, from)) return null;
  for (let i = from; i < to; i++) if (t.kind[i] !== PUNCT && t.kind[i] !== NUMBER && !isWord(t, i)) return null;
  const { spec, declarators } = readDeclaration(t, from, to);
  if (spec.base === '') return null;
  return declarators[0]?.type ?? { base: spec.base, tag: spec.tag, pointers: 0, dims: [] };
}
