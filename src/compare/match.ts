/**
 * Finds which site of one survey is which of another. Lines do not tell, as every edit above moves them. A site is known by its file, its
 * function and its call; if one of these changed, by the other two and by what becomes of its pages.
 */
import { byCode } from '../source/order.js';
import type { Row } from '../survey/row.js';

/** One site before and after. */
export interface Pair {
  before: Row;
  after: Row;
  /** What identified it: `id` if nothing changed, otherwise what stayed. */
  by: Clue;
}

/** What two sites have in common that makes them one. */
export type Clue = 'id' | 'place' | 'function' | 'file' | 'name';

/** Every site of both surveys, once: in a pair, gone, or added. */
export interface Matching {
  pairs: Pair[];
  gone: Row[];
  added: Row[];
}

/** One pass of the matching. */
interface Stage {
  clue: Clue;
  /** Two sites with the same key may be one. */
  key: (row: Row) => string;
  /** The least likeness that two sites must have besides the key, from 0 to 1. */
  least: number;
  /** The key must be of one site only on each side. */
  alone?: boolean;
}

const key = (...parts: string[]): string => JSON.stringify(parts);

/** The passes, from the surest clue to the weakest. What one pairs, the next do not see. */
const stages: readonly Stage[] = [
  { clue: 'id', key: (row) => key(row.file, row.function, row.api), least: 0 },
  // The call was replaced: a conversion, or another variant of the same family.
  { clue: 'place', key: (row) => key(row.file, row.function), least: 0 },
  // The file was renamed or the function moved to another.
  { clue: 'function', key: (row) => key(row.function, row.api), least: 0.35 },
  // The function was renamed, or the call moved into another of the same file.
  { clue: 'file', key: (row) => key(row.file, row.api), least: 0.6 },
  // File and call both changed: a function's name is enough only if it occurs once on either side.
  { clue: 'name', key: (row) => key(row.function), least: 0.3, alone: true },
];

/** The share of texts that two lists have in common, from 0 to 1. */
function overlap(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 && b.length === 0) return 1;
  const other = new Set(b);
  const common = new Set(a.filter((text) => other.has(text))).size;
  return common / new Set([...a, ...b]).size;
}

/** How alike what becomes of two sites' pages is, from 0 to 1. Symmetric. */
export function likeness(a: Row, b: Row): number {
  const releasesIn = (row: Row): string[] => row.releases.map((release) => release.function);
  return (
    0.3 * overlap(a.containers, b.containers) +
    0.25 * overlap(a.carrier, b.carrier) +
    0.25 * overlap(releasesIn(a), releasesIn(b)) +
    0.1 * Number(a.releaseForm === b.releaseForm) +
    0.1 * Number(a.kind === b.kind)
  );
}

/** The order of sites in the tree. */
function inOrder(a: Row, b: Row): number {
  return byCode(a.file, b.file) || a.line - b.line || a.column - b.column || byCode(a.id, b.id);
}

function grouped(rows: ReadonlySet<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = keyOf(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/**
 * The likeliest pairs of two small groups. Ties go to sites of the same rank in their groups, then to the earlier ones. Symmetric in its
 * arguments.
 */
function pairUp(olds: readonly Row[], news: readonly Row[], least: number): [Row, Row][] {
  const candidates = olds.flatMap((before, i) => news.map((after, j) => ({ before, after, i, j, like: likeness(before, after) })));
  candidates.sort((a, b) => b.like - a.like || Math.abs(a.i - a.j) - Math.abs(b.i - b.j) || a.i + a.j - (b.i + b.j) || a.i - b.i);
  const taken = new Set<Row>();
  const pairs: [Row, Row][] = [];
  for (const { before, after, like } of candidates) {
    if (like < least || taken.has(before) || taken.has(after)) continue;
    taken.add(before).add(after);
    pairs.push([before, after]);
  }
  return pairs;
}

/**
 * Matches the sites of two surveys. The result does not depend on the order of the rows, and every row is in it exactly once. With the
 * surveys exchanged, the result is the same with before and after exchanged.
 */
export function match(before: readonly Row[], after: readonly Row[]): Matching {
  const olds = new Set([...before].sort(inOrder));
  const news = new Set([...after].sort(inOrder));
  const pairs: Pair[] = [];
  for (const stage of stages) {
    const candidates = grouped(news, stage.key);
    for (const [name, group] of grouped(olds, stage.key)) {
      const others = candidates.get(name) ?? [];
      if (stage.alone && (group.length > 1 || others.length > 1)) continue;
      for (const [one, other] of pairUp(group, others, stage.least)) {
        pairs.push({ before: one, after: other, by: stage.clue });
        olds.delete(one);
        news.delete(other);
      }
    }
  }
  pairs.sort((a, b) => inOrder(a.after, b.after));
  return { pairs, gone: [...olds], added: [...news] };
}
