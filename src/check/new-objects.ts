/**
 * Failures that cannot be. A function may refuse only where an object has something in it already; who has made that object just before, with
 * nothing in it, is not refused.
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

/** True for a path on which something fails that cannot, since it is asked of an object that is new. */
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

/** A member of an object to which an argument of a call leads, which is more than nothing wherever the function that is called refuses. */
interface Asked {
  argument: number;
  /** Where the object is found below the argument. */
  place: string;
  member: string;
}

/** True for a condition that says that a call has failed, where all objects of which that asks are new. */
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
 * What a function refuses for; `null` if it may do so for other things.
 * @param o the condition that says of its result that it did: that it is not zero, or not what was given
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

function keyOf({ place, argument, member }: Asked): string {
  return [place, argument, member].join(' ');
}

function isSet({ nodes }: Graph, variable: string): boolean {
  return nodes.some(({ operation: o }) => isStore(o) && o.target === variable);
}

/** What a function finds to be more than nothing wherever it comes to some of its nodes, and has not set itself. */
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

/** Where the object of a variable is found: below a parameter, by what a function returns that is given this one alone. */
function placeOf(program: Program, file: string, graph: Graph, variable: string): Omit<Asked, 'member'> | null {
  const [store, ...others] = graph.nodes.flatMap(({ operation: o }) => (isStore(o) && o.target === variable ? [o] : []));
  const getting = graph.nodes.flatMap((n) => namedCall(n) ?? []).find((c) => store?.kind === 'copy' && c.result === store.source.path);
  if (others.length > 0 || !getting || getting.args.length !== 1) return null;
  const argument = graph.params.findIndex(({ name }) => name === getting.args[0]?.path);
  // What stands in a struct of all drivers has no path.
  const returned = ({ nodes, params: [param] }: Graph): (string | null)[] =>
    nodes.flatMap(({ operation: o }) =>
      o?.kind === 'return' && o.value && !noPointer.test(o.value.text)
        ? [suffixAfter(o.value.path ?? o.value.text, param?.name ?? '')]
        : [],
    );
  const [place, ...more] = new Set(program.resolve(getting.name, file).flatMap((getter) => program.graphs(getter).flatMap(returned)));
  return argument >= 0 && place && more.length === 0 ? { argument, place } : null;
}

/** True if the object that a call asks of has been made on all ways there, and nothing was put into it since. */
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

/** True for a place, also of a struct of all drivers. */
function isPlace(path: string, place: string): boolean {
  return path === place || path === elsewherePath(place);
}

/** True for a call of a function that hands out such an object only with nothing in it, and where it is found. */
function isMaking(program: Program, file: string, { name, args }: NamedCall, around: string, { place, member }: Asked): boolean {
  const callee = onlyFunction(program.resolve(name, file));
  return (
    callee !== null &&
    program.graphs(callee).every((graph) => {
      const holder = graph.params[args.findIndex(({ path }) => path === around)]?.name + place;
      const [put, ...more] = graph.nodes.flatMap((node) => {
        const { operation: o } = node;
        return o?.kind === 'copy' && isPlace(o.target, holder) ? [{ node, object: o.source.path ?? '' }] : [];
      });
      if (!put || more.length > 0 || rootOf(put.object) !== put.object) return false;
      const entrance = graph.nodes[graph.entry] as Node;
      const isOnWay = (from: Node, to: Node): boolean => leadsTo(graph, from, (n) => n === to);
      const isPut = (n: Node): boolean => n === put.node;
      const isHandedOut = ({ operation: o }: Node): boolean => o?.kind === 'return' && !isFailure(graph, o.value);
      const zeroing = graph.nodes.filter((n) => isZeroed(graph, n, put.object) || isFilled(n, put.object));
      const fills = (n: Node): boolean =>
        !zeroing.includes(n) &&
        mayChange(program, callee.file, n, put.object + member) &&
        zeroing.some((z) => isOnWay(z, n)) &&
        (isOnWay(n, put.node) || isOnWay(put.node, n));
      return (
        !leadsTo(graph, entrance, isPut, (n) => zeroing.includes(n)) &&
        !leadsTo(graph, entrance, isHandedOut, isPut) &&
        !graph.nodes.some(fills)
      );
    })
  );
}

/** True for no object, or an error in its place. */
function isFailure({ nodes }: Graph, value: Value | null): boolean {
  if (value === null || value.path === null) return value !== null && noPointer.test(value.text);
  return nodes.some((n) => namedCall(n)?.result === value.path && errorCalls.test(namedCall(n)?.name ?? ''));
}

/** True for what makes all of a variable's object zero. */
function isFilled(n: Node, variable: string): boolean {
  const call = namedCall(n);
  return call?.name === fillingAll && call.args[0]?.path === variable && zero.test(call.args[1]?.text ?? '');
}
