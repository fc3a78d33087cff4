/** The configurations of one item: its text with directives and inactive arms blanked, at the same length. */
import { both, type Condition, type Configuration, evaluate, isElse, negate, readCondition, TRUE } from './conditions.js';
import { assumptionsOf, chooseConfigurations } from './configurations.js';
import { atLineStart, CLASS, skipDirective, skipLineComment, skipQuoted } from './tokens.js';

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
    if (c === 47) {
      const next = text.charCodeAt(i + 1);
      if (next === 42) {
        const close = text.indexOf('*/', i + 2);
        i = close < 0 ? size : close + 2;
      } else if (next === 47) i = skipLineComment(text, i, size);
      else i++;
    } else if (c !== 35) i = skipQuoted(text, i, size);
    else if (!atLineStart(text, i, 0)) i++;
    else {
      const to = skipDirective(text, i, size);
      let b = i + 1;
      while (b < to && (text.charCodeAt(b) === 32 || text.charCodeAt(b) === 9)) b++;
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

/** Every arm's full condition, the absent `#else` included. */
function armsOf(directives: Directive[]): Condition[] {
  const arms: Condition[] = [];
  const open: { outer: Condition; before: Condition; closed: boolean }[] = [];
  let around: Condition = TRUE;
  for (const d of directives) {
    const top = open.at(-1);
    if (arms.length > MAX_ARMS) break;
    if (open.length > MAX_NESTED && d.kind === 'if') {
      open.push({ outer: around, before: TRUE, closed: true });
    } else if (open.length > MAX_NESTED && d.kind === 'else') {
      // Too deep to be worth a variant of its own.
    } else if (d.kind === 'if') {
      open.push({ outer: around, before: negate(d.condition), closed: false });
      around = both(around, d.condition);
      arms.push(around);
    } else if (d.kind === 'else' && top !== undefined) {
      around = both(top.outer, both(top.before, d.condition));
      arms.push(around);
      if (d.condition === TRUE) top.closed = true;
      top.before = both(top.before, negate(d.condition));
    } else if (d.kind === 'endif' && top !== undefined) {
      if (!top.closed) arms.push(both(top.outer, top.before));
      around = top.outer;
      open.pop();
    }
  }
  return arms;
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
  const arms = armsOf(directives);
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
