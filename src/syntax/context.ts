/** What the conversion of a concrete tree works with, and what statements and expressions alike ask of its nodes. */
import type { Block, Span } from './ast.js';
import type { Mark } from './rewrite.js';
import type { Tokens } from './tokens.js';
import type { Node } from './tree.js';

/** What a conversion works with. */
export interface Context {
  /** The text before the dialect pass; its positions plus `base` are the file's. */
  text: string;
  /** Its tokens: types and declarators are read from them, not from the tree. */
  tokens: Tokens;
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
export const MAX_DEPTH = 900;

/** More problems than these say no more. */
const MAX_PROBLEMS = 100;

/** Where a node stands in the file. */
export function spanOf(ctx: Context, node: Node): Span {
  return { pos: node.start + ctx.shift + ctx.base, end: node.end + ctx.shift + ctx.base };
}

/** Text of a node as the file has it. */
export function sourceText(ctx: Context, node: Node): string {
  return ctx.text.slice(node.start + ctx.shift, node.end + ctx.shift);
}

/** Notes what could not be read at an offset of the file. */
export function problemAt(ctx: Context, pos: number, why: string): void {
  if (ctx.problems.length < MAX_PROBLEMS) ctx.problems.push({ pos, why });
}

/** The kid in a field, or `undefined`. */
export function fieldOf(node: Node, field: string): Node | undefined {
  return node.kids.find((kid) => kid.field === field);
}

/** First kid that is a rule. */
export function namedKid(node: Node): Node | undefined {
  return node.kids.find((kid) => kid.named);
}

/** First kid that is a rule and can be read. */
export function readableKid(node: Node): Node | undefined {
  return node.kids.find((kid) => kid.named && kid.type !== 'ERROR');
}

/** A table of conversions by the type of the node, from one that lists types which are converted alike. */
export function byType<T>(groups: readonly (readonly [types: readonly string[], conversion: T])[]): ReadonlyMap<string, T> {
  return new Map(groups.flatMap(([types, conversion]) => types.map((type) => [type, conversion] as const)));
}
