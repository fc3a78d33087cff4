/** Finds loops that are written with a label and a `goto` back to it. */
import type { Statement } from '../syntax/ast.js';
import { namesIn } from './text.js';

/** A run of a block's statements, from a label to the last `goto` back to it. */
export interface GotoLoop {
  /** Index of the label among the block's statements. */
  first: number;
  /** Index of the last statement that jumps back. */
  last: number;
  /** Names of the variables that the loop counts with. */
  variables: string[];
}

/**
 * Returns the loops by `goto` among a block's statements. A backward jump is a loop if the code between walks over elements: it counts a
 * variable, tests it, and finds elements by it, `again: put_page(p[i]); if (++i < n) goto again;`. Other backward jumps are retries.
 */
export function gotoLoops(statements: readonly Statement[]): GotoLoop[] {
  const found: GotoLoop[] = [];
  const label = statements.findIndex((s) => s.kind === 'label');
  if (label < 0) return found;
  const jumps = lastJumps(statements, label);
  statements.forEach((s, first) => {
    if (s.kind !== 'label') return;
    const last = jumps.get(s.name) ?? -1;
    if (last <= first) return;
    const variables = walkers(statements.slice(first, last + 1));
    const crosses = found.some((l) => l.last >= first && l.last < last);
    if (variables.length > 0 && !crosses) found.push({ first, last, variables });
  });
  return found;
}

/** For each label, the index of the last statement behind the first label that jumps to it. */
function lastJumps(statements: readonly Statement[], behind: number): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  statements.slice(behind + 1).forEach((statement, place) => {
    for (const n of every(statement)) if (n.kind === 'goto') last.set(n.label, behind + 1 + place);
  });
  return last;
}

/** Names of variables that are counted, tested, and used to find elements. */
function walkers(statements: readonly Statement[]): string[] {
  const nodes = statements.flatMap(every);
  const counted = new Set<string>();
  const tested = new Set<string>();
  const finding = new Set<string>();
  for (const n of nodes) {
    if (n.kind === 'update' || (n.kind === 'assign' && n.op !== '=')) for (const name of targetOf(n)) counted.add(name);
    if (n.kind === 'if') for (const name of namesIn(n.test)) tested.add(name);
    if (n.kind === 'index') for (const name of namesIn(n.index)) finding.add(name);
    if (n.kind === 'unary' && n.op === '*') for (const name of namesIn(n.operand)) finding.add(name);
  }
  return [...counted].filter((name) => tested.has(name) && finding.has(name));
}

type Node = Statement | Parameters<typeof namesIn>[0];

function targetOf(n: Node): string[] {
  return n.kind === 'update' ? namesIn(n.operand) : n.kind === 'assign' ? namesIn(n.left) : [];
}

/** A statement and all statements and expressions inside it. */
function every(root: Node): Node[] {
  const nodes: Node[] = [];
  const pending: unknown[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('kind' in next) nodes.push(next as Node);
    for (const value of Object.values(next)) pending.push(value);
  }
  return nodes;
}
