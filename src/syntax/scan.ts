/** The state of the fast pass at a position: the open item, and the `#if` groups around it. */
import { OPEN_PAREN } from './characters.js';
import { type Condition, conditionList } from './conditions.js';
import { describeFunction } from './heads.js';
import { describeItem, type Head, type Item } from './items.js';

/** The item that is being read, or none. */
export interface OpenItem {
  /** Offset at which it begins, or -1 if none is open. */
  start: number;
  /** How many braces are open in it. */
  depth: number;
  /** How many parentheses are open in its head. */
  parens: number;
  /** Offset of the `{` of its body, or -1. */
  body: number;
  /** Index of the head's token that is the body of a struct, union or enum, or -1. */
  typeBody: number;
  /** True if its head has an `=`: then braces contain values. */
  assigned: boolean;
  /** True if its body contains statements. */
  isFunction: boolean;
  /** True if it is complete in this arm of an `#if` group that began inside it: other arms may end it otherwise. */
  done: boolean;
  /** How many `#if` groups are around the whole item. */
  groups: number;
  /** How many tokens its head has. */
  headLength: number;
}

/** An `#if` group without its `#endif` so far. */
export interface Group {
  pos: number;
  /** The item that was open at the `#if`, with which each arm begins. */
  before: OpenItem;
  /**
   * The item that the first arm which can be taken left open, and which is open behind the `#endif`; `null` as long as there was no such
   * arm.
   */
  first: OpenItem | null;
  /** The conditions under which none of the arms so far is taken; `null` if one always is. */
  otherwise: readonly string[] | null;
  /** The conditions of the current arm; `null` if it is never taken. */
  arm: readonly string[] | null;
}

/** One pass over a text. */
export interface Scan {
  text: string;
  /** Offset at which it begins. */
  from: number;
  /** True if a `}` in the first column closes everything. */
  strict: boolean;
  item: OpenItem;
  /** The tokens of the open item. The arrays are reused for all items. */
  head: Head;
  /** The open `#if` groups, outermost first. */
  groups: Group[];
  found: Found;
}

interface Found {
  items: Item[];
  innerMacros: Item[];
}

/** Heads with more tokens than this are cut off. */
const MAX_HEAD = 4096;

/**
 * About how many conditions an item lists. Beyond that, the conditions of outer groups, and of later arms of a long ladder, are left out.
 */
export const MAX_CONDITIONS = 100;

/** Starts a scan of a text at an offset. What it finds is added to `found`. */
export function startScan(text: string, from: number, strict: boolean, found: Found): Scan {
  return { text, from, strict, item: noItem(), head: { kind: [], start: [], end: [] }, groups: [], found };
}

function noItem(): OpenItem {
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

/** Begins an item, unless one is open. */
export function begin(scan: Scan, pos: number): void {
  const { item, head } = scan;
  if (item.start >= 0) return;
  item.start = pos;
  item.groups = scan.groups.length;
  head.kind.length = head.start.length = head.end.length = 0;
}

/** Notes a token of the open item's head. */
export function note(scan: Scan, kind: number, start: number, end: number): void {
  const { head } = scan;
  if (head.kind.length >= MAX_HEAD) return;
  head.kind.push(kind);
  head.start.push(start);
  head.end.push(end);
  scan.item.headLength = head.kind.length;
}

/** Cuts the head back to the tokens of the open item, if that is the one from before an arm. */
export function trimHead(scan: Scan): void {
  const { item, head } = scan;
  if (item.start < 0) return;
  if (head.kind.length > item.headLength) head.kind.length = head.start.length = head.end.length = item.headLength;
}

/** Drops the open item: it is no item at all. */
export function abandon(scan: Scan): void {
  scan.item = noItem();
}

/** Ends the open item and adds it to what was found. */
export function finish(scan: Scan, end: number): void {
  const { text, head, item, found } = scan;
  const pos = item.start;
  if (pos >= 0) {
    while (found.items.length > 0 && found.items.at(-1)!.end > pos) {
      const lost = found.items.pop()!;
      // Items inside an `#if` group that turns out to be part of another item are dropped; macros are kept as inner ones.
      if (lost.kind === 'macro') found.innerMacros.push(lost);
    }
    const isFunction = item.isFunction && head.kind.includes(OPEN_PAREN);
    const described = isFunction
      ? describeFunction(text, head, pos, item.body)
      : describeItem(text, head, item.body, item.typeBody, item.assigned);
    const { kind, name, bodyPos, static: isStatic, inline, variables } = described;
    // The properties are listed one by one: object spread would double the time of the scan.
    const conditions = conditionsIn(scan.groups, item.groups);
    found.items.push({ kind, name, pos, end, bodyPos, static: isStatic, inline, variables, conditions });
  }
  abandon(scan);
}

/** Ends the open item; if an `#if` group began in it, only in this arm. */
export function complete(scan: Scan, end: number): void {
  const { item } = scan;
  if (item.start >= 0 && beganInside(scan, scan.groups.at(-1))) item.done = true;
  else finish(scan, end);
}

/** True if a group began inside the open item. */
export function beganInside(scan: Scan, group: Group | undefined): boolean {
  return group !== undefined && group.pos > scan.item.start;
}

/** Returns the conditions `known` and `c` together; `null` if they never hold. */
export function also(known: readonly string[] | null, c: Condition): readonly string[] | null {
  return known === null || (c.op === 'const' && !c.value) ? null : [...known, ...conditionList(c)];
}

/** Returns the conditions of the current arms of the first `count` groups, without those of outer groups past the limit. */
export function conditionsIn(groups: readonly Group[], count: number): string[] {
  let from = count;
  for (let told = 0; from > 0 && told < MAX_CONDITIONS; from--) told += groups[from - 1]!.arm?.length ?? 0;
  return groups.slice(from, count).flatMap((g) => g.arm ?? []);
}
