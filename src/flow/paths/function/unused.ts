/** Objects with a reference count that stay where others find them when the last user is gone, if a certain flag is set. */
import { type Graph, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { exclusiveName, stateReading, untestedLowering, userLowering } from '../../../protocol/index.js';
import { zero } from '../../../syntax/truth.js';
import { pointedTag } from './freed.js';

/**
 * True for a function that clears the flag for which the last user has left the object, and does not ask whether there are users: if there
 * are none, nobody will come back for the object.
 */
export function mayBeUnused(program: Program, file: string, graph: Graph, variable: string, tag: string): boolean {
  const cleared = graph.nodes.flatMap(({ operation: o }) =>
    o?.kind === 'clear' && zero.test(o.text) && rootOf(o.target) === variable ? [o.target.slice(variable.length)] : [],
  );
  return cleared.length > 0 && !asksForUsers(graph, variable) && leftFor(program, file, tag).some((flag) => cleared.includes(flag));
}

/** True for a function that asks for an object's number of users, or counts users up or down. */
function asksForUsers({ nodes }: Graph, variable: string): boolean {
  return nodes.some(({ operation: o }) => o?.kind === 'call' && isAsking(o.name) && o.args.some((a) => isIn(a.path, variable)));
}

function isAsking(name: string | null): boolean {
  return name !== null && (stateReading.test(name) || exclusiveName.test(name) || userLowering.test(`${name}(`));
}

/** True for a path below a variable. */
function isIn(path: string | null, variable: string): boolean {
  return path !== null && path !== variable && rootOf(path) === variable;
}

const counting = new RegExp(`${userLowering.source}|\\b(?:${[...untestedLowering.keys()].join('|')})\\s*\\(`);

/** The flags, as suffixes below the object, for which functions of a file leave it alone after counting off its last user. */
function leftFor(program: Program, file: string, tag: string): string[] {
  return program.searched(file, counting).flatMap((reference) => {
    if (reference.macro) return [];
    return program.graphs(reference).flatMap((graph) =>
      graph.nodes.flatMap((last) => {
        const variable = lastUserOf(graph, last);
        return variable !== null && pointedTag(program, file, graph, variable) === tag ? flagsBehind(graph, last, variable) : [];
      }),
    );
  });
}

/** The variable of the object of which a condition says that its last user was counted off; `null` for any other condition. */
function lastUserOf({ nodes }: Graph, { operation: o }: Node): string | null {
  if (o?.kind !== 'assume' || !zero.test(o.right.text)) return null;
  const asked = nodes.flatMap(({ operation: c }) => (c?.kind === 'call' && c.result === o.left.path ? [c] : []))[0];
  const path = asked?.args[0]?.path ?? null;
  if (path === null || path === rootOf(path)) return null;
  const lowers = untestedLowering.get(asked?.name ?? '');
  const isLowered = (): boolean => nodes.some(({ operation: c }) => c?.kind === 'call' && c.name === lowers && c.args[0]?.path === path);
  const isLast =
    lowers === undefined ? o.op === '!=' && userLowering.test(`${asked?.name}(`) : (o.op === '==' || o.op === '<=') && isLowered();
  return isLast ? rootOf(path) : null;
}

/** The members that are tested behind a node and found set, where the function then returns without using the object. */
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
