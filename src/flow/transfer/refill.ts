/** Other acquiring calls that fill anew what holds the reference, and what conditions on their results say of it. */
import { type Assume, type CallOperation, callsAt, turnedOver } from '../../program/graph.js';
import { pathBelow, type Value } from '../../program/path.js';
import { type Facts, pending } from '../facts.js';
import { factsAt } from '../flow.js';
import { type Acquired, tookNothing } from '../outcome.js';
import { coversAll, isFromBeginning, type Refill, refillsOf } from '../refill.js';
import type { Run } from './run.js';

/**
 * Sets aside, as pending, what an array holds that the call fills anew: it is there only if the call takes nothing. Not in a function
 * that was given the reference on entry: its caller may mean one of several arrays.
 */
export function refill(r: Run, o: CallOperation, facts: Facts): void {
  const refills = r.seeds.every((s) => s.pos !== null) ? refillsOf(r.graph, o) : [];
  for (const filled of refills) {
    const path = pathBelow(filled.value, filled.behind);
    if (path === null || !facts.has(path) || !isSame(r, filled) || isStoredTo(r, path)) continue;
    facts.delete(path);
    facts.delete(`+${path}`);
    facts.add(pending(path, o.result));
    facts.add(resultIn(o.result, o.result));
    r.refills.set(o.result, filled.acquired);
  }
}

/** True if all seeds filled the array by the same argument, and asked for no more pages than this call does. */
function isSame({ graph, seeds }: Run, filled: Refill): boolean {
  return seeds.every((s) =>
    callsAt(graph, s.pos ?? -1).every((call) =>
      factsAt(s, call).every((fact) => {
        const at = Number(/^%arg(\d+)/.exec(fact)?.[1] ?? -1);
        const value = call.args[at];
        return (
          value?.path === filled.value.path &&
          value.address === filled.value.address &&
          isFromBeginning(graph, call.expressions[at], value) &&
          coversAll(graph, filled, s.acquired)
        );
      }),
    ),
  );
}

/** True if the function itself stores pages to an element: those behind the pages that the call fills stay there. */
function isStoredTo({ graph }: Run, path: string): boolean {
  return path.endsWith('[]') && graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === path);
}

/** The facts on the edge of a condition: where it says that another call has taken nothing, what was pending on that call is held again. */
export function unfilled(r: Run, o: Assume, input: Facts): Facts {
  let facts = input;
  for (const [result, acquired] of r.refills) {
    if (!hasTakenNothing(acquired, o, ({ path }) => path !== null && input.has(resultIn(path, result)))) continue;
    const prefix = pending('', result);
    for (const fact of input) {
      if (!fact.startsWith(prefix)) continue;
      if (facts === input) facts = new Set(input);
      facts.delete(fact);
      facts.add(fact.slice(prefix.length));
    }
  }
  return facts;
}

function hasTakenNothing(acquired: Acquired, o: Assume, isResult: (value: Value) => boolean): boolean {
  return (isResult(o.left) && tookNothing(acquired, o)) || (isResult(o.right) && tookNothing(acquired, turnedOver(o)));
}

/** Records that a variable is set to what may be such a call's result (`source`), or to something else (null). */
export function setResult(r: Run, facts: Facts, variable: string, source: string | null): void {
  for (const result of r.refills.keys()) {
    if (source !== null && facts.has(resultIn(source, result))) facts.add(resultIn(variable, result));
    else facts.delete(resultIn(variable, result));
  }
}

/** The fact that a variable has a call's result. */
function resultIn(variable: string, result: string): string {
  return `!${variable}=${result}`;
}
