/** Answers questions about an item from the tokens of its head and the text around it. */
import { COLON, OPEN_PAREN, QUOTE, SEMICOLON, STAR } from './characters.js';
import { functionName } from './header.js';
import type { Described, Head } from './items.js';
import { tokenize, WORD } from './tokens.js';

/** Describes a function whose body begins at `body`. */
export function describeFunction(text: string, head: Head, pos: number, body: number): Described {
  let isStatic = false;
  let isInline = false;
  for (let k = 0; k < head.kind.length; k++) {
    if (head.kind[k] !== WORD) continue;
    const word = text.slice(head.start[k]!, head.end[k]!);
    if (word === 'static') isStatic = true;
    else if (word.includes('inline') && !word.startsWith('noinline')) isInline = true;
  }
  const name = plainName(text, head) ?? nameOf(text, pos, body);
  return { kind: 'function', name, bodyPos: body, static: isStatic, inline: isInline, variables: [] };
}

/** The name of a function whose header has one pair of parentheses behind an ordinary word; `null` for any other header. */
function plainName(text: string, head: Head): string | null {
  const open = head.kind.indexOf(OPEN_PAREN);
  if (open < 2 || head.kind[open - 1] !== WORD || head.kind.indexOf(OPEN_PAREN, open + 1) >= 0) return null;
  const first = text.charCodeAt(head.start[open - 1]!);
  if (first < 97 || first > 122) return null;
  const before = head.kind[open - 2];
  if (before === STAR) return text.slice(head.start[open - 1]!, head.end[open - 1]!);
  if (before !== WORD) return null;
  const c = text.charCodeAt(head.start[open - 2]!);
  return c >= 97 && c <= 122 ? text.slice(head.start[open - 1]!, head.end[open - 1]!) : null;
}

/** The name of a function from a full reading of its header. */
function nameOf(text: string, pos: number, body: number): string {
  const t = tokenize(text, pos, body);
  return functionName(t, 0, t.count);
}

/** True for `#ifndef X` whose next line defines X: an include guard, which is no condition of what is inside. */
export function isGuard(text: string, k: number, end: number): boolean {
  const name = /^\s*(\w+)/.exec(text.slice(k, end))?.[1];
  if (name === undefined) return false;
  const next = /^\s*(?:\/\*[\s\S]{0,300}?\*\/\s*)?#\s*define\s+(\w+)/.exec(text.slice(end, end + 600));
  return next?.[1] === name && /_H_*$|_H_|^_/.test(name);
}

const MODULE_MACRO = /^_*[A-Z][A-Za-z0-9_]*$|^(?:module|device|late|arch|core|subsys|fs|early|rootfs|postcore|builtin)_\w+$/;

/** Matches macros that stand for the header of a function: a body follows. */
const FUNCTION_MACRO = /DEFINE\d|BPF_CALL_\d|^DEFINE_IDTENTRY/;

/** True if the item so far is only `MACRO(...)`, once or several times: then it is complete although no `;` follows. */
function isMacroLine(text: string, head: Head): boolean {
  const n = head.kind.length;
  let k = 0;
  if (n > 2 && n % 2 === 1 && head.kind[0] === WORD && text.slice(head.start[0]!, head.end[0]!) === 'static') k = 1;
  if (n - k < 2 || (n - k) % 2 === 1 || n > 64) return false;
  for (; k < n; k += 2) {
    const name = text.slice(head.start[k]!, head.end[k]!);
    if (head.kind[k] !== WORD || head.kind[k + 1] !== OPEN_PAREN || !MODULE_MACRO.test(name) || FUNCTION_MACRO.test(name)) return false;
  }
  return true;
}

/** True if such an item ends before the word `[at, atEnd)`, which must be on a later line and begin something else. */
export function endsBefore(text: string, head: Head, at: number, atEnd: number): boolean {
  const n = head.kind.length;
  if (n < 2 || head.kind[n - 1] !== OPEN_PAREN || !isMacroLine(text, head)) return false;
  const next = text.slice(at, atEnd);
  return text.slice(head.end[n - 1]!, at).includes('\n') && (!next.startsWith('__') || MODULE_MACRO.test(next));
}

/**
 * True if such an item, or a lone name in capitals, ends before a directive: false if a body follows behind the directive, for which it is
 * the header.
 */
export function endsAtDirective(text: string, head: Head): boolean {
  if (head.kind.length === 0) return false;
  const lone = head.kind.length === 1 && head.kind[0] === WORD && /^[A-Z][A-Za-z0-9]*_\w+$/.test(text.slice(head.start[0]!, head.end[0]!));
  if (!lone && !isMacroLine(text, head)) return false;
  const end = head.end.at(-1)!;
  return !/^\s*(?:#[^\n]*\n\s*)*\{/.test(text.slice(end, end + 300));
}

/** True if the next `{` opens an `extern "C"` block. */
export function isExternC(text: string, head: Head): boolean {
  const n = head.kind.length;
  return n >= 2 && head.kind[n - 1] === QUOTE && text.slice(head.start[n - 2]!, head.end[n - 2]!) === 'extern';
}

/** True if the next `{` opens the body of a struct, union or enum. */
export function opensType(text: string, head: Head): boolean {
  let k = head.kind.length - 1;
  for (; k >= 0; k--) {
    const kind = head.kind[k]!;
    if (kind === OPEN_PAREN || kind === COLON) continue;
    if (kind !== WORD) return false;
    const word = text.slice(head.start[k]!, head.end[k]!);
    if (word === 'struct' || word === 'union' || word === 'enum') break;
  }
  if (k < 0) return false;
  // Parentheses behind the keyword belong to attributes, unless this is a function that returns the struct.
  for (let j = k + 1; j < head.kind.length; j++) {
    if (head.kind[j] !== OPEN_PAREN) continue;
    const before = text.slice(head.start[j - 1]!, head.end[j - 1]!);
    if (!before.startsWith('__') && !before.startsWith('_') && before !== 'alignas') return false;
  }
  return true;
}

/** True at the first `;` of a K&R definition: `int f(a, b) int a; char *b; {`. */
export function oldStyleGoesOn(text: string, head: Head, at: number): boolean {
  const rest = /^(?:[\w\s*,[\]]*;)*\s*(?:\/\*[^*]*\*\/\s*)?\{/;
  if (head.kind.includes(SEMICOLON)) return rest.test(text.slice(at, at + 2000));
  const open = head.kind.indexOf(OPEN_PAREN);
  if (open < 1 || open === head.kind.length - 1 || head.kind[open - 1] !== WORD || head.kind.indexOf(OPEN_PAREN, open + 1) >= 0)
    return false;
  const list = text.slice(head.start[open]! + 1, Math.min(head.end[open]! - 1, head.start[open]! + 1000));
  if (!/^\s*[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*\s*$/.test(list)) return false;
  const names = new Set(list.split(',').map((name) => name.trim()));
  const last = head.kind.lastIndexOf(WORD);
  if (last <= open || !names.has(text.slice(head.start[last]!, head.end[last]!))) return false;
  return rest.test(text.slice(at, at + 2000));
}
