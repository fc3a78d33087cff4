/**
 * Recognises macros whose bodies are lowered at their place of use, as the preprocessor would expand them: those that jump, `#define
 * CHECK(x) do { err = (x); if (err) goto out; } while (0)`; tests, `#define SHORT(got, n) ((got) < (n))`; loop heads, `#define
 * for_each_page(b, i, p) for (i = 0; ...; i++)`; and those that name a member of their argument, whose type is known only there.
 */
import type { Call, Expression, FunctionVariant, MacroDefinition, Statement } from '../syntax/ast.js';
import { negated } from '../syntax/comparisons.js';
import { no, one } from '../syntax/truth.js';
import { hints } from './handing.js';
import { sourceName } from './text.js';

/** True if a macro's text may jump. */
export function mayJump(text: string): boolean {
  return /\b(?:goto|return|break|continue)\b/.test(text);
}

const loops: ReadonlySet<unknown> = new Set(['for', 'while', 'do', 'macro-statement']);

/** True if statements have a `break` or `continue` outside any loop or switch of their own: it leaves what is around the macro. */
function leavesAround(node: unknown, isInLoop = false, isInSwitch = false): boolean {
  if (Array.isArray(node)) return node.some((n) => leavesAround(n, isInLoop, isInSwitch));
  if (!isNode(node)) return false;
  if (node.kind === 'break') return !isInLoop && !isInSwitch;
  if (node.kind === 'continue') return !isInLoop;
  const [loop, choice] = [isInLoop || loops.has(node.kind), isInSwitch || node.kind === 'switch'];
  return Object.values(node).some((n) => leavesAround(n, loop, choice));
}

/**
 * True if a macro's body is statements some of which jump, directly or through another such macro, and which have no label of their own.
 */
export function isJumping({ body }: FunctionVariant, macro: MacroDefinition, doesJump: (called: string) => boolean): boolean {
  // The parser wraps a body that is an expression in a `return`.
  if (body.body.length === 1 && body.body[0]?.kind === 'return' && !/^\s*return\b/.test(macro.body)) return false;
  let jumps = leavesAround(body);
  let odd = false;
  visit(body, (kind) => {
    jumps ||= kind === 'goto' || kind === 'return';
    odd ||= kind === 'label' || kind === 'unknown-statement' || kind === 'unknown' || kind === 'case';
  });
  visit(body, (kind, { name }) => {
    jumps ||= !odd && kind === 'identifier' && doesJump(`${name}`);
  });
  return jumps && !odd;
}

/**
 * True if a macro's body is a statement expression that jumps or calls one of some names: `({ int n = pin(...); n == 1 ? 0 : -EFAULT; })`.
 */
export function isWorking({ body }: FunctionVariant, isNamed: (called: string) => boolean): boolean {
  const [only, ...others] = body.body;
  if (others.length > 0 || only?.kind !== 'return' || only.value?.kind !== 'statement-expression') return false;
  let works = leavesAround(only.value.body);
  let odd = false;
  visit(only.value.body, (kind, node) => {
    works ||= kind === 'goto' || kind === 'return' || (kind === 'identifier' && isNamed(`${node.name}`));
    odd ||= kind === 'label' || kind === 'unknown-statement' || kind === 'unknown' || kind === 'case';
  });
  return works && !odd;
}

