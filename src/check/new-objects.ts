/**
 * Failures that cannot happen. If a function refuses only where an object has something in it already, it does not refuse for an object
 * that was made just before, with nothing in it.
 */
import { failureOf, testedBy } from '../flow/paths/function/tested.js';
import { conditionText } from '../flow/paths/memory/condition-text.js';
import type { Witness } from '../flow/paths.js';
import { onlyFunction } from '../program/definitions.js';
import type { FunctionReference } from '../program/file.js';
import { type Assume, type CallOperation, type Graph, isStore, leadsTo, type NamedCall, type Node, namedCall } from '../program/graph.js';
import { elsewherePath, rootOf, suffixAfter, type Value } from '../program/path.js';
import type { Program } from '../program/program.js';
import { errorCalls, fillingAll } from '../protocol/index.js';
import { noPointer, zero } from '../syntax/truth.js';
import { mayChange } from './faults/changing.js';
import { isZeroed } from './zeroed.js';

/** True for a path on which a call fails that cannot fail, since it is about a new object. */
export function failsOfNewObject(program: Program, { steps }: Witness): boolean {
  return steps.some(({ file, function: name, pos, text, event }) => {
    if (event?.kind !== 'tested') return false;
    const found = (program.shell(file)?.byName.get(name) ?? []).flatMap((reference) =>
      program
        .graphs(reference)
        .flatMap((graph) =>
          graph.nodes.filter((n) => n.pos === pos && conditionText(n) === text).map((node) => ({ reference, graph, node })),
        ),
    );
    return found.length > 0 && found.every(({ reference, graph, node }) => isImpossible(program, reference, graph, node));
  });
}

/** A member, of an object that a call's argument leads to, that is not zero wherever the called function refuses. */
interface Asked {
  /** Index of the argument. */
  argument: number;
  /** The path from the argument to the object. */
  place: string;
  /** The member as a suffix of the object, `.count`. */
  member: string;
}

/** True for a condition that says that a call has failed, if each such call can refuse only for an object that is new. */
function isImpossible(program: Program, { file }: FunctionReference, graph: Graph, test: Node): boolean {
  const o = test.operation;
  if (o?.kind !== 'assume' || o.op !== '!=') return false;
  const results = testedBy(graph, test);
  const asking = graph.nodes.filter((n) => results.includes(namedCall(n)?.result ?? ''));
  return (
    asking.length > 0 &&
    asking.every((node) => {
      const call = namedCall(node) as NamedCall;
      const asked = refusedFor(program, file, call, o);
      return asked !== null && isNewAt(program, file, graph, node, call, asked);
    })
  );
}

/**
 * What a called function refuses for; `null` if it may refuse for anything else.
 * @param o the condition by which it has refused: its result is not zero, or not what it was given
 */
function refusedFor(program: Program, file: string, call: NamedCall, { right }: Assume): Asked | null {
  const callee = onlyFunction(program.resolve(call.name, file));
  const given = right.path === null ? -1 : call.args.findIndex(({ path }) => path === right.path);
  if (callee === null || (given < 0 && !zero.test(right.text))) return null;
  const [first, ...others] = program.graphs(callee).map((graph) => {
    const param = graph.params[given]?.name;
    const succeeds = (value: Value | null): boolean =>
      param === undefined ? value?.path === null && zero.test(value.text) : value?.path === param && !isSet(graph, param);
    return askedBefore(program, callee, graph, (n) => n.operation?.kind === 'return' && !succeeds(n.operation.value));
  });
  return first && others.every((other) => other !== null && keyOf(other) === keyOf(first)) ? first : null;
}

/** Equal for members that are the same. */
function keyOf({ place, argument, member }: Asked): string {
  return [place, argument, member].join(' ');
}

function isSet({ nodes }: Graph, variable: string): boolean {
  return nodes.some(({ operation: o }) => isStore(o) && o.target === variable);
}

/**
 * A member that was found to be not zero on every path to some nodes, and that the function has not set before; `null` if there is none.
 */
