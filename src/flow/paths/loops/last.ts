/** The last iteration of a counting loop: `i == n - 1` is true in it, and without it the loop does not run to its end. */
import type { Assume, Loop, Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import type { WalkContext } from '../context.js';
import type { Within } from '../function/text.js';
import { keptOf, withEntry } from '../memory/maps.js';
import { valueIn } from '../memory/memory.js';
import { altered, type State } from '../memory/state.js';

/** The state after a condition that may tell the last iteration from others; `null` if this path has found otherwise before. */
export function roundOf(local: WalkContext, n: Node, { left, op, right }: Assume, state: State): State | null {
  const isLast = { '==': true, '>=': true, '!=': false, '<': false }[op];
  if (isLast === undefined || left.path === null || !/- ?1$/.test(right.text)) return state;
  const loop = n.loops.find((l) => l.variables.includes(left.path as string) && endsAt(l, local, left.path as string, right.text));
  if (!loop) return state;
  const known = state.last.get(loop.id);
  if (known !== undefined) return known === isLast ? state : null;
  return altered(state, { last: withEntry(state.last, loop.id, isLast) });
}

/** The state behind `got >= wanted`, the end of a loop that takes pages until there are enough: there are exactly as many. */
export function reached(local: WalkContext, { left, op, right }: Assume, state: State): State {
  if (op !== '>=' || left.path === null || !countsTaking(local, left.path)) return state;
  const [count, wanted] = [valueIn(state, left), valueIn(state, right)];
  if (count === null || wanted === null || count.startsWith('=')) return state;
  return altered(state, { conditions: withEntry(state.conditions, `${count} == ${wanted}`, true) });
}

/** True for a variable that a loop which takes pages counts with. */
export function countsTaking({ taking }: WalkContext, path: string): boolean {
  return taking.some((l) => l.variables.includes(path));
}

/** True if a loop is left behind an iteration that was not the last one. */
export function isEarly({ last }: State, loop: Loop): boolean {
  return last.get(loop.id) === false;
}

/** The state where another iteration begins, or the loop is left: whether it is the last one is not known. */
export function inNewRound(state: State, loop: Loop): State {
  if (!state.last.has(loop.id)) return state;
  return altered(state, { last: keptOf(state.last, (id) => id !== loop.id) });
}

/** The text before a loop's body, without blanks; a `for` with nothing but a condition is written as a `while`. */
export const headOf: (loop: Loop, within: Within) => string = remembered((loop: Loop, { program, reference }: Within): string =>
  plain(program.between(reference.file, loop.pos, loop.bodyPos)).replace(/^for\(;([^;]+);\)/, 'while($1)'),
);

/** A text without blanks, with `.` for `->`. */
export function plain(text: string): string {
  return text.replace(/\s+/g, '').replaceAll('->', '.');
}

/** True if the variable runs up to the text without its `- 1`: by the loop's condition, or by an argument of an iterating macro. */
function endsAt(loop: Loop, local: WalkContext, variable: string, text: string): boolean {
  const head = headOf(loop, local);
  const bound = plain(text).slice(0, -2);
  return loop.name === 'for'
    ? [`;${variable}<${bound};`, `;${variable}!=${bound};`].some((test) => head.includes(test))
    : [`,${bound},`, `,${bound})`].some((argument) => head.includes(argument));
}
