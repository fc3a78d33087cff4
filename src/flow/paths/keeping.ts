/** What keeps the pages once a function has succeeded, as fields, to be held against the fields from which pages are dropped. */
import type { FunctionReference } from '../../program/file.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { scopeOf } from '../analyse.js';
import { heapFact } from '../facts.js';
import { type Exit, outcome, sign } from './state.js';

/** A drop that is not an unwinding of the acquiring function. */
export interface Dropping {
  /** The field or global by which the pages came to it; `null` where they were handed to it. */
  heap: string | null;
  /** Key of the function that was handed them by a callee. */
  holder: string;
}

/** A function that was left in success with the pages in memory that lives on, so many calls above the acquiring one. */
export interface End {
  reference: FunctionReference;
  exit: Exit;
  level: number;
}

/** True for a way out of which the result may say that all went well. */
export function succeeds(exit: Exit): boolean {
  return exit.kind === 'held' && (exit.result & (sign.zero | sign.positive)) !== 0 && (exit.outcomes & outcome.all) !== 0;
}

/**
 * The fields that keep the pages at an end although no drop takes them from there, and no caller drops them. Empty if one
 * does, or if it cannot be said where they are kept.
 */
export function undropped(program: Program, end: End, drops: readonly Dropping[], levels: ReadonlyMap<string, number>): string[] {
  if (drops.some((d) => d.heap === null && (levels.get(d.holder) ?? Number.POSITIVE_INFINITY) > end.level)) return [];
  const fields = fieldsOf(program, end);
  if (fields === null || fields.length === 0) return [];
  const isDropped = (field: string): boolean => drops.some((d) => d.heap !== null && isSame(d.heap, field));
  return fields.some(isDropped) ? [] : fields.map(readable);
}

/** The fields that an end's holders are, `null` if one of them is memory of which nothing is known. */
function fieldsOf(program: Program, { reference, exit }: End): string[] | null {
  const graph = program.graphs(reference)[0];
  const returns = program.variants(reference)[0]?.returns;
  if (!graph || !returns) return null;
  const scope = scopeOf(program, { ...graph, types: new Map([...graph.types, ['%return', returns]]) }, reference);
  const found: string[] = [];
  for (const { of, suffix } of exit.holders) {
    const path = of >= 0 ? `${graph.params[of]?.name}${suffix}` : of === -1 ? `%return${suffix}` : suffix;
    const fact = /^::elsewhere|^\?/.test(path) ? null : heapFact(path, scope);
    if (fact !== null) found.push(fact);
    // An array that was allocated here is reached from what else holds the pages, or is nobody's.
    else if (!/^%\d+[~\d]*(\[\])*$/.test(path)) return null;
  }
  return found;
}

/** Two fields of one struct, or one that is reached through two structs: what is dropped of one may be what the other keeps. */
function isSame(a: string, b: string): boolean {
  const [x, y] = [plain(a), plain(b)];
  if (rootOf(x) === rootOf(y)) return true;
  const [short, long] = x.split('.').length < y.split('.').length ? [x, y] : [y, x];
  return short.split('.').length < long.split('.').length && long.endsWith(short.slice(short.indexOf('.')));
}

function plain(fact: string): string {
  return fact.replace(/\[\]|@\w+/g, '');
}

function readable(fact: string): string {
  return plain(fact).replace(/^#(::)?/, '');
}
