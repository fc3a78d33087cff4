/** Drops batch by batch, where the number of pages in the last batch is a remainder: none of a last batch that is full. */
import { callNodeAt, type Graph, isStore } from '../../program/graph.js';
import { escaped } from '../../program/patterns.js';
import type { Program } from '../../program/program.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { taken } from '../finding.js';
import { countedFrom } from './bounds.js';
import type { CountFault } from './fault.js';

/** Such drops of a site's pages. */
export function lastBatchFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  return releasesIn(subject).flatMap((release) => {
    const { visit, event } = release;
    const { reference } = visit.flow;
    if (event.loops.length === 0) return [];
    const own = countedFrom(program, release).find((counted) => counted.visit === visit && counted.count?.plus === 0);
    const number = own?.count?.value.path ?? null;
    if (number === null) return [];
    const [rest] = program.graphs(reference).flatMap((graph) => (callNodeAt(graph, event.pos) ? (restIn(graph, number) ?? []) : []));
    const files = [site.reference.file, reference.file];
    if (
      rest === undefined ||
      !files.some((file) => isRoundedUp(program, file, rest.size)) ||
      files.some((file) => isOneMore(program, file, rest.size))
    )
      return [];
    const way = [taken(subject), ...stepsTo(program, visit, `-${event.pos}`, { pos: event.pos })];
    const steps = [{ pos: rest.pos, text: `zero where the number of pages is a multiple of ${rest.size}` }];
    return [{ kind: 'drop', how: 'rest', reference, pos: event.pos, outcomes: 0, way, steps }];
  });
}

/** A remainder that a number is set to. */
interface Rest {
  /** The number of pages in a full batch. */
  size: string;
  pos: number;
}

/** The remainder to which a number of pages is set that else is the size of a batch; `null` if there is none, or if anything is tested for zero. */
function restIn(graph: Graph, number: string): Rest | null {
  const set = graph.assigned.filter(({ target }) => target === number);
  const rests = set.flatMap(({ text, pos }) => {
    const size = /^[\w.]+ % (\w+)$/.exec(text)?.[1];
    return size === undefined ? [] : [{ size, pos }];
  });
  const [rest] = rests;
  if (rest === undefined || !set.every(({ text, pos }) => pos === rest.pos || text === rest.size)) return null;
  const isOther = graph.nodes.some(({ operation: o }) => {
    if (o?.kind === 'assume') return [o.left, o.right].some(({ path, text }) => path === number || text.includes('%'));
    return isStore(o) && o.target === number && (o.kind === 'update' || (o.kind === 'copy' && !o.replaces));
  });
  return isOther ? null : rest;
}

/** True if a file has as many batches as there are, with a last one that is not full. */
function isRoundedUp(program: Program, file: string, size: string): boolean {
  return program.says(file, new RegExp(`\\b(?:DIV_ROUND_UP\\w*|howmany)\\s*\\([^;]*,\\s*${escaped(size)}\\s*\\)`));
}

/** True if a file has one batch more than full ones: the last may be empty. */
function isOneMore(program: Program, file: string, size: string): boolean {
  return program.says(file, new RegExp(`/\\s*${escaped(size)}\\s*\\)?\\s*\\+\\s*1\\b`));
}
