/** Converts local declarations: declarators are read from the tokens, their initialisers from the parser's tree. */
import type { Declaration, Declarator, Expression } from './ast.js';
import { type Context, fieldOf, spanOf } from './context.js';
import { convertExpression } from './expressions.js';
import { isPunct, isWord, type Tokens, tokenAt, tokenText } from './tokens.js';
import type { Node } from './tree.js';
import { plainType, readDeclaration } from './types.js';
import { ATTRIBUTE, isAnnotation } from './words.js';

/** Converts a declaration. */
export function convertDeclaration(ctx: Context, node: Node): Declaration {
  const t = ctx.tokens;
  const first = firstOf(t, tokenAt(t, node.start + ctx.shift));
  const to = node.end + ctx.shift;
  const { spec, declarators } = readDeclaration(t, first, Math.min(tokenAt(t, to - 1) + 1, t.count));
  const values = valuesIn(ctx, node);
  const result: Declarator[] = [];
  let next = 0;
  for (const d of declarators) {
    let init: Expression | null = null;
    if (d.init !== null) {
      const begin = t.start[d.init[0]] ?? to;
      const end = t.end[d.init[1] - 1] ?? to;
      while (next < values.length && values[next]!.start + ctx.shift < begin) next++;
      const value = values[next];
      if (value !== undefined && value.start + ctx.shift <= end) {
        init = convertExpression(ctx, value);
        next++;
      } else init = unreadValue(ctx, begin, end);
    }
    const { name, type, cleanup, pos, end } = d;
    result.push({ name, type, init, cleanup, static: spec.static, pos: pos + ctx.base, end: end + ctx.base });
  }
  const declared = result[0];
  if (declared?.init != null && declared.type.base === '' && isPunct(t, first + 1, '(') && values[0] !== undefined)
    return { kind: 'declaration', declarators: [madeByMacro(ctx, node, first, declared.init)], ...spanOf(ctx, node) };
  return { kind: 'declaration', declarators: result, ...spanOf(ctx, node) };
}

/** The first token of a declaration whose type, or what is left in front of it, is token `at`: `__free(kfree) struct foo *p`. */
function firstOf(t: Tokens, at: number): number {
  let first = at;
  while (isPunct(t, first - 1, ')')) {
    const word = (t.match[first - 1] ?? 0) - 1;
    if (!isWord(t, word) || !isAttribute(tokenText(t, word))) return first;
    first = word;
  }
  return first;
}

function isAttribute(word: string): boolean {
  return ATTRIBUTE.has(word) || isAnnotation(word);
}

/** The initialisers of a declaration, in order. Errors between them are noted as problems. */
function valuesIn(ctx: Context, node: Node): Node[] {
  const values: Node[] = [];
  for (const kid of node.kids) {
    tellError(ctx, kid);
    if (kid.type !== 'init_declarator') continue;
    const value = fieldOf(kid, 'value');
    if (value !== undefined) values.push(value);
    for (const part of kid.kids) tellError(ctx, part);
  }
  return values;
}

function tellError(ctx: Context, node: Node): void {
  if (node.type === 'ERROR') ctx.problems.push({ pos: node.start + ctx.shift + ctx.base, why: 'cannot be read in a declaration' });
}

function unreadValue(ctx: Context, begin: number, end: number): Expression {
  ctx.problems.push({ pos: begin + ctx.base, why: 'cannot be read as an initialiser' });
  return { kind: 'unknown', text: ctx.text.slice(begin, end), pos: begin + ctx.base, end: end + ctx.base };
}

/** The variable declared by a macro, `DECLARE_FLAGS(present) = { };`. The macro is token `first`. */
function madeByMacro(ctx: Context, node: Node, first: number, init: Expression): Declarator {
  const t = ctx.tokens;
  const type = plainType(tokenText(t, first));
  return { name: tokenText(t, first + 2), type, init, cleanup: null, static: false, ...spanOf(ctx, node) };
}
