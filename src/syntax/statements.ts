/** Concrete tree -> statements. */
import type { Block, Call, Declaration, Declarator, Expression, For, Statement } from './ast.js';
import { callsIn } from './calls.js';
import { type Context, convertExpression, fieldOf, namedKid, sourceText } from './expressions.js';
import { isPunct, tokenAt, tokenText } from './tokens.js';
import type { Node } from './tree.js';
import { readDeclaration } from './types.js';

function at(ctx: Context, node: Node): { pos: number; end: number } {
  return { pos: node.start + ctx.shift + ctx.base, end: node.end + ctx.shift + ctx.base };
}

/** Converts `{ … }`. */
export function convertBlock(ctx: Context, node: Node): Block {
  const body: Statement[] = [];
  for (const kid of node.kids) if (kid.named) convertInto(ctx, kid, body);
  return { kind: 'block', body, ...at(ctx, node) };
}

/** Converts a statement that stands alone, as the body of an `if` does. */
function convertOne(ctx: Context, node: Node | undefined): Statement {
  if (node === undefined) return { kind: 'empty', pos: ctx.base, end: ctx.base };
  const list: Statement[] = [];
  convertInto(ctx, node, list);
  const only = list[0];
  if (list.length === 1 && only !== undefined && only.kind !== 'case' && only.kind !== 'label') return only;
  return { kind: 'block', body: list, ...at(ctx, node) };
}

/** The unknown statement for `[from, to)` of the text, with the calls that can be read in it. */
export function unknownStatement(ctx: Context, from: number, to: number, why: string): Statement {
  if (ctx.problems.length < 100) ctx.problems.push({ pos: from + ctx.base, why });
  const calls: Call[] = callsIn(ctx.text, from, to, ctx.base);
  return { kind: 'unknown-statement', text: ctx.text.slice(from, to), calls, pos: from + ctx.base, end: to + ctx.base };
}

function convertInto(ctx: Context, node: Node, list: Statement[]): void {
  const span = at(ctx, node);
  const from = node.start + ctx.shift;
  const lostEnd = ctx.lost.get(from);
  if (lostEnd !== undefined && node.kids.length <= 2 && node.type === 'expression_statement') {
    list.push(unknownStatement(ctx, from, lostEnd, 'the parser cannot read this statement'));
    return;
  }
  ctx.depth++;
  if (ctx.depth > 900) {
    list.push(unknownStatement(ctx, from, node.end + ctx.shift, 'nested too deeply'));
    ctx.depth--;
    return;
  }
  convertStatement(ctx, node, list, span, from);
  ctx.depth--;
}

/** The test of a `do`: the call itself where `while` was a macro's name. */
function doTest(ctx: Context, node: Node): Expression {
  const test = condition(ctx, node);
  const parens = fieldOf(node, 'condition');
  const mark = parens === undefined ? undefined : ctx.marks.get(parens.start + ctx.shift);
  if (mark?.kind !== 'macro' || mark.start === undefined || parens === undefined) return test;
  const pos = mark.start + ctx.base;
  const callee: Expression = { kind: 'identifier', name: mark.name, pos, end: mark.end + ctx.base };
  return { kind: 'call', callee, args: test.kind === 'comma' ? test.items : [test], pos, end: parens.end + ctx.shift + ctx.base };
}

function condition(ctx: Context, node: Node): Expression {
  return convertExpression(ctx, fieldOf(node, 'condition'));
}