/** True if a macro's text begins like the head of a loop. */
export function mayLoop(text: string): boolean {
  return /^\s*(?:for|while)\s*\(/.test(text);
}

/** True if a macro's body is the head of one loop, whose body is the statement behind the macro. */
export function isLooping({ body }: FunctionVariant): boolean {
  const [only, ...others] = body.body;
  return others.length === 0 && (only?.kind === 'for' || only?.kind === 'while') && only.body.kind === 'empty' && !isOdd(only);
}

function isOdd(statement: Statement): boolean {
  let odd = false;
  visit(statement, (kind) => {
    odd ||= kind === 'unknown-statement' || kind === 'unknown' || kind === 'statement-expression' || kind === 'label';
  });
  return odd;
}

/** True if a macro's text may be a comparison or a logical expression. */
export function mayTest(text: string): boolean {
  return /[<>!&|]|==/.test(text);
}

/** True if a macro's body is a comparison, a negation, another such macro, or a combination of them. */
export function isTest({ body }: FunctionVariant, doesTest: (called: string) => boolean): boolean {
  const [only, ...others] = body.body;
  return others.length === 0 && only?.kind === 'return' && only.value !== null && isMacroAnswer(only.value, doesTest);
}

/**
 * Returns a function that answers one or zero on the two sides of a test, `if (got <= 0) return true; return false;`, as a function that
 * returns the test. One that does not begin with an `if` is returned as it is; for any other one the result is `null`.
 */
export function answerOf(variant: FunctionVariant): FunctionVariant | null {
  const [first, second, ...others] = variant.body.body;
  if (first?.kind !== 'if') return variant;
  const [yes, no] = [returned(first.then), returned(first.otherwise ?? second)];
  if (others.length > 0 || (first.otherwise && second) || !yes || !no || yes === no) return null;
  const { test, pos, end } = first;
  const negation = (operand: Expression): Expression => ({ kind: 'unary', op: '!', operand, pos, end });
  const value = yes === '1' ? negation(negation(test)) : negation(test);
  return { ...variant, body: { ...variant.body, body: [{ kind: 'return', value, pos, end }] } };
}

/** `1` or `0` for a statement that returns it; else `null`. */
function returned(statement: Statement | undefined): '0' | '1' | null {
  if (statement?.kind === 'block') return statement.body.length === 1 ? returned(statement.body[0]) : null;
  const value = statement?.kind === 'return' && statement.value ? sourceName(statement.value) : '';
  return no.test(value) ? '0' : one.test(value) ? '1' : null;
}

/**
 * True if a call has a call or an assignment as an argument whose parameter the macro's body names more than once: expanded, it would
 * happen more than once.
 */
export function repeats(variant: FunctionVariant, { args }: Call): boolean {
  return args.some((argument, i) => {
    let does = false;
    visit(argument, (kind) => {
      does ||= kind === 'call' || kind === 'assign' || kind === 'update' || kind === 'statement-expression';
    });
    let named = 0;
    if (does)
      visit(variant.body, (kind, { name }) => {
        if (kind === 'identifier' && name === variant.params[i]?.name) named++;
      });
    return named > 1;
  });
}

/** True for an expression whose value is one or zero: a comparison, a negation, `&&` or `||`, or a call for which `asks` is true. */
export function isAnswer(e: Expression, asks: (call: Call) => boolean): boolean {
  switch (e.kind) {
    case 'call':
      return asks(e);
    case 'unary':
      return e.op === '!';
    case 'binary':
      return e.op in negated || e.op === '&&' || e.op === '||';
    default:
      return false;
  }
}

/** The same for a macro's expression; a compiler hint around it, `likely(...)`, does not count. */
function isMacroAnswer(e: Expression, doesTest: (called: string) => boolean): boolean {
  if (e.kind === 'conditional') return [e.then, e.otherwise].every((side) => side?.kind === 'literal' && /^[01]$/.test(side.text));
  return isAnswer(e, ({ callee, args: [first] }) => {
    const name = callee.kind === 'identifier' ? callee.name : '';
    return doesTest(name) || (hints.has(name) && first !== undefined && isMacroAnswer(first, doesTest));
  });
}

/** True if a macro's text may name a member or an element. */
export function mayBeMember(text: string): boolean {
  return /(?:->|\.)\s*[A-Za-z_]|[\w)]\s*\[/.test(text);
}

/**
 * Returns the place below its argument that a macro's body names: `#define PAGE_OF(b, i) ((b)->pages[i])`, `#define AT(a, i) (a)[i]`, or a
 * place below what another such macro names; `null` if it is none.
 */
export function memberOf({ body, params }: FunctionVariant, isMember: (called: string) => boolean): Expression | null {
  const [only, ...others] = body.body;
  const isParameter = (name: string): boolean => params.some((p) => p.name === name);
  const value = others.length === 0 && only?.kind === 'return' ? only.value : null;
  let at = value;
  while (at?.kind === 'index') at = at.object;
  const isElement = at !== value && at?.kind === 'identifier' && isParameter(at.name);
  const isBelow = at?.kind === 'call' && at.callee.kind === 'identifier' && isMember(at.callee.name);
  return at?.kind === 'member' || isElement || isBelow ? value : null;
}

/**
 * True if a macro's text names something below one of its parameters, or stores to one. Such a macro must not be reduced to the one call of
 * the tables in it: `#define PUT_ALL(b) do { ... put_page((b)->pages[i]); } while (0)`, `do { put_page(x); x = NULL; } while (0)`.
 */
export function reachesInto({ params }: FunctionVariant, text: string): boolean {
  const names = params.map((p) => p.name).filter((name) => name !== '');
  // An assignment of a parameter to itself, `x = x`, has no effect and is written for the compiler.
  return names.some((name) => new RegExp(`\\b${name}\\s*\\)?\\s*(?:->|\\.|\\[|=(?!=|\\s*\\(?\\s*${name}\\b))`).test(text));
}

/** True if a macro's text calls one of its own parameters: `#define CALL(fn, ...) fn(__VA_ARGS__)`. */
export function callsParameter(text: string): boolean {
  const [list, names] = /^#\s*define\s+\w+\(([^)]*)\)/.exec(text) ?? [];
  if (list === undefined || names === undefined) return false;
  const body = text.slice(list.length);
  return names.split(',').some((name) => /^\s*\w+\s*$/.test(name) && new RegExp(`\\b${name.trim()}[\\s\\\\]*\\)?[\\s\\\\]*\\(`).test(body));
}

/** True if a macro's body is statements. (The parser wraps an expression in a `return`.) */
export function isStatements({ body }: FunctionVariant): boolean {
  return body.body.length > 1 || body.body[0]?.kind !== 'return';
}

/**
 * Returns a macro with its body as statements, an expression without the `return` that the parser put around it; `null` if something in it
 * cannot be read or has a label.
 */
export function statementsOf({ body, ...rest }: FunctionVariant): FunctionVariant | null {
  if (body.body.some(isOdd)) return null;
  const statements = body.body.map(
    (s): Statement => (s.kind === 'return' && s.value ? { ...s, kind: 'expression', expression: s.value } : s),
  );
  return { ...rest, body: { ...body, body: statements } };
}

/**
 * Returns the statements of a macro for one call of it, with arguments put in for parameters and all positions at the call; `null` if the
 * call does not fit.
 */
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

function visit(node: unknown, see: (kind: unknown, node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const item of node) visit(item, see);
  else if (isNode(node)) {
    see(node.kind, node);
    for (const value of Object.values(node)) visit(value, see);
  }
}
