/** Mappings for a device that are ended after the pages in them were dropped. */

import type { SeenRelease } from '../flow/follow.js';
import { type Graph, leadsTo, type Node } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import { unmappingDeviceCalls } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';
import { releasesIn } from './evidence.js';

/** An unmapping behind a release in one function. */
export interface LateUnmapping {
  release: SeenRelease;
  pos: number;
  api: string;
}

/** Where a scatterlist that holds a site's pages is unmapped from a device on a way behind their drop, in the function that drops them. */
export function lateUnmappings(subject: Subject): LateUnmapping[] {
  const { program, followed } = subject;
  const found = new Map<string, LateUnmapping>();
  for (const release of releasesIn(subject)) {
    const { flow } = release.visit;
    for (const graph of program.graphs(flow.reference)) {
      const drop = graph.nodes.find((n) => n.pos === release.event.pos && n.operation?.kind === 'call');
      if (!drop) continue;
      const holds = (path: string): boolean => {
        const tag = graph.types.get(rootOf(path))?.tag;
        return flow.origins.has(`${path}@sgl`) || (tag != null && followed.heap.includes(`#${tag}${path.slice(rootOf(path).length)}@sgl`));
      };
      for (const n of graph.nodes) {
        const api = unmappingOf(n, holds);
        if (api === null || !isBehind(graph, drop, n)) continue;
        found.set(`${flow.reference.file}:${n.pos}`, { release, pos: n.pos, api });
      }
    }
  }
  return [...found.values()];
}

function unmappingOf({ operation: o }: Node, holds: (path: string) => boolean): string | null {
  if (o?.kind !== 'call' || o.name === null) return null;
  const list = unmappingDeviceCalls.has(o.name) ? o.args[1]?.path : null;
  return list != null && holds(list) ? o.name : null;
}

function isBehind(graph: Graph, drop: Node, n: Node): boolean {
  return leadsTo(graph, drop, (m) => m === n) && !leadsTo(graph, n, (m) => m === drop);
}
