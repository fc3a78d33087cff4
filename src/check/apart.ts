/** Calls in a function that takes pages which are none of what it does to those that it has taken. */
import type { FunctionReference } from '../program/file.js';
import { leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import type { Site } from '../survey/sites.js';
import { isScopeEnd } from './lifetime.js';

/**
 * True if a function calls another on a way of its own, on which it neither has taken the site's pages before nor takes them behind: for
 * what it has found otherwise. The end of a scope stands on all ways out of that.
 */
export function isApart(program: Program, site: Site, taker: FunctionReference, called: FunctionReference): boolean {
  const isOfSite = taker.key === site.reference.key;
  const isTaking = ({ pos, operation: o }: Node): boolean =>
    isOfSite ? pos === site.node.pos : o?.kind === 'call' && o.name === site.reference.name;
  return program.callSites(called).some(({ caller, graph, node }) => {
    const takings = caller.key === taker.key && !isScopeEnd(node) ? graph.nodes.filter(isTaking) : [];
    return takings.length > 0 && !leadsTo(graph, node, isTaking) && !takings.some((n) => leadsTo(graph, n, (m) => m.id === node.id));
  });
}
