/** Parses functions: header and body in each configuration. */
import type { FunctionVariant } from './ast.js';
import { hopelessBlock, MAX_BRACKETS, MAX_ITEM, parseBody } from './body.js';
import { parseCondition } from './conditions.js';
import { functionName, readHeader } from './header.js';
import type { Item } from './items.js';
import { depthIn, isPunct, type Tokens, tokenize } from './tokens.js';
import { plainType } from './types.js';
import { activeTexts } from './variants.js';

/**
 * Parses a function in each of its configurations. Never throws, and returns at least one variant: a function that cannot be parsed gets
 * one whose body is a single unknown statement. `initSyntax()` must have been awaited.
 */
export function parseFunction(text: string, item: Item): FunctionVariant[] {
  const own = text.slice(item.pos, item.end);
  if (own.length > MAX_ITEM) return [hopeless(own, item, 'too long to be parsed', [])];
  const variants: FunctionVariant[] = [];
  for (const active of activeTexts(own, item.conditions.map(parseCondition))) {
    variants.push(...parseActive(active.text, item, active.assumptions));
  }
  return variants.length > 0 ? variants : [hopeless(own, item, 'no function can be found here', [])];
}

function hopeless(own: string, item: Item, why: string, assumptions: string[]): FunctionVariant {
  const problems: { pos: number; why: string }[] = [];
  const from = item.bodyPos >= 0 ? item.bodyPos - item.pos : 0;
  const body = hopelessBlock(own, from, own.length, item.pos, why, problems);
  return {
    name: item.name,
    static: item.static,
    inline: item.inline,
    returns: plainType(''),
    params: [],
    body,
    assumptions,
    problems,
    pos: item.pos,
    end: item.end,
  };
}

function parseActive(own: string, item: Item, assumptions: string[]): FunctionVariant[] {
  const t = tokenize(own);
  const found: FunctionVariant[] = [];
  let from = 0;
  for (let i = 0; i < t.count; i++) {
    if (isPunct(t, i, ';') && !isOldStyle(t, from, i)) from = i + 1;
    else if (isPunct(t, i, '(') || isPunct(t, i, '[')) i = Math.max(i, t.match[i] ?? -1);
    else if (isPunct(t, i, '{')) {
      const closed = t.match[i] ?? -1;
      if (closed < 0 && found.length > 0) break;
      const close = closed < 0 ? t.count - 1 : closed;
      if (functionName(t, from, i) !== '' || (i === 0 && found.length === 0)) {
        found.push(parseOne(t, from, i, close, closed < 0, item, assumptions));
        from = close + 1;
      }
      i = close;
    }
  }
  return found;
}

/** True if the `;` at token `i` ends a K&R parameter declaration. */
function isOldStyle(t: Tokens, from: number, i: number): boolean {
  let k = i + 1;
  while (k < t.count && !isPunct(t, k, '{') && !isPunct(t, k, '(') && !isPunct(t, k, '=')) k++;
  if (!isPunct(t, k, '{')) return false;
  for (let j = from; j < i; j++) if (isPunct(t, j, ')')) return true;
  return false;
}

function parseOne(
  t: Tokens,
  from: number,
  open: number,
  close: number,
  unclosed: boolean,
  item: Item,
  assumptions: string[],
): FunctionVariant {
  // Only if the function as a whole is nested too deeply is its header looked at by itself: mostly it is the body.
  const unread = { name: item.name, static: item.static, inline: item.inline, returns: plainType(''), params: [] };
  const header = t.depth > MAX_BRACKETS && depthIn(t, from, open) > MAX_BRACKETS ? unread : readHeader(t, from, open);
  const start = t.start[open]!;
  const end = t.end[close]!;
  const parse = (): Pick<FunctionVariant, 'body' | 'problems'> => {
    const problems: { pos: number; why: string }[] = [];
    if (unclosed) problems.push({ pos: start + item.pos, why: 'the body does not close' });
    const body =
      t.depth > MAX_BRACKETS
        ? hopelessBlock(t.text, start, end, item.pos, `more than ${MAX_BRACKETS} brackets within one another`, problems)
        : parseBody(t, open, close, item.pos, problems);
    return { body, problems };
  };
  // For many functions only the parameters are ever asked for, and nearly all of the work is in the body.
  let parsed: ReturnType<typeof parse> | undefined;
  return {
    ...header,
    name: header.name || item.name,
    get body() {
      parsed ??= parse();
      return parsed.body;
    },
    get problems() {
      parsed ??= parse();
      return parsed.problems;
    },
    assumptions,
    pos: (t.start[from] ?? 0) + item.pos,
    end: end + item.pos,
  };
}