function convertStatement(ctx: Context, node: Node, list: Statement[], span: { pos: number; end: number }, from: number): void {
  switch (node.type) {
    case 'compound_statement':
      list.push(convertBlock(ctx, node));
      return;
    case 'expression_statement': {
      strayErrors(ctx, node, list);
      const inner = node.kids.find((kid) => kid.named && kid.type !== 'ERROR');
      if (inner === undefined) list.push({ kind: 'empty', ...span });
      else {
        const mark = ctx.marks.get(from);
        const whole = mark?.kind === 'unknown' && inner.type === 'identifier';
        if (whole) list.push(unknownStatement(ctx, from, mark.end, 'a jump to a computed label'));
        else list.push({ kind: 'expression', expression: convertExpression(ctx, inner), ...span });
      }
      return;
    }
    case 'declaration':
      list.push(convertDeclaration(ctx, node));
      return;
    case 'type_definition':
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier':
    case 'attribute_specifier':
      list.push({ kind: 'empty', ...span });
      return;
    case 'if_statement':
    case 'while_statement': {
      strayErrors(ctx, node, list);
      const mark = ctx.marks.get(from);
      const body = convertOne(ctx, fieldOf(node, node.type === 'if_statement' ? 'consequence' : 'body'));
      if (mark?.kind === 'macro') {
        const test = mark.bare ? null : condition(ctx, node);
        const args = test === null ? [] : test.kind === 'comma' ? test.items : [test];
        const alternative = fieldOf(node, 'alternative');
        list.push({ kind: 'macro-statement', name: mark.name, args, body, ...span });
        if (alternative !== undefined)
          list.push(unknownStatement(ctx, alternative.start + ctx.shift, alternative.end + ctx.shift, 'an else behind a macro'));
        return;
      }
      if (node.type === 'while_statement') list.push({ kind: 'while', test: condition(ctx, node), body, ...span });
      else {
        const alternative = fieldOf(node, 'alternative');
        const otherwise = alternative === undefined ? null : convertOne(ctx, namedKid(alternative));
        list.push({ kind: 'if', test: condition(ctx, node), then: body, otherwise, ...span });
      }
      return;
    }
    case 'do_statement':
      list.push({ kind: 'do', test: doTest(ctx, node), body: convertOne(ctx, fieldOf(node, 'body')), ...span });
      return;
    case 'for_statement': {
      strayErrors(ctx, node, list);
      const part = (name: string): Expression | null => {
        const kid = fieldOf(node, name);
        return kid === undefined ? null : convertExpression(ctx, kid);
      };
      const first = fieldOf(node, 'initializer');
      const init = first?.type === 'declaration' ? convertDeclaration(ctx, first) : part('initializer');
      const loop: For = {
        kind: 'for',
        init,
        test: part('condition'),
        update: part('update'),
        body: convertOne(ctx, fieldOf(node, 'body')),
        ...span,
      };
      list.push(loop);
      return;
    }
    case 'switch_statement':
      list.push({ kind: 'switch', value: condition(ctx, node), body: convertOne(ctx, fieldOf(node, 'body')), ...span });
      return;
    case 'case_statement': {
      const value = fieldOf(node, 'value');
      const colon = node.kids.find((kid) => !kid.named && kid.type === ':');
      list.push({
        kind: 'case',
        value: value === undefined ? null : convertExpression(ctx, value),
        pos: span.pos,
        end: (colon?.end ?? node.end) + ctx.shift + ctx.base,
      });
      for (const kid of node.kids) if (kid.named && kid.field !== 'value') convertInto(ctx, kid, list);
      return;
    }
    case 'labeled_statement': {
      const label = fieldOf(node, 'label');
      const colon = node.kids.find((kid) => !kid.named && kid.type === ':');
      list.push({
        kind: 'label',
        name: label === undefined ? '' : sourceText(ctx, label),
        pos: span.pos,
        end: (colon?.end ?? node.end) + ctx.shift + ctx.base,
      });
      for (const kid of node.kids) if (kid.named && kid.field !== 'label') convertInto(ctx, kid, list);
      return;
    }
    case 'return_statement': {
      strayErrors(ctx, node, list);
      const value = node.kids.find((kid) => kid.named && kid.type !== 'ERROR');
      list.push({ kind: 'return', value: value === undefined ? null : convertExpression(ctx, value), ...span });
      return;
    }
    case 'goto_statement': {
      const label = fieldOf(node, 'label');
      list.push({ kind: 'goto', label: label === undefined ? '' : sourceText(ctx, label), ...span });
      return;
    }
    case 'break_statement':
      list.push({ kind: 'break', ...span });
      return;
    case 'continue_statement':
      list.push({ kind: 'continue', ...span });
      return;
    case 'attributed_statement':
      for (const kid of node.kids) if (kid.named && !kid.type.startsWith('attribute')) convertInto(ctx, kid, list);
      return;
    case 'comment':
      return;
    default:
      if (/^(?:identifier|primitive_type|type_identifier|macro_type_specifier|sized_type_specifier)$/.test(node.type)) {
        // `u32;` and `FOO(x);`: the grammar takes a lone name for an empty declaration.
        list.push({ kind: 'expression', expression: convertExpression(ctx, node), ...span });
        return;
      }
      list.push(unknownStatement(ctx, from, node.end + ctx.shift, 'the parser cannot read this'));
  }
}

