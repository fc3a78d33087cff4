/**
 * Loops in which each iteration has to take all that it asks for, as nothing records where its pages end:
 * `got = pin(addr[i], n[i], …, &pages[done]); done += got;`. If one takes fewer, the next one's pages follow at once, and all pages behind
 * are mistaken for those of other iterations.
 */
import { resultsOf } from '../../flow/paths/function/results.js';
import { elementOf } from '../../flow/paths/loops/unwind.js';
import { type Assume, type CallOperation, type Graph, isPrinted, type Node } from '../../program/graph.js';
import { errorCalls, releases } from '../../protocol/index.js';
import { printExpression } from '../../syntax/print.js';
import { controlsOf } from './bounds.js';
import { names } from './conditions.js';
import { isTest, type Walking } from './path.js';
import { sumsIn } from './rounds.js';
import { isLocalName } from './symbols.js';

/** Position of the statement that adds up what the iterations of such a loop took; `null` for a call that is in no such loop. */
export function addedUp(w: Walking): number | null {
  const { graph, start, taking } = w;
  const { call, array, asked } = taking;
  const loop = start.loops.at(-1);
  if (!loop || w.one) return null;
  const [sum, ...others] = sumsIn(taking);
  if (sum === undefined || others.length > 0 || !isLocalName(sum)) return null;
  if (elementOf(graph, call, [call.args.indexOf(array)], start.loops) !== sum) return null;
  const results = resultsOf(graph, call);
  const isAddition = ({ operation: o }: Node): boolean => o?.kind === 'copy' && o.target === sum && !o.replaces;
  const at = graph.nodes.find(isAddition);
  // An iteration that goes on with what is left of the one before passes nothing over.
  const isContinued = call.expressions.some((e, i) => call.args[i] !== array && leadsFrom(graph, printExpression(e), sum));
  if (at === undefined || isContinued || controlsOf(graph, loop).some(({ condition: c }) => c.left.path === sum || c.right.path === sum))
    return null;
  const returned = new Set(graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'return' && o.value?.path ? [o.value.path] : [])));
  const isPlace = (target: string): boolean => target === array.path || target === sum;
  const isStored = graph.assigned.some(
    ({ target, text }) =>
      (names(text, sum) && !isPlace(target)) ||
      [...results].some((r) => names(text, r) && !isPlace(target) && !returned.has(target) && !results.has(target)),
  );
  const isToldIn = ({ operation: o, pos }: Node): boolean => {
    if (o?.kind === 'call')
      return (
        o !== call &&
        !releases.has(o.name ?? '') &&
        !w.drops.has(pos) &&
        !isTest(o.name) &&
        !errorCalls.test(o.name ?? '') &&
        isGiven(o, [sum, ...results])
      );
    if (o?.kind === 'return') return o.value?.path === sum;
    return (
      o?.kind === 'assume' && !(isPlainTest(o, sum, []) && [...results].every((r) => isPlainTest(o, r, [asked.text, asked.path ?? ''])))
    );
  };
  return isStored || graph.nodes.some((n) => isToldIn(n) && !isEndOfDrops(w, n)) ? null : at.pos;
}

/** True for a call that is given one of some numbers for more than printing it. */
function isGiven(o: CallOperation, numbers: readonly string[]): boolean {
  return o.expressions.some((e, i) => e.kind !== 'literal' && !isPrinted(o, i) && numbers.some((name) => names(printExpression(e), name)));
}

/** True for a condition that does not test `number`, or compares it with a constant or with one of `words`. */
function isPlainTest({ left, right }: Assume, number: string, words: readonly string[]): boolean {
  const other = left.path === number ? right : right.path === number ? left : null;
  return other === null || other.path === null || words.includes(other.path) || words.includes(other.text);
}

/** True for a node inside a loop that drops pages and is not around the acquiring call. */
function isEndOfDrops({ graph, drops, start }: Walking, { loops }: Node): boolean {
  const own = loops.filter(({ id }) => !start.loops.some((l) => l.id === id));
  return own.length > 0 && graph.nodes.some((n) => drops.has(n.pos) && n.loops.some((l) => own.some(({ id }) => id === l.id)));
}

/** True if a text names a number, or a local variable that is set to an expression with it. */
function leadsFrom({ assigned }: Graph, text: string, number: string): boolean {
  return names(text, number) || assigned.some((a) => isLocalName(a.target) && names(text, a.target) && names(a.text, number));
}
