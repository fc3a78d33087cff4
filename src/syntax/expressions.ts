/** Converts the parser's expressions to the AST. */
import type { Block, Call, CType, Expression, InitializerItem, Span, Unary } from './ast.js';
import { byType, type Context, fieldOf, MAX_DEPTH, namedKid, problemAt, sourceText, spanOf } from './context.js';
import type { Mark } from './rewrite.js';
import { tokenAt, tokenize } from './tokens.js';
import type { Node } from './tree.js';
import { plainType, readTypeName } from './types.js';
import { asmJumps, looksLikeType, OPAQUE } from './words.js';

type Conversion = (ctx: Context, node: Node, span: Span) => Expression;

/** The conversion of each node type. */
const conversions = byType<Conversion>([
  [['identifier', 'field_identifier', 'type_identifier', 'statement_identifier'], convertName],
  [
    [
      'number_literal',
      'string_literal',
      'char_literal',
      'concatenated_string',
      'true',
      'false',
      'null',
      'gnu_asm_expression',
      'generic_expression',
    ],
    (ctx, node, span) => ({ kind: 'literal', text: sourceText(ctx, node), ...span }),
  ],
  [['call_expression'], convertCall],
  [['field_expression'], convertMember],
  [
    ['subscript_expression'],
    (ctx, node, span) => ({ kind: 'index', object: part(ctx, node, 'argument'), index: part(ctx, node, 'index'), ...span }),
  ],
  [
    ['pointer_expression', 'unary_expression'],
    (ctx, node, span) => elementOr({ kind: 'unary', op: operatorOf(ctx, node), operand: part(ctx, node, 'argument'), ...span }),
  ],
  [['update_expression'], convertUpdate],
  [['binary_expression'], convertBinary],
  [
    ['assignment_expression'],
    (ctx, node, span) => ({
      kind: 'assign',
      op: operatorOf(ctx, node),
      left: part(ctx, node, 'left'),
      right: part(ctx, node, 'right'),
      ...span,
    }),
  ],
  [['conditional_expression'], convertConditional],
  [['comma_expression'], convertComma],
  [
    ['cast_expression'],
    (ctx, node, span) => ({ kind: 'cast', type: typeOf(ctx, fieldOf(node, 'type')), operand: part(ctx, node, 'value'), ...span }),
  ],
  [
    ['sizeof_expression', 'alignof_expression', 'offsetof_expression'],
    (ctx, node, span) => ({ kind: 'sizeof', text: sourceText(ctx, node), ...span }),
  ],
  [['compound_literal_expression'], convertCompoundLiteral],
  [['initializer_list'], (ctx, node, span) => ({ kind: 'initializer', type: null, items: initializerItems(ctx, node), ...span })],
  [['parenthesized_expression', 'extension_expression'], convertInside],
  [['compound_statement'], (ctx, node, span) => ({ kind: 'statement-expression', body: ctx.convertBlock(ctx, node), ...span })],
  [
    [
      'type_descriptor',
      'macro_type_specifier',
      'primitive_type',
      'sized_type_specifier',
      'struct_specifier',
      'union_specifier',
      'enum_specifier',
    ],
    (ctx, node, span) => ({ kind: 'type', type: typeOf(ctx, node), ...span }),
  ],
]);

/** Converts an expression. What cannot be read becomes an unknown expression, and a problem. */
export function convertExpression(ctx: Context, node: Node | undefined): Expression {
  if (node === undefined) return { kind: 'unknown', text: '', pos: ctx.base, end: ctx.base };
  if (ctx.depth > MAX_DEPTH) return unknown(ctx, node, 'nested too deeply');
  ctx.depth++;
  const result = convert(ctx, node);
  ctx.depth--;
  return result;
}

function convert(ctx: Context, node: Node): Expression {
  const mark = ctx.marks.get(node.start + ctx.shift);
  if (mark !== undefined && standsFor(ctx, node, mark)) {
    const marked = convertMarked(ctx, node, mark);
    if (marked !== null) return marked;
  }
  const conversion = conversions.get(node.type);
  if (conversion !== undefined) return conversion(ctx, node, spanOf(ctx, node));
  return unknown(ctx, node, node.type === 'ERROR' ? 'cannot be read as an expression' : `unexpected ${node.type}`);
}

/** `*(pages + i)` is `pages[i]`: C11, 6.5.2.1. */
function elementOr(e: Unary): Expression {
  const { op, operand, pos, end } = e;
  const isSum =
    op === '*' && operand.kind === 'binary' && operand.op === '+' && operand.left.kind !== 'literal' && operand.left.kind !== 'cast';
  return isSum ? { kind: 'index', object: operand.left, index: operand.right, pos, end } : e;
}

/** True if the whole node is what a mark replaced at its start. */
function standsFor(ctx: Context, node: Node, mark: Mark): boolean {
  return mark.kind !== 'macro' && node.end + ctx.shift <= mark.end && (node.kids.length === 0 || mark.kind === 'literal');
}

