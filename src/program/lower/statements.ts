/** Lowers statements, and loops, switches and scopes around them. */
import type { Block, Call, Declarator, Expression, Statement } from '../../syntax/ast.js';
import { isScopeMacro } from '../../syntax/macros.js';
import { type GotoLoop, gotoLoops } from '../goto-loops.js';
import type { Assume, Guard, Loop, Node } from '../graph.js';
import { statementsFor } from '../macro-bodies.js';
import type { Value } from '../path.js';
import { namesIn, sourceName } from '../text.js';
import { type Builder, connect, join, label, node, nothing, within } from './builder.js';
import { condition, evaluate, initialise, stored } from './expressions.js';
import { caseGuard, guardsOf } from './guards.js';
import { asWritten } from './macros.js';
import { cleanUp, closeScope, jump, target } from './scopes.js';
import { assign } from './values.js';

/** How many guards from early exits are kept in a block: every node behind them lists them all. */
const maxGuards = 64;

/** Lowers the statements of a block. Its value is that of the last one, if that is an expression. */
export function block(b: Builder, body: Block): Value {
  const open = b.cleanups.length;
  let value = nothing;
  let guardCount = 0;
  const around = b.loops;
  const jumps = gotoLoops(body.body);
  body.body.forEach((s, at) => {
    for (const jump of jumps) if (jump.first === at) b.loops = [...b.loops, loopByGoto(b, body.body, jump)];
    value = nothing;
    if (s.kind === 'expression') value = expressionStatement(b, s.expression);
    else statement(b, s);
    const guards = guardCount < maxGuards ? earlyExitGuards(b, s) : [];
    if (guards.length > 0) b.guards = [...b.guards, ...guards];
    guardCount += guards.length;
    if (jumps.some((jump) => jump.last === at)) b.loops = [...around, ...b.loops.filter((l) => l.end > s.end && !around.includes(l))];
  });
  closeScope(b, open, body.end - 1);
  return value;
}

/** Lowers a nested block: the guards that are added in it do not hold behind it. */
export function innerBlock(b: Builder, body: Block): Value {
  return within(b, {}, () => block(b, body));
}

function loopByGoto(b: Builder, statements: readonly Statement[], jump: GotoLoop): Loop {
  const pos = statements[jump.first]?.pos ?? 0;
  const end = statements[jump.last]?.end ?? pos;
  return { id: b.loopIds++, pos, end, bodyPos: pos, guards: 0, name: 'goto', variables: jump.variables };
}

/** After `if (!test) return ...;` the rest of the block is under the opposite of the test. */
function earlyExitGuards(b: Builder, s: Statement): Guard[] {
  if (s.kind !== 'if' || s.otherwise !== null || !leaves(s.then)) return [];
  return guardsOf(b, s.test, false);
}

function leaves(s: Statement): boolean {
  if (s.kind === 'return' || s.kind === 'goto' || s.kind === 'break' || s.kind === 'continue') return true;
  return s.kind === 'block' && s.body.length > 0 && leaves(s.body[s.body.length - 1] as Statement);
}

