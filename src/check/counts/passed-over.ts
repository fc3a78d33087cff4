/**
 * Rounds of a loop that each are to take all that they ask for: `got = pin(addr[i], n[i], …, &pages[done]); done += got;`. Behind one
 * that took fewer the next begins where that has ended, and where nothing but that place and the drops of a failure is told how many
 * came together, the pages of all rounds behind it are taken for others.
 */
import { resultsOf } from '../../flow/paths/function/results.js';
import { elementOf } from '../../flow/paths/loops/unwind.js';
import { type Assume, type CallOperation, type Graph, isPrinted, type Node } from '../../program/graph.js';
import { errorCalls, releases } from '../../protocol/index.js';
import { printExpression } from '../../syntax/print.js';
import { controlsOf } from './bounds.js';
import { isTest, type Walking } from './path.js';
import { sumsIn } from './rounds.js';
import { isLocalName } from './symbols.js';

/** Where such a loop adds up what its rounds took; `null` for a call in no such loop. */
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
  // What the next round is to take is not what is left of this one.
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

/** True for a call that is given one of some numbers, and does not print it. */
function isGiven(o: CallOperation, numbers: readonly string[]): boolean {
  return o.expressions.some((e, i) => e.kind !== 'literal' && !isPrinted(o, i) && numbers.some((name) => names(printExpression(e), name)));
}

/** True for a test of anything but a number, and for one that holds it against a constant or one of some words. */
function isPlainTest({ left, right }: Assume, number: string, words: readonly string[]): boolean {
  const other = left.path === number ? right : right.path === number ? left : null;
  return other === null || other.path === null || words.includes(other.path) || words.includes(other.text);
}

/** True for the test of a loop in which pages are dropped, and none taken. */
function isEndOfDrops({ graph, drops, start }: Walking, { loops }: Node): boolean {
  const own = loops.filter(({ id }) => !start.loops.some((l) => l.id === id));
  return own.length > 0 && graph.nodes.some((n) => drops.has(n.pos) && n.loops.some((l) => own.some(({ id }) => id === l.id)));
}

/** True if a text names a number, or a variable that is set to what does. */
function leadsFrom({ assigned }: Graph, text: string, number: string): boolean {
  return names(text, number) || assigned.some((a) => isLocalName(a.target) && names(text, a.target) && names(a.text, number));
}

function names(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(text);
}
