/** Who is told where a site's pages are, by a frame number or an address, and is not followed for that: he keeps none of them. */
import { contentsOf, isHeap, isLocal, scopeOf } from '../flow/facts.js';
import type { Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import { join } from '../program/path.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import type { Subject } from '../survey/unit.js';
import { marking } from './access.js';

/** A call that is given the frame number or the address of a site's page. */
export interface Told {
  visit: Visit;
  pos: number;
  callee: FunctionReference;
  /** What holds at the callee's entry. */
  entry: string;
}

/** The calls of visited functions that are given a frame number or an address, and are not followed. */
export const toldIn = remembered(({ program, followed }: Subject): Told[] => followed.visits.flatMap((visit) => toldBy(program, visit)));

function toldBy(program: Program, visit: Visit): Told[] {
  const { reference, origins, calls } = visit.flow;
  const facts = new Set([...origins.keys()].filter((f) => isLocal(f) || isHeap(f)));
  if (![...facts].some(tells)) return [];
  const found = new Map<string, Told>();
  for (const graph of program.graphs(reference)) {
    const scope = scopeOf(program, graph, reference);
    for (const { operation: o, pos } of graph.nodes) {
      if (o?.kind !== 'call' || o.name === null || program.isNeutral(o.name, reference.file)) continue;
      const given = o.args.flatMap((a, index) => contentsOf(a, facts, scope).flatMap((suffix) => (tells(suffix) ? [{ index, suffix }] : [])));
      if (given.length === 0) continue;
      for (const callee of program.resolve(o.name, reference.file)) {
        if (callee.macro || calls.some((c) => c.pos === pos && c.callee.key === callee.key)) continue;
        const params = program.variants(callee)[0]?.params ?? [];
        for (const { index, suffix } of given) {
          const entry = params[index] ? join(params[index].name, suffix) : null;
          if (entry !== null) found.set(`${pos}\0${callee.key}\0${entry}`, { visit, pos, callee, entry });
        }
      }
    }
  }
  return [...found.values()];
}

/** True for what stands for a page's place in memory. */
function tells(fact: string): boolean {
  return /@(?:pfn|address)$/.test(fact);
}

/** The calls among them of functions that mark the page dirty which is there. */
export function markedWhereTold(subject: Subject): Told[] {
  const { program, analysis } = subject;
  return toldIn(subject).filter(
    ({ callee, entry }) => marking.test(program.textOf(callee)) && analysis.summary(callee, entry).dirties.length > 0,
  );
}
