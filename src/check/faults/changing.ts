/** Whether memory that a path leads to may be stored to or freed. */
import { onlyFunction } from '../../program/definitions.js';
import { type CallOperation, type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { suffixAfter } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { copyingName, errorCalls, errorTests, freeingCalls, fromUserName, reachingCall } from '../../protocol/index.js';

/** How deep calls are followed; past that, a call may change anything that it is given. */
const maxLevels = 4;

/** True if a node may store to a path, or free what leads to it, itself or through a function that it gives that to. */
export function mayChange(program: Program, file: string, { operation: o }: Node, path: string, level = 0): boolean {
  const leads = (to: string | null): boolean => to !== null && suffixAfter(path, to) !== null;
  if (isStore(o)) return leads(o.target);
  if (o?.kind !== 'call') return o?.kind === 'unread';
  if (!o.args.some((a) => leads(a.path)) || isAsking(program, file, o)) return false;
  const callees = calleesOf(program, file, o, path);
  if (callees === null || level >= maxLevels) return true;
  return callees.some(({ file: by, graph, path: here }) => graph.nodes.some((n) => mayChange(program, by, n, here, level + 1)));
}

/** True if a called function that is given what leads to a path may fail before it has changed anything there. */
export function mayFailBefore(program: Program, file: string, o: CallOperation, path: string): boolean {
  const callees = calleesOf(program, file, o, path);
  return (
    callees?.some(({ file: by, graph, path: here }) => {
      const isChange = (n: Node): boolean => mayChange(program, by, n, here, 1);
      const isFailure = ({ operation: n }: Node): boolean =>
        (n?.kind === 'return' && error.test(n.value?.text ?? '')) || (n?.kind === 'clear' && error.test(n.text));
      const entrance = graph.nodes[graph.entry] as Node;
      return graph.nodes.some(
        (n) =>
          isFailure(n) && leadsTo(graph, entrance, (m) => m === n, isChange) && leadsTo(graph, n, (m) => m.id === graph.exit, isChange),
      );
    }) === true
  );
}

const error = /^-\s*E[A-Z]/;

/** A called function, and the path as that function names it. */
interface Callee {
  file: string;
  graph: Graph;
  path: string;
}

/** The variants of the one function that a call is of, for each parameter that leads to the path; `null` if the function is not known. */
function calleesOf(program: Program, file: string, { name, args }: CallOperation, path: string): Callee[] | null {
  const callee = name === null ? null : onlyFunction(program.resolve(name, file));
  if (callee === null) return null;
  return program.graphs(callee).flatMap((graph) =>
    graph.params.flatMap((param, i) => {
      const { path: given = null, address = false } = args[i] ?? {};
      const suffix = given === null ? null : suffixAfter(path, given);
      // Given `&o->pages`, the callee has `o->pages` as `*param`; a member of the struct at that address is a member of the parameter.
      const behind = address && !suffix?.startsWith('.') ? '[]' : '';
      return suffix === null ? [] : [{ file: callee.file, graph, path: param.name + behind + suffix }];
    }),
  );
}

/** True for a call that only looks at what it is given, counts its users, or puts it on a list. */
function isAsking(program: Program, file: string, { name }: CallOperation): boolean {
  if (name === null || freeingCalls.has(name)) return false;
  if (errorCalls.test(name) || errorTests.test(name)) return true;
  return program.isNeutral(name, file) && !reachingCall.test(name) && !copyingName.test(name) && !fromUserName.test(name);
}
