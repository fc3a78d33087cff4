/** Reads the part of a function before its body: name, result, parameters; also for `SYSCALL_DEFINEn` and K&R definitions. */
import type { CType, Parameter } from './ast.js';
import { isPunct, isWord, type Tokens, tokenText } from './tokens.js';
import {
  functionPointer,
  plainType,
  readDeclaration,
  readDeclarator,
  readParameters,
  readSpecifiers,
  type Specifiers,
  splitArguments,
} from './types.js';
import { ASM, ATTRIBUTE, isAnnotation, QUALIFIERS, STORAGE, TYPE_KEYWORDS } from './words.js';

/** What the header of a function says. */
export interface Header {
  name: string;
  static: boolean;
  inline: boolean;
  returns: CType;
  params: Parameter[];
}

/** Index of the `(` token of the parameter list in `[from, to)`, or -1: the first parenthesis behind a name that has a type before it. */
function parameterList(t: Tokens, from: number, to: number): number {
  let typeSeen = false;
  let fallback = -1;
  let doubtful = -1;
  for (let i = from; i < to; i++) {
    if (isPunct(t, i, '(')) {
      const close = t.match[i] ?? -1;
      if (close < 0 || close >= to) return fallback;
      const before = tokenText(t, i - 1);
      if (isPunct(t, i + 1, '*') && i > from) {
        // `int (*foo(int a))(int b)`: the inner list is foo's own.
        for (let k = i + 1; k < close; k++) if (isPunct(t, k, '(') && isWord(t, k - 1)) return k;
      }
      if (i > from && isWord(t, i - 1) && !TYPE_KEYWORDS.has(before) && !ATTRIBUTE.has(before) && !ASM.has(before)) {
        const typed = typeSeen;
        if (!isAnnotation(before)) {
          if (typed) return i;
          if (doubtful >= 0) return doubtful;
          fallback = i;
        } else if (typed && doubtful < 0) doubtful = i;
        else if (fallback < 0 && !typed && (isPunct(t, close + 1, '{') || close + 1 >= to)) fallback = i;
      } else if (isWord(t, i + 1) && close === i + 2 && isPunct(t, close + 1, '(')) return close + 1;
      i = close;
    } else if (isPunct(t, i, '*')) typeSeen = true;
    else if (isPunct(t, i, '{')) i = Math.max(i, t.match[i] ?? -1);
    else if (isWord(t, i)) {
      const word = tokenText(t, i);
      const next = isPunct(t, i + 1, '(');
      if (!next && !STORAGE.has(word) && !QUALIFIERS.has(word) && !isAnnotation(word)) typeSeen = true;
    }
  }
  return doubtful >= 0 ? doubtful : fallback;
}

/** True if only storage words are in front of the name: a macro that makes a function, or K&R without a type. */
function isBare(t: Tokens, from: number, nameAt: number): boolean {
  for (let i = from; i < nameAt; i++) {
    if (isPunct(t, i, '(')) i = Math.max(i, t.match[i] ?? -1);
    else if (!isWord(t, i)) return false;
    else {
      const word = tokenText(t, i);
      if (!STORAGE.has(word) && !isAnnotation(word) && !isPunct(t, i + 1, '(')) return false;
    }
  }
  return true;
}

const SYSCALL = /^(?:COMPAT_|X32_|KSYS_)?(?:SYSCALL(?:32|64)?_DEFINE|BPF_CALL_|SYSCALL_DEFINE_)[0-9X]/;

/** Returns the name of the function whose header is tokens `[from, to)`; `''` if it has none. */
export function functionName(t: Tokens, from: number, to: number): string {
  const open = parameterList(t, from, to);
  if (open < 0) return '';
  const word = tokenText(t, open - 1);
  if (word === ')') return tokenText(t, open - 2);
  return madeByMacro(t, from, open) ? tokenText(t, open + 1) : word;
}

function madeByMacro(t: Tokens, from: number, open: number): boolean {
  return (
    /^[A-Z][A-Z0-9_x]*$/.test(tokenText(t, open - 1)) &&
    isWord(t, open + 1) &&
    isBare(t, from, open - 1) &&
    (isPunct(t, open + 2, ',') || isPunct(t, open + 2, ')'))
  );
}

