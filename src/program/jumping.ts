/**
 * Macros that leave the place where they stand: `#define CHECK(x) do { err = (x); if (err) goto out; } while (0)`, and those that are the head
 * of a loop: `#define for_each_page(b, i, p) for (i = 0; i < b->n && (p = b->pages[i]); i++)`. Their statements are lowered there, as the
 * preprocessor would write them.
 */
import type { Call, Expression, FunctionVariant, MacroDefinition, Statement } from '../syntax/ast.js';

/** True for a macro's text that may jump. */
export function mayJump(text: string): boolean {
  return /\b(?:goto|return)\b/.test(text);
}

/** True if a macro's body is statements of which some jump, and none is jumped to. */
export function isJumping({ body }: FunctionVariant, macro: MacroDefinition): boolean {
  // A body that is an expression was read as `return` of it.
  if (body.body.length === 1 && body.body[0]?.kind === 'return' && !/^\s*return\b/.test(macro.body)) return false;
  let jumps = false;
  let odd = false;
  visit(body, (kind) => {
    jumps ||= kind === 'goto' || kind === 'return';
    odd ||= kind === 'label' || kind === 'unknown-statement' || kind === 'unknown' || kind === 'case';
  });
  return jumps && !odd;
}

/** True for a macro's text that is the head of a loop. */
export function mayLoop(text: string): boolean {
  return /^\s*(?:for|while)\s*\(/.test(text);
}

/** True if a macro's body is the head of one loop, which goes round the statement behind the macro. */
export function isLooping({ body }: FunctionVariant): boolean {
  const [only, ...others] = body.body;
  return others.length === 0 && (only?.kind === 'for' || only?.kind === 'while') && only.body.kind === 'empty' && !isOdd(only);
}

function isOdd(loop: Statement): boolean {
  let odd = false;
  visit(loop, (kind) => {
    odd ||= kind === 'unknown-statement' || kind === 'unknown' || kind === 'statement-expression';
  });
  return odd;
}

/** The statements of a macro for one call of it, all at its place; `null` where the call does not fit. */
export function statementsFor(variant: FunctionVariant, call: Call): Statement[] | null {
  const { params, body } = variant;
  if (params.length !== call.args.length) return null;
  const given = new Map(params.map((p, i) => [p.name, call.args[i] as Expression]));
  let fits = true;
  const written = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(written);
    if (!isNode(node)) return node;
    const argument = node.kind === 'identifier' && typeof node.name === 'string' ? given.get(node.name) : undefined;
    if (argument) return argument;
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) copy[key] = written(value);
    if ('pos' in copy) Object.assign(copy, { pos: call.pos, end: call.end });
    const target = node.kind === 'goto' && typeof node.label === 'string' ? given.get(node.label) : undefined;
    if (target) {
      fits &&= target.kind === 'identifier';
      copy.label = target.kind === 'identifier' ? target.name : '';
    }
    return copy;
  };
  const statements = written(body.body) as Statement[];
  return fits ? statements : null;
}

function isNode(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}

function visit(node: unknown, see: (kind: unknown) => void): void {
  if (Array.isArray(node)) for (const item of node) visit(item, see);
  else if (isNode(node)) {
    see(node.kind);
    for (const value of Object.values(node)) visit(value, see);
  }
}
