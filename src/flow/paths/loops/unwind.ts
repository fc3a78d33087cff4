/** Loops that undo the earlier iterations of another loop, but not the one that failed; and which element of an array a call is given. */
import { type CallOperation, type Graph, isStore, type Loop, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { plainPath } from '../../../program/text.js';
import { iterators, releases, transfers } from '../../../protocol/index.js';
import type { Expression } from '../../../syntax/ast.js';
import { movesOf, placeOf } from '../../moves.js';
import type { WalkContext } from '../context.js';
import { belowParameter } from '../function/parameter.js';
import { type InGraph, textAt, type Within } from '../function/text.js';
import { isContained } from '../memory/memory.js';
import { outcome, type State } from '../memory/state.js';
import { headOf } from './last.js';

/** The variable that indexes the element which a call in a loop fills by one of some arguments; `null` if none is an element. */
export function elementOf(graph: Graph, call: CallOperation, positions: readonly number[], loops: readonly Loop[]): string | null {
  if (loops.length === 0) return null;
  for (const at of positions) {
    const e = call.expressions[at];
    const name = e ? (indexIn(e) ?? offsetIn(graph, e) ?? steppedIn(graph, e, loops)) : null;
    if (name !== null) return name;
  }
  return null;
}

/** The variable itself, if it is a pointer to the current element that the loop moves on. */
function steppedIn({ types, nodes }: Graph, e: Expression, loops: readonly Loop[]): string | null {
  if (e.kind !== 'identifier' || (types.get(e.name)?.pointers ?? 0) === 0) return null;
  const isStep = ({ operation: o, loops: around }: Node): boolean =>
    o?.kind === 'update' && o.target === e.name && around.some((l) => l.id === loops.at(-1)?.id);
  return nodes.some(isStep) ? e.name : null;
}

/** The variable `done` in `next = pages + done`, if the pointer is only ever set so. */
function offsetIn({ assigned }: Graph, e: Expression): string | null {
  if (e.kind !== 'identifier') return null;
  const offsets = assigned.flatMap(({ target, text }) => (target === e.name ? [/^[\w.]+ \+ ([A-Za-z_]\w*)$/.exec(text)?.[1] ?? null] : []));
  const [first] = offsets;
  return first != null && offsets.every((name) => name === first) ? first : null;
}

/** The innermost loop, if its own variable indexes the element that a call is given; `null` if not. */
export function loopOf(local: WalkContext, call: CallOperation, at: number, loops: readonly Loop[]): number | null {
  const loop = loops.at(-1);
  const e = elementGiven(call, at);
  if (!loop || !e) return null;
  const given = lookedUp(e);
  const index = ownIndex(given);
  const isOwn =
    index === null ? isIterated(local.graph, loop, given) || takenOutBy(local, loop, e) !== null : loop.variables.includes(index);
  return isOwn ? loop.id : null;
}

/**
 * What a call is given of an array: the element, also by its address as in `unpin_user_pages(&pages[i], 1)`, or by its index as in
 * `skb_frag_unref(skb, i)`; else its argument. A function with an address as its only argument is taken to know of one element, too.
 */
export function elementGiven({ name, expressions }: CallOperation, at: number): Expression | undefined {
  const e = expressions[at];
  const release = releases.get(name ?? '');
  const which = release?.one && expressions[release.one.at];
  if (e !== undefined && which !== undefined) return { ...e, kind: 'index', object: e, index: which };
  const many = release?.shape === 'bulk';
  const [count] = expressions.slice(at + 1);
  const isOne = many ? count?.kind === 'literal' && /^1[ul]*$/i.test(count.text) : expressions.length === 1;
  if (!isOne || e === undefined) return e;
  if (many && e.kind === 'binary' && e.op === '+') return { ...e, kind: 'index', object: e.left, index: e.right };
  return e.kind === 'unary' && e.op === '&' && (many || e.operand.kind === 'index') ? e.operand : e;
}

/** The element that a lookup is given, `list[i]` in `sg_page(&list[i])`; any other expression itself. */
export function lookedUp(e: Expression): Expression {
  const [given] = e.kind === 'call' && e.callee.kind === 'identifier' && transfers.has(e.callee.name) ? e.args : [];
  return given === undefined ? e : given.kind === 'unary' && given.op === '&' ? given.operand : given;
}

/** True for the cursor of an iterating macro, or a field of it, in the macro's loop. */
export function isIterated(graph: Graph, loop: Loop, e: Expression): boolean {
  if (e.kind === 'member') return isIterated(graph, loop, e.object);
  const moves = e.kind === 'identifier' ? (iterators.get(loop.name)?.moves ?? []) : [];
  const head = graph.nodes.find(({ operation: o }) => o?.kind === 'call' && o.iterates && o.pos === loop.pos)?.operation;
  if (e.kind !== 'identifier' || head?.kind !== 'call') return false;
  return moves.some(([from, to]) => !/@(?:slot|key)$/.test(from) && head.args[Number(/^\d+/.exec(to)?.[0])]?.path === e.name);
}

/** An element of an array, by a loop's variable. */
interface Element {
  /** The array as written. */
  array: string;
  /** Name of the variable. */
  index: string;
}

const takenOutIn = remembered((_loop: Loop) => new Map<string, Element | null>());

/** The element that each iteration puts into a variable or struct which a call is given: `buf.page = pages[i]`; `null` if none. */
export function takenOutBy(local: InGraph, loop: Loop, e: Expression): Element | null {
  const held = e.kind === 'unary' && e.op === '&' ? e.operand : e;
  if (held.kind !== 'identifier') return null;
  const answers = takenOutIn(loop);
  const known = answers.get(held.name);
  if (known !== undefined) return known;
  const puts = local.graph.nodes.filter(
    ({ operation: o, loops }) =>
      o?.kind === 'copy' && (held === e ? o.target : rootOf(o.target)) === held.name && loops.some((l) => l.id === loop.id),
  );
  const elements = puts.flatMap((n): Element[] => {
    const [, array, index] = elementPut.exec(textAt(local, n)) ?? [];
    return array === undefined || index === undefined ? [] : [{ array, index }];
  });
  const [element] = elements;
  const isOne = element !== undefined && elements.length === 1 && loop.variables.includes(element.index);
  const found = isOne && (held !== e || puts.length === 1) ? element : null;
  answers.set(held.name, found);
  return found;
}

/** Matches `buf.page = pages[i];`, and with a lookup `page = sg_page(&list[i]);`. */
const elementPut = /^[\w\s.*>-]*=\s*(?:\w+\(\s*&?)?([\w.>-]+)\[(\w+)\](?:\.\w+)*\s*\)?\s*;/;

/** The variable that indexes an element of an array, or a field of one; `null` for any other expression. */
export function ownIndex(e: Expression | undefined): string | null {
  if (e?.kind === 'member') return ownIndex(e.object);
  if (e?.kind !== 'index') return null;
  // `pages[i++]`: the index is stepped on only after the call.
  const index = e.index.kind === 'update' && !e.index.prefix ? e.index.operand : e.index;
  return index.kind === 'identifier' ? index.name : null;
}

/** As {@link ownIndex}, and also for the address of an element: `&pages[i]`. */
export function indexOf(e: Expression | undefined): string | null {
  return ownIndex(e?.kind === 'unary' && e.op === '&' ? e.operand : e);
}

/** An index and the names that it was set to: after `i = region->nr`, both count the same. */
export function namesOf(graph: Graph, index: string): string[] {
  return [index, ...graph.assigned.flatMap((a) => (a.target === index && /^[A-Za-z_][\w.]*$/.test(a.text) ? [a.text] : []))];
}

function indexIn(e: Expression): string | null {
  switch (e.kind) {
    case 'index':
      return plainPath(e.index) ?? indexIn(e.object);
    case 'unary':
    case 'cast':
      return indexIn(e.operand);
    case 'member':
      return indexIn(e.object);
    case 'binary':
      return e.op === '+' && e.right.kind === 'identifier' && e.left.kind !== 'binary' && e.left.kind !== 'literal' ? e.right.name : null;
    default:
      return null;
  }
}

/**
 * Names of the index of the element that is followed. At the element at which a loop was left, the index is not what it was set to
 * elsewhere.
 */
function namesIn(graph: Graph, { index, stopped }: State): string[] {
  if (index === null) return [];
  return index === stopped ? [index] : namesOf(graph, index);
}

const belowIn = remembered((_loop: Loop) => new Map<string, boolean>());

/** True if a loop visits only the elements below the one that an index of this name has reached when the loop begins. */
export function isBelow(loop: Loop, name: string, { program, reference }: Within): boolean {
  const answers = belowIn(loop);
  let found = answers.get(name);
  if (found === undefined) {
    // A decrement before the loop, as in `for (i--; i >= 0; i--)`, is in its head.
    const plain = program.between(reference.file, loop.pos, loop.end).replace(/\s+/g, ' ').replaceAll('->', '.');
    found = below(plain, name.replaceAll('.', '\\.'));
    answers.set(name, found);
  }
  return found;
}

/** True if a loop visits only the elements below the one that is followed. */
export function isBelowFollowed(loop: Loop, local: InGraph, state: State): boolean {
  return namesIn(local.graph, state).some((name) => isBelow(loop, name, local));
}

/** The index of the element behind which a loop begins, as in `while (++i < n)` and `for (j = i + 1; j < n; j++)`; `null` for any other. */
export function behindIndex(loop: Loop, within: Within): string | null {
  const [, first, second, third] =
    /^(?:while\(\+\+(\w+)(?:<|!=)|for\((?:\+\+)?(\w+)(?:\+\+|\+=1)?;\2(?:<|!=)|for\((?:int|unsignedint)?(?:\w+)=(\w+)\+1;\w+(?:<|!=))/.exec(
      headOf(loop, within),
    ) ?? [];
  return first ?? second ?? third ?? null;
}

function below(text: string, i: string): boolean {
  const patterns = [
    `^while ?\\( ?${i}-- ?(> ?0 ?)?\\)`,
    `^while ?\\( ?--${i} ?>= ?0 ?\\)`,
    `^while ?\\( ?${i} ?(> ?0 ?)?\\) ?\\{? ?(--${i}|${i}--) ?;`,
    `^while ?\\( ?${i} ?(> ?0 ?)?\\) ?.*\\[ ?--${i} ?\\]`,
    `^while ?\\( ?${i}-- ?> ?0 ?\\)`,
    `^for ?\\( ?(--${i}|${i}--|${i} ?-= ?1|${i} ?= ?${i} ?- ?1) ?; ?${i} ?>= ?0 ?;`,
    `^for ?\\( ?; ?(--${i} ?>= ?0|${i}--) ?;`,
    `^while ?\\( ?\\w+ ?(<|!=) ?${i} ?\\)`,
    `^for ?\\( ?(int |unsigned int )?(\\w+) ?= ?0 ?; ?\\2 ?< ?${i} ?;`,
    `^for ?\\( ?(int |unsigned int )?(\\w+) ?= ?${i} ?- ?1 ?; ?\\2 ?>= ?0 ?;`,
  ];
  return patterns.some((p) => new RegExp(p).test(text));
}

/**
 * True if a loop visits only the elements from where an earlier loop was left: `while (i < n) put_page(pages[i++])` after a loop
 * by the same variable.
 */
export const isRest = remembered((loop: Loop, local: WalkContext): boolean => {
  const name = restIndex(loop, local) ?? behindIndex(loop, local);
  return name !== null && local.graph.nodes.some((n) => n.loops.some((l) => l.end <= loop.pos && l.variables.includes(name)));
});

/** The variable of a loop that goes on from the variable's value, without setting it; `null` for any other loop. */
export function restIndex({ pos, end }: Loop, { program, reference }: Within): string | null {
  const text = program.between(reference.file, pos, end).replace(/\s+/g, ' ');
  const name = /^(?:while ?\(|for ?\( ?;) ?(\w+) ?(?:<|!=) ?[^;{]*/.exec(text)?.[1];
  return name !== undefined && new RegExp(`(\\+\\+ ?${name}\\b|\\b${name} ?\\+\\+)`).test(text) ? name : null;
}

/**
 * True for a loop that drops elements which need no entry of their own in a container: in the same iteration of a loop around it, an
 * element of the array by another index is put into the container, and these are merged with it.
 */
export const isMerging = remembered((loop: Loop, { program, reference, graph, shape }: WalkContext): boolean => {
  const isInside = (n: Node): boolean => n.loops.some((l) => l.id === loop.id);
  const around = new Set(graph.nodes.find(isInside)?.loops.flatMap((l) => (l.id === loop.id ? [] : [l.id])));
  if (around.size === 0) return false;
  const dropped = graph.nodes.flatMap(({ id, loops, operation: o }) => {
    if (o?.kind !== 'call' || loops.at(-1)?.id !== loop.id || !shape.drops(id)) return [];
    const index = ownIndex(o.expressions[0]);
    return index !== null && loop.variables.includes(index) ? [o.args[0]?.path ?? ''] : [];
  });
  const puts = ({ operation: o }: Node): boolean =>
    o?.kind === 'call' &&
    movesOf(program, reference.file, o, o.name ?? '')?.some(
      ([from, to]) =>
        to.includes('@') &&
        dropped.includes(placeOf(o, from)?.path ?? '?') &&
        !loop.variables.some((v) => ownIndex(o.expressions[Number(from)]) === v),
    ) === true;
  return dropped.length > 0 && graph.nodes.some((n) => !isInside(n) && n.loops.some((l) => around.has(l.id)) && puts(n));
});

/** True for a loop in which nothing drops but merging loops ({@link isMerging}). */
export function mergesOnly(local: WalkContext, loop: Loop): boolean {
  return local.graph.nodes.every(
    (n) => !local.shape.drops(n.id) || !n.loops.some((l) => l.id === loop.id) || n.loops.some((l) => isMerging(l, local)),
  );
}

/** True if the followed element went from an array into a container, and the function drops the rest of the array later. */
export function isMovedOn(local: WalkContext, state: State): boolean {
  return isContained(state) && local.graph.nodes.some((n) => n.loops.some((l) => isRest(l, local)));
}

/** True for a count of the elements before those that this iteration has filled: `unpin(pages, n)` after `pin(…, pages + n)`. */
export function isOfEarlier(graph: Graph, state: State, count: string | null): boolean {
  if (state.phase !== 'held' || count === null || (state.outcomes & outcome.earlier) !== 0) return false;
  return namesIn(graph, state).some((name) => ofObject(graph, name) === ofObject(graph, count));
}

/** A path below a variable as one below the parameter, if the variable is only another name for that. */
function ofObject(graph: Graph, path: string): string {
  const holder = rootOf(path) === path ? null : belowParameter(graph, path);
  return holder === null ? path : `${graph.params[holder.of]?.name}${holder.suffix}`;
}

/**
 * True for a drop of the elements before those that the site's call filled: `unpin(pages, n)` after `pin(…, pages + n)`, with the same
 * `n`.
 */
export function isBefore(graph: Graph, pos: number, drop: CallOperation, at: number): boolean {
  const filling = graph.nodes.find((n) => n.pos === pos && n.operation?.kind === 'call' && n.operation.pos === pos);
  if (filling?.operation?.kind !== 'call' || filling.loops.length > 0 || drop.args[at + 1]?.path == null) return false;
  const count = drop.args[at + 1]?.path;
  if (!drop.expressions[at] || indexIn(drop.expressions[at]) !== null) return false;
  const isChanged = graph.nodes.some(({ operation: o, pos: later }) => later > pos && isStore(o) && o.target === count);
  return !isChanged && filling.operation.expressions.some((e) => indexIn(e) === count);
}
