/** Work that a device has begun on memory which it was given, and that may still go on behind a wait for it. */
import { failureOf } from '../../flow/paths/function/tested.js';
import type { CallSite } from '../../program/callers.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type Assume, type CallOperation, type Graph, isStore, type Node, namedCall, nodesBehind } from '../../program/graph.js';
import { pathBelow, rootOf } from '../../program/path.js';
import { folderOf } from '../../program/place.js';
import type { Program } from '../../program/program.js';
import { sourceName } from '../../program/text.js';
import {
  deviceCalls,
  errorCalls,
  errorTests,
  freeingCalls,
  fromDevice,
  isSilentToDevices,
  sleepingText,
  startingCalls,
  type WaitEnd,
  waitEndsOf,
} from '../../protocol/index.js';
import { parametersBehind, rootsOf, sourcesOf } from './leading.js';
import { type Constants, constantOf, type Ways, waysBehind } from './waits.js';

/** A call, for the steps of a path. */
export interface Spot {
  reference: FunctionReference;
  pos: number;
  name: string;
}

/** A wait that ends without what was waited for, or a call of a function that waits so: the device may still be at work behind it. */
export interface Waiting {
  node: Node;
  /** What is known behind it, such as its result. */
  known: Constants;
  /** Why it has ended. */
  how: WaitEnd['how'];
  /** The condition that is waited for, as it is written. */
  awaited: string;
  /** The call that has made the device begin. */
  start: Spot;
  /** The wait itself. */
  wait: Spot;
  /** The calls of the functions that have returned from it, the innermost first, with what they return; `''` for nothing. */
  left: readonly (Spot & { result: string })[];
}

/** True if something in a file's folder has a device begin its work: for most files that is all that need be asked. */
export function isStartedNear(program: Program, file: string): boolean {
  const folder = folderOf(file);
  return [...startingCalls.keys()].some((name) => program.tree.filesCalling(name).some((f) => folderOf(f) === folder));
}

/**
 * True if a device may find the memory by what it is sent.
 * @param message the variables that the message comes from
 * @param device the variables that the device itself comes from, whatever it is sent
 */
type Tells = (message: ReadonlySet<string>, device: ReadonlySet<string>) => boolean;

/**
 * The waits on paths behind a call that gives a device memory: in its function, and in nearby functions that this calls.
 * @param isOver true for nodes behind which the pages are no longer held
 */
export function waitsBehind(program: Program, at: CallSite, isOver: (n: Node) => boolean): Waiting[] {
  const { caller, graph, node, call } = at;
  const behind = nodesBehind(graph, node, isOver);
  const filled = filledBy(at, behind);
  const tells: Tells = (message, device) => [...message].some((root) => filled.has(root) && !device.has(root));
  const found = startingCalls.get(call.name ?? '') === 'its own' ? waitsFor(caller, graph, node, call) : [];
  for (const n of behind) {
    const begun = n === node ? null : namedCall(n);
    if (!begun) continue;
    if (!startingCalls.has(begun.name ?? '')) found.push(...waitsBelow(program, { ...at, node: n, call: begun }, tells));
    else if (isBegun(graph, begun, tells)) found.push(...waitsFor(caller, graph, n, begun));
  }
  return found;
}

/**
 * The variables through which a device may be told of the memory: those that the call was given, and those that are stored to behind it.
 */
function filledBy({ graph, call }: CallSite, behind: ReadonlySet<Node>): ReadonlySet<string> {
  const memory = deviceCalls.get(call.name ?? '')?.memory;
  const given = memory === undefined ? call.args : call.args.slice(Number(memory), Number(memory) + 1);
  const stored = [...behind].flatMap(({ operation: o }) => (isStore(o) && rootOf(o.target) !== o.target ? [rootOf(o.target)] : []));
  return new Set([...sourcesOf(graph, rootsOf(given)), ...stored]);
}

/**
 * True for a call by which a device begins to work on what was mapped for it. A call that sends it a message is one only if that tells of
 * the memory.
 */
function isBegun(graph: Graph, { name, args }: CallOperation, tells: Tells): boolean {
  const starting = startingCalls.get(name ?? '');
  if (typeof starting !== 'object') return starting === 'mapped before';
  if (args.some((a) => a.text === fromDevice)) return false;
  const sources = (index: number): ReadonlySet<string> => sourcesOf(graph, rootsOf(args.slice(index, index + 1)));
  return tells(sources(starting.message), sources(0));
}

/** The waits behind a call that has made a device begin: one for each way in which a wait ends. */
function waitsFor(reference: FunctionReference, graph: Graph, node: Node, call: CallOperation): Waiting[] {
  const hasFailed = failureOf(graph, call.result);
  const start = spotOf(reference, call);
  return [...nodesBehind(graph, node, hasFailed)].flatMap((n) => {
    const wait = hasFailed(n) ? null : namedCall(n);
    if (!wait) return [];
    const awaited = wait.expressions[1] ? sourceName(wait.expressions[1]) : '';
    return waitEndsOf(wait.name ?? '').map(({ how, result }) => {
      return { node: n, known: new Map([[wait.result, result]]), how, awaited, start, wait: spotOf(reference, wait), left: [] };
    });
  });
}

