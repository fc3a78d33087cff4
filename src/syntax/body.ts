/**
 * Parses one body: dialect pass, then the parser. Where errors are left, the statement around each one is given up and the rest is parsed
 * again.
 */
import type { Block } from './ast.js';
import { CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, OPEN_BRACE, SEMICOLON, UNDERSCORE } from './characters.js';
import type { Context } from './context.js';
import { rewriteBody } from './dialect.js';
import type { Rewrite } from './rewrite.js';
import { convertBlock, unknownStatement } from './statements.js';
import { isPunct, type Tokens, tokenAt, tokenChar, tokenize } from './tokens.js';
import { type Node, parseTree } from './tree.js';

/** Code with more nested brackets than this is not given to the parser. */
export const MAX_BRACKETS = 400;
/** Nor is an item with more characters than this. */
export const MAX_ITEM = 1 << 20;
/** How many statements of a body are given up before the parse is taken as it is. */
const MAX_REPAIRS = 12;

/** Returns the block for a body that is not parsed: one unknown statement. */
export function hopelessBlock(
  text: string,
  from: number,
  to: number,
  base: number,
  why: string,
  problems: { pos: number; why: string }[],
): Block {
  const ctx: Context = {
    text,
    tokens: tokenize(''),
    shift: 0,
    base,
    marks: new Map(),
    lost: new Map(),
    problems,
    depth: 0,
    convertBlock,
  };
  const body = [unknownStatement(ctx, from, to, why)];
  return { kind: 'block', body, pos: from + base, end: to + base };
}

/** Returns a text as the dialect pass rewrites it; for tests. */
export function rewriteText(text: string): string {
  const t = tokenize(text);
  return t.count === 0 ? text : rewriteBody(t, 0, t.count - 1).out.toString('latin1');
}

/**
 * Parses the body whose braces are tokens `open` and `close`.
 * @param base offset of the text in the file
 * @param problems gets what could not be read
 */
export function parseBody(t: Tokens, open: number, close: number, base: number, problems: { pos: number; why: string }[]): Block {
  const { text } = t;
  const from = t.start[open]!;
  const to = t.end[close]!;
  const rewrite = rewriteBody(t, open, close);
  const lost = new Map<number, number>();
  let root: Node | null = null;
  for (let repair = 0; ; repair++) {
    root = parseTree(rewrite.out.toString('latin1', from, to));
    if (root === null) return hopelessBlock(text, from, to, base, 'the parser takes too many steps', problems);
    if (!root.broken || repair >= MAX_REPAIRS) break;
    const error = firstError(root);
    if (error === null || !giveUp(rewrite, open, close, error, from, lost)) break;
  }
  const block = root.kids.length === 1 && root.kids[0]?.type === 'compound_statement' ? root.kids[0] : root;
  const ctx: Context = { text, tokens: t, shift: from, base, marks: rewrite.marks, lost, problems, depth: 0, convertBlock };
  const result = convertBlock(ctx, block);
  return { ...result, pos: from + base, end: to + base };
}

/** The position, in the parsed text, of the first error that the parser found; `null` if it found none. */
function firstError(root: Node): { start: number; end: number; wide: boolean } | null {
  let node = root;
  for (;;) {
    if (node.type === 'ERROR') {
      return { start: node.start, end: node.end, wide: node.kids.length > 1 };
    }
    if (node.start === node.end && node !== root) return { start: node.start, end: node.end, wide: false };
    const next: Node | undefined = node.kids.find((kid) => kid.type === 'ERROR') ?? node.kids.find((kid) => kid.broken);
    if (next === undefined) return null;
    node = next;
  }
}

/** Replaces the smallest statement around an error by a placeholder; false if there is none to replace. */
function giveUp(
  r: Rewrite,
  open: number,
  close: number,
  error: { start: number; end: number; wide: boolean },
  shift: number,
  lost: Map<number, number>,
): boolean {
  const { t } = r;
  let k = tokenAt(t, error.start + shift);
  if (k <= open) k = open + 1;
  if (k >= close) k = close - 1;
  if (k <= open) return false;
  const [a, b] = statementAround(t, open, close, k);
  if (a > b) return false;
  const start = t.start[a]!;
  const end = t.end[b]!;
  if (lost.has(start) && lost.get(start) === end) return false;
  if (end - start < 2) return false;
  for (const known of [...lost.keys()]) if (known >= start && known < end) lost.delete(known);
  for (const known of [...r.marks.keys()]) if (known >= start && known < end) r.marks.delete(known);
  for (let i = start; i < end; i++) r.out[i] = UNDERSCORE;
  r.out[end - 1] = SEMICOLON;
  lost.set(start, end);
  return true;
}

/**
 * The first and last token of the statement around token `k`: from behind the last `;`, `{` or `}` to the next `;` or the end of a block.
 */
function statementAround(t: Tokens, open: number, close: number, k: number): [number, number] {
  let a = k;
  while (a - 1 > open) {
    const c = tokenChar(t, a - 1);
    if (c === SEMICOLON || c === OPEN_BRACE) break;
    if (c === CLOSE_BRACE) {
      // The brace of an initialiser belongs to the statement; a block's brace ends the statement before.
      const partner = t.match[a - 1] ?? -1;
      if (partner > open && isPunct(t, partner - 1, '=')) {
        a = partner;
        continue;
      }
      break;
    }
    const partner = t.match[a - 1] ?? -1;
    a = (c === CLOSE_PAREN || c === CLOSE_BRACKET) && partner > open ? partner : a - 1;
  }
  let b = k;
  while (b < close) {
    const c = tokenChar(t, b);
    if (c === SEMICOLON) break;
    if (c === CLOSE_BRACE && (t.match[b] ?? -1) < a) {
      b--;
      break;
    }
    const partner = t.match[b] ?? -1;
    if (partner > b) {
      const brace = c === OPEN_BRACE;
      b = partner;
      if (brace && !isPunct(t, b + 1, ';') && !isPunct(t, b + 1, ',') && !isPunct(t, b + 1, ')')) break;
    }
    b++;
  }
  if (b >= close) b = close - 1;
  return [a, b];
}