function convertMarked(ctx: Context, node: Node, mark: Mark): Expression | null {
  const pos = node.start + ctx.shift;
  const text = ctx.text.slice(pos, mark.end);
  const span = { pos: pos + ctx.base, end: mark.end + ctx.base };
  switch (mark.kind) {
    case 'type': {
      const t = tokenize(text);
      const type = readTypeName(t, 0, t.count) ?? plainType(text);
      return { kind: 'type', type, ...span };
    }
    case 'literal': {
      const jumps = asmJumps(text);
      return { kind: 'literal', text, ...(jumps.length > 0 && { jumps }), ...span };
    }
    case 'paste':
      return { kind: 'identifier', name: text.replace(/\s+/g, ''), ...span };
    case 'unknown': {
      const body = jumpIn(text, span);
      if (body) return { kind: 'statement-expression', body, ...span };
      ctx.problems.push({ pos: span.pos, why: 'a statement stands where an argument is expected' });
      return { kind: 'unknown', text, ...span };
    }
    default:
      return null;
  }
}

/** A jump where an argument is expected, `scoped_cond_guard(mutex_intr, return -EINTR, &lock)`; `null` for anything else. */
function jumpIn(text: string, span: Span): Block | null {
  const [, label] = /^goto\s+(\w+)$/.exec(text) ?? [];
  const [isReturn, sign, value] = /^return\b\s*(?:(-?)\s*(\w+))?$/.exec(text) ?? [];
  if (label !== undefined) return { kind: 'block', body: [{ kind: 'goto', label, ...span }], ...span };
  if (isReturn === undefined) return null;
  const named: Expression | null = value === undefined ? null : plainValue(value, span);
  const returned: Expression | null = named && sign ? { kind: 'unary', op: sign, operand: named, ...span } : named;
  return { kind: 'block', body: [{ kind: 'return', value: returned, ...span }], ...span };
}

function plainValue(text: string, span: Span): Expression {
  return /^\d/.test(text) ? { kind: 'literal', text, ...span } : { kind: 'identifier', name: text, ...span };
}

function unknown(ctx: Context, node: Node, why: string): Expression {
  problem(ctx, node, why);
  return { kind: 'unknown', text: sourceText(ctx, node), ...spanOf(ctx, node) };
}

function problem(ctx: Context, node: Node, why: string): void {
  problemAt(ctx, node.start + ctx.shift + ctx.base, why);
}

/** Converts the expression in a field of a node. */
function part(ctx: Context, node: Node, field: string): Expression {
  return convertExpression(ctx, fieldOf(node, field));
}

function operatorOf(ctx: Context, node: Node): string {
  const op = fieldOf(node, 'operator') ?? node.kids.find((kid) => !kid.named);
  const text = op === undefined ? '' : sourceText(ctx, op).trim();
  // The grammar was shown `case 1 ||  3` for `case 1 ... 3`: an operator of two characters.
  return text === '..' ? '...' : text;
}

function convertName(ctx: Context, node: Node, span: Span): Expression {
  const name = sourceText(ctx, node);
  if (node.end === node.start) return unknown(ctx, node, 'something is missing here');
  if (/^(?:[us](?:8|16|32|64)|__[us](?:8|16|32|64))$/.test(name)) return { kind: 'type', type: plainType(name), ...span };
  return { kind: 'identifier', name, ...span };
}

function convertMember(ctx: Context, node: Node, span: Span): Expression {
  const named = fieldOf(node, 'field');
  const field = named === undefined ? '' : sourceText(ctx, named).replace(/\s+/g, '');
  const object = part(ctx, node, 'argument');
  const arrow = operatorOf(ctx, node) === '->';
  // `(*a).b` is `a->b`, and `(&a)->b` is `a.b`: one spelling for those that look at the text.
  if (object.kind === 'unary' && object.op === (arrow ? '&' : '*'))
    return { kind: 'member', object: object.operand, field, arrow: !arrow, ...span };
  return { kind: 'member', object, field, arrow, ...span };
}

function convertUpdate(ctx: Context, node: Node, span: Span): Expression {
  const op = operatorOf(ctx, node) === '--' ? '--' : '++';
  const prefix = node.kids[0]?.named === false;
  const argument = fieldOf(node, 'argument');
  const operand = convertExpression(ctx, argument);
  // The grammar parses `!n++` as `(!n)++`; in C, suffixes bind first.
  if (!prefix && argument?.type === 'unary_expression' && operand.kind === 'unary') {
    const inner = operand.operand;
    return { ...operand, operand: { kind: 'update', op, prefix, operand: inner, pos: inner.pos, end: span.end }, end: span.end };
  }
  return { kind: 'update', op, prefix, operand, ...span };
}

