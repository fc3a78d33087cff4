/** Objects that stay where others find them though nobody uses them: who counts the last user off leaves those of which a flag says so. */
import { type Graph, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { exclusiveName, saturating, stateReading, userLowering } from '../../../protocol/index.js';
import { zero } from '../../../syntax/truth.js';
import { tagOf } from './freed.js';

/**
 * True for a function that takes back, of an object in a variable, the flag for which the last user has left it where others find it, and does
 * not ask whether there are users: where there are none, nobody comes back for it.
 */
export function mayBeUnused(program: Program, file: string, graph: Graph, variable: string, tag: string): boolean {
  const cleared = graph.nodes.flatMap(({ operation: o }) =>
    o?.kind === 'clear' && zero.test(o.text) && rootOf(o.target) === variable ? [o.target.slice(variable.length)] : [],
  );
  return cleared.length > 0 && !asksForUsers(graph, variable) && leftFor(program, file, tag).some((flag) => cleared.includes(flag));
}

/** True for a function that is told by some call how many users the object of a variable has, or whether that may be raised or lowered. */
function asksForUsers({ nodes }: Graph, variable: string): boolean {
  return nodes.some(({ operation: o }) => o?.kind === 'call' && isAsking(o.name) && o.args.some((a) => isIn(a.path, variable)));
}

function isAsking(name: string | null): boolean {
  return name !== null && (stateReading.test(name) || exclusiveName.test(name) || userLowering.test(`${name}(`));
}

/** True for what stands in the object of a variable. */
function isIn(path: string | null, variable: string): boolean {
  return path !== null && path !== variable && rootOf(path) === variable;
}

const counting = new RegExp(`${userLowering.source}|\\b${saturating.asks}\\s*\\(`);

/** The flags of an object for which functions of a file leave it as it is where its last user was counted off, as they stand below it. */
function leftFor(program: Program, file: string, tag: string): string[] {
  return program.searched(file, counting).flatMap((reference) => {
    if (reference.macro) return [];
    return program.graphs(reference).flatMap((graph) =>
      graph.nodes.flatMap((last) => {
        const variable = lastUserOf(graph, last);
        return variable !== null && tagOf(program, file, graph, variable) === tag ? flagsBehind(graph, last, variable) : [];
      }),
    );
  });
}

/** The object of which a condition says that its last user was counted off, by its variable. */
function lastUserOf({ nodes }: Graph, { operation: o }: Node): string | null {
  if (o?.kind !== 'assume' || !zero.test(o.right.text)) return null;
  const asked = nodes.flatMap(({ operation: c }) => (c?.kind === 'call' && c.result === o.left.path ? [c] : []))[0];
  const path = asked?.args[0]?.path ?? null;
  if (path === null || path === rootOf(path)) return null;
  const isLowered = (): boolean =>
    nodes.some(({ operation: c }) => c?.kind === 'call' && c.name === saturating.lowers && c.args[0]?.path === path);
  const isLast =
    asked?.name === saturating.asks
      ? (o.op === '==' || o.op === '<=') && isLowered()
      : o.op === '!=' && userLowering.test(`${asked?.name}(`);
  return isLast ? rootOf(path) : null;
}

/** The members that are asked for behind a node, and found to be set, with the function left then and nothing done to the object. */
function flagsBehind(graph: Graph, last: Node, variable: string): string[] {
  const uses = ({ operation: o }: Node): boolean =>
    o?.kind === 'call' && o.args.some(({ path }) => path !== null && rootOf(path) === variable);
  return graph.nodes.flatMap((n) => {
    const { operation: o } = n;
    const isFlag = o?.kind === 'assume' && o.op === '!=' && zero.test(o.right.text) && isIn(o.left.path, variable);
    if (!isFlag || !leadsTo(graph, last, (m) => m === n, uses) || !leadsTo(graph, n, (m) => m.id === graph.exit, uses)) return [];
    return [(o.left.path as string).slice(variable.length)];
  });
}
