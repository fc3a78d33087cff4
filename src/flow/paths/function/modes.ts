/** Parameters that say which of its ways a function goes: some caller gives them a constant, or the address of something. */
import type { CallSite } from '../../../program/callers.js';
import type { FunctionReference } from '../../../program/file.js';
import { callsOf, type Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { type Entry, isHandedUp } from '../entry.js';
import { constantName } from '../memory/conditions.js';

/** How many callers above one who hands on what he was given himself are looked at. */
const maxAbove = 3;

/** Asks, of what is found out in a function that is entered somehow, for the numbers of the parameters of which its callers decide. */
export type Modes = (reference: FunctionReference, graph: Graph, entry: Entry) => readonly number[];

/** Opens the question for a program. */
export function modes(program: Program): Modes {
  const known = program.ledger.memo<boolean>();

  function isGiven(reference: FunctionReference, index: number, above: number): boolean {
    const key = `${reference.key}|${index}|${above}`;
    return known.get(key) ?? known.work(key, () => program.callSites(reference).some((site) => isConstant(site, index, above)));
  }

  function isConstant({ caller, graph, call }: CallSite, index: number, above: number): boolean {
    const value = call.args[index];
    if (value === undefined) return false;
    if (value.address) return true;
    if (value.path === null) return /^-?\w+$/.test(value.text);
    if (constantName.test(value.path) && !graph.types.has(value.path)) return true;
    const own = graph.params.findIndex((p) => p.name === value.path);
    return own >= 0 && above > 0 && isGiven(caller, own, above - 1);
  }

  return (reference, graph, entry) => {
    if (!isHandedUp(entry)) return [];
    const asked = askedIn(graph, entry);
    return graph.params.flatMap(({ name }, index) => (asked.has(name) && isGiven(reference, index, maxAbove) ? [index] : []));
  };
}

/** What a function compares with something itself. */
const comparedIn = remembered(({ nodes }: Graph): ReadonlySet<string> => {
  const compared = new Set<string>();
  for (const { operation: o } of nodes)
    if (o?.kind === 'assume' && o.call === null) for (const { path } of [o.left, o.right]) if (path !== null) compared.add(path);
  return compared;
});

/** What a function compares with something, and what it gives to a function of which the ways out require something of that. */
function askedIn(graph: Graph, entry: Entry): ReadonlySet<string> {
  const asked = new Set(comparedIn(graph));
  if (entry.kind !== 'returned') return asked;
  const required = [...new Set(entry.exits.flatMap((e) => e.requires.map(({ of }) => of)))];
  for (const { call } of callsOf(graph, entry.callee))
    for (const of of required) {
      const path = call.args[of]?.path;
      if (path != null) asked.add(path);
    }
  return asked;
}