function spotOf(reference: FunctionReference, { name, pos }: CallOperation): Spot {
  return { reference, pos, name: name ?? '' };
}

/** The waits in a called function that is given what a device may find the memory by: one for each way in which that function returns. */
function waitsBelow(program: Program, at: CallSite, tells: Tells): Waiting[] {
  const { caller, call } = at;
  const callee = onlyFunction(program.resolveNear(call.name ?? '', caller.file));
  const text = callee === null ? '' : program.textOf(callee);
  if (callee === null || !startText.test(text) || !sleepingText.test(text)) return [];
  if (!tells(sourcesOf(at.graph, rootsOf(call.args)), none)) return [];
  return program.graphs(callee).flatMap((graph) => {
    const given = (roots: readonly string[]): ReadonlySet<string> =>
      sourcesOf(at.graph, rootsOf(parametersBehind(graph, roots).flatMap((i) => call.args[i] ?? [])));
    const tellsBelow: Tells = (message, device) => tells(given([...message].filter((root) => !device.has(root))), given([...device]));
    const constants = constantsGiven(graph, call);
    return graph.nodes.flatMap((n) => {
      const begun = namedCall(n);
      return begun && isBegun(graph, begun, tellsBelow)
        ? waitsFor(callee, graph, n, begun).flatMap((wait) => comingBack(graph, wait, constants, at))
        : [];
    });
  });
}

const none: ReadonlySet<string> = new Set();
const startText = new RegExp(`\\b(?:${[...startingCalls.keys()].join('|')})\\s*\\(`);

/** The parameters that a call sets to constants, and that the function never changes. */
function constantsGiven({ params, assigned }: Graph, { args }: CallOperation): Constants {
  const constants = params.flatMap(({ name }, i) => {
    const given = args[i]?.path === null ? constantOf(args[i].text) : undefined;
    return given === undefined || assigned.some(({ target }) => target === name) ? [] : [[name, given] as const];
  });
  return new Map(constants);
}

/** A wait in a called function as one of its caller, for each way in which the called function returns. */
function comingBack(graph: Graph, wait: Waiting, constants: Constants, at: CallSite): Waiting[] {
  const isDenied = wait.node.guards.some(({ path, values, negated }) => {
    const given = path === null || values.length > 0 ? undefined : constants.get(path);
    return given !== undefined && (given === '0') !== negated;
  });
  if (isDenied) return [];
  return handedUp(wait, graph, waysFrom(graph, { ...wait, known: new Map([...constants, ...wait.known]) }, mayStop), at);
}

/**
 * A wait as one of a function's caller, for each way in which the function returns behind it.
 * @param graph the function
 * @param at its call
 */
export function handedUp(wait: Waiting, { params }: Graph, { ends }: Ways, { caller, node, call }: CallSite): Waiting[] {
  return ends.map(({ result, known }) => {
    const fields = [...known].flatMap(([path, constant]) => {
      const given = call.args[params.findIndex(({ name }) => name === rootOf(path))];
      const there = given && rootOf(path) !== path ? pathBelow(given, path.slice(rootOf(path).length)) : null;
      return there === null ? [] : [[there, constant] as const];
    });
    const own = result === '' ? [] : [[call.result, result] as const];
    return { ...wait, node, known: new Map([...fields, ...own]), left: [...wait.left, { ...spotOf(caller, call), result }] };
  });
}

/** The paths behind a wait, each up to where it is over. */
export function waysFrom(graph: Graph, { node, known, awaited }: Waiting, isOver: (n: Node) => boolean): Ways {
  return waysBehind(graph, node, known, isOver, (o) => isMissing(o, awaited));
}

/** True for a call that may stop the device or wait for it, and for what could not be read. */
export function mayStop({ operation: o }: Node): boolean {
  if (o?.kind !== 'call') return o?.kind === 'unread';
  if (o.name === null) return true;
  return !(o.iterates || freeingCalls.has(o.name) || errorCalls.test(o.name) || errorTests.test(o.name) || isSilentToDevices(o.name));
}

/** False for a condition which says that what was waited for has come. */
function isMissing({ left, op, right }: Assume, awaited: string): boolean {
  const asked = left.path?.match(/\w+/g)?.at(-1);
  if (asked === undefined || !new RegExp(`\\b${asked}\\b`).test(awaited)) return true;
  const isZero = right.text === '0' || right.text === 'NULL';
  if (/^!|== ?(0|NULL)$/.test(awaited)) return isZero && op === '!=';
  return isZero ? op === '==' : op === '!=' || op === '<';
}
