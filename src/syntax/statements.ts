/** Converts the parser's statements to the AST. */
import type { Block, Case, Declaration, Expression, For, Label, Span, Statement } from './ast.js';
import { callsIn } from './calls.js';
import { byType, type Context, fieldOf, MAX_DEPTH, namedKid, problemAt, readableKid, sourceText, spanOf } from './context.js';
import { convertDeclaration } from './declarations.js';
import { convertExpression } from './expressions.js';
import type { Node } from './tree.js';
import { plainType } from './types.js';

/** Appends what a node becomes to a list: mostly one statement. */
type Conversion = (ctx: Context, node: Node, span: Span, list: Statement[]) => void;

/** The conversion of each node type. */
const conversions = byType<Conversion>([
  [['compound_statement'], one(convertBlock)],
  [['expression_statement'], careful(convertExpressionStatement)],
  [['declaration'], one(convertDeclaration)],
  [
    ['type_definition', 'struct_specifier', 'union_specifier', 'enum_specifier', 'attribute_specifier'],
    one((_ctx, _node, span) => ({ kind: 'empty', ...span })),
  ],
  [['if_statement'], unlessMacro('consequence', convertIf)],
  [['while_statement'], unlessMacro('body', (ctx, node, span, body) => ({ kind: 'while', test: condition(ctx, node), body, ...span }))],
  [['do_statement'], one((ctx, node, span) => ({ kind: 'do', test: doTest(ctx, node), body: bodyOf(ctx, node), ...span }))],
  [['for_statement'], careful(convertFor)],
  [['switch_statement'], one((ctx, node, span) => ({ kind: 'switch', value: condition(ctx, node), body: bodyOf(ctx, node), ...span }))],
  [['case_statement'], marker('value', (ctx, value, span) => ({ kind: 'case', value: expressionOrNull(ctx, value), ...span }))],
  [['labeled_statement'], marker('label', (ctx, label, span) => ({ kind: 'label', name: labelText(ctx, label), ...span }))],
  [['return_statement'], careful((ctx, node, span) => ({ kind: 'return', value: expressionOrNull(ctx, readableKid(node)), ...span }))],
  [['goto_statement'], one((ctx, node, span) => ({ kind: 'goto', label: labelText(ctx, fieldOf(node, 'label')), ...span }))],
  [['break_statement'], one((_ctx, _node, span) => ({ kind: 'break', ...span }))],
  [['continue_statement'], one((_ctx, _node, span) => ({ kind: 'continue', ...span }))],
  [['attributed_statement'], convertAttributed],
  [['comment'], () => {}],
  [
    // `u32;` and `FOO(x);`: the grammar takes a lone name for an empty declaration.
    ['identifier', 'primitive_type', 'type_identifier', 'macro_type_specifier', 'sized_type_specifier'],
    one((ctx, node, span) => ({ kind: 'expression', expression: convertExpression(ctx, node), ...span })),
  ],
]);

/** Converts a node to one statement. */
function one(convert: (ctx: Context, node: Node, span: Span) => Statement): Conversion {
  return (ctx, node, span, list) => {
    list.push(convert(ctx, node, span));
  };
}

/** The same, behind unknown statements for the errors inside the node. */
function careful(convert: (ctx: Context, node: Node, span: Span) => Statement): Conversion {
  return (ctx, node, span, list) => {
    strayErrors(ctx, node, list);
    list.push(convert(ctx, node, span));
  };
}

/** Converts a node to a marker up to its `:`, made from a field of it, followed by the statements in it. */
function marker(field: string, convert: (ctx: Context, marks: Node | undefined, span: Span) => Case | Label): Conversion {
  return (ctx, node, { pos }, list) => {
    const colon = node.kids.find((kid) => !kid.named && kid.type === ':');
    list.push(convert(ctx, fieldOf(node, field), { pos, end: (colon?.end ?? node.end) + ctx.shift + ctx.base }));
    for (const kid of node.kids) if (kid.named && kid.field !== field) convertInto(ctx, kid, list);
  };
}

/**
 * Converts a node to the statement it is or, if its keyword replaces a macro's name, to a macro statement.
 * @param field the field of its body
 */
function unlessMacro(field: string, convert: (ctx: Context, node: Node, span: Span, body: Statement) => Statement): Conversion {
  return (ctx, node, span, list) => {
    strayErrors(ctx, node, list);
    const mark = ctx.marks.get(node.start + ctx.shift);
    const body = convertOne(ctx, fieldOf(node, field));
    if (mark?.kind !== 'macro') {
      list.push(convert(ctx, node, span, body));
      return;
    }
    const args = mark.bare ? [] : itemsOf(condition(ctx, node));
    list.push({ kind: 'macro-statement', name: mark.name, args, body, ...span });
    const alternative = fieldOf(node, 'alternative');
    if (alternative !== undefined) list.push(unknownNode(ctx, alternative, 'an else behind a macro'));
  };
}

/** Converts `{ ... }`. */
export function convertBlock(ctx: Context, node: Node): Block {
  const body: Statement[] = [];
  for (const kid of node.kids) if (kid.named) convertInto(ctx, kid, body);
  return { kind: 'block', body, ...spanOf(ctx, node) };
}

/** Converts a single statement, such as the body of an `if`. */
function convertOne(ctx: Context, node: Node | undefined): Statement {
  if (node === undefined) return { kind: 'empty', pos: ctx.base, end: ctx.base };
  const list: Statement[] = [];
  convertInto(ctx, node, list);
  const only = list[0];
  if (list.length === 1 && only !== undefined && only.kind !== 'case' && only.kind !== 'label') return only;
  return { kind: 'block', body: list, ...spanOf(ctx, node) };
}

