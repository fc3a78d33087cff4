/** The state of a conversion from the parser's tree to the AST, and helpers for its nodes. */
import type { Block, Span } from './ast.js';
import type { Mark } from './rewrite.js';
import type { Tokens } from './tokens.js';
import type { Node } from './tree.js';

/** The state of a conversion. */
export interface Context {
  /** The text before the dialect pass. Its offsets plus `base` are the file's. */
  text: string;
  /** The tokens of `text`: types and declarators are read from them, not from the tree. */
  tokens: Tokens;
  /** Offset in `text` of the tree's first character. */
  shift: number;
  /** Offset in the file of the first character of `text`. */
  base: number;
  /** What the dialect pass rewrote, by offset in `text`. */
  marks: Map<number, Mark>;
  /** Statements that were given up before parsing: start to end, as offsets in `text`. */
  lost: Map<number, number>;
  /** What could not be read; offsets in the file. */
  problems: { pos: number; why: string }[];
  /** How deep the conversion is in the tree. */
  depth: number;
  /** Converts a block. It is passed in because expressions may contain statements, and no module may import back to itself. */
  convertBlock(ctx: Context, node: Node): Block;
}

/** Trees deeper than this are not converted. */
export const MAX_DEPTH = 900;

/** The most problems that are noted for one function. */
const MAX_PROBLEMS = 100;

/** Returns the position of a node in the file. */
export function spanOf(ctx: Context, node: Node): Span {
  return { pos: node.start + ctx.shift + ctx.base, end: node.end + ctx.shift + ctx.base };
}

/** Returns the text of a node as the file has it. */
export function sourceText(ctx: Context, node: Node): string {
  return ctx.text.slice(node.start + ctx.shift, node.end + ctx.shift);
}

/** Notes a problem at an offset of the file. */
export function problemAt(ctx: Context, pos: number, why: string): void {
  if (ctx.problems.length < MAX_PROBLEMS) ctx.problems.push({ pos, why });
}

/** Returns the child in this field of a node; `undefined` if there is none. */
export function fieldOf(node: Node, field: string): Node | undefined {
  return node.kids.find((kid) => kid.field === field);
}

/** Returns the first child that is a grammar rule, not a token. */
export function namedKid(node: Node): Node | undefined {
  return node.kids.find((kid) => kid.named);
}

/** Returns the first child that is a grammar rule and not an error. */
export function readableKid(node: Node): Node | undefined {
  return node.kids.find((kid) => kid.named && kid.type !== 'ERROR');
}

/** Makes a table of conversions by node type from a list in which node types with the same conversion share an entry. */
export function byType<T>(groups: readonly (readonly [types: readonly string[], conversion: T])[]): ReadonlyMap<string, T> {
  return new Map(groups.flatMap(([types, conversion]) => types.map((type) => [type, conversion] as const)));
}