function statement(b: Builder, s: Statement): void {
  switch (s.kind) {
    case 'expression':
      expressionStatement(b, s.expression);
      return;
    case 'declaration':
      for (const d of s.declarators) declare(b, d);
      return;
    case 'block':
      innerBlock(b, s);
      return;
    case 'if': {
      const yes = join(b, s.then.pos);
      const no = join(b, s.otherwise?.pos ?? s.end);
      condition(b, s.test, yes, no);
      const after = s.otherwise ? join(b, s.end) : no;
      const guards = guardsOf(b, s.test, true);
      b.current = yes;
      within(b, { guards: [...b.guards, ...guards] }, () => statement(b, s.then));
      connect(b, after);
      if (s.otherwise) {
        const otherwise = s.otherwise;
        const opposite = guardsOf(b, s.test, false);
        b.current = no;
        within(b, { guards: [...b.guards, ...opposite] }, () => statement(b, otherwise));
        connect(b, after);
      }
      b.current = after;
      return;
    }
    case 'while':
      loop(b, s.pos, s.end, 'while', null, s.test, null, s.body);
      return;
    case 'do':
      doWhile(b, s);
      return;
    case 'for': {
      const open = b.cleanups.length;
      if (s.init) s.init.kind === 'declaration' ? statement(b, s.init) : evaluate(b, s.init);
      loop(b, s.pos, s.end, 'for', null, s.test, s.update, s.body);
      closeScope(b, open, s.end - 1);
      return;
    }
    case 'macro-statement': {
      const callee: Expression = { kind: 'identifier', name: s.name, pos: s.pos, end: s.pos + s.name.length };
      const head: Call = { kind: 'call', callee, args: s.args, pos: s.pos, end: s.body.pos };
      const written = loopFor(b, s, head);
      if (written) asWritten(b, s.name, () => statement(b, written));
      else if (isScopeMacro(s.name)) scope(b, s, head);
      else loop(b, s.pos, s.end, s.name, head, null, null, s.body);
      return;
    }
    case 'switch': {
      const value = evaluate(b, s.value);
      const dispatch = node(b, s.pos, null);
      const after = join(b, s.end);
      b.switches.push({ head: value, value: s.value, dispatch, otherwise: null, seen: [], guardBase: b.guards.length });
      b.current = -1;
      within(b, { breaks: [...b.breaks, target(b, after)] }, () => statement(b, s.body));
      connect(b, after);
      const ended = b.switches.pop();
      if (ended) passCases(b, ended, after);
      b.current = after;
      return;
    }
    case 'case': {
      const inside = b.switches[b.switches.length - 1];
      if (!inside) return;
      const before = b.current;
      const text = s.value ? sourceName(s.value) : '';
      const fallen = before >= 0 ? b.guards[inside.guardBase] : undefined;
      b.guards = [...b.guards.slice(0, inside.guardBase), caseGuard(inside, s.value ? text : null, fallen)];
      if (s.value) {
        inside.seen.push(text);
        b.current = inside.dispatch;
        node(b, s.pos, comparison(inside, '==', text));
      } else {
        // The edge to `default` is added behind the last case, when it is known which values it excludes.
        inside.otherwise = join(b, s.pos);
        b.current = inside.otherwise;
      }
      if (before < 0) return;
      // Control that falls through from the case above has not been compared with this value.
      const arm = node(b, s.pos, null);
      b.current = before;
      connect(b, arm);
      b.current = arm;
      return;
    }
    case 'label': {
      const at = label(b, s.name, s.pos);
      (b.nodes[at] as Node).loops = b.loops;
      connect(b, at);
      b.current = at;
      // A label can be reached from elsewhere: what was tested on the way here no longer holds.
      b.guards = [];
      return;
    }
    case 'goto':
      jump(b, { node: label(b, s.label, s.pos), open: b.cleanups.length > 0 ? b.openAt(s.label) : 0 }, s.pos);
      return;
    case 'break':
      jump(b, b.breaks.at(-1), s.pos);
      return;
    case 'continue':
      jump(b, b.continues.at(-1), s.pos);
      return;
    case 'return': {
      const value = s.value ? stored(b, s.value) : null;
      cleanUp(b, 0, s.pos);
      node(b, s.pos, { kind: 'return', value });
      connect(b, b.exit);
      b.current = -1;
      return;
    }
    case 'empty':
      return;
    case 'unknown-statement':
      for (const call of s.calls) evaluate(b, call);
      node(b, s.pos, { kind: 'unread', why: s.text.slice(0, 60) });
      return;
  }
}

/** With more cases than this, the path past them does not list the values it excludes. */
const maxCases = 6;

/** Adds the path past all cases of a switch, to `default` or to what follows. */
function passCases(b: Builder, inside: Builder['switches'][number], after: number): void {
  const { dispatch, otherwise: arm, seen } = inside;
  const pos = (b.nodes[arm ?? dispatch] as Node).pos;
  b.current = dispatch;
  if (seen.length <= maxCases) for (const text of seen) node(b, pos, comparison(inside, '!=', text));
  connect(b, arm ?? after);
}

/** The comparison of a switch's value with a case. */
function comparison({ head, value }: Builder['switches'][number], op: '==' | '!=', text: string): Assume {
  const right: Expression = { kind: 'literal', text, pos: value.pos, end: value.end };
  return {
    kind: 'assume',
    left: head,
    op,
    right: { ...nothing, text },
    truth: true,
    call: null,
    written: { left: value, right, isTurned: false },
  };
}

function expressionStatement(b: Builder, e: Expression): Value {
  const returned = e.kind === 'call' && e.callee.kind === 'identifier' && b.names.isReturning(e.callee.name);
  if (returned) statement(b, { kind: 'return', value: e, pos: e.pos, end: e.end });
  return returned || writeOut(b, e) ? nothing : evaluate(b, e);
}

/** Expands a macro that jumps, drops what its argument leads to, or takes pages among other statements. False for anything else. */
function writeOut(b: Builder, e: Expression): boolean {
  if (e.kind !== 'call' || e.callee.kind !== 'identifier') return false;
  const { name } = e.callee;
  const macro = b.writing.includes(name) ? null : (b.names.written('jump', name) ?? b.names.written('drop', name));
  const body = macro && statementsFor(macro, e);
  if (!body) return false;
  asWritten(b, name, () => innerBlock(b, { kind: 'block', body, pos: e.pos, end: e.end }));
  return true;
}

