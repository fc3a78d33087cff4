/** Loops that are written with a label and a `goto` back to it. */
import type { Statement } from '../syntax/ast.js';
import { namesIn } from './text.js';

/** A run of a block's statements, from the label to the last `goto` back to it. */
export interface GotoLoop {
  /** Place of the label among the block's statements. */
  first: number;
  /** Place of the last statement that goes back. */
  last: number;
  /** Names that it counts with. */
  variables: string[];
}

/**
 * The loops by `goto` of a block's statements. A jump back is a loop if what stands between walks: it counts a name, tests it,
 * and finds elements by it. Others try again what did not succeed.
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

/** Of each label, the place of the last statement behind one that goes to it. */
function lastJumps(statements: readonly Statement[], behind: number): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  statements.slice(behind + 1).forEach((statement, place) => {
    for (const n of every(statement)) if (n.kind === 'goto') last.set(n.label, behind + 1 + place);
  });
  return last;
}

/** Names that are counted, tested, and used to find elements. */
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

/** A statement and all that stands in it. */
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
