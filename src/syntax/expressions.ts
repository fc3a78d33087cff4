/** Concrete tree -> expressions. */
import type { Block, Call, Expression, InitializerItem, InitializerList } from './ast.js';
import { isOpaque } from './dialect.js';
import type { Mark } from './rewrite.js';
import { type Tokens, tokenAt, tokenize } from './tokens.js';
import type { Node } from './tree.js';
import { readTypeName } from './types.js';
import { asmJumps, looksLikeType } from './words.js';

/** What a conversion works with. */
export interface Context {
  /** The text before the dialect pass; its positions plus `base` are the file's. */
  text: string;
  /** Its tokens: types and declarators are read from them, not from the tree. */
  tokens: Tokens;
  /** The text the tree was made from. */
  rewritten: string;
  /** Offset in `text` of the tree's first character. */
  shift: number;
  /** Offset in the file of `text`'s first character. */
  base: number;
  marks: Map<number, Mark>;
  /** Statements given up before parsing: start -> end, offsets in `text`. */
  lost: Map<number, number>;
  problems: { pos: number; why: string }[];
  depth: number;
  /** Converts the statements that stand in an expression. */
  convertBlock(ctx: Context, node: Node): Block;
}

/** Deeper trees than this are not walked. */
const MAX_DEPTH = 900;

function at(ctx: Context, node: Node): { pos: number; end: number } {
  return { pos: node.start + ctx.shift + ctx.base, end: node.end + ctx.shift + ctx.base };
}

/** Text of a node as the file has it. */
export function sourceText(ctx: Context, node: Node): string {
  return ctx.text.slice(node.start + ctx.shift, node.end + ctx.shift);
}

function problem(ctx: Context, node: Node, why: string): void {
  if (ctx.problems.length < 100) ctx.problems.push({ pos: node.start + ctx.shift + ctx.base, why });
}

function unknown(ctx: Context, node: Node, why: string): Expression {
  problem(ctx, node, why);
  return { kind: 'unknown', text: sourceText(ctx, node), ...at(ctx, node) };
}

/** The kid in a field, or `undefined`. */
export function fieldOf(node: Node, field: string): Node | undefined {
  return node.kids.find((kid) => kid.field === field);
}

/** First kid that is a rule. */
export function namedKid(node: Node): Node | undefined {
  return node.kids.find((kid) => kid.named);
}

/** Converts an expression; what is broken becomes an unknown expression and a problem. */
export function convertExpression(ctx: Context, node: Node | undefined): Expression {
  if (node === undefined) return { kind: 'unknown', text: '', pos: ctx.base, end: ctx.base };
  if (ctx.depth > MAX_DEPTH) return unknown(ctx, node, 'nested too deeply');
  ctx.depth++;
  const result = convert(ctx, node);
  ctx.depth--;
  return result;
}

function operatorOf(ctx: Context, node: Node): string {
  const op = fieldOf(node, 'operator') ?? node.kids.find((kid) => !kid.named);
  const text = op === undefined ? '' : sourceText(ctx, op).trim();
  // Of `case 1 ... 3` the grammar is shown an operator of two characters.
  return text === '..' ? '...' : text;
}

