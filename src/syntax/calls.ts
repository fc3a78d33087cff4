/** Recovers calls from text that could not be parsed: a name before a parenthesis, and those of its arguments that are plain. */
import type { Call, Expression } from './ast.js';
import { isPunct, isWord, NUMBER, STRING, type Tokens, tokenize, tokenText } from './tokens.js';
import { splitArguments } from './types.js';
import { STATEMENT_KEYWORDS } from './words.js';

/**
 * Returns the calls in `[from, to)` of `text`, an outer call before those in its arguments.
 * @param base is added to all positions
 */
export function callsIn(text: string, from: number, to: number, base: number): Call[] {
  const t = tokenize(text, from, to);
  const calls: Call[] = [];
  for (let i = 0; i + 1 < t.count && calls.length < 1000; i++) {
    if (!isWord(t, i) || !isPunct(t, i + 1, '(')) continue;
    const name = tokenText(t, i);
    if (STATEMENT_KEYWORDS.has(name)) continue;
    const close = t.match[i + 1]!;
    const end = close > i ? t.end[close]! : t.end[i + 1]!;
    const callee: Expression = { kind: 'identifier', name, pos: t.start[i]! + base, end: t.end[i]! + base };
    const args = close > i ? splitArguments(t, i + 1).map(([a, b]) => simpleExpression(t, a, b, base)) : [];
    calls.push({ kind: 'call', callee, args, pos: t.start[i]! + base, end: end + base });
  }
  return calls;
}

/** Parses names, members, literals, and `&` or `*` of them; anything else is unknown. */
function simpleExpression(t: Tokens, from: number, to: number, base: number): Expression {
  const pos = (t.start[from] ?? 0) + base;
  const end = to > from ? t.end[to - 1]! + base : pos;
  const unknown: Expression = { kind: 'unknown', text: to > from ? t.text.slice(pos - base, end - base) : '', pos, end };
  if (from >= to) return unknown;
  const ops: number[] = [];
  let i = from;
  while (i < to && (isPunct(t, i, '&') || isPunct(t, i, '*'))) ops.push(i++);
  if (ops.length > 4) return unknown;
  let e: Expression;
  if (t.kind[i] === NUMBER || t.kind[i] === STRING)
    e = { kind: 'literal', text: tokenText(t, i), pos: t.start[i]! + base, end: t.end[i]! + base };
  else if (isWord(t, i)) e = { kind: 'identifier', name: tokenText(t, i), pos: t.start[i]! + base, end: t.end[i]! + base };
  else return unknown;
  const begin = e.pos;
  for (i++; i + 1 < to && i < from + 40; i += 2) {
    const arrow = isPunct(t, i, '->');
    if (!(arrow || isPunct(t, i, '.')) || !isWord(t, i + 1)) break;
    e = { kind: 'member', object: e, field: tokenText(t, i + 1), arrow, pos: begin, end: t.end[i + 1]! + base };
  }
  if (i < to) return unknown;
  for (const k of ops.reverse()) e = { kind: 'unary', op: tokenText(t, k), operand: e, pos: t.start[k]! + base, end };
  return e;
}
