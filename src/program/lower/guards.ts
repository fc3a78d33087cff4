/** What an enclosing condition says about the statements under it. */
import type { Expression } from '../../syntax/ast.js';
import type { Guard } from '../graph.js';
import { plainPath, sourceName } from '../text.js';
import type { Builder } from './builder.js';
import { asWritten, testFor } from './macros.js';

/** A condition of which only its existence is known. */
const someTest: Guard = { path: null, call: '', args: [], values: [], negated: false, text: '' };

/**
 * Returns what a condition says where it holds (or, with `truth` false, where it does not): both operands of `a && b`, neither of `!(a ||
 * b)`.
 */
export function guardsOf(b: Builder, e: Expression, truth: boolean): Guard[] {
  const parts = partsOf(b, e, truth).flatMap((part) => guardOf(part.e, part.truth) ?? []);
  return parts.length > 0 ? parts : [someTest];
}

function partsOf(b: Builder, e: Expression, truth: boolean): { e: Expression; truth: boolean }[] {
  if (e.kind === 'unary' && e.op === '!') return partsOf(b, e.operand, !truth);
  if (e.kind === 'call' && e.callee.kind === 'identifier' && b.names.isTransparent(e.callee.name) && e.args[0])
    return partsOf(b, e.args[0], truth);
  const test = testFor(b, e);
  if (test) return asWritten(b, test.name, () => partsOf(b, test.value, truth));
  const isBoth = e.kind === 'binary' && (e.op === '&&' || e.op === '||') && (e.op === '&&') === truth;
  return isBoth ? [...partsOf(b, e.left, truth), ...partsOf(b, e.right, truth)] : [{ e, truth }];
}

/** What one test says; `null` if it is not simple. */
function guardOf(e: Expression, truth: boolean): Guard | null {
  if (e.kind === 'call' && e.callee.kind === 'identifier')
    return { path: null, call: e.callee.name, args: e.args.map((a) => plainPath(a)), values: [], negated: !truth, text: sourceName(e) };
  if (e.kind === 'binary' && (e.op === '&&' || e.op === '||')) return null;
  if (e.kind === 'binary' && (e.op === '==' || e.op === '!=')) {
    const path = plainPath(e.left);
    const value = sourceName(e.right);
    // `iov_iter_rw(iter) == WRITE`: the guard says which of several named values a call returns.
    const answers = e.left.kind === 'call' && /^[A-Z]\w*$/.test(value);
    if ((path === null && !answers) || value === '') return null;
    return { path, call: '', args: [], values: [value], negated: (e.op === '==') !== truth, text: sourceName(e.left) };
  }
  const path = plainPath(e);
  if (path === null && sourceName(e) === '') return null;
  return { path, call: '', args: [], values: [], negated: !truth, text: sourceName(e) };
}

/** Where more cases than this fall through into one, the guard does not list them. */
const maxFallen = 64;

/**
 * Returns what holds in a `case`: its value, or one of those of the cases that fall through into it. `default` is none of the values seen
 * so far; where a case falls into it, or it falls into a case, the value may be any.
 */
export function caseGuard(inside: Builder['switches'][number], value: string | null, fallen: Guard | undefined): Guard {
  const isAny = fallen ? fallen === someTest || fallen.negated || value === null : value === null && inside.seen.length === 0;
  const values = value === null ? inside.seen.slice() : [...(fallen?.values ?? []), value];
  if (isAny || (fallen && values.length > maxFallen)) return someTest;
  return { path: inside.head.path, call: '', args: [], values, negated: value === null, text: inside.head.text };
}
