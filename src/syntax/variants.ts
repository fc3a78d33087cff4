/** The configurations of one item: its text with directives and inactive arms blanked, at the same length. */
import { HASH, SLASH } from './characters.js';
import {
  atomsOf,
  both,
  type Condition,
  type Configuration,
  conditionList,
  evaluate,
  isElse,
  negate,
  parseCondition,
  readCondition,
  TRUE,
} from './conditions.js';
import { assumptionsOf, chooseConfigurations } from './configurations.js';
import { atLineStart, type Directive, readDirective, skipComment, skipQuoted } from './tokens.js';

/** The text of an item in one configuration. */
export interface ActiveText {
  text: string;
  assumptions: string[];
}

/** A directive, by what it does to the arms around it. */
interface Marker {
  from: number;
  to: number;
  kind: 'if' | 'else' | 'endif' | 'plain';
  condition: Condition;
}

const STOP = new Uint8Array(65536);
for (const c of '"\'/#') STOP[c.charCodeAt(0)] = 1;

/** Returns a text with everything but line ends blanked. */
export function blanked(text: string): string {
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length));
}

function directivesOf(text: string): Marker[] {
  const found: Marker[] = [];
  const size = text.length;
  let i = 0;
  while (i < size) {
    while (i < size && STOP[text.charCodeAt(i)] === 0) i++;
    if (i >= size) break;
    const c = text.charCodeAt(i);
    if (c === SLASH) i = skipComment(text, i, size);
    else if (c !== HASH) i = skipQuoted(text, i, size);
    else if (!atLineStart(text, i, 0)) i++;
    else {
      const d = readDirective(text, i);
      found.push(markerOf(text, d));
      i = d.end;
    }
  }
  return found;
}

function markerOf(text: string, { name, pos: from, rest, end: to }: Directive): Marker {
  const isIf = name === 'if' || name === 'ifdef' || name === 'ifndef';
  if (isIf || isElse(name)) return { from, to, kind: isIf ? 'if' : 'else', condition: readCondition(name, text.slice(rest, to)) };
  return { from, to, kind: name === 'else' || name === 'endif' ? name : 'plain', condition: TRUE };
}

/** Only so many arms, and so deep, get variants of their own: an item with more is not worth it. */
const MAX_ARMS = 100;
const MAX_NESTED = 40;

/** An arm of an `#if` group: its full condition, and where its text is. An absent `#else` is an arm without text. */
interface Arm {
  condition: Condition;
  from: number;
  to: number;
}

/** Every arm, absent `#else`s included. */
function armsOf(directives: Marker[]): Arm[] {
  const arms: Arm[] = [];
  const open: { outer: Condition; before: Condition; closed: boolean; arm: Arm | null }[] = [];
  let around: Condition = TRUE;
  const begin = (condition: Condition, from: number): Arm => {
    const arm = { condition, from, to: from };
    arms.push(arm);
    return arm;
  };
  for (const d of directives) {
    const top = open.at(-1);
    if (arms.length > MAX_ARMS) break;
    if (open.length > MAX_NESTED && d.kind === 'if') {
      open.push({ outer: around, before: TRUE, closed: true, arm: null });
    } else if (open.length > MAX_NESTED && d.kind === 'else') {
      // Nested too deeply to get a variant of its own.
    } else if (d.kind === 'if') {
      const outer = around;
      around = both(around, d.condition);
      open.push({ outer, before: negate(d.condition), closed: false, arm: begin(around, d.to) });
    } else if (d.kind === 'else' && top !== undefined) {
      if (top.arm) top.arm.to = d.from;
      around = both(top.outer, both(top.before, d.condition));
      top.arm = begin(around, d.to);
      if (d.condition === TRUE) top.closed = true;
      top.before = both(top.before, negate(d.condition));
    } else if (d.kind === 'endif' && top !== undefined) {
      if (top.arm) top.arm.to = d.from;
      if (!top.closed) begin(both(top.outer, top.before), d.from);
      around = top.outer;
      open.pop();
    }
  }
  return arms;
}

/**
 * Returns those of a variant's assumptions that a statement at a position of the item's text depends on: the conditions of the arms around
 * it, and tests of names on which arms depend that may jump past it. The rest only completes the configuration: the statement may be in
 * variants with the opposite, too.
 */
export function assumedAt(text: string, pos: number, assumptions: readonly string[]): string[] {
  if (assumptions.length === 0) return [];
  const around: string[] = [];
  const jumped = new Set<string>();
  for (const { condition, from, to } of armsOf(directivesOf(text))) {
    if (pos >= from && pos < to) around.push(...conditionList(condition));
    else if (jump.test(text.slice(from, to))) for (const name of namesIn(condition)) jumped.add(name);
  }
  return [...new Set([...around, ...assumptions.filter((a) => namesIn(parseCondition(a)).some((name) => jumped.has(name)))])];
}

const jump = /\b(?:return|goto|break|continue)\b/;

function namesIn(condition: Condition): string[] {
  const names: string[] = [];
  atomsOf(condition, (atom) => {
    if (atom.op === 'opaque') names.push(atom.text);
    else if (atom.op === 'defined' || atom.op === 'compare') names.push(atom.name);
  });
  return names;
}

function activeText(text: string, directives: Marker[], config: Configuration): string {
  const parts: string[] = [];
  const open: { live: boolean; taken: boolean }[] = [];
  let live = true;
  let at = 0;
  for (const d of directives) {
    const before = text.slice(at, d.from);
    parts.push(live ? before : blanked(before), blanked(text.slice(d.from, d.to)));
    at = d.to;
    const top = open.at(-1);
    if (d.kind === 'if') {
      const holds = evaluate(d.condition, config);
      open.push({ live, taken: holds });
      live = live && holds;
    } else if (d.kind === 'else' && top !== undefined) {
      const holds = !top.taken && evaluate(d.condition, config);
      live = top.live && holds;
      top.taken ||= holds;
    } else if (d.kind === 'endif' && top !== undefined) {
      live = top.live;
      open.pop();
    }
  }
  parts.push(live ? text.slice(at) : blanked(text.slice(at)));
  return parts.join('');
}

/**
 * Returns the text of an item in each configuration worth showing; one, unchanged, if it has no directive.
 * @param given conditions of the arms around the item
 */
export function activeTexts(text: string, given: Condition[]): ActiveText[] {
  if (!text.includes('#')) return [{ text, assumptions: [] }];
  const directives = directivesOf(text);
  if (directives.length === 0) return [{ text, assumptions: [] }];
  if (directives.length > 2000) directives.length = 2000;
  const arms = armsOf(directives).map((arm) => arm.condition);
  if (arms.length === 0) return [{ text: activeText(text, directives, new Map()), assumptions: [] }];
  const seen = new Set<string>();
  const texts: ActiveText[] = [];
  for (const config of chooseConfigurations(arms, given)) {
    const active = activeText(text, directives, config);
    if (seen.has(active)) continue;
    seen.add(active);
    texts.push({ text: active, assumptions: assumptionsOf(arms, config) });
  }
  return texts;
}
