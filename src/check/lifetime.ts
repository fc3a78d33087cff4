/** Whether a reference can outlive the call from user space in which it was taken. */
import type { SeenRelease } from '../flow/releases.js';
import type { FunctionReference } from '../program/file.js';
import { type Graph, leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { acquires } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';

const maxFunctions = 300;
const acquiring = new RegExp(`\\b(?:${[...acquires.keys()].join('|')})\\s*\\(`);

/**
 * True if a drop can be reached from outside without the function that takes the reference having been called before it on
 * the way: from another ioctl, from close, from a callback. Where every caller of the drop has taken the pages first, they
 * are held for one call only.
 */
export function outlivesCall({ program, site }: Subject, release: SeenRelease): boolean {
  const taking = ancestors(program, site.reference);
  if (taking === null) return false;
  const seen = new Set<string>();
  const free = (reference: FunctionReference): boolean => {
    if (seen.has(reference.key) || seen.size > maxFunctions) return false;
    seen.add(reference.key);
    const callers = program.callers(reference).filter((c) => !c.macro);
    if (callers.length === 0) return true;
    const takes = (name: string, from: string): boolean =>
      taking.has(name) || acquires.has(name) || program.resolve(name, from).some((r) => acquiring.test(program.textOf(r)));
    return callers.some(
      (caller) => !program.graphs(caller).some((g) => takesBefore(g, reference.name, (name) => takes(name, caller.file))) && free(caller),
    );
  };
  return !taking.has(release.visit.flow.reference.name) && free(release.visit.flow.reference);
}

/** Names of the functions that lead to a function, itself among them; `null` if there are too many to tell. */
function ancestors(program: Program, reference: FunctionReference): Set<string> | null {
  const found = new Map([[reference.key, reference]]);
  for (const r of found.values()) {
    for (const caller of program.callers(r)) if (!caller.macro) found.set(caller.key, caller);
    if (found.size > maxFunctions) return null;
  }
  return new Set([...found.values()].map((r) => r.name));
}

/** True if a call of `name` stands behind a call of a function that takes pages. */
function takesBefore(graph: Graph, name: string, takes: (name: string) => boolean): boolean {
  const isCall = (n: Node): boolean => n.operation?.kind === 'call' && n.operation.name === name;
  return graph.nodes.some(
    (n) => n.operation?.kind === 'call' && n.operation.name !== null && takes(n.operation.name) && leadsTo(graph, n, isCall),
  );
}
