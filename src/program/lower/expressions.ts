/** Lowers expressions: their calls and copies, and the branches of conditions. */

import { errorTests } from '../../protocol/index.js';
import type { CType, Expression, InitializerList } from '../../syntax/ast.js';
import { negated, swapped } from '../../syntax/comparisons.js';
import { one } from '../../syntax/truth.js';
import type { Assume, CallOperation, Operation } from '../graph.js';
import { isAnswer } from '../macro-bodies.js';
import { step, type Value } from '../path.js';
import { sourceName } from '../text.js';
import { type Builder, connect, join, label, node, nothing, temporary } from './builder.js';
import { asWritten, elementsOf, testFor, valueFor, writtenOut } from './macros.js';
import {
  addressOf,
  assign,
  carve,
  element,
  isBehind,
  isByteCast,
  isNumber,
  isOtherPointer,
  merge,
  retype,
  takeOut,
  valueAt,
} from './values.js';
import { awaitedBy, waitFor } from './waits.js';

/** The path of a variable. A static local outlives the call, so its path begins with `::` like a file-scope variable's. */
function variable(b: Builder, name: string): string {
  const path = `::${name}`;
  return !b.types.has(name) && (b.types.has(path) || b.names.isGlobal(name)) ? path : name;
}

/** Lowers an expression: adds its calls and copies to the graph, and returns its value. */
export function evaluate(b: Builder, e: Expression, iterates = false): Value {
  switch (e.kind) {
    case 'identifier':
      if (e.name === 'NULL') return { path: null, address: false, text: 'NULL' };
      return valueAt(variable(b, e.name), e.name);
    case 'literal':
      for (const name of e.jumps ?? []) connect(b, label(b, name, e.pos));
      return { ...nothing, text: e.text };
    case 'member': {
      const object = evaluate(b, e.object);
      return valueAt(object.path === null ? null : step(object.path, `.${e.field}`), sourceName(e));
    }
    case 'index': {
      evaluate(b, e.index);
      const object = evaluate(b, e.object);
      return element(object);
    }
    case 'unary': {
      const operand = evaluate(b, e.operand);
      if (e.op === '*') return element(operand);
      if (e.op === '&') return addressOf(operand);
      return { ...nothing, text: sourceName(e) };
    }
    case 'update': {
      const operand = evaluate(b, e.operand);
      if (operand.path !== null) node(b, e.pos, { kind: 'update', target: operand.path });
      return operand;
    }
    case 'binary': {
      const elements = elementsOf(b, e);
      if (elements) return evaluate(b, elements);
      if (e.op === '&&' || e.op === '||') {
        const yes = join(b, e.end);
        condition(b, e, yes, yes);
        b.current = yes;
        return { ...nothing, text: sourceName(e) };
      }
      const left = evaluate(b, e.left);
      const right = evaluate(b, e.right);
      if (comparison.has(e.op)) return { ...nothing, text: sourceName(e) };
      if (e.op === '+' || e.op === '-') {
        // Pointer arithmetic keeps the pointer; an added number leads nowhere.
        const pointer = isNumber(b, right) === isNumber(b, left) ? null : isNumber(b, right) ? left : right;
        const bytes = isByteCast(e.left) || isByteCast(e.right);
        if (bytes) return carve(b, left.path === null ? right : left, e.pos, sourceName(e));
        if (pointer?.path) return { ...pointer, text: sourceName(e) };
      }
      return merge(b, [left, right], e.pos, sourceName(e));
    }
    case 'assign': {
      if (e.op === '=' && e.right.kind === 'initializer') return overwrite(b, e.left, e.right);
      const more = addedBy(e);
      if ((e.op === '|=' || e.op === '&=') && isDecided(b, e.right)) return kept(b, e, e.op === '|=');
      const value = more === null ? stored(b, e.right) : evaluate(b, more);
      const target = evaluate(b, e.left);
      if (target.path === null || target.address) return value;
      if (more === null) assign(b, target.path, value, e.pos, true, e.left);
      else {
        b.assigned.push({ target: target.path, text: sourceName(more), pos: e.pos });
        if (value.path !== null) node(b, e.pos, { kind: 'copy', target: target.path, source: value, replaces: false });
        node(b, e.pos, { kind: 'update', target: target.path });
      }
      return target;
    }
    case 'conditional':
      return conditional(b, e);
    case 'comma': {
      let last = nothing;
      for (const item of e.items) last = evaluate(b, item);
      return last;
    }
    case 'cast': {
      const operand = evaluate(b, e.operand);
      if (e.operand.kind === 'binary' && e.type.pointers > 0 && (isOtherPointer(b, operand, e.type) || isBehind(b, operand, e)))
        return retype(b, carve(b, operand, e.pos, operand.text), e.type, e.pos);
      return retype(b, operand, e.type, e.pos);
    }
    case 'call': {
      const elements = elementsOf(b, e);
      return elements ? evaluate(b, elements) : call(b, e, iterates);
    }
    case 'statement-expression':
      return b.block(b, e.body);
    case 'initializer': {
      const path = temporary(b);
      if (e.type) b.types.set(path, e.type);
      initialise(b, path, e, e.type);
      return valueAt(path);
    }
    case 'sizeof':
      return { ...nothing, text: e.text };
    case 'type':
      return nothing;
    case 'unknown':
      node(b, e.pos, { kind: 'unread', why: e.text.slice(0, 60) });
      return nothing;
  }
}

