/**
 * The fast pass: splits a file into its top-level items, whatever state the file is in.
 *
 * One loop, no recursion, linear time. `#if` groups are followed as the preprocessor would, with one memory: what was open at the
 * `#if` is open again at its `#else`, and what the first living arm left open stays open behind the `#endif`.
 */
import { type Condition, conditionList, isElse, negate, readCondition, TRUE } from './conditions.js';
import { endsAtDirective, endsBefore, isExternC, isGuard, nameOf, oldStyleGoesOn, opensType, plainName } from './heads.js';
import { describeItem, type Head } from './items.js';
import { atLineStart, CLASS, lineStartsOf, positionOf, skipDirective, skipLineComment, skipQuoted } from './tokens.js';

export type ItemKind = 'function' | 'struct' | 'macro' | 'variable' | 'declaration' | 'other';

/** A top-level item; `text.slice(pos, end)` is all of it. */
export interface Item {
  kind: ItemKind;
  /** `''` where it has none. */
  name: string;
  pos: number;
  end: number;
  /** Offset of the body's `{`, or -1. */
  bodyPos: number;
  static: boolean;
  inline: boolean;
  /** The variables that it declares, also behind a struct's members. */
  variables: readonly string[];
  /** Conditions of the `#if` arms around it, outermost first, in the form of a variant's assumptions. */
  conditions: string[];
}

/** What a file consists of. */
export interface Outline {
  /** In order, not overlapping. */
  items: Item[];
  /** Macros defined inside another item, in order. */
  innerMacros: Item[];
  /** Offsets at which lines start; made on first use. */
  lineStarts(): Uint32Array;
  /** Line and byte column of an offset, both from 1. */
  position(pos: number): { line: number; column: number };
}

interface State {
  start: number;
  depth: number;
  parens: number;
  body: number;
  typeBody: number;
  assigned: boolean;
  isFunction: boolean;
  done: boolean;
  groups: number;
  headLength: number;
}

interface Group {
  pos: number;
  saved: State;
  first: State | null;
  /** What holds where none of the arms before is taken; `null` if one always is. */
  before: readonly string[] | null;
  /** What holds in the arm; `null` if it is never taken. */
  arm: readonly string[] | null;
}

/** Of more conditions than these around an item, those further out are not told, nor those of a ladder's arms further down. */
const MAX_CONDITIONS = 100;

/** What holds where a condition holds, too; `null` if that is never. */
function also(known: readonly string[] | null, c: Condition): readonly string[] | null {
  return known === null || isFalse(c) ? null : [...known, ...conditionList(c)];
}

/** What holds in the arms of the first so many groups. */
function conditionsIn(groups: readonly Group[], count: number): string[] {
  let from = count;
  for (let told = 0; from > 0 && told < MAX_CONDITIONS; from--) told += groups[from - 1]!.arm?.length ?? 0;
  return groups.slice(from, count).flatMap((g) => g.arm ?? []);
}

const STOP = new Uint8Array(65536);
for (const c of '{}"\'/#') STOP[c.charCodeAt(0)] = 1;
const STOP_PARENS = new Uint8Array(65536);
for (const c of '{}()"\'/#') STOP_PARENS[c.charCodeAt(0)] = 1;
const MAX_HEAD = 4096;

/** Splits a file into its top-level items. Never throws; takes linear time. */
export function outline(text: string): Outline {
  const found: Outline = {
    items: [],
    innerMacros: [],
    lineStarts,
    position: (pos) => positionOf(lineStarts(), pos),
  };
  let starts: Uint32Array | null = null;
  function lineStarts(): Uint32Array {
    starts ??= lineStartsOf(text);
    return starts;
  }
  const left = scan(text, 0, false, found);
  if (left >= 0) {
    // Something opened there never closed. Again from it, with a `}` in the first column closing everything, as kernel style has it.
    while (found.items.length > 0 && found.items.at(-1)!.end > left) found.items.pop();
    while (found.innerMacros.length > 0 && found.innerMacros.at(-1)!.pos >= left) found.innerMacros.pop();
    scan(text, left, true, found);
  }
  return found;
}

/** Offset of the next character that a table marks, or `size`. Outside of any closure: this loop is where the time goes. */
function nextIn(text: string, i: number, size: number, table: Uint8Array): number {
  while (i < size && table[text.charCodeAt(i)] === 0) i++;
  return i;
}

function skipBlanks(text: string, i: number, size: number): number {
  while (i < size && CLASS[text.charCodeAt(i)] === 1) i++;
  return i;
}

function wordEnd(text: string, i: number, size: number): number {
  i++;
  while (i < size && CLASS[text.charCodeAt(i)]! >= 2) i++;
  return i;
}

