/** Tells a call that undoes what a function took from one that deals with other pages. */
import type { FunctionReference } from '../program/file.js';
import { leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import type { Site } from '../survey/sites.js';
import { isScopeEnd } from './lifetime.js';

/**
 * True if `taker` calls `called` on some path on which it takes none of the site's pages, neither before that call nor after it: the call
 * then deals with pages that were found otherwise. A call that runs at the end of a scope does not count, since it stands on every path out
 * of it.
 * @param taker the site's function, or one that calls it
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