const comparison = new Set(['==', '!=', '<', '<=', '>', '>=', '%', '/', '^']);

/** Stores the values of an initialiser list below `target`. */
export function initialise(b: Builder, target: string, list: InitializerList, type: CType | null = null): void {
  // A pointer is set to the one value in the list: `(struct page *){ p }`.
  const isPointer = type !== null && type.pointers > 0 && type.dims.length === 0;
  // Members without designators are named by position, `.0`; their names are looked up later.
  const isStruct = type !== null && type.tag !== null && type.pointers === 0 && type.dims.length === 0;
  const areByPlace = isStruct && list.items.every((item) => item.designators.length === 0);
  for (const [place, item] of list.items.entries()) {
    const named = item.designators.map((d) => (d === '[]' ? '[]' : `.${d}`));
    const steps = named.length > 0 || isPointer ? named : [areByPlace ? `.${place}` : '[]'];
    let path: string | null = target;
    for (const s of steps) path = path === null ? null : step(path, s);
    if (path === null) continue;
    if (item.value.kind === 'initializer') initialise(b, path, item.value);
    // A member has this value and no other; the elements of an array each have one.
    else assign(b, path, evaluate(b, item.value), item.value.pos, !path.includes('[]'));
  }
}

/** `x = (struct s){ .a = f(p) };`: the values of the list go into the members, and nothing that was there is left. */
function overwrite(b: Builder, left: Expression, list: InitializerList): Value {
  const target = evaluate(b, left);
  if (target.path === null || target.address) return evaluate(b, list);
  assign(b, target.path, nothing, list.pos, true);
  initialise(b, target.path, list);
  return target;
}

/** True for a local variable and for a call's result; not for a named constant. */
function isOwn({ types }: Builder, path: string): boolean {
  return types.has(path) || path.startsWith('%');
}

