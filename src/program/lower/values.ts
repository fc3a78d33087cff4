/** What expressions lead to, and how values are stored. */

import { byteType, numberType } from '../../protocol/index.js';
import type { CType, Expression } from '../../syntax/ast.js';
import { step, type Value } from '../path.js';
import { type Builder, node, nothing, temporary } from './builder.js';

export function valueAt(path: string | null, text = ''): Value {
  return { path, address: false, text };
}

export function element(value: Value): Value {
  if (value.path === null) return value;
  if (value.address) return { ...value, address: false };
  return valueAt(step(value.path, '[]'), value.text);
}

export function addressOf(value: Value): Value {
  if (value.path === null || value.address) return value;
  if (value.path.endsWith('[]')) return { ...value, path: value.path.slice(0, -2) };
  return { ...value, address: true };
}

/**
 * `target = value`, noting other names of the same memory and functions that are stored.
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

/** A cast to a struct pointer gives the bytes a type; it is remembered on a temporary that is another name for them. */
export function retype(b: Builder, value: Value, type: CType, pos: number): Value {
  if (value.path === null || type.pointers === 0 || (type.tag === null && !/_t$/.test(type.base))) return value;
  const path = temporary(b);
  b.types.set(path, type);
  assign(b, path, value, pos, true);
  return { path, address: false, text: value.text };
}

/** True for a local number that counts or indexes: not one that is wide enough to be an address is taken for sure. */
export function isNumber(b: Builder, value: Value): boolean {
  if (value.path === null) return true;
  const type = b.types.get(value.path);
  return type !== undefined && type.pointers === 0 && type.dims.length === 0 && numberType.test(type.base) && !value.address;
}

/** `(void *)p + n`: what stands there is some other object in the same allocation. */
export function isByteCast(e: Expression): boolean {
  return e.kind === 'cast' && e.type.pointers === 1 && byteType.test(e.type.base);
}

/**
 * True if a value is a local pointer to another type: a cast of its sum begins another array behind the first. Behind a field's
 * array, at the end of its object, all is found by that field.
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

/** `(void *)(req + 1)`: what stands right behind one object in its allocation, which is of another type. */
export function isBehind(b: Builder, value: Value, { operand, type }: Extract<Expression, { kind: 'cast' }>): boolean {
  const own = value.path === null ? undefined : b.types.get(value.path);
  const one = operand.kind === 'binary' && operand.op === '+' && operand.right.kind === 'literal' && operand.right.text === '1';
  return one && type.base === 'void' && own?.pointers === 1 && own.base.startsWith('struct ');
}

/** Another object beside a value: an address stays one, but the memory behind is not the same. */
export function carve(b: Builder, value: Value, pos: number, text: string): Value {
  if (value.path === null) return { ...nothing, text };
  const path = temporary(b);
  node(b, pos, { kind: 'copy', target: path, source: value, replaces: false, valueOnly: true });
  return { path, address: false, text };
}

/** One value that leads to what each of several leads to. */
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

/** The value of a variable, which is NULL from then on. */
export function takeOut(b: Builder, value: Value, pos: number): Value {
  if (value.path === null) return value;
  const path = temporary(b);
  assign(b, path, value, pos, true);
  node(b, pos, { kind: 'clear', target: value.path, text: 'NULL' });
  return { path, address: false, text: value.text };
}
