/** Whether a function may be called again for an object that lives on: from a request of user space, and without a test. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';

const maxLevels = 3;
/** What makes an object, or begins its life, runs once for it. */
const once = /(^|_)(probe|init|create|open|alloc|new|start|setup|construct|enable)(_|$)/;
const requested = /ioctl/;

/** True if a request of user space leads to the function, for an object that was not made on the way and is not tested. */
export function isReentered(program: Program, reference: FunctionReference, param: number, level = 0): boolean {
  if (once.test(reference.name)) return false;
  if (requested.test(reference.name)) return true;
  if (level >= maxLevels || param < 0) return false;
  return program.callSites(reference).some(({ caller, graph, node, call }) => {
    const path = call.args[param]?.path;
    if (!path || isMade(graph, rootOf(path))) return false;
    if (node.guards.some((g) => /[.>]/.test(g.text) && !/^(ret|rc|err|r)$/.test(g.text) && !/cmd/.test(g.text))) return false;
    if (requested.test(caller.name)) return true;
    const index = graph.params.findIndex((p) => p.name === rootOf(path));
    return isReentered(program, caller, index, level + 1);
  });
}

/** True for a variable that the function sets to what a call gives: a new object, or one that was looked up for this. */
function isMade(graph: Graph, variable: string): boolean {
  return graph.nodes.some((n) => {
    const o = n.operation;
    if (o?.kind !== 'copy' || o.target !== variable || !o.source.path?.startsWith('%')) return false;
    return graph.nodes.some(
      (m) => m.operation?.kind === 'call' && m.operation.result === o.source.path && /alloc|create|new|dup/.test(m.operation.name ?? ''),
    );
  });
}