function conditional(b: Builder, e: Extract<Expression, { kind: 'conditional' }>): Value {
  const path = temporary(b);
  const yes = join(b, e.then?.pos ?? e.pos);
  const no = join(b, e.otherwise.pos);
  const after = join(b, e.end);
  let texts: string[] = [];
  if (e.then === null) {
    const v = evaluate(b, e.test);
    assign(b, path, v, e.pos, true);
    const written = { left: e.test, right: null, isTurned: false };
    branch(b, { kind: 'assume', left: v, op: '!=', right: { ...nothing, text: '0' }, call: null, written }, e.pos, after, no);
  } else {
    condition(b, e.test, yes, no);
    b.current = yes;
    const v = evaluate(b, e.then);
    texts = [...texts, v.text];
    assign(b, path, v, e.pos, true);
    connect(b, after);
  }
  b.current = no;
  const w = evaluate(b, e.otherwise);
  texts = [...texts, w.text];
  assign(b, path, w, e.pos, true);
  connect(b, after);
  b.current = after;
  return { path, address: false, text: texts.join(' | ') };
}

/**
 * The operand that an assignment combines with the old value: `A` in `flags |= A` and `flags = flags | A`; `null` for one that stores a new
 * value.
 */
function addedBy({ op, left, right }: Extract<Expression, { kind: 'assign' }>): Expression | null {
  if (op !== '=') return right;
  const isOfItself = right.kind === 'binary' && (right.op === '|' || right.op === '&') && sourceName(right.left) === sourceName(left);
  return isOfItself ? right.right : null;
}

/**
 * Returns the value that is stored or returned. For a comparison the path splits, so that on each branch the value, one or zero, is known.
 */
export function stored(b: Builder, e: Expression): Value {
  return isDecided(b, e) ? decided(b, e) : evaluate(b, e);
}

/**
 * True for an expression whose value is one or zero: a comparison, a negation, a macro or function for one, or a test for an error pointer.
 */
function isDecided(b: Builder, e: Expression): boolean {
  return isAnswer(e, (call) => {
    const [first] = call.args;
    if (call.callee.kind !== 'identifier') return false;
    if (errorTests.test(call.callee.name) || testFor(b, call) !== null) return true;
    return b.names.isTransparent(call.callee.name) && first !== undefined && isDecided(b, first);
  });
}

/** Lowers an expression to one or zero, each on its own branch. */
function decided(b: Builder, e: Expression): Value {
  const answer = (text: string): Expression => ({ kind: 'literal', text, pos: e.pos, end: e.end });
  const value = conditional(b, { kind: 'conditional', test: e, then: answer('1'), otherwise: answer('0'), pos: e.pos, end: e.end });
  return { ...value, text: sourceName(e) };
}

/**
 * `bad |= n != 1` sets `bad` on the branch where the test is true, and leaves it on the other; `ok &= n == 1` clears `ok` where the test is
 * false.
 */
function kept(b: Builder, { left, right, pos, end }: Extract<Expression, { kind: 'assign' }>, isSet: boolean): Value {
  const target = evaluate(b, left);
  const changes = join(b, pos);
  const after = join(b, end);
  condition(b, right, isSet ? changes : after, isSet ? after : changes);
  b.current = changes;
  if (target.path !== null && !target.address) node(b, pos, { kind: 'clear', target: target.path, text: isSet ? '1' : '0' });
  connect(b, after);
  b.current = after;
  return target;
}

function typeArgument(e: Expression | undefined): CType | null {
  return e?.kind === 'type' ? e.type : null;
}

/**
 * The name of a macro that makes an object of a class until the end of the scope, `guard(mutex)(&obj->lock)`: its first argument is a class
 * name, not a variable.
 */
function classMacro(b: Builder, callee: Expression): string | null {
  if (callee.kind !== 'call' || callee.callee.kind !== 'identifier') return null;
  const [word, ...others] = callee.args;
  const isWord = word?.kind === 'identifier' && !b.types.has(word.name) && !b.types.has(`::${word.name}`) && !b.names.isFunction(word.name);
  return isWord && others.length === 0 ? callee.callee.name : null;
}