/** Errors that stand directly in a statement are text that it lost. */
function strayErrors(ctx: Context, node: Node, list: Statement[]): void {
  for (const kid of node.kids) {
    if (kid.type === 'ERROR') list.push(unknownStatement(ctx, kid.start + ctx.shift, kid.end + ctx.shift, 'the parser cannot read this'));
    else if (kid.named && kid.start === kid.end)
      ctx.problems.push({ pos: kid.start + ctx.shift + ctx.base, why: 'something is missing here' });
  }
}

function convertDeclaration(ctx: Context, node: Node): Declaration {
  const from = node.start + ctx.shift;
  const to = node.end + ctx.shift;
  const t = ctx.tokens;
  const { spec, declarators } = readDeclaration(t, tokenAt(t, from), Math.min(tokenAt(t, to - 1) + 1, t.count));
  const values: Node[] = [];
  for (const kid of node.kids) {
    if (kid.type === 'init_declarator') {
      const value = fieldOf(kid, 'value');
      if (value !== undefined) values.push(value);
      for (const part of kid.kids)
        if (part.type === 'ERROR') ctx.problems.push({ pos: part.start + ctx.shift + ctx.base, why: 'cannot be read in a declaration' });
    } else if (kid.type === 'ERROR') ctx.problems.push({ pos: kid.start + ctx.shift + ctx.base, why: 'cannot be read in a declaration' });
  }
  const result: Declarator[] = [];
  let v = 0;
  for (const d of declarators) {
    let init: Expression | null = null;
    if (d.init !== null) {
      const begin = t.start[d.init[0]] ?? to;
      const end = t.end[d.init[1] - 1] ?? to;
      while (v < values.length && values[v]!.start + ctx.shift < begin) v++;
      const value = values[v];
      if (value !== undefined && value.start + ctx.shift <= end) {
        init = convertExpression(ctx, value);
        v++;
      } else {
        init = { kind: 'unknown', text: ctx.text.slice(begin, end), pos: begin + ctx.base, end: end + ctx.base };
        ctx.problems.push({ pos: begin + ctx.base, why: 'cannot be read as an initialiser' });
      }
    }
    result.push({
      name: d.name,
      type: d.type,
      init,
      cleanup: d.cleanup,
      static: spec.static,
      pos: d.pos + ctx.base,
      end: d.end + ctx.base,
    });
  }
  const first = tokenAt(t, from);
  if (result[0]?.init != null && result[0].type.base === '' && isPunct(t, first + 1, '(') && values[0] !== undefined) {
    // `DECLARE_FLAGS(present) = { };`
    const type = { base: tokenText(t, first), tag: null, pointers: 0, dims: [] };
    return {
      kind: 'declaration',
      declarators: [{ name: tokenText(t, first + 2), type, init: result[0].init, cleanup: null, static: false, ...at(ctx, node) }],
      ...at(ctx, node),
    };
  }
  return { kind: 'declaration', declarators: result, ...at(ctx, node) };
}