function askedBefore(program: Program, { file }: FunctionReference, graph: Graph, isEnd: (n: Node) => boolean): Asked | null {
  const entrance = graph.nodes[graph.entry] as Node;
  const memberIn = ({ operation: o }: Node): string | null =>
    o?.kind === 'assume' && (o.op === '>' || o.op === '!=') && zero.test(o.right.text) && /^\w+\.\w+$/.test(o.left.path ?? '')
      ? o.left.path
      : null;
  for (const path of new Set(graph.nodes.flatMap((n) => memberIn(n) ?? []))) {
    const object = rootOf(path);
    const isAsked = (n: Node): boolean => memberIn(n) === path;
    const changes = (n: Node): boolean =>
      !(isStore(n.operation) && n.operation.target === object) && mayChange(program, file, n, path) && leadsTo(graph, n, isAsked);
    if (leadsTo(graph, entrance, isEnd, isAsked) || graph.nodes.some(changes)) continue;
    const found = placeOf(program, file, graph, object);
    if (found !== null) return { ...found, member: path.slice(object.length) };
  }
  return null;
}

/** Where the object of a variable is found: below a parameter, by a getter that is given only this parameter and returns what is there. */
function placeOf(program: Program, file: string, graph: Graph, variable: string): Omit<Asked, 'member'> | null {
  const [store, ...others] = graph.nodes.flatMap(({ operation: o }) => (isStore(o) && o.target === variable ? [o] : []));
  const getting = graph.nodes.flatMap((n) => namedCall(n) ?? []).find((c) => store?.kind === 'copy' && c.result === store.source.path);
  if (others.length > 0 || !getting || getting.args.length !== 1) return null;
  const argument = graph.params.findIndex(({ name }) => name === getting.args[0]?.path);
  // A member of a struct that all drivers use has no path, only a text.
  const returned = ({ nodes, params: [param] }: Graph): (string | null)[] =>
    nodes.flatMap(({ operation: o }) =>
      o?.kind === 'return' && o.value && !noPointer.test(o.value.text)
        ? [suffixAfter(o.value.path ?? o.value.text, param?.name ?? '')]
        : [],
    );
  const [place, ...more] = new Set(program.resolve(getting.name, file).flatMap((getter) => program.graphs(getter).flatMap(returned)));
  return argument >= 0 && place && more.length === 0 ? { argument, place } : null;
}

/** True if on every path to a call the object that it asks about has been made, and nothing was put in it since. */
function isNewAt(program: Program, file: string, graph: Graph, at: Node, call: CallOperation, asked: Asked): boolean {
  const around = call.args[asked.argument]?.path ?? null;
  if (around === null) return false;
  const isAt = (n: Node): boolean => n === at;
  const isGiven = (n: Node): boolean => namedCall(n)?.args.some(({ path }) => path === around) === true;
  const makers = graph.nodes.filter((n) => n !== at && isGiven(n) && isMaking(program, file, namedCall(n) as NamedCall, around, asked));
  const made = graph.nodes.flatMap(({ operation: o }) =>
    o?.kind === 'copy' && makers.some((m) => namedCall(m)?.result === o.source.path) ? [o] : [],
  );
  const changes = (n: Node): boolean => {
    const { operation: o } = n;
    if (n === at || makers.includes(n) || made.some((copy) => copy === o)) return false;
    if (isGiven(n) || (isStore(o) && (o.target === around || isPlace(o.target, around + asked.place)))) return true;
    return made.some(({ target }) => mayChange(program, file, n, target + asked.member));
  };
  const isChecked = (maker: Node): boolean => {
    const failed = failureOf(graph, (namedCall(maker) as NamedCall).result);
    return graph.nodes.some(failed) && !graph.nodes.some((n) => failed(n) && leadsTo(graph, n, isAt));
  };
  return (
    makers.length > 0 &&
    makers.every(isChecked) &&
    [graph.nodes[graph.entry] as Node, at].every((from) => !leadsTo(graph, from, isAt, (n) => makers.includes(n))) &&
    !graph.nodes.some((n) => changes(n) && leadsTo(graph, n, isAt) && makers.some((m) => leadsTo(graph, m, (to) => to === n)))
  );
}

/** True for the path of a place, also as it is written for a struct that all drivers use. */
function isPlace(path: string, place: string): boolean {
  return path === place || path === elsewherePath(place);
}

