/**
 * Releases of as many pages as user space says in the request that drops them, while another request has taken them: nobody compares that
 * number with the number taken.
 */
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, type Graph, isPrinted, isStore, leadsTo, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { fromUserName, pagesArgument } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import type { Expression } from '../../syntax/ast.js';
import { releasesIn } from '../evidence.js';
import { reachedApart } from '../lifetime.js';
import { isLate, startOfCalls } from '../ways.js';

/** Such a release, and the call that copies its number from user space. */
export interface FromUser {
  release: SeenRelease;
  /** The function with that call. */
  reference: FunctionReference;
  pos: number;
  api: string;
}

type Asked = Omit<FromUser, 'release'>;

/** Such releases of a site's pages. */
export function countsFromUser(subject: Subject): FromUser[] {
  const { program } = subject;
  return releasesIn(subject).flatMap((release): FromUser[] => {
    const { visit, event } = release;
    if (event.partial || event.call.frees || !isLate(subject, visit)) return [];
    const { reference } = visit.flow;
    const found = program.graphs(reference).map((graph) => {
      const node = graph.nodes.find((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
      const bound = node ? boundOf(graph, node, release) : null;
      return node && bound !== null ? askedAt(program, reference, graph, node, bound, 0) : null;
    });
    const [first] = found;
    if (!first || found.includes(null)) return [];
    return reachedApart(subject, startOfCalls(visit).flow.reference) === null ? [] : [{ release, ...first }];
  });
}

/**
 * Path of the number of pages that a release drops: the count of a bulk call outside any loop, or the bound of a single loop that drops
 * without a test. `null` for any other.
 */
function boundOf(graph: Graph, node: Node, { event }: SeenRelease): string | null {
  const o = node.operation as CallOperation;
  const at = pagesArgument(event.call) + 1;
  if (event.call.shape === 'bulk') return node.loops.length === 0 && isPlain(o.expressions[at]) ? (o.args[at]?.path ?? null) : null;
  const [loop] = node.loops;
  if (!loop || node.loops.length > 1 || node.guards.length > loop.guards) return null;
  const controls = graph.nodes.flatMap(({ pos, loops, operation: a }) =>
    a?.kind === 'assume' && loops.includes(loop) && pos < loop.bodyPos ? [a] : [],
  );
  const bounds = new Set(controls.map(({ left, right }) => (loop.variables.includes(left.path ?? '') ? right.path : null)));
  const [bound = null] = bounds;
  return bounds.size === 1 && controls.every(({ op, truth }) => op === (truth ? '<' : '>=')) ? bound : null;
}

/** True for a variable or a member of one. */
function isPlain(e: Expression | undefined): boolean {
  return e?.kind === 'member' ? isPlain(e.object) : e?.kind === 'identifier';
}

/** How many callers up the source of a number is looked for. */
const maxLevels = 3;

/**
 * The call that copied a number from user space, in the function or in each of its callers; `null` if there is none, or if somebody checks
 * the number first.
 */
function askedAt(program: Program, reference: FunctionReference, graph: Graph, node: Node, path: string, level: number): Asked | null {
  const root = rootOf(path);
  if (level > maxLevels || isLookedAt(graph, node, path)) return null;
  const asking = graph.nodes.find((n) => isAsking(n, root) && leadsTo(graph, n, (m) => m === node));
  if (asking?.operation?.kind === 'call') return { reference, pos: asking.pos, api: asking.operation.name as string };
  const index = graph.params.findIndex((p) => p.name === root);
  if (index < 0) return null;
  const found = program.callSites(reference).map(({ caller, graph: above, node: call, call: { args, expressions } }) => {
    const given = args[index];
    const isHanded = given !== undefined && given.path !== null && (given.address || isPlain(expressions[index]));
    return isHanded ? askedAt(program, caller, above, call, given.path + path.slice(root.length), level + 1) : null;
  });
  return found.every((one) => one !== null) ? (found[0] ?? null) : null;
}

/** True for a call such as `copy_from_user(&req, …)` that fills a variable, or what it points at, from user space. */
function isAsking({ operation: o }: Node, variable: string): boolean {
  return o?.kind === 'call' && o.name !== null && fromUserName.test(o.name) && o.args[0]?.path === variable;
}

/** True if on a path to `node` the number is set or copied, is compared with another, or is passed to somebody who may check it. */
function isLookedAt(graph: Graph, node: Node, path: string): boolean {
  const root = rootOf(path);
  const isOurs = (other: string | null): boolean => other === path;
  const looks = (n: Node): boolean => {
    const o = n.operation;
    if (isStore(o)) return o.target === path || (o.kind === 'copy' && (o.target === root || isOurs(o.source.path)));
    if (o?.kind === 'assume') return [o.left, o.right].some((v) => isOurs(v.path)) && !isOfLoop(n, node);
    if (o?.kind !== 'call' || o.name === null || fromUserName.test(o.name) || n === node) return false;
    return o.args.some((a, index) => (a.path === root || a.path === path) && !isPrinted(o, index));
  };
  return graph.nodes.some((n) => looks(n) && leadsTo(graph, n, (m) => m === node));
}

/** True for a condition in the head of a loop around `node`. */
function isOfLoop({ pos, loops }: Node, node: Node): boolean {
  return node.loops.some((loop) => loops.includes(loop) && pos < loop.bodyPos);
}
