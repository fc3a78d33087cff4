/** Functions that take pages in the iterations of a loop, until there are as many as they are asked for, and return how many they took. */
import { resultsOf } from '../../flow/paths/function/results.js';
import { elementOf } from '../../flow/paths/loops/unwind.js';
import { isStore, leadsTo, type Node } from '../../program/graph.js';
import type { Value } from '../../program/path.js';
import { isComplete, sumsIn, wantedIn } from './rounds.js';
import { ALL, ERROR, isLocalName, SHORT, symbolOf, wordless, ZERO } from './symbols.js';
import { type Taking, takingsAbove } from './taking.js';

/** The most copies between what is taken and what is returned. */
const maxCopies = 3;

/** The calls of such a function, if it may return fewer; none for any other function. */
export function takingsOfSum(taking: Taking): Taking[] {
  const { graph, start, call, array, indexes } = taking;
  if (indexes !== 'part' || start.loops.length === 0 || array.path === null) return [];
  const wanted = wantedIn(taking);
  const [[sum, ...sums], [total, ...totals]] = [[...sumsIn(taking)], [...wanted.totals]];
  if (sum === undefined || total === undefined || sums.length > 0 || totals.length > 0 || !isLocalName(sum)) return [];
  if (elementOf(graph, call, [call.args.indexOf(array)], start.loops) !== sum || !isSumOnly(taking, sum)) return [];
  const isGiven = (name: string): boolean =>
    graph.params.some((p) => p.name === name) && !graph.nodes.some(({ operation: o }) => isStore(o) && o.target === name);
  if (!isGiven(total) || !isGiven(array.path)) return [];
  const outcomes = returnedBy(taking, sum, (n) => n.operation?.kind === 'assume' && isComplete(n.operation, wanted));
  if ((outcomes & SHORT) === 0) return [];
  const whole: Taking = { ...taking, asked: { text: total, path: total }, indexes: 'all' };
  return takingsAbove(whole, outcomes, []).map((above) => ({ ...above, outcomes }));
}

/** True for a variable that begins with zero, and to which nothing but the call's result is added. */
function isSumOnly({ graph, call }: Taking, sum: string): boolean {
  const results = resultsOf(graph, call);
  return graph.nodes.every(({ operation: o }) => {
    if (o?.kind === 'call') return !o.args.some((a) => a.address && a.path === sum);
    if (!isStore(o) || o.target !== sum || o.kind === 'update') return true;
    return o.kind === 'clear' ? o.text === '' || o.text === '0' : !o.replaces && results.has(o.source.path ?? '');
  });
}

/**
 * The outcomes that the function's return values stand for; 0 if one of them is not understood.
 * @param isAll true for a condition which says that there are as many as were asked for
 */
function returnedBy({ graph, start, call }: Taking, sum: string, isAll: (n: Node) => boolean): number {
  const sourcesOf = (path: string): Value[] =>
    graph.nodes.flatMap(({ operation: o }) => {
      if (o?.kind === 'clear' && o.target === path && o.text !== '') return [{ path: null, address: false, text: o.text }];
      return o?.kind === 'copy' && o.target === path ? [o.source] : [];
    });
  const meant = (value: Value, level = 0): number => {
    if (value.path === sum) return SHORT | ZERO | ALL;
    if (value.path === call.result) return ERROR | ZERO;
    if (value.path !== null && level < maxCopies) {
      const sources = sourcesOf(value.path).map((source) => meant(source, level + 1));
      return sources.length === 0 || sources.includes(0) ? 0 : sources.reduce((bits, more) => bits | more, 0);
    }
    const number = symbolOf(value, new Map(), wordless);
    return number !== null && number.plus < 0 ? ERROR : 0;
  };
  let outcomes = 0;
  for (const n of graph.nodes) {
    const o = n.operation;
    const isHere = (m: Node): boolean => m === n;
    if (o?.kind !== 'return' || !leadsTo(graph, start, isHere)) continue;
    const bits = o.value === null ? 0 : meant(o.value);
    if (bits === 0) return 0;
    outcomes |= leadsTo(graph, start, isHere, isAll) ? bits : bits & ~(SHORT | ZERO);
  }
  return outcomes;
}
