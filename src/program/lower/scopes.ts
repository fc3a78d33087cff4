/** Variables with a cleanup, and what runs where their scopes are left. */
import type { Block, Statement } from '../../syntax/ast.js';
import type { Value } from '../path.js';
import { type Builder, connect, node, type Target, temporary } from './builder.js';

/**
 * Adds the cleanups of the scopes that are left, innermost first.
 * @param staying how many of the open variables stay open
 */
export function cleanUp(b: Builder, staying: number, pos: number): void {
  if (b.current < 0) return;
  for (const c of b.cleanups.slice(staying).reverse()) {
    const end = endOf(b, c.call);
    if (!end) continue;
    const value: Value = { path: c.variable, address: end.byAddress, text: c.variable };
    node(b, pos, {
      kind: 'call',
      name: end.name,
      through: null,
      args: [value],
      expressions: [],
      result: temporary(b),
      pos,
      end: pos,
      iterates: false,
      macro: null,
    });
  }
}

/** The function that a cleanup calls, and whether it is given the variable's address or its value; `null` if it is not known. */
function endOf({ names }: Builder, cleanup: string): { name: string; byAddress: boolean } | null {
  if (names.isScopeEnd(cleanup)) return { name: cleanup, byAddress: false };
  if (/^class_\w+_destructor$/.test(cleanup)) return null;
  const freed = /^__free_(\w+)$/.exec(cleanup)?.[1];
  return freed === undefined ? { name: cleanup, byAddress: true } : { name: freed, byAddress: names.isFunction(freed) };
}

/** Ends the scopes of the variables declared since `open` of them were open. */
export function closeScope(b: Builder, open: number, pos: number): void {
  cleanUp(b, open, pos);
  b.cleanups.length = open;
}

/** Returns a jump target with the scopes that are open here. */
export function target(b: Builder, to: number): Target {
  return { node: to, open: b.cleanups.length };
}

/** Adds a jump: the scopes between here and the target are left. */
export function jump(b: Builder, to: Target | undefined, pos: number): void {
  if (to !== undefined) {
    cleanUp(b, to.open, pos);
    connect(b, to.node);
  }
  b.current = -1;
}

/** Returns for each label of a function how many variables with a cleanup are open there. */
export function openAtLabels(body: Block): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (s: Statement, open: number): number => {
    switch (s.kind) {
      case 'declaration':
        return open + s.declarators.filter((d) => d.cleanup).length;
      case 'label':
        found.set(s.name, open);
        return open;
      case 'block':
        s.body.reduce((inside, inner) => visit(inner, inside), open);
        return open;
      case 'if':
        visit(s.then, open);
        if (s.otherwise) visit(s.otherwise, open);
        return open;
      case 'for':
        visit(s.body, s.init?.kind === 'declaration' ? visit(s.init, open) : open);
        return open;
      case 'while':
      case 'do':
      case 'macro-statement':
      case 'switch':
        visit(s.body, open);
        return open;
      default:
        return open;
    }
  };
  visit(body, 0);
  return found;
}
