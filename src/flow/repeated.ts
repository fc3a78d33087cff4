/**
 * Finds what is dropped twice for certain: a must-analysis over one function's graph. A drop is known by the text of its argument,
 * index and all, so that two drops in one loop iteration are seen, where access paths know only "some element".
 */
import { type CallOperation, type Graph, isStore, leadsTo, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { extraReferenceCalls, pagesArgument, releases } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { zero } from '../syntax/truth.js';
import { forward } from './forward.js';
import { mentionsReleases } from './mentions.js';
import type { Within } from './paths/function/text.js';
import { elementGiven } from './paths/loops/unwind.js';
import { type IsNeutral, isChanged, neutralIn, type Written, writtenAs } from './written.js';

/** A drop, or a use, of what was dropped before on all paths, with nothing in between that gives the text another meaning. */
export interface Repeated {
  /** Offsets of the nodes that drop it first, on some path to here. */
  firsts: readonly number[];
  /** Offset of the second node. */
  pos: number;
  /** Name of the call that it makes, if any. */
  api: string;
}

/** What has been dropped once a node is done, as written. */
export interface WrittenDrop extends Written {
  /** Offset of the call that drops it. */
  by: number;
}

/** Every drop that follows a drop of the same text on all paths to it. */
export function repeatedDrops(graph: Graph, within: Within): readonly Repeated[] {
  return repeatedIn(within.program)(graph, within);
}

const repeatedIn = remembered((program: Program) =>
  program.ledger.remembered((graph: Graph, within: Within): readonly Repeated[] => {
    const direct = dropsIn(graph, within);
    if (direct.every((d) => d === null)) return [];
    const drops = direct.map((d, id) => d ?? droppedByHelper(graph.nodes[id] as Node, within));
    if (drops.filter((d) => d !== null).length < 2) return [];
    return behindDrops(graph, within, drops, (n) => [drops[n.id]?.text ?? '']);
  }),
);

/** By node id, what the node drops, as written; `null` if it drops nothing. */
export function dropsIn({ nodes }: Graph, within: Within): (WrittenDrop | null)[] {
  const isNeutral = neutralIn(within);
  return nodes.map(({ pos, operation: o }) => {
    const written = o?.kind === 'call' ? droppedBy(o, isNeutral) : null;
    return written && { ...written, by: pos };
  });
}

/**
 * The nodes that ask about something that was dropped before on all paths.
 * @param drops by node id, what has been dropped once the node is done
 * @param asks the texts that a node asks about
 */
export function behindDrops(
  graph: Graph,
  within: Within,
  drops: readonly (WrittenDrop | null)[],
  asks: (n: Node) => readonly string[],
): Repeated[] {
  const known = new Map(drops.flatMap((d) => (d ? [[d.text, d] as const] : [])));
  if (known.size === 0) return [];
  const isNeutral = neutralIn(within);
  const isRenewed = (n: Node, text: string): boolean => renews(n, known.get(text) as Written, isNeutral);
  const before = forward(graph, new Map() as Facts, (n, facts) => after(n, drops[n.id] ?? null, facts, isRenewed), meet);
  return graph.nodes.flatMap((n): Repeated[] => {
    const firsts = n.operation === null ? [] : asks(n).flatMap((text) => [...(before[n.id]?.get(text) ?? [])]);
    if (firsts.length === 0) return [];
    return [{ firsts, pos: n.pos, api: (n.operation?.kind === 'call' && n.operation.name) || '' }];
  });
}

type Facts = ReadonlyMap<string, ReadonlySet<number>>;

/** What has been dropped after a node and not been given another meaning since: offsets of the drops, by text. */
function after(n: Node, drop: WrittenDrop | null, before: Facts, isRenewed: (n: Node, text: string) => boolean): Facts {
  const facts = new Map(before);
  if (drop) facts.set(drop.text, new Set([drop.by]));
  else for (const text of [...facts.keys()]) if (isRenewed(n, text)) facts.delete(text);
  return facts;
}

/** The texts in both, with the offsets of both; `old` itself if nothing changes. */
function meet(old: Facts, other: Facts): Facts {
  const both = new Map<string, ReadonlySet<number>>();
  let changed = false;
  for (const [text, places] of old) {
    const more = other.get(text);
    if (more === undefined) changed = true;
    else if ([...more].every((p) => places.has(p))) both.set(text, places);
    else {
      changed = true;
      both.set(text, new Set([...places, ...more]));
    }
  }
  return changed ? both : old;
}

/** What a node drops, as written, by a call of a function that drops it in any case; `null` if it drops nothing so. */
function droppedByHelper({ pos, operation: o }: Node, within: Within): WrittenDrop | null {
  const { program, reference } = within;
  const [callee, ...more] = o?.kind === 'call' && o.name !== null ? program.resolve(o.name, reference.file) : [];
  if (o?.kind !== 'call' || !callee || more.length > 0 || (callee.macro && callee.cleanup === null)) return null;
  if (!mentionsReleases(program, callee)) return null;
  const [first, ...others] = program.graphs(callee).map(alwaysDropped);
  if (first == null || others.some((other) => other?.join() !== first.join())) return null;
  const given = first.flatMap((index) => o.expressions[index] ?? cleanedUp(o, index));
  const written = given.length === first.length ? writtenAs(given, neutralIn(within)) : null;
  return written && { ...written, by: pos };
}

/** The variable at the end of whose scope a function is called; none for a call that is written out. */
function cleanedUp({ expressions, args, pos, end }: CallOperation, index: number): Expression[] {
  const { path = null, address = false } = args[index] ?? {};
  return expressions.length > 0 || path === null || address ? [] : [{ kind: 'identifier', name: path, pos, end }];
}

/**
 * The parameters, by index, of which a function drops the pages on all its paths, or on all but those on which the first is NULL; `null` if
 * there are none.
 */
const alwaysDropped = remembered((graph: Graph): readonly number[] | null => {
  const { nodes, params, entry, exit } = graph;
  const isChanged = (name: string): boolean => nodes.some(({ operation: o }) => isStore(o) && o.target === name);
  for (const { operation: o } of nodes) {
    const given = o?.kind === 'call' ? givenToDrop(o) : [];
    const names = given.flatMap((e) => (e.kind === 'identifier' && !isChanged(e.name) ? [e.name] : []));
    const indexes = names.map((name) => params.findIndex((p) => p.name === name));
    if (indexes.length === 0 || indexes.length < given.length || indexes.includes(-1)) continue;
    const ends = ({ operation: at }: Node): boolean =>
      at === o || (at?.kind === 'assume' && at.left.path === names[0] && at.op === '==' && zero.test(at.right.text));
    if (!leadsTo(graph, nodes[entry] as Node, ({ id }) => id === exit, ends)) return indexes;
  }
  return null;
});

/** What a call drops, as written. */
function droppedBy(call: CallOperation, isNeutral: IsNeutral): Written | null {
  return writtenAs(givenToDrop(call), isNeutral);
}

/** The expressions that say what a releasing call drops; none for any other call. */
function givenToDrop(call: CallOperation): readonly Expression[] {
  const release = call.name === null ? undefined : releases.get(call.name);
  if (!release) return [];
  const at = pagesArgument(release);
  const one = elementGiven(call, at);
  if (one !== call.expressions[at]) return one === undefined ? [] : [one];
  // Of an array, the number of elements is a part of what is dropped: `put_all(pages, n)`.
  return call.expressions.slice(at, release.shape === 'bulk' ? at + 2 : at + 1);
}

/** True if, after a node, the text may stand for something else, or the thing may have an extra reference. */
function renews({ operation: o }: Node, dropped: Written, isNeutral: IsNeutral): boolean {
  const isTaken = o?.kind === 'call' && o.name !== null && extraReferenceCalls.has(o.name);
  return isTaken || isChanged(o, dropped, isNeutral);
}
