/** From the AST of one function variant to its {@link Graph}. */
import type { Block, CType, Declarator, Expression, FunctionVariant, InitializerList, Statement } from '../syntax/ast.js';
import { negated, swapped } from '../syntax/comparisons.js';
import { isScopeMacro } from '../syntax/macros.js';
import { type GotoLoop, gotoLoops } from './goto-loops.js';
import type { Assume, CallOperation, Graph, Guard, Loop, Node, Operation } from './graph.js';
import { statementsFor } from './jumping.js';
import { step, type Value } from './path.js';
import { namesIn, plainPath, sourceName } from './text.js';

/** What lowering must know of names: which calls hand their argument through, which macros iterate. */
export interface Names {
  isTransparent(name: string): boolean;
  /** True for a call whose second argument is the struct that its result points at. */
  isCast(name: string): boolean;
  /** True for a call that hands its argument through and leaves NULL in it. */
  isTaking(name: string): boolean;
  /** True for a name declared outside the function: its path is the program's, not the function's. */
  isGlobal(name: string): boolean;
  isFunction(name: string): boolean;
  /** True for a name that DEFINE_FREE() gave to a statement. */
  isDefinedFree(name: string): boolean;
  /** The macro of a name that jumps: its statements stand where it is used. */
  jumping(name: string): FunctionVariant | null;
}

interface Builder {
  nodes: Node[];
  current: number;
  loops: readonly Loop[];
  guards: readonly Guard[];
  breaks: number[];
  continues: number[];
  switches: { head: Value; dispatch: number; hasDefault: boolean; seen: string[]; guardBase: number }[];
  /** Variables with a cleanup in the scopes that are open, outermost first. */
  cleanups: { variable: string; call: string; pos: number }[];
  labels: Map<string, number>;
  types: Map<string, CType>;
  aliases: Graph['aliases'];
  callbacks: Graph['callbacks'];
  assigned: Graph['assigned'];
  exit: number;
  names: Names;
  /** The macros whose statements are being lowered, outermost first. */
  writing: string[];
  temporaries: number;
  loopIds: number;
}

/** A condition of which no more is known than that it is tested. */
const someTest: Guard = { path: null, call: '', args: [], values: [], negated: false, text: '' };

const nothing: Value = { path: null, address: false, text: '' };

/** Builds the control-flow graph of a function variant. Never throws on odd input; nesting is bounded by the parser. */
export function lower(variant: FunctionVariant, names: Names): Graph {
  const b: Builder = {
    nodes: [],
    current: -1,
    loops: [],
    guards: [],
    breaks: [],
    continues: [],
    switches: [],
    cleanups: [],
    labels: new Map(),
    types: new Map(variant.params.filter((p) => p.name !== '').map((p) => [p.name, p.type])),
    aliases: [],
    callbacks: [],
    assigned: [],
    exit: 0,
    names,
    writing: [],
    temporaries: 0,
    loopIds: 0,
  };
  const entry = node(b, variant.pos, null, false);
  b.exit = node(b, variant.end, null, false);
  b.current = entry;
  block(b, variant.body);
  connect(b, b.exit);
  return {
    nodes: b.nodes,
    entry,
    exit: b.exit,
    params: variant.params,
    types: b.types,
    aliases: b.aliases,
    callbacks: b.callbacks,
    assigned: b.assigned,
    paths: [],
    assumptions: variant.assumptions,
  };
}

function node(b: Builder, pos: number, operation: Operation | null, link = true): number {
  const id = b.nodes.length;
  b.nodes.push({ id, pos, operation, successors: [], loops: b.loops, guards: b.guards });
  if (link) {
    connect(b, id);
    b.current = id;
  }
  return id;
}

/** An edge from where we stand to `target`; nothing if we stand nowhere (after a `goto`). */
function connect(b: Builder, target: number): void {
  const from = b.nodes[b.current];
  // A list that grows keeps room for more than any node has, in every graph of a survey.
  if (from && !from.successors.includes(target)) from.successors = [...from.successors, target];
}

function join(b: Builder, pos: number): number {
  return node(b, pos, null, false);
}

function label(b: Builder, name: string, pos: number): number {
  let target = b.labels.get(name);
  if (target === undefined) {
    target = join(b, pos);
    b.labels.set(name, target);
  }
  return target;
}

function temporary(b: Builder): string {
  return `%${b.temporaries++}`;
}