/** The loop whose head is a macro, with the statement behind it as its body; `null` if the macro is not one of the driver's own. */
function loopFor(b: Builder, { name, pos, end, body }: Extract<Statement, { kind: 'macro-statement' }>, head: Call): Statement | null {
  const macro = b.writing.includes(name) ? null : b.names.written('loop', name);
  const [loop] = (macro && statementsFor(macro, head)) ?? [];
  return loop?.kind === 'for' || loop?.kind === 'while' ? { ...loop, pos, end, body } : null;
}

/** Matches lock classes that may fail to lock: then the statement does not run. */
const conditionalLock = /_(try|intr|kill|timeout)\b/;

/**
 * `scoped_guard(mutex, &m) { ... }` runs once, and a `break` leaves it. `scoped_cond_guard()` has a statement for the case that the lock is
 * not taken.
 */
function scope(b: Builder, s: Extract<Statement, { kind: 'macro-statement' }>, head: Call): void {
  const after = join(b, s.end);
  const [lock, otherwise] = s.args;
  const isConditional = s.name.includes('_cond_');
  evaluate(b, isConditional ? { ...head, args: head.args.filter((a) => a !== otherwise) } : head, true);
  if (lock && conditionalLock.test(sourceName(lock)) && !isConditional) connect(b, after);
  if (otherwise && isConditional) {
    const without = join(b, s.pos);
    const got = join(b, s.pos);
    connect(b, without);
    connect(b, got);
    b.current = without;
    evaluate(b, otherwise);
    connect(b, after);
    b.current = got;
  }
  within(b, { breaks: [...b.breaks, target(b, after)], continues: [...b.continues, target(b, after)] }, () => statement(b, s.body));
  connect(b, after);
  b.current = after;
}

function loop(
  b: Builder,
  pos: number,
  end: number,
  name: string,
  macro: Expression | null,
  test: Expression | null,
  update: Expression | null,
  body: Statement,
): void {
  const outer = b.loops;
  const inner: Loop = {
    id: b.loopIds++,
    pos,
    end,
    bodyPos: body.pos,
    guards: b.guards.length,
    name,
    variables: [macro, test, update].flatMap((e) => (e ? namesIn(e) : [])),
  };
  const past = test !== null && isZero(test) ? join(b, end) : null;
  // The body of `while (0)` is reached only through a label in it.
  if (past) connect(b, past);
  b.loops = [...outer, inner];
  const head = join(b, pos);
  if (!past) connect(b, head);
  b.current = head;
  const start = join(b, body.pos);
  const next = join(b, end);
  b.loops = outer;
  const after = past ?? join(b, end);
  b.loops = [...outer, inner];
  if (macro) {
    connect(b, after);
    evaluate(b, macro, true);
    connect(b, start);
  } else if (test) condition(b, test, start, after);
  else connect(b, start);
  b.current = start;
  within(b, { breaks: [...b.breaks, target(b, after)], continues: [...b.continues, target(b, next)] }, () => statement(b, body));
  connect(b, next);
  b.current = next;
  if (update) evaluate(b, update);
  connect(b, head);
  b.loops = outer;
  b.current = after;
}

/** `while (0)` */
function isZero(test: Expression): boolean {
  return test.kind === 'literal' && test.text === '0';
}

function doWhile(b: Builder, s: Extract<Statement, { kind: 'do' }>): void {
  // `do { … } while (0)` is a block, not a loop.
  const once = isZero(s.test);
  const outer = b.loops;
  if (!once)
    b.loops = [
      ...outer,
      {
        ...{ id: b.loopIds++, pos: s.pos, end: s.end, bodyPos: s.body.pos, testPos: s.test.pos },
        ...{ guards: b.guards.length, name: 'do', variables: namesIn(s.test) },
      },
    ];
  const start = join(b, s.pos);
  connect(b, start);
  b.current = start;
  const next = join(b, s.test.pos);
  const loops = b.loops;
  b.loops = outer;
  const after = join(b, s.end);
  b.loops = loops;
  within(b, { breaks: [...b.breaks, target(b, after)], continues: [...b.continues, target(b, next)] }, () => statement(b, s.body));
  connect(b, next);
  b.current = next;
  if (once) connect(b, after);
  else condition(b, s.test, start, after);
  b.loops = outer;
  b.current = after;
}

function declare(b: Builder, d: Declarator): void {
  const name = d.static ? `::${d.name}` : d.name;
  b.types.set(name, d.type);
  if (d.cleanup) b.cleanups.push({ variable: d.name, call: d.cleanup });
  if (d.init) {
    if (d.init.kind === 'initializer') initialise(b, name, d.init, d.type);
    // A static pointer is initialised once, not at each call.
    else if (!d.static || d.type.pointers === 0) assign(b, name, stored(b, d.init), d.pos, true);
  } else if (!d.static) node(b, d.pos, { kind: 'clear', target: d.name, text: '' });
}