/** True for a call of a function that makes such an object with the member zero, and puts it where it is found. */
function isMaking(program: Program, file: string, call: NamedCall, around: string, asked: Asked): boolean {
  const callee = onlyFunction(program.resolve(call.name, file));
  return (
    callee !== null &&
    program.graphs(callee).every((graph) => putIn(program, callee.file, graph, givenAs(graph, call, around), asked) !== null)
  );
}

/** The parameter that is given a path. */
function givenAs({ params }: Graph, { args }: CallOperation, path: string): string | null {
  return params[args.findIndex((a) => a.path === path)]?.name ?? null;
}

/** How deep functions that put an object for others are followed. */
const maxLevels = 2;

/** Where an object is put in a place. */
interface Put {
  node: Node;
  /** The path of the object. */
  object: string;
  /** True for a call of a function that makes the member zero, too. */
  zeroes: boolean;
}

/**
 * The path of the object that a variant of a function puts in the place below a parameter wherever it does not fail, with the member zero;
 * `null` if it may leave another there, or one with something in it.
 */
function putIn(program: Program, file: string, graph: Graph, holder: string | null, asked: Asked, level = 0): string | null {
  if (holder === null) return null;
  const [put, ...more] = graph.nodes.flatMap((node) => putBy(program, file, node, holder, asked, level));
  if (!put || more.length > 0 || (!put.zeroes && rootOf(put.object) !== put.object)) return null;
  const entrance = graph.nodes[graph.entry] as Node;
  const isOnWay = (from: Node, to: Node): boolean => leadsTo(graph, from, (n) => n === to);
  const isPut = (n: Node): boolean => n === put.node;
  const fails = ({ operation: o }: Node): boolean => o?.kind === 'return' && isFailure(graph, o.value);
  const zeroing = put.zeroes ? [put.node] : graph.nodes.filter((n) => isZeroed(graph, n, put.object) || isFilled(n, put.object));
  const fills = (n: Node): boolean =>
    !zeroing.includes(n) &&
    mayChange(program, file, n, put.object + asked.member) &&
    zeroing.some((z) => isOnWay(z, n)) &&
    (isOnWay(n, put.node) || isOnWay(put.node, n));
  const mayBeUncleared = !put.zeroes && leadsTo(graph, entrance, isPut, (n) => zeroing.includes(n));
  const isEnd = (n: Node): boolean => n.id === graph.exit;
  const mayBeMissing = leadsTo(graph, entrance, isEnd, (n) => isPut(n) || fails(n));
  return mayBeUncleared || mayBeMissing || graph.nodes.some(fills) ? null : put.object;
}

/** What a node puts in the place itself, or by a function that is given the object. */
function putBy(program: Program, file: string, node: Node, holder: string, asked: Asked, level: number): Put | [] {
  const { operation: o } = node;
  if (o?.kind === 'copy') return isPlace(o.target, holder + asked.place) ? { node, object: o.source.path ?? '', zeroes: false } : [];
  const call = namedCall(node);
  const callee = call?.args.some(({ path }) => path === holder) ? onlyFunction(program.resolve(call.name, file)) : null;
  if (!call || callee === null || level >= maxLevels) return [];
  const graphs = program.graphs(callee);
  const [index = -1, ...others] = new Set(
    graphs.map((graph) => {
      const object = putIn(program, callee.file, graph, givenAs(graph, call, holder), asked, level + 1);
      return graph.params.findIndex(({ name }) => name === object);
    }),
  );
  const object = others.length > 0 ? null : (call.args[index]?.path ?? null);
  return object === null ? [] : { node, object, zeroes: true };
}

/** True for a returned value that is NULL or an error. */
function isFailure({ nodes }: Graph, value: Value | null): boolean {
  if (value === null || value.path === null) return value !== null && noPointer.test(value.text);
  return nodes.some((n) => namedCall(n)?.result === value.path && errorCalls.test(namedCall(n)?.name ?? ''));
}

/** True for a memset() that makes all of a variable's object zero. */
function isFilled(n: Node, variable: string): boolean {
  const call = namedCall(n);
  return call?.name === fillingAll && call.args[0]?.path === variable && zero.test(call.args[1]?.text ?? '');
}
