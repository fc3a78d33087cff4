/** Calls that pass a page's frame number or address to a function that is not followed for it, since such a function keeps no page. */
import { contentsOf, type Facts, isHeap, isLocal, type Scope, scopeOf } from '../../flow/facts.js';
import type { Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation } from '../../program/graph.js';
import { join, pathBelow } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { marking } from './access.js';

/** A call that passes the frame number or address of a site's page. */
export interface Told {
  visit: Visit;
  pos: number;
  callee: FunctionReference;
  /** The fact that is passed, and the fact that it becomes at the callee's entry. */
  fact: string;
  entry: string;
}

/** The calls of visited functions that pass a frame number or an address and are not followed. */
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
      // The call that returns a frame number or an address is not given it.
      const given = givenTo(o, facts, scope).filter(({ fact }) => origins.get(fact)?.pos !== pos);
      const callees = given.length === 0 ? [] : program.resolve(o.name, reference.file);
      for (const callee of callees.filter((r) => !r.macro && !calls.some((c) => c.pos === pos && c.callee.key === r.key)))
        for (const { index, suffix, fact } of given) {
          const param = program.variants(callee)[0]?.params[index];
          const entry = param ? join(param.name, suffix) : null;
          if (entry !== null) found.set(`${pos}\0${callee.key}\0${entry}`, { visit, pos, callee, fact, entry });
        }
    }
  }
  return [...found.values()];
}

/** The frame numbers and addresses among a call's arguments: index of the argument, suffix below it, and the fact. */
function givenTo({ args }: CallOperation, facts: Facts, scope: Scope): { index: number; suffix: string; fact: string }[] {
  return args.flatMap((value, index) =>
    contentsOf(value, facts, scope).flatMap((suffix) => (tells(suffix) ? [{ index, suffix, fact: pathBelow(value, suffix) ?? '' }] : [])),
  );
}

/** True for a fact that is a page's frame number or address. */
function tells(fact: string): boolean {
  return /@(?:pfn|address)$/.test(fact);
}

/** Those of these calls whose callee marks that page dirty. */
export function markedWhereTold(subject: Subject): Told[] {
  const { program, analysis } = subject;
  return toldIn(subject).filter(
    ({ callee, entry }) => marking.test(program.textOf(callee)) && analysis.summary(callee, entry).dirties.length > 0,
  );
}
