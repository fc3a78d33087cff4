/** What is known of an integer in a function: it is the acquiring call's result, the number asked for, or a constant, plus an offset. */
import { holds } from '../../flow/outcome.js';
import { readLater } from '../../flow/paths/function/live.js';
import { keptOf, withEntry } from '../../flow/paths/memory/maps.js';
import { changesOf } from '../../flow/stores.js';
import type { FunctionReference } from '../../program/file.js';
import type { Assume, CallOperation, Graph, Node } from '../../program/graph.js';
import { rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { unsignedComparison, wideSigned, wideUnsigned } from '../../protocol/index.js';
import { swapped } from '../../syntax/comparisons.js';

/** An integer, as a base and what is added to it. A `status` says only whether a function has failed. */
export interface Known {
  base: 'result' | 'asked' | 'number' | 'status';
  plus: number;
}

/** Outcomes of the acquiring call that are still possible, as bits of a set: an error, nothing, fewer than asked for, or all. */
export const ERROR = 1;
export const ZERO = 2;
export const SHORT = 4;
export const ALL = 8;

/** What is known of integers, by path. */
export type Names = ReadonlyMap<string, Known>;

/** Names that mean the same wherever they are written. */
export interface Words {
  /** Text of the number asked for; `''` if it has no name. */
  asked: string;
  /** The value of a constant's name; `null` if it is no such name, or not known. */
  constant(name: string): number | null;
}

/** No such names. */
export const wordless: Words = { asked: '', constant: () => null };

const number = /^-?\s*(?:0x[0-9a-f]+|\d+)[uUlL]*$/i;
const constantName = /^[A-Z][A-Z_0-9]*$/;

/** The value of a constant's text; -1 for any error code. `null` for what is no constant. */
function numberOf(text: string): number | null {
  const t = text.trim();
  if (/^-\s*E[A-Z0-9]+$/.test(t)) return -1;
  if (t === 'NULL' || t === 'false') return 0;
  if (t === 'true') return 1;
  return number.test(t) ? Number.parseInt(t.replace(/\s/g, ''), /0x/i.test(t) ? 16 : 10) : null;
}

/** What is known of a value as a number; `null` if nothing is. */
export function symbolOf(value: Value, names: Names, words: Words): Known | null {
  const known = knownOf(value, names, words);
  return known?.base === 'status' ? null : known;
}

function knownOf(value: Value, names: Names, { asked, constant }: Words): Known | null {
  if (value.address) return null;
  if (value.path === null && value.text !== '' && value.text === asked) return { base: 'asked', plus: 0 };
  if (value.path !== null && !constantName.test(value.path)) return moved(names.get(value.path), addedIn(value));
  if (value.path !== null && value.path === asked) return { base: 'asked', plus: 0 };
  const number = value.path === null ? numberOf(value.text) : constant(value.path);
  return number === null ? null : { base: 'number', plus: number };
}

/** `names` without the paths at and below `target`, to which something is assigned. */
function forget(names: Names, target: string): Names {
  return keptOf(names, (name) => suffixAfter(name, target) === null);
}

/** `names` without the variables that nothing reads from a node on. Members stay. */
export function readFrom(names: Names, graph: Graph, node: number): Names {
  const isRead = readLater(graph);
  return keptOf(names, (name) => rootOf(name) !== name || isRead(node, name));
}

/** `names` after a node that may change an integer. */
export function after(program: Program, reference: FunctionReference, node: Node, names: Names, words: Words): Names {
  const o = node.operation;
  switch (o?.kind) {
    case 'copy': {
      if (!o.replaces) return forget(names, o.target);
      const kept = forget(names, o.target);
      const source = knownOf(o.source, names, words);
      return source ? withEntry(kept, o.target, source) : kept;
    }
    case 'clear': {
      const kept = forget(names, o.target);
      const number = numberOf(o.text);
      return number === null ? kept : withEntry(kept, o.target, { base: 'number', plus: number });
    }
    case 'update': {
      const known = names.get(o.target);
      const kept = forget(names, o.target);
      const by = known ? stepAt(program, reference, node.pos) : null;
      // A constant that is stepped in a loop is forgotten, or the walk would not end.
      const ends = known?.base !== 'number' || node.loops.length === 0;
      const moved = known && by !== null && ends ? { ...known, plus: known.plus + by } : null;
      return moved && (moved.base === 'number' || Math.abs(moved.plus) < 3) ? withEntry(kept, o.target, moved) : kept;
    }
    case 'call':
      return o.args.reduce((n, a, i) => {
        if (a.path === null) return n;
        return a.address
          ? forget(n, a.path)
          : keptOf(n, (name) => !isChanged(program, reference, o, i, suffixAfter(name, a.path as string)));
      }, names);
    default:
      return names;
  }
}

/** True if a call changes the member at `suffix` of what it is given as an argument; never of the argument itself. */
function isChanged(
  program: Program,
  { file }: FunctionReference,
  { name }: CallOperation,
  argument: number,
  suffix: string | null,
): boolean {
  if (name === null || suffix === null || suffix === '') return false;
  return program.resolve(name, file).some((callee) => changesOf(program)(callee, argument, suffix));
}

/** A known integer plus a number; `null` if one of the two is not known. */
export function moved(known: Known | null | undefined, by: number | null): Known | null {
  return known == null || by === null ? null : { ...known, plus: known.plus + by };
}

/** What a value's text adds to what its path names: -1 for `n - 1`, 0 for `n` and for a call; `null` for any other sum. */
export function addedIn({ path, text }: Value): number | null {
  const plain = text.replaceAll('->', '.').replace(/^\(+(?:unsigned |signed )?\w+(?: \w+)?\)\s*(?=[\w(*])/, '');
  // The result of a call or of `?:` has a temporary of its own.
  if (path?.startsWith('%')) return sumOf(/\)\s*([-+])\s*(\d+)\)*$/.exec(plain)) ?? 0;
  const rest = /^[*&(]*(?:[\w.]|\[\w*\])+\)*([\s\S]*)$/.exec(plain)?.[1]?.trim();
  return text === '' || rest === '' ? 0 : sumOf(/^([-+])\s*(\d+)\)*$/.exec(rest ?? ''));
}