function scan(text: string, from: number, strict: boolean, found: Outline): number {
  const size = text.length;
  const head: Head = { kind: [], start: [], end: [] };
  const groups: Group[] = [];
  let s: State = fresh();
  let i = from;

  const begin = (pos: number): void => {
    if (s.start >= 0) return;
    s.start = pos;
    s.groups = groups.length;
    head.kind.length = head.start.length = head.end.length = 0;
  };
  const note = (kind: number, start: number, end: number): void => {
    if (head.kind.length >= MAX_HEAD) return;
    head.kind.push(kind);
    head.start.push(start);
    head.end.push(end);
    s.headLength = head.kind.length;
  };
  const emit = (end: number): void => {
    const pos = s.start;
    if (pos >= 0) {
      while (found.items.length > 0 && found.items.at(-1)!.end > pos) {
        const lost = found.items.pop()!;
        // What else stands in an `#if` group that is part of another item is lost.
        if (lost.kind === 'macro') found.innerMacros.push(lost);
      }
      const conditions = conditionsIn(groups, s.groups);
      if (s.isFunction && s.body >= 0 && head.kind.includes(40)) {
        const name = plainName(text, head);
        let isStatic = false;
        let isInline = false;
        for (let k = 0; k < head.kind.length; k++) {
          if (head.kind[k] !== 1) continue;
          const word = text.slice(head.start[k]!, head.end[k]!);
          if (word === 'static') isStatic = true;
          else if (word.includes('inline') && !word.startsWith('noinline')) isInline = true;
        }
        found.items.push({
          kind: 'function',
          name: name ?? nameOf(text, pos, s.body),
          pos,
          end,
          bodyPos: s.body,
          static: isStatic,
          inline: isInline,
          variables: [],
          conditions,
        });
      } else {
        const d = describeItem(text, head, s.body, s.typeBody, s.assigned);
        found.items.push({
          kind: d.kind,
          name: d.name,
          pos,
          end,
          bodyPos: d.bodyPos,
          static: d.static,
          inline: d.inline,
          variables: d.variables,
          conditions,
        });
      }
    }
    s = fresh();
  };
  const complete = (end: number): void => {
    const top = groups.at(-1);
    // Complete in this arm only: the other arms of the group may hold another ending.
    if (top !== undefined && top.pos > s.start && s.start >= 0) s.done = true;
    else emit(end);
  };

  while (i < size) {
    if (s.done || s.depth > 0) {
      i = nextIn(text, i, size, STOP);
    } else if (s.parens > 0) {
      i = nextIn(text, i, size, STOP_PARENS);
    } else {
      i = skipBlanks(text, i, size);
    }
    if (i >= size) break;
    const c = text.charCodeAt(i);
    if (c === 47) {
      const next = text.charCodeAt(i + 1);
      if (next === 42) {
        const close = text.indexOf('*/', i + 2);
        i = close < 0 ? size : close + 2;
      } else if (next === 47) i = skipLineComment(text, i, size);
      else i++;
      continue;
    }
    if (c === 34 || c === 39) {
      const e = skipQuoted(text, i, size);
      if (s.depth === 0 && s.parens === 0 && !s.done) {
        begin(i);
        note(34, i, e);
      }
      i = e;
      continue;
    }
    if (c === 35) {
      i = atLineStart(text, i, from) ? directive(i) : i + 1;
      continue;
    }
    if (s.done) {
      i++;
      continue;
    }
    if (s.depth > 0) {
      if (c === 123) s.depth++;
      else if (c === 125 && (--s.depth === 0 || (strict && text.charCodeAt(i - 1) === 10))) {
        s.depth = 0;
        if (!s.assigned && s.isFunction) complete(i + 1);
      }
      i++;
      continue;
    }
    if (s.parens > 0) {
      if (c === 40) s.parens++;
      else if (c === 41 && --s.parens === 0) {
        head.end[head.end.length - 1] = i + 1;
      } else if (strict && c === 125 && text.charCodeAt(i - 1) === 10) {
        s.parens = 0;
        complete(i + 1);
      }
      i++;
      continue;
    }
    const cls = CLASS[c]!;
    if (cls === 1) {
      i++;
    } else if (cls >= 2) {
      const b = i;
      i = wordEnd(text, i, size);
      if (s.start >= 0 && endsBefore(text, head, b, i)) emit(head.end.at(-1)!);
      begin(b);
      note(1, b, i);
    } else if (c === 40) {
      begin(i);
      note(40, i, i + 1);
      s.parens = 1;
      i++;
    } else if (c === 123) {
      if (s.start >= 0 && isExternC(text, head)) {
        s = fresh();
        i++;
        continue;
      }
      begin(i);
      if (!s.assigned) {
        if (opensType(text, head)) {
          s.typeBody = head.kind.length;
          s.body = i;
        } else {
          s.isFunction = true;
          s.body = i;
        }
      }
      note(123, i, i + 1);
      s.depth = 1;
      i++;
    } else if (c === 125) {
      // The end of an `extern "C"` block, or one too many.
      if (s.start >= 0) emit(i);
      i++;
    } else if (c === 59) {
      i++;
      if (s.start < 0) continue;
      if (!s.assigned && s.body < 0 && oldStyleGoesOn(text, head, i)) note(59, i - 1, i);
      else complete(i);
    } else {
      begin(i);
      if (c === 61) s.assigned = true;
      note(c, i, i + 1);
      i++;
    }
  }
  if (s.start >= 0) {
    if ((s.depth > 0 || s.parens > 0) && !strict) return s.start;
    emit(size);
  }
  return -1;

  function directive(at: number): number {
    const end = skipDirective(text, at, size);
    let k = at + 1;
    while (k < end && (text.charCodeAt(k) === 32 || text.charCodeAt(k) === 9)) k++;
    const b = k;
    while (k < end && CLASS[text.charCodeAt(k)]! >= 2) k++;
    const name = text.slice(b, Math.min(k, b + 20));
    switch (isElse(name) ? 'elif' : name) {
      case 'define': {
        const word = /^\s*([A-Za-z_$][\w$]*)/.exec(text.slice(k, k + 200))?.[1] ?? '';
        const item: Item = {
          kind: 'macro',
          name: word,
          pos: at,
          end,
          bodyPos: -1,
          static: false,
          inline: false,
          variables: [],
          conditions: conditionsIn(groups, groups.length),
        };
        endMacroLine();
        (s.start < 0 ? found.items : found.innerMacros).push(item);
        return end;
      }
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        endMacroLine();
        const own = name === 'ifndef' && isGuard(text, k, end) ? TRUE : armOf(name, k, end);
        const arm = also([], own);
        groups.push({ pos: at, saved: { ...s }, first: null, before: also([], negate(own)), arm });
        return arm === null ? skipDead(end) : end;
      }
      case 'else':
      case 'elif': {
        const g = groups.at(-1);
        if (g === undefined) return end;
        leaveArm(g);
        const own = name === 'else' ? TRUE : armOf(name, k, end);
        g.arm = also(g.before, own);
        if (g.before !== null && g.before.length < MAX_CONDITIONS) g.before = also(g.before, negate(own));
        s = { ...g.saved };
        trimHead();
        return g.arm === null ? skipDead(end) : end;
      }
      case 'endif': {
        const g = groups.at(-1);
        if (g === undefined) return end;
        leaveArm(g);
        groups.pop();
        const other = s;
        s = g.first ?? { ...g.saved };
        if (s.start >= 0 && s.body < 0 && other.body >= 0 && other.start === g.saved.start) {
          s.body = other.body;
          s.isFunction = other.isFunction;
        }
        trimHead();
        if (s.done && !(groups.at(-1) !== undefined && groups.at(-1)!.pos > s.start)) emit(end);
        return end;
      }
      default:
        endMacroLine();
        return end;
    }
  }

  /** Ends an item that is only a macro's call, where a directive shows that nothing belongs to it any more. */
  function endMacroLine(): void {
    if (s.start >= 0 && s.body < 0 && !s.assigned && !s.done && s.depth === 0 && s.parens === 0 && endsAtDirective(text, head))
      emit(head.end.at(-1)!);
  }

  function armOf(name: string, k: number, end: number): Condition {
    return readCondition(name, text.slice(k, end));
  }

  /** Keeps the state at the end of the first living arm; an item that began in the arm and goes on is widened to the `#if`. */
  function leaveArm(g: Group): void {
    if (g.arm === null) return;
    if (s.start > g.pos) endMacroLine();
    if (g.first !== null) {
      // An item begun and not ended in a later arm goes on with the first arm's; alone, it is an item of its own.
      if (s.start > g.pos && g.first.start < 0 && !s.done) {
        s.start = g.pos;
        s.groups = groups.length - 1;
        g.first = { ...s };
      }
      return;
    }
    if (s.start > g.pos) {
      s.start = g.pos;
      s.groups = groups.length - 1;
    }
    g.first = { ...s };
  }

  function trimHead(): void {
    if (s.start < 0) return;
    if (head.kind.length > s.headLength) head.kind.length = head.start.length = head.end.length = s.headLength;
  }

  /** Offset of the directive that ends the dead arm which begins at `k`. */
  function skipDead(k: number): number {
    let nested = 0;
    for (let at = text.indexOf('#', k); at >= 0; at = text.indexOf('#', at + 1)) {
      if (!atLineStart(text, at, from)) continue;
      let b = at + 1;
      while (text.charCodeAt(b) === 32 || text.charCodeAt(b) === 9) b++;
      if (text.startsWith('if', b)) nested++;
      else if (text.startsWith('endif', b)) {
        if (nested-- === 0) return at;
      } else if (nested === 0 && text.startsWith('el', b)) return at;
    }
    return size;
  }
}

function fresh(): State {
  return {
    start: -1,
    depth: 0,
    parens: 0,
    body: -1,
    typeBody: -1,
    assigned: false,
    isFunction: false,
    done: false,
    groups: 0,
    headLength: 0,
  };
}

function isFalse(c: Condition): boolean {
  return c.op === 'const' && !c.value;
}
