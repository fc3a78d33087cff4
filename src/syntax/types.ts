/** Declarations read from tokens: specifiers, declarators, parameters. Serves headers, structs, typedefs, casts and locals alike. */
import type { CType, Parameter } from './ast.js';
import { isPunct, isWord, NUMBER, PUNCT, type Tokens, tokenText } from './tokens.js';
import { ASM, ATTRIBUTE, isAnnotation, QUALIFIERS, STORAGE, TAG_KEYWORDS, TYPE_KEYWORDS, TYPEOF } from './words.js';

/** One declarator of a declaration; the numbers are token indexes, `pos` and `end` offsets. */
export interface RawDeclarator {
  name: string;
  type: CType;
  pos: number;
  end: number;
  /** Tokens of the initialiser, `[from, to)`, or `null`. */
  init: [number, number] | null;
  cleanup: string | null;
  /** True for a function itself (not a pointer to one). */
  isFunction: boolean;
}

/** What stands before the declarators. */
export interface Specifiers {
  base: string;
  tag: string | null;
  tagKind: string;
  static: boolean;
  inline: boolean;
  /** Token index of the `{` of a struct, union or enum body, or -1. */
  bodyOpen: number;
  cleanup: string | null;
  /** Index of the first token of the declarators. */
  next: number;
}

/** A type that is only a name. */
export function plainType(base: string): CType {
  return { base, tag: null, pointers: 0, dims: [] };
}

/** A pointer to a function, or, of several, to one. */
export function functionPointer(pointers = 1, dims: string[] = []): CType {
  return { base: 'function', tag: null, pointers, dims };
}

function skipGroup(t: Tokens, i: number, to: number): number {
  const close = t.match[i] ?? -1;
  return close > i && close < to ? close + 1 : to;
}

function argumentOf(t: Tokens, open: number): string {
  // `__free(kfree)` or, one bracket deeper, `__attribute__((cleanup(kfree)))`.
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
  if (word === '__free' || word === '__cleanup' || word === '_cleanup_') return tokenText(t, i + 2) || null;
  return ATTRIBUTE.has(word) ? argumentOf(t, i + 1) || null : null;
}

/** Reads the specifiers of a declaration whose tokens are `[from, to)`. */
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
    else if (TAG_KEYWORDS.has(word)) {
      s.tagKind = word;
      i++;
      while (
        isWord(t, i) &&
        i < to &&
        (ATTRIBUTE.has(tokenText(t, i)) ||
          (isAnnotation(tokenText(t, i)) && (isWord(t, i + 1) || isPunct(t, i + 1, '{') || isPunct(t, i + 1, '('))))
      ) {
        i++;
        if (isPunct(t, i, '(')) i = skipGroup(t, i, to);
      }
      const name = isWord(t, i) && i < to ? tokenText(t, i++) : '';
      if (word === 'enum' && isPunct(t, i, ':')) while (i < to && !isPunct(t, i, '{') && !isPunct(t, i, ';')) i++;
      if (isPunct(t, i, '{') && i < to) {
        s.bodyOpen = i;
        i = skipGroup(t, i, to);
      }
      if (word !== 'enum') s.tag = name;
      base.push(name === '' ? word : `${word} ${name}`);
    } else if (TYPE_KEYWORDS.has(word)) {
      base.push(word);
      i++;
    } else if (TYPEOF.has(word) && isPunct(t, i + 1, '(')) {
      const next = skipGroup(t, i + 1, to);
      base.push(t.text.slice(t.start[i]!, t.end[next - 1]!));
      i = next;
    } else if (isPunct(t, i + 1, '(') && isPunct(t, i + 2, '*') && i + 2 < to && !ATTRIBUTE.has(word)) {
      // `vm_fault_t (*fault)(…)`: the bracket belongs to the declarator, the word to the type.
      plain.push(i++);
    } else if (isPunct(t, i + 1, '(') && i + 1 < to) {
      // A word and a bracket: an attribute with arguments, or the function's name and its parameters.
      s.cleanup ??= cleanupOf(t, i);
      const close = t.match[i + 1] ?? -1;
      if (
        !ATTRIBUTE.has(word) &&
        !(isAnnotation(word) && close > 0 && (isWord(t, close + 1) || isPunct(t, close + 1, '*') || base.length + plain.length > 1))
      )
        break;
      i = skipGroup(t, i + 1, to);
    } else {
      plain.push(i++);
    }
  }
  // The words left over are annotations, the type if no keyword named one, and the first declarator's name.
  const ends = i < to && (isPunct(t, i, '*') || (isPunct(t, i, '(') && isPunct(t, i + 1, '*')));
  const real = plain.filter((k) => !isAnnotation(tokenText(t, k)));
  const words = real.length > 0 ? real : plain;
  let nameAt = -1;
  const callName = i < to && isWord(t, i) && !ASM.has(tokenText(t, i));
  if (base.length === 0) {
    let k = words.findIndex((w) => !/^[A-Z][A-Z0-9_]+$/.test(tokenText(t, w)));
    if (k < 0 || (k === words.length - 1 && !ends && !callName)) k = 0;
    const typeAt = words[k];
    if (typeAt !== undefined) {
      base.push(tokenText(t, typeAt));
      if (!ends && !callName && words.length > 1) nameAt = words.at(-1)!;
      else if (!ends && !callName && plain.length > 1 && plain.at(-1)! > typeAt && words.length === 1 && real.length > 0) {
        // `u32 __x`: the only other word must be the name, unless something follows it that shows otherwise.
        nameAt = plain.at(-1)!;
      }
    }
  } else if (!ends && !callName && words.length > 0) {
    nameAt = words.at(-1)!;
  }
  s.base = base.join(' ');
  s.next = nameAt >= 0 ? nameAt : i;
  return s;
}

/** Reads one declarator that begins at token `i`; returns it and where reading stopped (at `,`, `;`, `=`-less end, …). */
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
  // Inwards: pointers and brackets up to the name.
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
          // A function that returns a pointer to a function: the inner list is its own.
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

/** Behind the name: dimensions, bit width, annotations, initialiser. */
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

/** Reads a whole declaration, `[from, to)`, without its `;`. */
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

/** Splits `(…)` at its commas into token ranges. */
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

/** The parameters of the list whose `(` is token `open`. */
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

/** Reads tokens `[from, to)` as a type name (`struct page **`, `unsigned long`), or `null` if they cannot be one. */
export function readTypeName(t: Tokens, from: number, to: number): CType | null {
  if (from >= to || !isWord(t, from)) return null;
  for (let i = from; i < to; i++) if (t.kind[i] !== PUNCT && t.kind[i] !== NUMBER && !isWord(t, i)) return null;
  const { spec, declarators } = readDeclaration(t, from, to);
  if (spec.base === '') return null;
  return declarators[0]?.type ?? { base: spec.base, tag: spec.tag, pointers: 0, dims: [] };
}
