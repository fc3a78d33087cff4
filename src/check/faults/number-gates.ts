/** The numbers of an object on which the drops of its pages depend. */
import { sourcesOf } from '../../flow/flow.js';
import type { FunctionReference } from '../../program/file.js';
import { type Assume, type CallOperation, callsAt, type Graph, isBarred, leadsTo, type Node, namedCall } from '../../program/graph.js';
import { type Member, memberAt } from '../../program/members.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { freeingCalls, isNeutral, removals } from '../../protocol/index.js';
import { negated } from '../../syntax/comparisons.js';
import { argumentsOf, callsAbove, type Dropping } from './droppings.js';
import { parametersBehind, rootsOf } from './leading.js';

/** A number that a function which is given an object compares with a constant: it leaves the pages if it comes out otherwise. */
export interface NumberGate extends Member {
  /** The drop, or the call that leads to it, in that function. */
  dropping: Dropping;
  /** Index of the parameter that is the object. */
  index: number;
  /** The test as it comes out for the drop. */
  asked: Assume;
  pos: number;
  graph: Graph;
}

/** A drop or a call that leads to it, the numbers it depends on in its function, and the calls of that function. */
interface Way {
  gates: readonly NumberGate[];
  above: readonly Way[];
}

/** How many calls above a drop the number may be asked for. More are seldom of one object, and their callers have to be read for it. */
const maxLevels = 2;

/** More ways than this lead to the drops of a library, not to those of one driver's objects. */
const maxWays = 32;

/**
 * The numbers each of which every way to some drops asks for, with the places where it is asked for.
 * @param ignored keys of functions whose calls are no such way
 */
export function numberGatesOf(program: Program, drops: readonly Dropping[], ignored: ReadonlySet<string>): (readonly NumberGate[])[] {
  const known = new Map<string, Way>();
  const wayOf = (dropping: Dropping, level: number): Way => {
    const key = `${dropping.reference.key}:${dropping.pos}`;
    const before = known.get(key);
    if (before) return before;
    const above: Way[] = [];
    const way: Way = { gates: gatesIn(program, dropping), above };
    known.set(key, way);
    if (level === maxLevels || known.size > maxWays) return way;
    for (const call of callsAbove(program, dropping, () => true)) if (!ignored.has(call.reference.key)) above.push(wayOf(call, level + 1));
    return way;
  };
  const ways = drops.map((drop) => wayOf(drop, 0));
  const gates = [...known.values()].flatMap((way) => way.gates);
  const members = new Map(gates.map((gate) => [`${gate.tag}.${gate.field}`, gate]));
  return [...members.values()].flatMap((member) => {
    const own = gates.filter((gate) => gate.tag === member.tag && gate.field === member.field);
    return ways.every((way) => asksFor(way, own)) ? [own] : [];
  });
}

/** True if every way from above to a drop passes one of these tests. */
function asksFor(way: Way, wanted: readonly NumberGate[]): boolean {
  const ways = new Set([way]);
  for (const { gates, above } of ways) {
    if (gates.some((gate) => wanted.includes(gate))) continue;
    if (above.length === 0) return false;
    for (const next of above) ways.add(next);
  }
  return true;
}

/** The numbers on which a drop depends in its function, in each variant: each once. */
function gatesIn(program: Program, dropping: Dropping): NumberGate[] {
  const [first = [], ...others] = program.graphs(dropping.reference).flatMap((graph) => {
    const [call] = callsAt(graph, dropping.pos);
    return call ? [gatesAt(program, dropping, graph, call)] : [];
  });
  return first.filter((gate) => others.every((gates) => gates.some(({ tag, field }) => tag === gate.tag && field === gate.field)));
}

function gatesAt(program: Program, dropping: Dropping, graph: Graph, call: CallOperation): NumberGate[] {
  const { reference, pos } = dropping;
  const isDrop = (n: Node): boolean => n.operation?.kind === 'call' && n.pos === pos;
  const objects = parametersAt(dropping, graph, call);
  return graph.nodes.flatMap((node): NumberGate[] => {
    const { operation: asked } = node;
    if (asked?.kind !== 'assume' || asked.left.path === null || asked.right.path !== null || asked.right.text === '') return [];
    const index = graph.params.findIndex(({ name }) => name === rootOf(asked.left.path ?? ''));
    const member = objects.includes(index) ? numberAt(program, reference, graph, asked.left.path) : null;
    if (member === null || !isBarred(graph, isDrop, (n) => isSameTest(n, asked)) || !leavesIt(graph, asked)) return [];
    return [{ ...member, dropping, graph, index, asked, pos: node.pos }];
  });
}

/** Indexes of the parameters from which a function has the pages that it drops, or what leads to them. */
function parametersAt(dropping: Dropping, graph: Graph, call: CallOperation): readonly number[] {
  const { reference, pos, release } = dropping;
  const { visit, event } = release;
  const isRelease = event.pos === pos && visit.flow.reference.key === reference.key;
  return parametersBehind(graph, isRelease ? sourcesOf(visit.flow, event.fact).map(rootOf) : rootsOf(argumentsOf(dropping, call)));
}

/** The member that is a number of the object at which a parameter points; `null` for any other path. */
function numberAt(program: Program, reference: FunctionReference, graph: Graph, path: string): Member | null {
  const member = memberAt(program, reference, graph, path);
  const type = program.typeOf(path, graph, reference.file);
  const isNumber = type !== null && type.pointers === 0 && type.tag === null && type.dims.length === 0;
  return member !== null && isNumber && path === `${rootOf(path)}.${member.field}` ? member : null;
}

function isSameTest({ operation: o }: Node, asked: Assume, op = asked.op): boolean {
  return o?.kind === 'assume' && o.op === op && o.left.path === asked.left.path && o.right.text === asked.right.text;
}

/** True if nobody is given the object, or something of it, where the test comes out otherwise. */
function leavesIt(graph: Graph, asked: Assume): boolean {
  const object = rootOf(asked.left.path ?? '');
  const hands = (n: Node): boolean => {
    const call = n.operation?.kind === 'call' ? n.operation : null;
    const { name = null } = namedCall(n) ?? {};
    const isEnd = name !== null && (isNeutral(name) || freeingCalls.has(name) || removals.has(name));
    return call !== null && !isEnd && call.args.some(({ path }) => path !== null && rootOf(path) === object);
  };
  const others = graph.nodes.filter((n) => isSameTest(n, asked, negated[asked.op]));
  return others.length > 0 && !others.some((n) => leadsTo(graph, n, hands));
}
