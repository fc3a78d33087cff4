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
import { atLineStart, CLASS, skipComment, skipDirective, skipIndent, skipQuoted } from './tokens.js';

/** An item's text in one configuration. */
export interface ActiveText {
  text: string;
  assumptions: string[];
}

interface Directive {
  from: number;
  to: number;
  kind: 'if' | 'else' | 'endif' | 'plain';
  condition: Condition;
}

const STOP = new Uint8Array(65536);
for (const c of '"\'/#') STOP[c.charCodeAt(0)] = 1;

/** Blanks everything but line ends. */
export function blanked(text: string): string {
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length));
}

function directivesOf(text: string): Directive[] {
  const found: Directive[] = [];
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
      const to = skipDirective(text, i, size);
      const b = skipIndent(text, i + 1);
      let k = b;
      while (k < to && CLASS[text.charCodeAt(k)]! >= 2) k++;
      const name = text.slice(b, k);
      if (name === 'if' || name === 'ifdef' || name === 'ifndef')
        found.push({ from: i, to, kind: 'if', condition: readCondition(name, text.slice(k, to)) });
      else if (name === 'else') found.push({ from: i, to, kind: 'else', condition: TRUE });
      else if (isElse(name)) found.push({ from: i, to, kind: 'else', condition: readCondition(name, text.slice(k, to)) });
      else found.push({ from: i, to, kind: name === 'endif' ? 'endif' : 'plain', condition: TRUE });
      i = to;
    }
  }
  return found;
}

/** Bounds on the arms that get variants of their own: beyond them an item is a monster, not code. */
const MAX_ARMS = 100;
const MAX_NESTED = 40;

/** An arm of an `#if` group: its full condition, and where its text stands; an absent `#else` has none. */
interface Arm {
  condition: Condition;
  from: number;
  to: number;
}

/** Every arm, the absent `#else` included. */
function armsOf(directives: Directive[]): Arm[] {
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
      // Too deep to be worth a variant of its own.
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
 * Of what a variant of an item assumes, what a statement at a position of the item's text depends on: the arms around it, and the
 * tests of arms that jump past others. The rest was only chosen along: other variants may stand with the same statement.
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

function activeText(text: string, directives: Directive[], config: Configuration): string {
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

/** The item's text in each configuration worth showing; one, unchanged, if it holds no directive. */
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
