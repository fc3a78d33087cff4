/**
 * Summaries: what a function does with one fact at its entry, worked out once. Calls may be recursive, and still a summary
 * must not depend on which site was followed first, so that any site may be followed alone, or by any thread.
 *
 * A recursive call is answered with a guess. What was worked out under a guess holds only as long as the function guessed
 * at is being worked out (its head), as in Tarjan's search for strongly connected components: it is kept till then and
 * forgotten. The head's own summary is kept for good, but not used while a member of its component is the head.
 */
import type { FunctionReference } from '../program/file.js';
import type { Entry, Ledger } from '../program/ledger.js';
import type { FunctionFlow } from './flow.js';

const maxDepth = 24;

interface Provisional {
  flow: FunctionFlow;
  entry: Entry;
  /** The lowest place in the stack whose guess it rests on. */
  low: number;
}

interface Final {
  flow: FunctionFlow;
  entry: Entry;
  /** What was worked out under a guess at this one. */
  members: readonly string[];
}

/** Remembers what `evaluate` gives; `guess` answers for a function that is being worked out. */
export function summaries(
  ledger: Ledger,
  evaluate: (callee: FunctionReference, entry: string) => FunctionFlow,
  guess: (callee: FunctionReference, entry: string) => FunctionFlow,
): (callee: FunctionReference, entry: string) => FunctionFlow {
  const final = new Map<string, Final>();
  const provisional = new Map<string, Provisional>();
  /** What is being worked out, outermost first: its place, by key. */
  const stack = new Map<string, number>();
  /** For each place in the stack, the lowest place whose guess its evaluation has used so far. */
  const lows: number[] = [];

  const rest = (low: number): void => {
    const top = lows.length - 1;
    if (top >= 0) lows[top] = Math.min(lows[top] as number, low);
  };

  return (callee, fact) => {
    const key = `${callee.key}|${fact}`;
    const known = final.get(key);
    if (known && !known.members.some((member) => stack.has(member))) {
      ledger.use(known.entry);
      return known.flow;
    }
    const place = stack.get(key);
    if (place !== undefined) {
      rest(place);
      return guess(callee, fact);
    }
    const kept = provisional.get(key);
    if (kept) {
      rest(kept.low);
      ledger.use(kept.entry);
      return kept.flow;
    }
    const here = lows.length;
    if (here > maxDepth) {
      // Below the outermost: nothing between has seen all.
      rest(0);
      return guess(callee, fact);
    }
    stack.set(key, here);
    lows.push(here);
    const { value: flow, entry } = ledger.entry(() => evaluate(callee, fact));
    ledger.use(entry);
    const low = lows.pop() as number;
    stack.delete(key);
    if (low < here) {
      provisional.set(key, { flow, entry, low });
      rest(low);
      return flow;
    }
    const members: string[] = [];
    for (const [member, { low: its }] of provisional) {
      if (its < here) continue;
      members.push(member);
      provisional.delete(member);
    }
    final.set(key, { flow, entry, members });
    return flow;
  };
}
