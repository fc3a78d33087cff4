/** What the fast pass knows at a place of a file: the item that is open there, and the `#if` groups around it. */
import { OPEN_PAREN } from './characters.js';
import { type Condition, conditionList } from './conditions.js';
import { describeFunction } from './heads.js';
import { describeItem, type Head, type Item } from './items.js';

/** The item that is being read, or none. */
export interface OpenItem {
  /** Where it begins, or -1 if none has. */
  start: number;
  /** How many braces are open in it. */
  depth: number;
  /** How many brackets are open in its head. */
  parens: number;
  /** Offset of its body's `{`, or -1. */
  body: number;
  /** Which token of its head is the body of a struct, union or enum, or -1. */
  typeBody: number;
  /** An `=` stands in its head: braces hold values. */
  assigned: boolean;
  /** Its body holds statements. */
  isFunction: boolean;
  /** Complete in this arm of an `#if` group that began inside it: the other arms may hold another ending. */
  done: boolean;
  /** How many `#if` groups it stands in as a whole. */
  groups: number;
  /** How many tokens its head has. */
  headLength: number;
}

/** An `#if` group that has not ended. */
export interface Group {
  pos: number;
  /** What was open at the `#if`, and is again in each arm. */
  before: OpenItem;
  /** What the first living arm left open, and is open behind the `#endif`. */
  first: OpenItem | null;
  /** What holds where none of the arms so far is taken; `null` if one always is. */
  otherwise: readonly string[] | null;
  /** What holds in the arm; `null` if it is never taken. */
  arm: readonly string[] | null;
}

/** One pass over a text. */
export interface Scan {
  text: string;
  /** Where it begins. */
  from: number;
  /** A `}` in the first column closes everything. */
  strict: boolean;
  item: OpenItem;
  /** The tokens of the open item; their arrays outlive it. */
  head: Head;
  /** Outermost first. */
  groups: Group[];
  found: Found;
}

interface Found {
  items: Item[];
  innerMacros: Item[];
}

/** Longer heads than this are not looked at to their end. */
const MAX_HEAD = 4096;

/** Of more conditions than these around an item, those further out are not told, nor those of a ladder's arms further down. */
export const MAX_CONDITIONS = 100;

/** A scan of a text from an offset on, which adds to what is found. */
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

/** Makes the head again as long as it was for the open item, where that comes from before an arm. */
export function trimHead(scan: Scan): void {
  const { item, head } = scan;
  if (item.start < 0) return;
  if (head.kind.length > item.headLength) head.kind.length = head.start.length = head.end.length = item.headLength;
}

/** Takes what was open for no item at all. */
export function abandon(scan: Scan): void {
  scan.item = noItem();
}

/** Ends the open item where nothing of it can follow. */
export function finish(scan: Scan, end: number): void {
  const { text, head, item, found } = scan;
  const pos = item.start;
  if (pos >= 0) {
    while (found.items.length > 0 && found.items.at(-1)!.end > pos) {
      const lost = found.items.pop()!;
      // What else stands in an `#if` group that is part of another item is lost.
      if (lost.kind === 'macro') found.innerMacros.push(lost);
    }
    const isFunction = item.isFunction && head.kind.includes(OPEN_PAREN);
    const described = isFunction
      ? describeFunction(text, head, pos, item.body)
      : describeItem(text, head, item.body, item.typeBody, item.assigned);
    const { kind, name, bodyPos, static: isStatic, inline, variables } = described;
    // Written out: spread, it would take the scan as long again.
    const conditions = conditionsIn(scan.groups, item.groups);
    found.items.push({ kind, name, pos, end, bodyPos, static: isStatic, inline, variables, conditions });
  }
  abandon(scan);
}

/** Ends the open item, or, if an `#if` group began in it, only in this arm. */
export function complete(scan: Scan, end: number): void {
  const { item } = scan;
  if (item.start >= 0 && beganInside(scan, scan.groups.at(-1))) item.done = true;
  else finish(scan, end);
}

/** True if a group began inside the open item. */
export function beganInside(scan: Scan, group: Group | undefined): boolean {
  return group !== undefined && group.pos > scan.item.start;
}

/** What holds where a condition holds, too; `null` if that is never. */
export function also(known: readonly string[] | null, c: Condition): readonly string[] | null {
  return known === null || (c.op === 'const' && !c.value) ? null : [...known, ...conditionList(c)];
}

/** What holds in the arms of the first so many groups. */
export function conditionsIn(groups: readonly Group[], count: number): string[] {
  let from = count;
  for (let told = 0; from > 0 && told < MAX_CONDITIONS; from--) told += groups[from - 1]!.arm?.length ?? 0;
  return groups.slice(from, count).flatMap((g) => g.arm ?? []);
}