function convert(ctx: Context, node: Node): Expression {
  const span = at(ctx, node);
  const mark = ctx.marks.get(node.start + ctx.shift);
  if (
    mark !== undefined &&
    mark.kind !== 'macro' &&
    node.end + ctx.shift <= mark.end &&
    (node.kids.length === 0 || mark.kind === 'literal')
  ) {
    const marked = convertMarked(ctx, node, mark);
    if (marked !== null) return marked;
  }
  const sub = (field: string): Expression => convertExpression(ctx, fieldOf(node, field));
  switch (node.type) {
    case 'identifier':
    case 'field_identifier':
    case 'type_identifier':
    case 'statement_identifier': {
      const name = sourceText(ctx, node);
      if (node.end === node.start) return unknown(ctx, node, 'something is missing here');
      if (/^(?:[us](?:8|16|32|64)|__[us](?:8|16|32|64))$/.test(name))
        return { kind: 'type', type: { base: name, tag: null, pointers: 0, dims: [] }, ...span };
      return { kind: 'identifier', name, ...span };
    }
    case 'number_literal':
    case 'string_literal':
    case 'char_literal':
    case 'concatenated_string':
    case 'true':
    case 'false':
    case 'null':
    case 'gnu_asm_expression':
      return { kind: 'literal', text: sourceText(ctx, node), ...span };
    case 'call_expression':
      return convertCall(ctx, node);
    case 'field_expression': {
      const field = fieldOf(node, 'field');
      return {
        kind: 'member',
        object: sub('argument'),
        field: field === undefined ? '' : markedName(ctx, field),
        arrow: operatorOf(ctx, node) === '->',
        ...span,
      };
    }
    case 'subscript_expression':
      return { kind: 'index', object: sub('argument'), index: sub('index'), ...span };
    case 'pointer_expression':
    case 'unary_expression':
      return { kind: 'unary', op: operatorOf(ctx, node), operand: sub('argument'), ...span };
    case 'update_expression': {
      const op = operatorOf(ctx, node) === '--' ? '--' : '++';
      const prefix = node.kids[0]?.named === false;
      const argument = fieldOf(node, 'argument');
      const operand = sub('argument');
      // The grammar takes `!n++` for `(!n)++`; C binds what stands behind first.
      if (!prefix && argument?.type === 'unary_expression' && operand.kind === 'unary')
        return {
          ...operand,
          operand: { kind: 'update', op, prefix, operand: operand.operand, pos: operand.operand.pos, end: node.end },
          end: node.end,
        };
      return { kind: 'update', op, prefix, operand, ...span };
    }
    case 'binary_expression': {
      const left = fieldOf(node, 'left');
      const op = operatorOf(ctx, node);
      const inner = left?.type === 'parenthesized_expression' ? namedKid(left) : undefined;
      if (inner?.type === 'identifier' && /^[-+*&]$/.test(op) && looksLikeType(sourceText(ctx, inner))) {
        const type = { base: sourceText(ctx, inner), tag: null, pointers: 0, dims: [] };
        const right = sub('right');
        const opNode = fieldOf(node, 'operator');
        const pos = opNode === undefined ? right.pos : opNode.start + ctx.shift + ctx.base;
        return { kind: 'cast', type, operand: { kind: 'unary', op, operand: right, pos, end: right.end }, ...span };
      }
      return { kind: 'binary', op, left: convertExpression(ctx, left), right: sub('right'), ...span };
    }
    case 'assignment_expression':
      return { kind: 'assign', op: operatorOf(ctx, node), left: sub('left'), right: sub('right'), ...span };
    case 'conditional_expression': {
      const then = fieldOf(node, 'consequence');
      return {
        kind: 'conditional',
        test: sub('condition'),
        then: then === undefined ? null : convertExpression(ctx, then),
        otherwise: sub('alternative'),
        ...span,
      };
    }
    case 'comma_expression': {
      const items: Expression[] = [];
      let rest: Node | undefined = node;
      while (rest?.type === 'comma_expression') {
        items.push(convertExpression(ctx, fieldOf(rest, 'left')));
        rest = fieldOf(rest, 'right');
      }
      items.push(convertExpression(ctx, rest));
      return { kind: 'comma', items, ...span };
    }
    case 'cast_expression': {
      const type = typeOf(ctx, fieldOf(node, 'type'));
      return { kind: 'cast', type, operand: sub('value'), ...span };
    }
    case 'sizeof_expression':
    case 'alignof_expression':
    case 'offsetof_expression':
      return { kind: 'sizeof', text: sourceText(ctx, node), ...span };
    case 'compound_literal_expression': {
      const value = fieldOf(node, 'value');
      const items = value === undefined ? [] : initializerItems(ctx, value);
      return { kind: 'initializer', type: typeOf(ctx, fieldOf(node, 'type')), items, ...span };
    }
    case 'initializer_list':
      return { kind: 'initializer', type: null, items: initializerItems(ctx, node), ...span } satisfies InitializerList;
    case 'parenthesized_expression':
    case 'extension_expression': {
      const rules = node.kids.filter((kid) => kid.named);
      const error = rules.find((kid) => kid.type === 'ERROR');
      if (error !== undefined) problem(ctx, error, 'cannot be read as an expression');
      return convertExpression(ctx, rules.find((kid) => kid.type !== 'ERROR') ?? rules[0]);
    }
    case 'compound_statement':
      return { kind: 'statement-expression', body: ctx.convertBlock(ctx, node), ...span };
    case 'type_descriptor':
    case 'macro_type_specifier':
    case 'primitive_type':
    case 'sized_type_specifier':
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier':
      return { kind: 'type', type: typeOf(ctx, node), ...span };
    case 'generic_expression':
      return { kind: 'literal', text: sourceText(ctx, node), ...span };
    default:
      return unknown(ctx, node, node.type === 'ERROR' ? 'cannot be read as an expression' : `unexpected ${node.type}`);
  }
}

