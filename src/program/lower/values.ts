/** Values of expressions, and how they are stored. */

import { byteType, numberType } from '../../protocol/index.js';
import type { CType, Expression } from '../../syntax/ast.js';
import { step, type Value } from '../path.js';
import { type Builder, node, nothing, temporary } from './builder.js';

/** Returns the value at a path. */
export function valueAt(path: string | null, text = ''): Value {
  return { path, address: false, text };
}

/** Returns the value of `*value` or `value[i]`. */
export function element(value: Value): Value {
  if (value.path === null) return value;
  if (value.address) return { ...value, address: false };
  return valueAt(step(value.path, '[]'), value.text);
}

/** Returns the value of `&value`. */
export function addressOf(value: Value): Value {
  if (value.path === null || value.address) return value;
  if (value.path.endsWith('[]')) return { ...value, path: value.path.slice(0, -2) };
  return { ...value, address: true };
}

/**
 * Adds `target = value`, with the alias that it makes, or the callback if it stores a function's name.
 * @param written the target as it is written
 */
export function assign(b: Builder, target: string, value: Value, pos: number, replaces: boolean, written?: Expression): void {
  b.assigned.push({ target, text: value.text, pos });
  if (value.path === null) {
    node(b, pos, { kind: 'clear', target, text: value.text });
    return;
  }
  if (b.names.isFunction(value.path) && !b.types.has(value.path)) {
    b.callbacks.push({ owner: target, functionName: value.path });
    return;
  }
  node(b, pos, { kind: 'copy', target, source: value, replaces, ...(written && { written }) });
  if (replaces) b.aliases.push({ target, source: value, pos });
}

/** Returns a value that was cast to a struct pointer: a temporary of that type, which is an alias of the value. */
export function retype(b: Builder, value: Value, type: CType, pos: number): Value {
  if (value.path === null || type.pointers === 0 || (type.tag === null && !/_t$/.test(type.base))) return value;
  const path = temporary(b);
  b.types.set(path, type);
  assign(b, path, value, pos, true);
  return { path, address: false, text: value.text };
}

/** True for a value that leads nowhere, and for a local of a number type. Types wide enough for an address do not count as numbers. */
export function isNumber(b: Builder, value: Value): boolean {
  if (value.path === null) return true;
  const type = b.types.get(value.path);
  return type !== undefined && type.pointers === 0 && type.dims.length === 0 && numberType.test(type.base) && !value.address;
}

/** True for a cast to a byte pointer: `(void *)p + n` addresses another object in the same allocation. */
export function isByteCast(e: Expression): boolean {
  return e.kind === 'cast' && e.type.pointers === 1 && byteType.test(e.type.base);
}

/**
 * True if a value is a local pointer to another type than `type`: a cast of a sum with it, `(struct b *)(a + n)`, begins another array
 * behind the first. Not if it is an alias of a field: the end of an object behind a field's array is found through that field.
 */
export function isOtherPointer(b: Builder, value: Value, type: CType): boolean {
  const own = value.path === null ? undefined : b.types.get(value.path);
  return (
    own !== undefined &&
    own.pointers > 0 &&
    !b.aliases.some((a) => a.target === value.path && a.source.path?.includes('.')) &&
    (own.base !== type.base || own.pointers !== type.pointers) &&
    own.base !== 'void' &&
    type.base !== 'void'
  );
}

/** True for `(void *)(req + 1)`: an object of another type right behind one object in its allocation. */
export function isBehind(b: Builder, value: Value, { operand, type }: Extract<Expression, { kind: 'cast' }>): boolean {
  const own = value.path === null ? undefined : b.types.get(value.path);
  const one = operand.kind === 'binary' && operand.op === '+' && operand.right.kind === 'literal' && operand.right.text === '1';
  return one && type.base === 'void' && own?.pointers === 1 && own.base.startsWith('struct ');
}

/**
 * Returns a temporary for another object beside the one that a value points at: it is still an address, but the memory behind it is not the
 * same.
 */
export function carve(b: Builder, value: Value, pos: number, text: string): Value {
  if (value.path === null) return { ...nothing, text };
  const path = temporary(b);
  node(b, pos, { kind: 'copy', target: path, source: value, replaces: false, valueOnly: true });
  return { path, address: false, text };
}

/** Returns one value that leads to whatever each of these values leads to. */
export function merge(b: Builder, values: Value[], pos: number, text: string): Value {
  const leading = values.filter((v) => v.path !== null);
  if (leading.length === 0) return { ...nothing, text };
  if (leading.length === 1) return { ...(leading[0] as Value), text };
  const path = temporary(b);
  for (const v of leading) {
    node(b, pos, { kind: 'copy', target: path, source: v, replaces: false });
    b.aliases.push({ target: path, source: v, pos, operand: true });
  }
  return { path, address: false, text };
}

/** Returns the value of a variable, which is set to NULL: `no_free_ptr(p)`. */
export function takeOut(b: Builder, value: Value, pos: number): Value {
  if (value.path === null) return value;
  const path = temporary(b);
  assign(b, path, value, pos, true);
  node(b, pos, { kind: 'clear', target: value.path, text: 'NULL' });
  return { path, address: false, text: value.text };
}