function call(b: Builder, e: Extract<Expression, { kind: 'call' }>, iterates: boolean): Value {
  let name = e.callee.kind === 'identifier' ? e.callee.name : classMacro(b, e.callee);
  let through: string | null = null;
  let memberOf: string | undefined;
  if (name === null) {
    const callee = evaluate(b, e.callee);
    through = e.callee.kind === 'member' ? e.callee.field : callee.text || '?';
    if (callee.path?.endsWith(`.${through}`)) memberOf = callee.path.slice(0, -through.length - 1);
  } else if (b.types.has(name) || b.types.has(`::${name}`)) {
    through = name;
    name = null;
  }
  const written = name === null ? null : valueFor(b, e);
  if (written) return asWritten(b, written.name, () => evaluate(b, written.value));
  if (name !== null && b.names.isTransparent(name) && e.args.length >= 1) {
    const first = evaluate(b, e.args[0] as Expression);
    for (const rest of e.args.slice(1)) evaluate(b, rest);
    return first;
  }
  const [left, right] = e.args;
  if (name !== null && b.names.isStoring(name) && left && right)
    return evaluate(b, { kind: 'assign', op: '=', left, right, pos: e.pos, end: e.end });
  if (name !== null && b.names.isTaking(name) && e.args[0]) return takeOut(b, evaluate(b, e.args[0]), e.pos);
  const awaited = awaitedBy(b, name, e.args);
  const args = e.args.map((a) => (a === awaited?.condition ? { ...nothing, text: sourceName(a) } : evaluate(b, a)));
  const result = temporary(b);
  const cast = name !== null && b.names.isCast(name) ? typeArgument(e.args[1]) : null;
  if (cast) b.types.set(result, { ...cast, pointers: cast.pointers + 1 });
  const owner = args.find((a) => a.path !== null && !(b.names.isFunction(a.path) && !b.types.has(a.path)));
  for (const a of args)
    if (a.path !== null && b.names.isFunction(a.path) && !b.types.has(a.path) && owner?.path)
      b.callbacks.push({ owner: owner.path, functionName: a.path });
  const operation: CallOperation = {
    kind: 'call',
    name,
    through,
    ...(memberOf !== undefined && { memberOf }),
    args,
    expressions: e.args.map((argument) => writtenOut(b, argument)),
    result,
    pos: e.pos,
    end: e.end,
    iterates,
    macro: null,
  };
  node(b, e.pos, operation);
  if (awaited) waitFor(b, awaited, result, (yes, no) => condition(b, awaited.condition, yes, no));
  return { path: result, address: false, text: sourceName(e) };
}