function convertMarked(ctx: Context, node: Node, mark: Mark): Expression | null {
  const pos = node.start + ctx.shift;
  const text = ctx.text.slice(pos, mark.end);
  const span = { pos: pos + ctx.base, end: mark.end + ctx.base };
  switch (mark.kind) {
    case 'type': {
      const t = tokenize(text);
      const type = readTypeName(t, 0, t.count) ?? { base: text, tag: null, pointers: 0, dims: [] };
      return { kind: 'type', type, ...span };
    }
    case 'literal': {
      const jumps = asmJumps(text);
      return { kind: 'literal', text, ...(jumps.length > 0 && { jumps }), ...span };
    }
    case 'paste':
      return { kind: 'identifier', name: text.replace(/\s+/g, ''), ...span };
    case 'unknown':
      ctx.problems.push({ pos: span.pos, why: 'a statement stands where an argument is expected' });
      return { kind: 'unknown', text, ...span };
    default:
      return null;
  }
}

function markedName(ctx: Context, node: Node): string {
  return sourceText(ctx, node).replace(/\s+/g, '');
}

function convertCall(ctx: Context, node: Node): Expression {
  const span = at(ctx, node);
  const fn = fieldOf(node, 'function');
  const list = fieldOf(node, 'arguments');
  if (fn?.type === 'identifier' && isOpaque(sourceText(ctx, fn))) return { kind: 'sizeof', text: sourceText(ctx, node), ...span };
  const args: Expression[] = [];
  for (const kid of list?.kids ?? []) {
    if (!kid.named) continue;
    if (kid.type === 'ERROR') problem(ctx, kid, 'cannot be read as an argument');
    else args.push(convertExpression(ctx, kid));
  }
  // `"b"(rbx)`: an operand of an asm statement, on its way there through a macro.
  if (fn?.type === 'string_literal' && args[0] !== undefined) return args[0];
  const inner = fn?.type === 'parenthesized_expression' ? namedKid(fn) : undefined;
  if (inner?.type === 'identifier' && args.length === 1 && args[0] !== undefined) {
    // `(u64)(x)`: nobody writes a call that way.
    return { kind: 'cast', type: { base: sourceText(ctx, inner), tag: null, pointers: 0, dims: [] }, operand: args[0], ...span };
  }
  return { kind: 'call', callee: convertExpression(ctx, fn), args, ...span } satisfies Call;
}

function typeOf(ctx: Context, node: Node | undefined): { base: string; tag: string | null; pointers: number; dims: string[] } {
  if (node === undefined) return { base: '', tag: null, pointers: 0, dims: [] };
  const from = tokenAt(ctx.tokens, node.start + ctx.shift);
  const to = tokenAt(ctx.tokens, node.end + ctx.shift - 1) + 1;
  return (
    readTypeName(ctx.tokens, from, Math.min(to, ctx.tokens.count)) ?? { base: sourceText(ctx, node), tag: null, pointers: 0, dims: [] }
  );
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
