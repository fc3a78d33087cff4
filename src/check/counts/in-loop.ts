/** Loops over the pages: how many iterations they have, compared with the number of pages there. */
import { type Loop, leadsTo, type Node } from '../../program/graph.js';
import { acquires } from '../../protocol/index.js';
import { leavesOne, type Noted, thereOf, unnoted } from './at-call.js';
import { controlsOf } from './bounds.js';
import type { CountFault } from './fault.js';
import { faultAt, isArray, type State, type Walking } from './path.js';
import { ALL, ERROR, isLocalName, type Known, SHORT, symbolOf, ZERO } from './symbols.js';

/** The faults of a loop over the pages, seen at the condition that starts an iteration. */
export function inLoop(w: Walking, state: State, n: Node): Noted {
  const o = n.operation;
  const loop = n.loops.at(-1);
  if (o?.kind !== 'assume' || !loop || w.one || w.start.loops.some((l) => l.id === loop.id)) return unnoted;
  if (!o.truth || !controlsOf(w.graph, loop).some((c) => c.node.id === n.id)) return unnoted;
  const index = o.left.path;
  if (index === null || !isLocalName(index)) return unnoted;
  const body = w.graph.nodes.filter((m) => m.loops.some((l) => l.id === loop.id) && m.operation !== null);
  const using = body.find((m) => touches(w, m) && !isByAnother(w, m, index));
  if (!using) return unnoted;
  // A test of each page skips the slots that were not filled, also if a helper makes it.
  if (body.some((m) => w.tested.has(m.pos) || (m.operation?.kind === 'assume' && isArray(w, m.operation.left.path)))) return unnoted;
  // A drop on a way out of the loop is not made in each iteration.
  const dropping = body.find((m) => w.drops.has(m.pos) && leadsTo(w.graph, m, ({ id }) => id === n.id));
  const bound = symbolOf(o.right, state.names, w.words);
  const from = state.names.get(index);
  if (bound && bound.base !== 'number') {
    const isUp = from?.base === 'number' && (o.op === '<' || o.op === '<=' || o.op === '!=');
    return { faults: isUp ? upwards(w, state, o.op, from, bound, using, dropping) : [], counted: bound.base === 'result' };
  }
  if (bound?.base !== 'number' || bound.plus !== 0 || !from || from.base === 'number' || !dropping) return unnoted;
  const counted = from.base === 'result';
  if (isLaterRound(w, state, loop, index)) return { faults: [], counted };
  const moved = body.find((m) => m.operation?.kind === 'update' && m.operation.target === index && m.pos >= loop.bodyPos);
  const isMovedFirst = moved !== undefined && isStatement(w, moved.pos, dropping.pos);
  return { faults: downwards(w, state, o.op, from, dropping, isMovedFirst), counted };
}

/** True for a statement that uses what is in the array; a call that fills it anew does not. */
function touches(w: Walking, { operation: o }: Node): boolean {
  if (o?.kind === 'call') return !acquires.has(o.name ?? '') && o.args.some((a) => isArray(w, a.path));
  return o?.kind === 'copy' && isArray(w, o.source.path) && o.source.path?.endsWith('[]') === true;
}

/** True for a statement that indexes the array by other variables than the loop's index. */
function isByAnother({ program, taking, arrays }: Walking, { pos }: Node, index: string): boolean {
  const [statement = ''] = program.between(taking.reference.file, pos, pos + maxStatement).split(';');
  const names = arrays.map((path) => /\w+$/.exec(path)?.[0] ?? path);
  const indexes = [...statement.matchAll(/\b(\w+)\s*\[\s*([A-Za-z_]\w*)\s*\]/g)].flatMap(([, name = '', by]) =>
    names.includes(name) ? [by] : [],
  );
  return indexes.length > 0 && !indexes.includes(index);
}

/** The longest statement that is read, in bytes. */
const maxStatement = 200;

/** The faults of a loop that counts from a constant up to the number of pages. */
function upwards(w: Walking, state: State, op: string, from: Known, bound: Known, using: Node, dropping: Node | undefined): CountFault[] {
  const kind = dropping ? 'drop' : 'use';
  const { pos } = dropping ?? using;
  const behind = bound.plus + (op === '<=' ? 1 : 0);
  if (from.plus === 0 && behind > 0) return faultAt(w, state, pos, kind, 'past', SHORT | ALL);
  const isWhole = from.plus >= 0 && bound.base === 'asked' && behind === 0;
  const isPart = (from.plus > 0 || behind < 0) && dropping !== undefined && !leavesOne(w, dropping);
  return [
    ...(isWhole ? faultAt(w, state, pos, kind, 'unfilled', ERROR | ZERO | SHORT) : []),
    ...(isPart ? faultAt(w, state, pos, 'drop', 'few', behind < 0 ? thereOf(bound) : SHORT | ALL) : []),
  ];
}

/**
 * The faults of a loop that counts down to zero: `i >= 0` has to begin at the last page, `i > 0` at the one behind it.
 * @param isMovedFirst the loop steps its index before it drops
 */
function downwards(w: Walking, state: State, op: string, from: Known, { pos }: Node, isMovedFirst: boolean): CountFault[] {
  if (op === '>=' && from.plus === 0 && !isMovedFirst) return faultAt(w, state, pos, 'drop', 'past', SHORT | ALL);
  return op === '>' && from.plus === -1 ? faultAt(w, state, pos, 'drop', 'few', SHORT | ALL) : [];
}

/** True in any iteration but the first. What is known of the index's first value says nothing of later ones. */
function isLaterRound({ graph }: Walking, state: State, loop: Loop, index: string): boolean {
  let [isMoved, isRound] = [false, false];
  for (let s = state.parent; s && !(isMoved && isRound); s = s.parent) {
    const { operation: o, loops, pos } = graph.nodes[s.node] as Node;
    if (!loops.some((l) => l.id === loop.id)) return false;
    isMoved ||= o?.kind === 'update' && o.target === index;
    isRound ||= o !== null && pos >= loop.bodyPos;
  }
  return isMoved && isRound;
}

/** True for an `i--;` that is a statement of its own before the drop. */
function isStatement({ program, taking }: Walking, pos: number, drop: number): boolean {
  return pos < drop && /[;{}]\s*$/.test(program.near(taking.reference.file, pos, 60, 0));
}