/** Branches on an expression: adds edges to `yes` and `no`, with what each outcome says about the compared values. */
export function condition(b: Builder, e: Expression, yes: number, no: number): void {
  if (e.kind === 'binary' && (e.op === '&&' || e.op === '||')) {
    const second = join(b, e.right.pos);
    if (e.op === '&&') condition(b, e.left, second, no);
    else condition(b, e.left, yes, second);
    b.current = second;
    condition(b, e.right, yes, no);
    return;
  }
  if (e.kind === 'unary' && e.op === '!') {
    condition(b, e.operand, no, yes);
    return;
  }
  if (e.kind === 'call' && e.callee.kind === 'identifier' && b.names.isTransparent(e.callee.name) && e.args[0]) {
    condition(b, e.args[0], yes, no);
    return;
  }
  if (e.kind === 'conditional' && e.then) {
    const then = join(b, e.then.pos);
    const otherwise = join(b, e.otherwise.pos);
    condition(b, e.test, then, otherwise);
    b.current = then;
    condition(b, e.then, yes, no);
    b.current = otherwise;
    condition(b, e.otherwise, yes, no);
    return;
  }
  const test = testFor(b, e);
  if (test) {
    asWritten(b, test.name, () => condition(b, test.value, yes, no));
    return;
  }
  const said = saidOf(b, e);
  if (said) {
    condition(b, said.answer, said.isSo ? yes : no, said.isSo ? no : yes);
    return;
  }
  const difference = differing(e);
  if (difference) {
    condition(b, difference, yes, no);
    return;
  }
  if (e.kind === 'literal' && /^\d+$/.test(e.text)) {
    connect(b, Number(e.text) === 0 ? no : yes);
    b.current = -1;
    return;
  }
  const after: Operation[] = [];
  let assume: Omit<Assume, 'truth'>;
  if (e.kind === 'binary' && e.op in negated) {
    const left = tested(b, e.left, after);
    const right = tested(b, e.right, after);
    // `0 == ret` is turned to `ret == 0`, `BUSY == obj->state` to `obj->state == BUSY`, and `obj->n > ret` to `ret < obj->n`.
    const isOther = (path: string): boolean => isNamedConstant(b, path) || (isOwn(b, right.path ?? '') && !isOwn(b, path));
    const isTurned = right.path !== null && !isNamedConstant(b, right.path) && (left.path === null || isOther(left.path));
    const written = { left: e.left, right: e.right, isTurned };
    assume = isTurned
      ? { kind: 'assume', left: right, op: swapped[e.op] ?? e.op, right: left, call: null, written }
      : { kind: 'assume', left, op: e.op, right, call: null, written };
  } else {
    const left = tested(b, e, after);
    const made = e.kind === 'call' ? b.nodes[b.current]?.operation : null;
    const written = { left: e, right: null, isTurned: false };
    assume = { kind: 'assume', left, op: '!=', right: { ...nothing, text: '0' }, call: made?.kind === 'call' ? made : null, written };
  }
  branch(b, assume, e.pos, yes, no, after);
}

/**
 * For a comparison with true or false, `(ret == 1) == false`: the compared test, and whether it is to be true; `null` for another
 * expression.
 */
function saidOf(b: Builder, e: Expression): { answer: Expression; isSo: boolean } | null {
  if (e.kind !== 'binary' || (e.op !== '==' && e.op !== '!=')) return null;
  const written = sourceName(e.right);
  if (!/^(?:true|false|[01])$/.test(written) || !isDecided(b, e.left)) return null;
  return { answer: e.left, isSo: one.test(written) === (e.op === '==') };
}

/**
 * `got != n` for `got - n` and `got ^ n`, which are nonzero where the two differ, also when compared with zero; `null` for another
 * expression.
 */
function differing(e: Expression): Expression | null {
  if (e.kind !== 'binary') return null;
  if (e.op === '-' || e.op === '^') return { ...e, op: '!=' };
  const isOfNothing = (e.op === '==' || e.op === '!=') && e.right.kind === 'literal' && e.right.text === '0';
  return isOfNothing && e.left.kind === 'binary' && (e.left.op === '-' || e.left.op === '^') ? { ...e.left, op: e.op } : null;
}

/** True for a name in capitals that is no variable of the function. */
function isNamedConstant(b: Builder, path: string): boolean {
  return /^[A-Z][A-Z\d_]+$/.test(path) && !b.types.has(path);
}

/** The value that a condition compares: for `n--` the value before the change, which goes to `after`. */
function tested(b: Builder, e: Expression, after: Operation[]): Value {
  if (e.kind !== 'update' || e.prefix) return evaluate(b, e);
  const value = evaluate(b, e.operand);
  if (value.path !== null) after.push({ kind: 'update', target: value.path });
  return value;
}

/** Adds both branches of a condition; `after` happens on each. */
function branch(b: Builder, assume: Omit<Assume, 'truth'>, pos: number, yes: number, no: number, after: readonly Operation[] = []): void {
  const from = b.current;
  if (from < 0) return;
  for (const [truth, target] of [
    [true, yes],
    [false, no],
  ] as const) {
    b.current = from;
    node(b, pos, { ...assume, op: truth ? assume.op : (negated[assume.op] ?? assume.op), truth });
    for (const operation of after) node(b, pos, operation);
    connect(b, target);
  }
  b.current = -1;
}