function convertBinary(ctx: Context, node: Node, span: Span): Expression {
  const left = fieldOf(node, 'left');
  const op = operatorOf(ctx, node);
  const inner = left?.type === 'parenthesized_expression' ? namedKid(left) : undefined;
  if (inner?.type !== 'identifier' || !/^[-+*&]$/.test(op) || !looksLikeType(sourceText(ctx, inner)))
    return { kind: 'binary', op, left: convertExpression(ctx, left), right: part(ctx, node, 'right'), ...span };
  // `(u64)*p`: the grammar takes it for a product.
  const operand = part(ctx, node, 'right');
  const sign = fieldOf(node, 'operator');
  const pos = sign === undefined ? operand.pos : sign.start + ctx.shift + ctx.base;
  return {
    kind: 'cast',
    type: plainType(sourceText(ctx, inner)),
    operand: { kind: 'unary', op, operand, pos, end: operand.end },
    ...span,
  };
}

function convertConditional(ctx: Context, node: Node, span: Span): Expression {
  const then = fieldOf(node, 'consequence');
  return {
    kind: 'conditional',
    test: part(ctx, node, 'condition'),
    then: then === undefined ? null : convertExpression(ctx, then),
    otherwise: part(ctx, node, 'alternative'),
    ...span,
  };
}

function convertComma(ctx: Context, node: Node, span: Span): Expression {
  const items: Expression[] = [];
  let rest: Node | undefined = node;
  while (rest?.type === 'comma_expression') {
    items.push(part(ctx, rest, 'left'));
    rest = fieldOf(rest, 'right');
  }
  items.push(convertExpression(ctx, rest));
  return { kind: 'comma', items, ...span };
}

function convertCompoundLiteral(ctx: Context, node: Node, span: Span): Expression {
  const value = fieldOf(node, 'value');
  const items = value === undefined ? [] : initializerItems(ctx, value);
  return { kind: 'initializer', type: typeOf(ctx, fieldOf(node, 'type')), items, ...span };
}

/** What is in parentheses, or behind an `__extension__`. */
function convertInside(ctx: Context, node: Node): Expression {
  const rules = node.kids.filter((kid) => kid.named);
  const error = rules.find((kid) => kid.type === 'ERROR');
  if (error !== undefined) problem(ctx, error, 'cannot be read as an expression');
  return convertExpression(ctx, rules.find((kid) => kid.type !== 'ERROR') ?? rules[0]);
}

function convertCall(ctx: Context, node: Node, span: Span): Expression {
  const fn = fieldOf(node, 'function');
  const list = fieldOf(node, 'arguments');
  if (fn?.type === 'identifier' && OPAQUE.has(sourceText(ctx, fn))) return { kind: 'sizeof', text: sourceText(ctx, node), ...span };
  const args: Expression[] = [];
  for (const kid of list?.kids ?? []) {
    if (!kid.named) continue;
    if (kid.type === 'ERROR') problem(ctx, kid, 'cannot be read as an argument');
    else args.push(convertExpression(ctx, kid));
  }
  // `"b"(rbx)`: an operand of an asm statement that is passed through a macro.
  if (fn?.type === 'string_literal' && args[0] !== undefined) return args[0];
  const inner = fn?.type === 'parenthesized_expression' ? namedKid(fn) : undefined;
  if (inner?.type === 'identifier' && args.length === 1 && args[0] !== undefined) {
    // `(u64)(x)`: nobody writes a call like this.
    return { kind: 'cast', type: plainType(sourceText(ctx, inner)), operand: args[0], ...span };
  }
  return { kind: 'call', callee: convertExpression(ctx, fn), args, ...span } satisfies Call;
}

function typeOf(ctx: Context, node: Node | undefined): CType {
  if (node === undefined) return plainType('');
  const from = tokenAt(ctx.tokens, node.start + ctx.shift);
  const to = tokenAt(ctx.tokens, node.end + ctx.shift - 1) + 1;
  return readTypeName(ctx.tokens, from, Math.min(to, ctx.tokens.count)) ?? plainType(sourceText(ctx, node));
}

function initializerItems(ctx: Context, node: Node): InitializerItem[] {
  const items: InitializerItem[] = [];
  for (const kid of node.kids) {
    if (!kid.named) continue;
    if (kid.type === 'ERROR') problem(ctx, kid, 'cannot be read as an initialiser');
    else if (kid.type === 'initializer_pair') {
      const designators: string[] = [];
      for (const part of kid.kids) {
        if (part.field !== 'designator') continue;
        const name = part.type === 'field_designator' ? namedKid(part) : part.type === 'field_identifier' ? part : undefined;
        designators.push(name === undefined ? '[]' : sourceText(ctx, name));
      }
      items.push({ designators, value: convertExpression(ctx, fieldOf(kid, 'value')) });
    } else items.push({ designators: [], value: convertExpression(ctx, kid) });
  }
  return items;
}
