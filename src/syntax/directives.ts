/**
 * Preprocessor directives in the fast pass. All arms of an `#if` group are followed: each arm begins with the item that was open at the
 * `#if`, and behind the `#endif` the item is open that the first arm which can be taken left open.
 */
import { type Condition, isElse, negate, readCondition, TRUE } from './conditions.js';
import { endsAtDirective, isGuard } from './heads.js';
import { also, beganInside, conditionsIn, finish, type Group, MAX_CONDITIONS, type OpenItem, type Scan, trimHead } from './scan.js';
import { atLineStart, type Directive, readDirective, skipIndent } from './tokens.js';

/** Handlers by name; each returns the offset at which to go on. */
const handlers = new Map<string, (scan: Scan, d: Directive) => number>([
  ['define', define],
  ['if', openGroup],
  ['ifdef', openGroup],
  ['ifndef', openGroup],
  ['else', nextArm],
  ['endif', closeGroup],
]);

/** Handles the directive whose `#` is at `pos`; returns the offset at which to go on. */
export function directive(scan: Scan, pos: number): number {
  const d = readDirective(scan.text, pos);
  const handle = handlers.get(d.name) ?? (isElse(d.name) ? nextArm : otherDirective);
  return handle(scan, d);
}

function otherDirective(scan: Scan, { end }: Directive): number {
  endMacroLine(scan);
  return end;
}

function define(scan: Scan, { pos, rest, end }: Directive): number {
  const { text, found, groups } = scan;
  endMacroLine(scan);
  (scan.item.start < 0 ? found.items : found.innerMacros).push({
    kind: 'macro',
    name: /^\s*([A-Za-z_$][\w$]*)/.exec(text.slice(rest, rest + 200))?.[1] ?? '',
    pos,
    end,
    bodyPos: -1,
    static: false,
    inline: false,
    variables: [],
    conditions: conditionsIn(groups, groups.length),
  });
  return end;
}

function openGroup(scan: Scan, d: Directive): number {
  const { text, groups } = scan;
  endMacroLine(scan);
  const own = d.name === 'ifndef' && isGuard(text, d.rest, d.end) ? TRUE : conditionOf(text, d);
  const group: Group = { pos: d.pos, before: { ...scan.item }, first: null, otherwise: also([], negate(own)), arm: also([], own) };
  groups.push(group);
  return enterArm(scan, group, d);
}

function nextArm(scan: Scan, d: Directive): number {
  const group = scan.groups.at(-1);
  if (group === undefined) return d.end;
  leaveArm(scan, group);
  const own = d.name === 'else' ? TRUE : conditionOf(scan.text, d);
  group.arm = also(group.otherwise, own);
  if (group.otherwise !== null && group.otherwise.length < MAX_CONDITIONS) group.otherwise = also(group.otherwise, negate(own));
  goOnWith(scan, { ...group.before });
  return enterArm(scan, group, d);
}

function closeGroup(scan: Scan, d: Directive): number {
  const { groups } = scan;
  const group = groups.at(-1);
  if (group === undefined) return d.end;
  leaveArm(scan, group);
  groups.pop();
  const last = scan.item;
  const item = group.first ?? { ...group.before };
  if (item.start >= 0 && item.body < 0 && last.body >= 0 && last.start === group.before.start) {
    item.body = last.body;
    item.isFunction = last.isFunction;
  }
  goOnWith(scan, item);
  if (item.done && !beganInside(scan, groups.at(-1))) finish(scan, d.end);
  return d.end;
}

function goOnWith(scan: Scan, item: OpenItem): void {
  scan.item = item;
  trimHead(scan);
}

function conditionOf(text: string, { name, rest, end }: Directive): Condition {
  return readCondition(name, text.slice(rest, end));
}

/** Goes on behind the directive that opens an arm, or at the one that ends the arm if it can never be taken. */
function enterArm(scan: Scan, group: Group, { end }: Directive): number {
  return group.arm === null ? skipDead(scan, end) : end;
}

/** Ends an item that is only a macro call, if the directive that follows shows that it is complete. */
function endMacroLine(scan: Scan): void {
  const { text, head, item } = scan;
  const isHead = item.start >= 0 && item.body < 0 && !item.assigned && !item.done && item.depth === 0 && item.parens === 0;
  if (isHead && endsAtDirective(text, head)) finish(scan, head.end.at(-1)!);
}

/**
 * Keeps the item that is open at the end of the first arm that can be taken. An item that began in the arm and goes on is widened to begin
 * at the `#if`. One that began in a later arm goes on with the first arm's item; if there is none, it is an item of its own.
 */
function leaveArm(scan: Scan, group: Group): void {
  if (group.arm === null) return;
  if (scan.item.start > group.pos) endMacroLine(scan);
  const { item } = scan;
  const began = item.start > group.pos;
  if (group.first !== null && !(began && group.first.start < 0 && !item.done)) return;
  if (began) {
    item.start = group.pos;
    item.groups = scan.groups.length - 1;
  }
  group.first = { ...item };
}

/** Offset of the directive that ends the dead arm which begins at `from`. */
function skipDead(scan: Scan, from: number): number {
  const { text } = scan;
  let nested = 0;
  for (let pos = text.indexOf('#', from); pos >= 0; pos = text.indexOf('#', pos + 1)) {
    if (!atLineStart(text, pos, scan.from)) continue;
    const name = skipIndent(text, pos + 1);
    if (text.startsWith('if', name)) nested++;
    else if (text.startsWith('endif', name)) {
      if (nested-- === 0) return pos;
    } else if (nested === 0 && text.startsWith('el', name)) return pos;
  }
  return text.length;
}
