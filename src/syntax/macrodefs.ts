/** Reads `#define`: the definition, and its body as C. */
import type { Expression, FunctionVariant, MacroDefinition } from './ast.js';
import { MAX_BRACKETS, MAX_ITEM, parseBody } from './body.js';
import type { Context } from './context.js';
import { rewriteBody } from './dialect.js';
import { convertExpression } from './expressions.js';
import type { Item } from './items.js';
import { convertBlock } from './statements.js';
import { isPunct, tokenize } from './tokens.js';
import { parseTree } from './tree.js';
import { plainType } from './types.js';

/** True if a macro item has a parameter list. Cheaper than {@link parseMacro}. */
export function isFunctionLike(text: string, item: Item): boolean {
  let at = text.indexOf('define', item.pos) + 'define'.length;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.startsWith(item.name, at) && text[at + item.name.length] === '(';
}

/** Reads a macro's definition. */
export function parseMacro(text: string, item: Item): MacroDefinition {
  const own = text.slice(item.pos, Math.min(item.end, item.pos + MAX_ITEM));
  const span = { pos: item.pos, end: item.end };
  const m = /^#\s*define\s+([A-Za-z_$][\w$]*)(\(([^)]*)\))?/.exec(own);
  if (m === null)
    return {
      name: item.name,
      params: [],
      variadic: false,
      objectLike: true,
      body: '',
      bodyPos: item.end,
      conditions: item.conditions,
      ...span,
    };
  const list = (m[3] ?? '')
    .replace(/\\\r?\n/g, ' ')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const variadic = list.some((name) => name.endsWith('...'));
  const params = list.map((name) => (name === '...' ? '__VA_ARGS__' : name.replace(/\s*\.\.\.$/, '')));
  let from = m[0].length;
  while (from < own.length && (own[from] === ' ' || own[from] === '\t')) from++;
  const body = own.slice(from).replace(/\\(\r?)\n/g, (all) => ' '.repeat(all.length));
  return {
    name: m[1]!,
    params,
    variadic,
    objectLike: m[2] === undefined,
    body,
    bodyPos: item.pos + from,
    conditions: item.conditions,
    ...span,
  };
}

/**
 * Parses text as one expression; `null` if it is none.
 * @param base is added to positions in the text
 */
export function parseExpressionText(text: string, base = 0): Expression | null {
  if (text.length > MAX_ITEM) return null;
  const t = tokenize(text);
  if (t.count === 0 || t.unbalanced || t.depth > MAX_BRACKETS) return null;
  const rewrite = rewriteBody(t, 0, t.count - 1);
  // Behind a `return` only an expression can follow; inside a block nothing is taken for a top-level declaration.
  const prefix = '{return ';
  const root = parseTree(`${prefix}${rewrite.out.toString('latin1')}\n;}`);
  if (root === null || root.broken) return null;
  const block = root.kids[0];
  const statements = block?.kids.filter((kid) => kid.named) ?? [];
  const only = statements[0];
  if (root.kids.length !== 1 || statements.length !== 1 || only?.type !== 'return_statement') return null;
  const value = only.kids.find((kid) => kid.named);
  if (value === undefined) return null;
  const problems: { pos: number; why: string }[] = [];
  const ctx: Context = {
    text,
    tokens: t,
    shift: -prefix.length,
    base,
    marks: rewrite.marks,
    lost: new Map(),
    problems,
    depth: 0,
    convertBlock,
  };
  const result = convertExpression(ctx, value);
  return problems.length > 0 ? null : result;
}

/**
 * Parses the body of a macro like that of a function with the macro's parameters, whose types are unknown. A body that is one expression
 * becomes a `return` of it. `null` if the body is empty or cannot be read on its own.
 */
export function parseMacroBody(macro: MacroDefinition): FunctionVariant | null {
  if (macro.body.trim() === '' || macro.body.length > MAX_ITEM) return null;
  const shell = {
    name: macro.name,
    static: false,
    inline: true,
    returns: plainType(''),
    params: macro.params.map((name) => ({ name, type: plainType('') })),
    assumptions: [],
    pos: macro.pos,
    end: macro.end,
  };
  const span = { pos: macro.bodyPos, end: macro.bodyPos + macro.body.length };
  // After `return`, the `return (x)` of such a body would be read as a call.
  const value = /^\s*return\b/.test(macro.body) ? null : parseExpressionText(macro.body, macro.bodyPos);
  if (value !== null) return { ...shell, body: { kind: 'block', body: [{ kind: 'return', value, ...span }], ...span }, problems: [] };
  const wrapped = `{${macro.body}\n;}`;
  const t = tokenize(wrapped);
  if (t.unbalanced || t.depth > MAX_BRACKETS || !isPunct(t, 0, '{') || t.match[0] !== t.count - 1) return null;
  const problems: { pos: number; why: string }[] = [];
  const body = parseBody(t, 0, t.count - 1, macro.bodyPos - 1, problems);
  const last = body.body.at(-1);
  if (last?.kind === 'empty' && body.body.length > 1) body.body.pop();
  if (body.body.length > 0 && body.body.every((s) => s.kind === 'unknown-statement')) return null;
  return { ...shell, body: { ...body, ...span }, problems };
}
