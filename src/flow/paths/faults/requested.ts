/** Requests of user space that end with pages kept, for which somebody has to come back. */
import type { CallSite } from '../../../program/callers.js';
import type { FunctionReference } from '../../../program/file.js';
import { leadsTo, type Node } from '../../../program/graph.js';
import { countType, unsignedType } from '../../../protocol/index.js';
import type { Context } from '../context.js';
import { isFailure, resultsOf } from '../function/results.js';
import type { Climbed } from './climb.js';

/** How many functions may be between a request and the function that takes the pages. */
export const maxBetween = 3;

/** The functions that keep the pages where their callers have no pointer to them, with no drop in any caller up to the requests. */
export function requestsKeeping({ program, mayDrop }: Context, { ends }: Climbed): FunctionReference[] {
  const drops = ({ operation: o }: Node, file: string): boolean => o?.kind === 'call' && o.name !== null && mayDrop(o.name, file);
  /** True for a call behind which some path on which it has not failed reaches no drop; if its result is no status, none may reach one. */
  const leaves = ({ caller, graph, node, call }: CallSite, callee: FunctionReference): boolean => {
    const isDrop = (n: Node): boolean => drops(n, caller.file);
    if (!leadsTo(graph, node, isDrop)) return true;
    const results = resultsOf(graph, call);
    const returns = program.variants(callee)[0]?.returns;
    const isStatus = returns !== undefined && returns.pointers === 0 && countType.test(returns.base) && !unsignedType.test(returns.base);
    return (
      isStatus &&
      leadsTo(
        graph,
        node,
        (n) => n.id === graph.exit,
        (n) => isDrop(n) || isFailure(n, results),
      )
    );
  };
  const isKeeping = (reference: FunctionReference, level: number): boolean => {
    const sites = program.callSites(reference);
    if (program.callers(reference).length === 0) return true;
    return level < maxBetween && sites.every((site) => leaves(site, reference) && isKeeping(site.caller, level + 1));
  };
  return ends
    .filter(({ exit, level }) => level <= maxBetween && !exit.unsure && exit.holders.some((h) => h.of === -2))
    .map(({ reference }) => reference)
    .filter((reference) => isKeeping(reference, 0));
}