/** Returns the unknown statement for `[from, to)` of the text, with the calls that can be read in it, and notes a problem. */
export function unknownStatement(ctx: Context, from: number, to: number, why: string): Statement {
  problemAt(ctx, from + ctx.base, why);
  const calls = callsIn(ctx.text, from, to, ctx.base);
  return { kind: 'unknown-statement', text: ctx.text.slice(from, to), calls, pos: from + ctx.base, end: to + ctx.base };
}

function unknownNode(ctx: Context, node: Node, why: string): Statement {
  return unknownStatement(ctx, node.start + ctx.shift, node.end + ctx.shift, why);
}

function convertInto(ctx: Context, node: Node, list: Statement[]): void {
  const from = node.start + ctx.shift;
  const lostEnd = ctx.lost.get(from);
  if (lostEnd !== undefined && node.kids.length <= 2 && node.type === 'expression_statement') {
    list.push(unknownStatement(ctx, from, lostEnd, 'the parser cannot read this statement'));
    return;
  }
  ctx.depth++;
  const conversion = conversions.get(node.type);
  if (ctx.depth > MAX_DEPTH) list.push(unknownNode(ctx, node, 'nested too deeply'));
  else if (conversion === undefined) list.push(unknownNode(ctx, node, 'the parser cannot read this'));
  else conversion(ctx, node, spanOf(ctx, node), list);
  ctx.depth--;
}

/** Errors directly in a statement are text that the parser skipped: they become unknown statements. */
function strayErrors(ctx: Context, node: Node, list: Statement[]): void {
  for (const kid of node.kids) {
    if (kid.type === 'ERROR') list.push(unknownNode(ctx, kid, 'the parser cannot read this'));
    else if (kid.named && kid.start === kid.end)
      ctx.problems.push({ pos: kid.start + ctx.shift + ctx.base, why: 'something is missing here' });
  }
}

function convertExpressionStatement(ctx: Context, node: Node, span: Span): Statement {
  const inner = readableKid(node);
  if (inner === undefined) return { kind: 'empty', ...span };
  const from = node.start + ctx.shift;
  const mark = ctx.marks.get(from);
  if (mark?.kind === 'unknown' && inner.type === 'identifier') return unknownStatement(ctx, from, mark.end, 'a jump to a computed label');
  const expression = convertExpression(ctx, inner);
  return classVariable(expression, span) ?? { kind: 'expression', expression, ...span };
}

/** `CLASS(foo, f)(args);` declares `f`, see include/linux/cleanup.h; `null` for any other expression. */
function classVariable(e: Expression, span: Span): Declaration | null {
  if (e.kind !== 'call' || e.callee.kind !== 'call' || e.callee.callee.kind !== 'identifier' || e.callee.callee.name !== 'CLASS')
    return null;
  const [of, variable] = e.callee.args;
  if (of?.kind !== 'identifier' || variable?.kind !== 'identifier') return null;
  const init: Expression = { ...e, callee: { ...of, name: `class_${of.name}_constructor` } };
  const type = plainType(`class_${of.name}_t`);
  const made = { name: variable.name, type, init, cleanup: `class_${of.name}_destructor`, static: false };
  return { kind: 'declaration', declarators: [{ ...made, pos: variable.pos, end: e.end }], ...span };
}

function convertIf(ctx: Context, node: Node, span: Span, then: Statement): Statement {
  const alternative = fieldOf(node, 'alternative');
  const otherwise = alternative === undefined ? null : convertOne(ctx, namedKid(alternative));
  return { kind: 'if', test: condition(ctx, node), then, otherwise, ...span };
}

function convertFor(ctx: Context, node: Node, span: Span): For {
  const part = (name: string): Expression | null => expressionOrNull(ctx, fieldOf(node, name));
  const first = fieldOf(node, 'initializer');
  const init = first?.type === 'declaration' ? convertDeclaration(ctx, first) : part('initializer');
  return { kind: 'for', init, test: part('condition'), update: part('update'), body: bodyOf(ctx, node), ...span };
}

function convertAttributed(ctx: Context, node: Node, _span: Span, list: Statement[]): void {
  for (const kid of node.kids) if (kid.named && !kid.type.startsWith('attribute')) convertInto(ctx, kid, list);
}

function condition(ctx: Context, node: Node): Expression {
  return convertExpression(ctx, fieldOf(node, 'condition'));
}

function bodyOf(ctx: Context, node: Node): Statement {
  return convertOne(ctx, fieldOf(node, 'body'));
}

function expressionOrNull(ctx: Context, node: Node | undefined): Expression | null {
  return node === undefined ? null : convertExpression(ctx, node);
}

function labelText(ctx: Context, label: Node | undefined): string {
  return label === undefined ? '' : sourceText(ctx, label);
}

/** The arguments of a macro that was rewritten to a statement with a condition. */
function itemsOf(test: Expression): Expression[] {
  return test.kind === 'comma' ? test.items : [test];
}

/** The test of a `do` loop; if its `while` was a macro's name, the call of that macro. */
function doTest(ctx: Context, node: Node): Expression {
  const test = condition(ctx, node);
  const parens = fieldOf(node, 'condition');
  const mark = parens === undefined ? undefined : ctx.marks.get(parens.start + ctx.shift);
  if (mark?.kind !== 'macro' || mark.start === undefined || parens === undefined) return test;
  const pos = mark.start + ctx.base;
  const callee: Expression = { kind: 'identifier', name: mark.name, pos, end: mark.end + ctx.base };
  return { kind: 'call', callee, args: itemsOf(test), pos, end: parens.end + ctx.shift + ctx.base };
}