/** Reads the header in tokens `[from, to)`. Never throws. */
export function readHeader(t: Tokens, from: number, to: number): Header {
  const open = parameterList(t, from, to);
  if (open < 0) return { name: '', static: false, inline: false, returns: plainType(''), params: [] };
  const wrapped = isPunct(t, open - 1, ')');
  const nameAt = wrapped ? open - 2 : open - 1;
  const specFrom = afterAnnotations(t, from, nameAt);
  const spec = readSpecifiers(t, specFrom, nameAt);
  const flags = flagsBefore(t, from, nameAt, spec);
  if (!wrapped && madeByMacro(t, from, open)) {
    const args = splitArguments(t, open);
    const params = SYSCALL.test(tokenText(t, nameAt)) ? pairs(t, args.slice(1)) : [];
    return { name: tokenText(t, open + 1), ...flags, returns: plainType('long'), params };
  }
  const { declarator } = readDeclarator(t, Math.min(spec.next, nameAt), Math.min((t.match[open] ?? open) + 1, to), spec);
  const returns = { ...declarator.type, base: declarator.type.base || spec.base };
  let params = readParameters(t, open);
  const afterList = (t.match[open] ?? open) + 1;
  if (
    params.length > 0 &&
    params.every((p) => p.name === '' && /^\w+$/.test(p.type.base)) &&
    afterList < to &&
    hasSemicolon(t, afterList, to)
  ) {
    params = oldStyle(
      t,
      params.map((p) => p.type.base),
      afterList,
      to,
    );
  }
  const inner = isPunct(t, open - 2, '*') && isPunct(t, open - 3, '(');
  if (inner) returns.pointers = Math.max(1, returns.pointers);
  return {
    name: tokenText(t, nameAt),
    ...flags,
    returns: inner ? functionPointer() : returns,
    params,
  };
}

function flagsBefore(t: Tokens, from: number, to: number, spec: Specifiers): { static: boolean; inline: boolean } {
  const flags = { static: spec.static, inline: spec.inline };
  for (let i = from; i < to; i++) {
    const word = tokenText(t, i);
    if (word === 'static') flags.static = true;
    else if (/^(?:inline|__inline|__inline__|__always_inline|__forceinline)$/.test(word)) flags.inline = true;
  }
  return flags;
}

/** Index behind `__printf(1, 2)`, `MACRO(x)` and the like in front of the header proper. */
function afterAnnotations(t: Tokens, from: number, to: number): number {
  let at = from;
  for (let i = from; i < to; i++) {
    if (isPunct(t, i, '(') && isWord(t, i - 1) && (t.match[i] ?? -1) > i && t.match[i]! < to && !/typeof/.test(tokenText(t, i - 1))) {
      let typeBefore = false;
      for (let k = at; k < i - 1; k++)
        if (
          isPunct(t, k, '*') ||
          (isWord(t, k) && !STORAGE.has(tokenText(t, k)) && !QUALIFIERS.has(tokenText(t, k)) && !isAnnotation(tokenText(t, k)))
        )
          typeBefore = true;
      i = t.match[i]!;
      if (!typeBefore) at = i + 1;
    } else if ((t.match[i] ?? -1) > i) i = t.match[i]!;
  }
  return at;
}

/** The parameters of a SYSCALL_DEFINEn(), which are given as pairs of type and name. */
function pairs(t: Tokens, args: [number, number][]): Parameter[] {
  const params: Parameter[] = [];
  for (let k = 0; k + 1 < args.length; k += 2) {
    const [from, to] = args[k]!;
    const spec = readSpecifiers(t, from, to);
    const { declarator } = readDeclarator(t, spec.next, to, spec);
    params.push({ name: tokenText(t, args[k + 1]![0]), type: { ...declarator.type, base: spec.base } });
  }
  return params;
}

function hasSemicolon(t: Tokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isPunct(t, i, ';')) return true;
  return false;
}

/** The parameters of a K&R definition, whose types are declared behind the list of names. */
function oldStyle(t: Tokens, names: string[], from: number, to: number): Parameter[] {
  const types = new Map<string, CType>();
  let begin = from;
  for (let i = from; i < to; i++) {
    if (!isPunct(t, i, ';')) continue;
    for (const d of readDeclaration(t, begin, i).declarators) types.set(d.name, d.type);
    begin = i + 1;
  }
  return names.map((name) => ({ name, type: types.get(name) ?? plainType('int') }));
}