function block(b: Builder, body: Block): void {
  const open = b.cleanups.length;
  const around = b.loops;
  const jumps = gotoLoops(body.body);
  body.body.forEach((s, at) => {
    for (const jump of jumps) if (jump.first === at) b.loops = [...b.loops, loopByGoto(b, body.body, jump)];
    statement(b, s);
    const guards = earlyExitGuards(b, s);
    if (guards.length > 0) b.guards = [...b.guards, ...guards];
    if (jumps.some((jump) => jump.last === at)) b.loops = [...around, ...b.loops.filter((l) => l.end > s.end && !around.includes(l))];
  });
  cleanUp(b, open, body.end - 1);
  b.cleanups.length = open;
}

function loopByGoto(b: Builder, statements: readonly Statement[], jump: GotoLoop): Loop {
  const pos = statements[jump.first]?.pos ?? 0;
  const end = statements[jump.last]?.end ?? pos;
  return { id: b.loopIds++, pos, end, bodyPos: pos, guards: 0, name: 'goto', variables: jump.variables };
}

/** The cleanups of the scopes that are left, innermost first. */
function cleanUp(b: Builder, from: number, pos: number): void {
  if (b.current < 0) return;
  for (const c of b.cleanups.slice(from).reverse()) {
    // A cleanup function gets the variable's address; the statement of a DEFINE_FREE() its value.
    const value: Value = { path: c.variable, address: b.names.isFunction(c.call) && !b.names.isDefinedFree(c.call), text: c.variable };
    node(b, pos, {
      kind: 'call',
      name: c.call,
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

/** After `if (!test) return …;` the rest of the block stands under the test's opposite. */
function earlyExitGuards(b: Builder, s: Statement): Guard[] {
  if (s.kind !== 'if' || s.otherwise !== null || !leaves(s.then)) return [];
  return guardsOf(b, s.test, false);
}

function leaves(s: Statement): boolean {
  if (s.kind === 'return' || s.kind === 'goto' || s.kind === 'break' || s.kind === 'continue') return true;
  return s.kind === 'block' && s.body.length > 0 && leaves(s.body[s.body.length - 1] as Statement);
}

function within<T>(b: Builder, change: Partial<Pick<Builder, 'loops' | 'guards' | 'breaks' | 'continues'>>, run: () => T): T {
  const saved = { loops: b.loops, guards: b.guards, breaks: b.breaks, continues: b.continues };
  Object.assign(b, change);
  const result = run();
  Object.assign(b, saved);
  return result;
}

function statement(b: Builder, s: Statement): void {
  switch (s.kind) {
    case 'expression':
      if (!writeOut(b, s.expression)) evaluate(b, s.expression);
      return;
    case 'declaration':
      for (const d of s.declarators) declare(b, d);
      return;
    case 'block':
      within(b, {}, () => block(b, s));
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
    case 'for':
      if (s.init) s.init.kind === 'declaration' ? statement(b, s.init) : evaluate(b, s.init);
      loop(b, s.pos, s.end, 'for', null, s.test, s.update, s.body);
      return;
    case 'macro-statement': {
      const callee: Expression = { kind: 'identifier', name: s.name, pos: s.pos, end: s.pos + s.name.length };
      const head: Expression = { kind: 'call', callee, args: s.args, pos: s.pos, end: s.body.pos };
      if (isScopeMacro(s.name)) scope(b, s, head);
      else loop(b, s.pos, s.end, s.name, head, null, null, s.body);
      return;
    }
    case 'switch': {
      const value = evaluate(b, s.value);
      const dispatch = node(b, s.pos, null);
      const after = join(b, s.end);
      b.switches.push({ head: value, dispatch, hasDefault: false, seen: [], guardBase: b.guards.length });
      b.current = -1;
      within(b, { breaks: [...b.breaks, after] }, () => statement(b, s.body));
      connect(b, after);
      const ended = b.switches.pop();
      if (ended && !ended.hasDefault) {
        b.current = dispatch;
        connect(b, after);
      }
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
      b.current = inside.dispatch;
      if (s.value) {
        inside.seen.push(text);
        node(b, s.pos, { kind: 'assume', left: inside.head, op: '==', right: { ...nothing, text }, truth: true, call: null });
      } else {
        inside.hasDefault = true;
        node(b, s.pos, null);
      }
      const arm = b.current;
      if (before >= 0) {
        b.current = before;
        connect(b, arm);
      }
      b.current = arm;
      return;
    }
    case 'label': {
      const target = label(b, s.name, s.pos);
      (b.nodes[target] as Node).loops = b.loops;
      connect(b, target);
      b.current = target;
      // A label can be reached from elsewhere: what was tested on the way here no longer holds.
      b.guards = [];
      return;
    }
    case 'goto':
      connect(b, label(b, s.label, s.pos));
      b.current = -1;
      return;
    case 'break':
      leaveTo(b, b.breaks);
      return;
    case 'continue':
      leaveTo(b, b.continues);
      return;
    case 'return': {
      const value = s.value ? returned(b, s.value) : null;
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

/** The statements of a macro that jumps, where it is used; false for anything else. */
function writeOut(b: Builder, e: Expression): boolean {
  if (e.kind !== 'call' || e.callee.kind !== 'identifier') return false;
  const { name } = e.callee;
  const macro = b.writing.includes(name) ? null : b.names.jumping(name);
  const body = macro && statementsFor(macro, e);
  if (!body) return false;
  b.writing.push(name);
  within(b, {}, () => block(b, { kind: 'block', body, pos: e.pos, end: e.end }));
  b.writing.pop();
  return true;
}

/** What holds in a `case`: its value, joined with those of the cases that fall into it. `default` is none of those seen. */
function caseGuard(inside: Builder['switches'][number], value: string | null, fallen: Guard | undefined): Guard {
  const base = { path: inside.head.path, call: '', args: [], text: inside.head.text };
  if (value === null) return { ...base, values: fallen ? [] : inside.seen.slice(), negated: true };
  if (fallen?.negated) return { ...base, values: [], negated: true };
  return { ...base, values: [...(fallen?.values ?? []), value], negated: false };
}

function leaveTo(b: Builder, targets: number[]): void {
  const target = targets[targets.length - 1];
  if (target !== undefined) connect(b, target);
  b.current = -1;
}

/** The classes of locks that may not be got: then the statement does not run. */
const conditionalLock = /_(try|intr|kill|timeout)\b/;

/** `scoped_guard(mutex, &m) { … }`: once, and a `break` leaves it. Where it says what to do without the lock, that leaves the function. */
function scope(b: Builder, s: Extract<Statement, { kind: 'macro-statement' }>, head: Expression): void {
  const after = join(b, s.end);
  evaluate(b, head, true);
  const [lock] = s.args;
  if (lock && conditionalLock.test(sourceName(lock)) && !s.name.includes('_cond_')) connect(b, after);
  within(b, { breaks: [...b.breaks, after], continues: [...b.continues, after] }, () => statement(b, s.body));
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
  b.loops = [...outer, inner];
  const head = join(b, pos);
  connect(b, head);
  b.current = head;
  const start = join(b, body.pos);
  const next = join(b, end);
  b.loops = outer;
  const after = join(b, end);
  b.loops = [...outer, inner];
  if (macro) {
    connect(b, after);
    evaluate(b, macro, true);
    connect(b, start);
  } else if (test) condition(b, test, start, after);
  else connect(b, start);
  b.current = start;
  within(b, { breaks: [...b.breaks, after], continues: [...b.continues, next] }, () => statement(b, body));
  connect(b, next);
  b.current = next;
  if (update) evaluate(b, update);
  connect(b, head);
  b.loops = outer;
  b.current = after;
}

function doWhile(b: Builder, s: Extract<Statement, { kind: 'do' }>): void {
  // `do { … } while (0)` is a block, not a loop.
  const once = s.test.kind === 'literal' && s.test.text === '0';
  const outer = b.loops;
  if (!once)
    b.loops = [
      ...outer,
      { id: b.loopIds++, pos: s.pos, end: s.end, bodyPos: s.body.pos, guards: b.guards.length, name: 'do', variables: namesIn(s.test) },
    ];
  const start = join(b, s.pos);
  connect(b, start);
  b.current = start;
  const next = join(b, s.test.pos);
  const loops = b.loops;
  b.loops = outer;
  const after = join(b, s.end);
  b.loops = loops;
  within(b, { breaks: [...b.breaks, after], continues: [...b.continues, next] }, () => statement(b, s.body));
  connect(b, next);
  b.current = next;
  if (once) connect(b, after);
  else condition(b, s.test, start, after);
  b.loops = outer;
  b.current = after;
}

function declare(b: Builder, d: Declarator): void {
  b.types.set(d.name, d.type);
  if (d.cleanup) b.cleanups.push({ variable: d.name, call: d.cleanup, pos: d.pos });
  if (d.init) {
    if (d.init.kind === 'initializer') initialise(b, d.name, d.init);
    else assign(b, d.name, stored(b, d.init), d.pos, true);
  } else if (!d.static) node(b, d.pos, { kind: 'clear', target: d.name, text: '' });
}

function initialise(b: Builder, target: string, list: InitializerList): void {
  for (const item of list.items) {
    const named = item.designators.map((d) => (d === '[]' ? '[]' : `.${d}`));
    const steps = named.length > 0 ? named : ['[]'];
    let path: string | null = target;
    for (const s of steps) path = path === null ? null : step(path, s);
    if (path === null) continue;
    if (item.value.kind === 'initializer') initialise(b, path, item.value);
    // A member has this value and no other; of an array, each element has one.
    else assign(b, path, evaluate(b, item.value), item.value.pos, !path.includes('[]'));
  }
}

/** `target = value`, noting other names of the same memory and functions that are stored. */
function assign(b: Builder, target: string, value: Value, pos: number, replaces: boolean): void {
  b.assigned.push({ target, text: value.text });
  if (value.path === null) {
    node(b, pos, { kind: 'clear', target, text: value.text });
    return;
  }
  if (b.names.isFunction(value.path) && !b.types.has(value.path)) {
    b.callbacks.push({ owner: target, functionName: value.path });
    return;
  }
  node(b, pos, { kind: 'copy', target, source: value, replaces });
  if (replaces) b.aliases.push({ target, source: value });
}

function valueAt(path: string | null, text = ''): Value {
  return { path, address: false, text };
}

/** Evaluates an expression: emits its calls and copies, and says what it leads to. */
function evaluate(b: Builder, e: Expression, iterates = false): Value {
  switch (e.kind) {
    case 'identifier':
      if (e.name === 'NULL') return { path: null, address: false, text: 'NULL' };
      return valueAt(!b.types.has(e.name) && b.names.isGlobal(e.name) ? `::${e.name}` : e.name, e.name);
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
        // Pointer arithmetic stays with the pointer; a number that is added leads nowhere.
        const pointer = isNumber(b, right) === isNumber(b, left) ? null : isNumber(b, right) ? left : right;
        const bytes = isByteCast(e.left) || isByteCast(e.right);
        if (bytes) return carve(b, left.path === null ? right : left, e.pos, sourceName(e));
        if (pointer?.path) return { ...pointer, text: sourceName(e) };
      }
      return merge(b, [left, right], e.pos, sourceName(e));
    }
    case 'assign': {
      const value = e.op === '=' ? stored(b, e.right) : evaluate(b, e.right);
      const target = evaluate(b, e.left);
      if (target.path === null || target.address) return value;
      if (e.op === '=') assign(b, target.path, e.right.kind === 'initializer' ? nothing : value, e.pos, true);
      else {
        b.assigned.push({ target: target.path, text: sourceName(e.right) });
        if (value.path !== null) node(b, e.pos, { kind: 'copy', target: target.path, source: value, replaces: false });
        node(b, e.pos, { kind: 'update', target: target.path });
      }
      if (e.right.kind === 'initializer') initialise(b, target.path, e.right);
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
        return carve(b, operand, e.pos, operand.text);
      return retype(b, operand, e.type, e.pos);
    }
    case 'call':
      return call(b, e, iterates);
    case 'statement-expression': {
      let last = nothing;
      for (const s of e.body.body) {
        if (s.kind === 'expression') last = evaluate(b, s.expression);
        else statement(b, s);
      }
      return last;
    }
    case 'initializer': {
      const path = temporary(b);
      if (e.type) b.types.set(path, e.type);
      initialise(b, path, e);
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

function element(value: Value): Value {
  if (value.path === null) return value;
  if (value.address) return { ...value, address: false };
  return valueAt(step(value.path, '[]'), value.text);
}

export function addressOf(value: Value): Value {
  if (value.path === null || value.address) return value;
  if (value.path.endsWith('[]')) return { ...value, path: value.path.slice(0, -2) };
  return { ...value, address: true };
}

/** A cast to a struct pointer gives the bytes a type; it is remembered on a temporary that is another name for them. */
function retype(b: Builder, value: Value, type: CType, pos: number): Value {
  if (value.path === null || type.pointers === 0 || (type.tag === null && !/_t$/.test(type.base))) return value;
  const path = temporary(b);
  b.types.set(path, type);
  assign(b, path, value, pos, true);
  return { path, address: false, text: value.text };
}

const numbers =
  /^(unsigned|signed|int|long|short|char|bool|size_t|ssize_t|loff_t|pgoff_t|__?[us](8|16|32|64)|[us](8|16|32|64)|u?int(8|16|32|64)_t)( |$)/;

/** True for a local number that counts or indexes: not one that is wide enough to be an address is taken for sure. */
function isNumber(b: Builder, value: Value): boolean {
  if (value.path === null) return true;
  const type = b.types.get(value.path);
  return type !== undefined && type.pointers === 0 && type.dims.length === 0 && numbers.test(type.base) && !value.address;
}

/** `(void *)p + n`: what stands there is some other object in the same allocation. */
function isByteCast(e: Expression): boolean {
  return e.kind === 'cast' && e.type.pointers === 1 && /^(void|char|u8|unsigned char|__u8|uint8_t)$/.test(e.type.base);
}

/**
 * True if a value is a local pointer to another type: a cast of its sum begins another array behind the first. Behind a field's
 * array, at the end of its object, all is found by that field.
 */
function isOtherPointer(b: Builder, value: Value, type: CType): boolean {
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
function isBehind(b: Builder, value: Value, { operand, type }: Extract<Expression, { kind: 'cast' }>): boolean {
  const own = value.path === null ? undefined : b.types.get(value.path);
  const one = operand.kind === 'binary' && operand.op === '+' && operand.right.kind === 'literal' && operand.right.text === '1';
  return one && type.base === 'void' && own?.pointers === 1 && own.base.startsWith('struct ');
}

/** Another object beside a value: an address stays one, but the memory behind is not the same. */
function carve(b: Builder, value: Value, pos: number, text: string): Value {
  if (value.path === null) return { ...nothing, text };
  const path = temporary(b);
  node(b, pos, { kind: 'copy', target: path, source: value, replaces: false, valueOnly: true });
  return { path, address: false, text };
}

/** One value that leads to what each of several leads to. */
function merge(b: Builder, values: Value[], pos: number, text: string): Value {
  const leading = values.filter((v) => v.path !== null);
  if (leading.length === 0) return { ...nothing, text };
  if (leading.length === 1) return { ...(leading[0] as Value), text };
  const path = temporary(b);
  for (const v of leading) {
    node(b, pos, { kind: 'copy', target: path, source: v, replaces: false });
    b.aliases.push({ target: path, source: v, operand: true });
  }
  return { path, address: false, text };
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
    branch(b, { kind: 'assume', left: v, op: '!=', right: { ...nothing, text: '0' }, call: null }, e.pos, after, no);
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

/** What is stored: of `call() == n`, whether it came out so, which is known on each of two ways. */
function stored(b: Builder, e: Expression): Value {
  return e.kind === 'binary' && e.op in negated && (e.left.kind === 'call' || e.right.kind === 'call') ? decided(b, e) : evaluate(b, e);
}

/** What is returned: of any comparison, whether it came out so: the caller asks for nothing else. */
function returned(b: Builder, e: Expression): Value {
  return (e.kind === 'binary' && e.op in negated) || (e.kind === 'unary' && e.op === '!') ? decided(b, e) : evaluate(b, e);
}

/** One or zero, each on a way of its own. */
function decided(b: Builder, e: Expression): Value {
  const answer = (text: string): Expression => ({ kind: 'literal', text, pos: e.pos, end: e.end });
  const value = conditional(b, { kind: 'conditional', test: e, then: answer('1'), otherwise: answer('0'), pos: e.pos, end: e.end });
  return { ...value, text: sourceName(e) };
}

function typeArgument(e: Expression | undefined): CType | null {
  return e?.kind === 'type' ? e.type : null;
}

function call(b: Builder, e: Extract<Expression, { kind: 'call' }>, iterates: boolean): Value {
  let name = e.callee.kind === 'identifier' ? e.callee.name : null;
  let through: string | null = null;
  if (name === null) {
    const callee = evaluate(b, e.callee);
    through = e.callee.kind === 'member' ? e.callee.field : callee.text || '?';
  } else if (b.types.has(name)) {
    through = name;
    name = null;
  }
  if (name !== null && b.names.isTransparent(name) && e.args.length >= 1) {
    const first = evaluate(b, e.args[0] as Expression);
    for (const rest of e.args.slice(1)) evaluate(b, rest);
    return first;
  }
  if (name !== null && b.names.isTaking(name) && e.args[0]) return takeOut(b, evaluate(b, e.args[0]), e.pos);
  const args = e.args.map((a) => evaluate(b, a));
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
    args,
    expressions: e.args,
    result,
    pos: e.pos,
    end: e.end,
    iterates,
    macro: null,
  };
  node(b, e.pos, operation);
  return { path: result, address: false, text: sourceName(e) };
}

/** The value of a variable, which is NULL from then on. */
function takeOut(b: Builder, value: Value, pos: number): Value {
  if (value.path === null) return value;
  const path = temporary(b);
  assign(b, path, value, pos, true);
  node(b, pos, { kind: 'clear', target: value.path, text: 'NULL' });
  return { path, address: false, text: value.text };
}

/** Branches on an expression: `yes` and `no` are joined with what the outcome says of the compared values. */
function condition(b: Builder, e: Expression, yes: number, no: number): void {
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
    // `0 == ret` says what `ret == 0` says.
    const isTurned = left.path === null && right.path !== null;
    assume = isTurned
      ? { kind: 'assume', left: right, op: swapped[e.op] ?? e.op, right: left, call: null }
      : { kind: 'assume', left, op: e.op, right, call: null };
  } else {
    const left = tested(b, e, after);
    const made = e.kind === 'call' ? b.nodes[b.current]?.operation : null;
    assume = { kind: 'assume', left, op: '!=', right: { ...nothing, text: '0' }, call: made?.kind === 'call' ? made : null };
  }
  branch(b, assume, e.pos, yes, no, after);
}

/** What a condition compares: of `n--` the value before, which changes `after`. */
function tested(b: Builder, e: Expression, after: Operation[]): Value {
  if (e.kind !== 'update' || e.prefix) return evaluate(b, e);
  const value = evaluate(b, e.operand);
  if (value.path !== null) after.push({ kind: 'update', target: value.path });
  return value;
}

/** Both ways from a condition; `after` happens on each of them. */
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

/** What a condition says while it holds (or, with `truth` false, while it does not): `a && b` both, `!(a || b)` neither. */
function guardsOf(b: Builder, e: Expression, truth: boolean): Guard[] {
  const parts = partsOf(e, truth).flatMap((part) => guardOf(b, part.e, part.truth) ?? []);
  return parts.length > 0 ? parts : [someTest];
}

function partsOf(e: Expression, truth: boolean): { e: Expression; truth: boolean }[] {
  if (e.kind === 'unary' && e.op === '!') return partsOf(e.operand, !truth);
  const isBoth = e.kind === 'binary' && (e.op === '&&' || e.op === '||') && (e.op === '&&') === truth;
  return isBoth ? [...partsOf(e.left, truth), ...partsOf(e.right, truth)] : [{ e, truth }];
}

/** What one test says; `null` for what is not simple. */
function guardOf(b: Builder, e: Expression, truth: boolean): Guard | null {
  if (e.kind === 'unary' && e.op === '!') return guardOf(b, e.operand, !truth);
  if (e.kind === 'call' && e.callee.kind === 'identifier') {
    if (b.names.isTransparent(e.callee.name) && e.args[0]) return guardOf(b, e.args[0], truth);
    return { path: null, call: e.callee.name, args: e.args.map((a) => plainPath(a)), values: [], negated: !truth, text: sourceName(e) };
  }
  if (e.kind === 'binary' && (e.op === '&&' || e.op === '||')) return null;
  if (e.kind === 'binary' && (e.op === '==' || e.op === '!=')) {
    const path = plainPath(e.left);
    const value = sourceName(e.right);
    // `iov_iter_rw(iter) == WRITE`: which of several named answers a call gives, by its text.
    const answers = e.left.kind === 'call' && /^[A-Z]\w*$/.test(value);
    if ((path === null && !answers) || value === '') return null;
    return { path, call: '', args: [], values: [value], negated: (e.op === '==') !== truth, text: sourceName(e.left) };
  }
  const path = plainPath(e);
  if (path === null && sourceName(e) === '') return null;
  return { path, call: '', args: [], values: [], negated: !truth, text: sourceName(e) };
}
