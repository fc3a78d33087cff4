/** Calls that pass a page's frame number or address to a function that is not followed for it, since such a function keeps no page. */
import { contentsOf, type Facts, isHeap, isLocal, type Scope, scopeOf } from '../../flow/facts.js';
import type { Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import type { CallOperation } from '../../program/graph.js';
import { join, pathBelow, rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { pageTestCalls, transfers } from '../../protocol/index.js';
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
  const { reference, calls } = visit.flow;
  const found = new Map<string, Told>();
  for (const { name, pos, given } of tellingIn(program, visit)) {
    const callees = name === null || program.isNeutral(name, reference.file) ? [] : program.resolve(name, reference.file);
    for (const callee of callees.filter((r) => !r.macro && !calls.some((c) => c.pos === pos && c.callee.key === r.key)))
      for (const { index, suffix, fact } of given) {
        const param = program.variants(callee)[0]?.params[index];
        const entry = param ? join(param.name, suffix) : null;
        if (entry !== null) found.set(`${pos}\0${callee.key}\0${entry}`, { visit, pos, callee, fact, entry });
      }
  }
  return [...found.values()];
}

/** A call that is given frame numbers or addresses. */
interface Telling {
  /** Name of the called function, `null` for a call through a pointer. */
  name: string | null;
  pos: number;
  given: readonly Given[];
}

/** The calls of a visited function that are given frame numbers or addresses. */
function tellingIn(program: Program, visit: Visit): Telling[] {
  const { reference, origins } = visit.flow;
  const facts = new Set([...origins.keys()].filter((f) => isLocal(f) || isHeap(f)));
  if (![...facts].some(tells)) return [];
  return program.graphs(reference).flatMap((graph) => {
    const scope = scopeOf(program, graph, reference);
    return graph.nodes.flatMap(({ operation: o, pos }): Telling[] => {
      if (o?.kind !== 'call') return [];
      // The call that returns a frame number or an address is not given it.
      const given = givenTo(o, facts, scope).filter(({ fact }) => origins.get(fact)?.pos !== pos);
      return given.length === 0 ? [] : [{ name: o.name, pos, given }];
    });
  });
}

/**
 * True for pages of which only the frame numbers are kept, as the keys of a tree, and told to nobody: they serve to find out whether some
 * page is one of them, and whoever asks has that page from elsewhere.
 */
export function areOnlyKeys({ program, followed }: Subject): boolean {
  const isKey = (fact: string): boolean => fact.endsWith('@key');
  if (followed.heap.length === 0 || !followed.heap.every(isKey)) return false;
  // The tree itself, or a state that is at one of its keys, is no news to whoever is given it.
  const isState = ({ flow: { origins } }: Visit, { fact }: Given): boolean => origins.has(`${rootOf(fact)}@key`);
  const isKnown = (visit: Visit, { name, pos, given }: Telling): boolean =>
    visit.flow.calls.some((c) => c.pos === pos) ||
    (name !== null && (transfers.has(name) || pageTestCalls.has(name))) ||
    given.every((g) => isState(visit, g));
  return followed.visits.every(
    (visit) => visit.flow.unknowns.every((u) => u.given.flat().every(isKey)) && tellingIn(program, visit).every((t) => isKnown(visit, t)),
  );
}

/** A frame number or an address among a call's arguments. */
interface Given {
  /** Index of the argument. */
  index: number;
  /** What is below the argument. */
  suffix: string;
  fact: string;
}

/** The frame numbers and addresses that a call is given. */
function givenTo({ args }: CallOperation, facts: Facts, scope: Scope): Given[] {
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