function sumOf(match: RegExpExecArray | null): number | null {
  return match && Number(match[2]) * (match[1] === '-' ? -1 : 1);
}

/** By how much `i++`, `--i`, `i -= 2` at a position change it; `null` if the text does not say. */
function stepAt(program: Program, { file }: FunctionReference, pos: number): number | null {
  const text = program.between(file, pos, pos + 80);
  const match = /^(?:\+\+|--)|^[\w.>[\]-]*?(\+\+|--)|^[\w.>[\]-]*?\s*([-+])=\s*(\d+)\s*[;,)]/.exec(text);
  if (!match) return null;
  if (match[3] !== undefined) return Number(match[3]) * (match[2] === '-' ? -1 : 1);
  return (match[1] ?? match[0]).includes('+') ? 1 : -1;
}

/**
 * The outcomes that a condition on the result leaves; `null` if it says nothing of the result that is understood.
 * @param unsigned true for a condition whose sides C compares as unsigned: an error code is then larger than any count
 */
export function leaves(outcomes: number, o: Assume, names: Names, words: Words, unsigned: (o: Assume) => boolean): number | null {
  let [left, right, op] = [symbolOf(o.left, names, words), symbolOf(o.right, names, words), o.op];
  if (right?.base === 'result' && left?.base !== 'result') [left, right, op] = [right, left, swapped[op] ?? op];
  if (left?.base !== 'result' || !right) return null;
  // Both sides are the result: whether that holds does not depend on the result.
  if (right.base === 'result') return left.plus !== right.plus ? null : holds(0, op, 0) ? outcomes : 0;
  if (left.plus !== 0 || (right.base === 'asked' && right.plus !== 0)) return null;
  const big = unsigned(o);
  const against = right.base === 'asked' ? 2 : right.plus <= 0 ? Math.max(right.plus, -1) : null;
  // `ret != -EAGAIN` rules out one error code, not all of them.
  if (against === -1 && op === '!=') return outcomes;
  // `ret < 1` is `ret <= 0`; comparisons with larger numbers say nothing.
  if (against === null) {
    if (right.plus !== 1 || !(op === '<' || op === '>=')) return null;
    return filter(outcomes, op === '<' ? '<=' : '>', 0, big);
  }
  return filter(outcomes, op, against, big);
}

/** Each outcome with a number that compares as it does: 2 stands for the number asked for. */
const order: readonly [bit: number, value: number][] = [
  [ERROR, -1],
  [ZERO, 0],
  [SHORT, 1],
  [ALL, 2],
];

/** The outcomes for which a comparison of the result holds. */
function filter(outcomes: number, op: string, against: number, unsigned: boolean): number {
  const relational = op !== '==' && op !== '!=';
  let kept = 0;
  for (const [bit, value] of order) {
    const here = unsigned && relational && value < 0 ? 3 : value;
    if (outcomes & bit && holds(here, op, against)) kept |= bit;
  }
  return kept;
}

/** True if C compares the two sides of a condition as unsigned (C11 6.3.1.8, on 64 bits). */
export function comparesUnsigned(program: Program, reference: FunctionReference, graph: Graph, o: Assume): boolean {
  const text = program.near(reference.file, posOf(graph, o), 24, 60);
  if (/\((?:int|long|s32|s64|ssize_t)\)/.test(text)) return false;
  const [left, right] = [o.left, o.right].map((v) => (v.path === null ? null : program.typeOf(v.path, graph, reference.file)));
  const bases = [left, right].map((t) => (t && t.pointers === 0 ? t.base : ''));
  if (!bases.some((b) => unsignedComparison.test(b))) return false;
  // A `long` holds every `unsigned int` on 64 bits.
  if (bases.some((b) => wideSigned.test(b)) && !bases.some((b) => wideUnsigned.test(b))) return false;
  return true;
}

function posOf(graph: Graph, o: Assume): number {
  return graph.nodes.find((n) => n.operation === o)?.pos ?? 0;
}

/** True if a path's declared type is an unsigned integer. */
export function isUnsigned(program: Program, reference: FunctionReference, graph: Graph, path: string): boolean {
  const type = program.typeOf(path, graph, reference.file);
  return type !== null && type.pointers === 0 && unsignedComparison.test(type.base);
}

/** True for a variable of the function: no member, no temporary (`%…`), no global (`::…`). */
export function isLocalName(path: string): boolean {
  return rootOf(path) === path && !path.startsWith('%') && !path.startsWith('::');
}
