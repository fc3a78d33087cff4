/**
 * Answers about functions that ask for each other, worked out once. Calls may be recursive, and still an answer must not
 * depend on which one was asked for first, so that any site may be followed alone, or by any thread.
 *
 * What asks for itself is answered with a guess. What was worked out under a guess holds only as long as what was guessed
 * at is being worked out (its head), as in Tarjan's search for strongly connected components: it is kept till then and
 * forgotten. The head's own answer is kept for good, but not used while a member of its component is the head.
 */
import type { Entry, Ledger } from './ledger.js';

/** An answer, and what it rests on. */
interface Kept<Answer> {
  answer: Answer;
  entry: Entry;
  /** How many answers within each other it took. */
  height: number;
}

interface Provisional<Answer> extends Kept<Answer> {
  /** Its own place in the stack. */
  place: number;
  /** The lowest place in the stack whose guess it rests on. */
  low: number;
  /** It rests on a guess at what was too deep: less deep in the stack it would have been another one. */
  cut: boolean;
}

interface Final<Answer> extends Kept<Answer> {
  /** What was worked out under a guess at this one. */
  members: readonly string[];
}

/** What the work at a place in the stack has used so far. */
type Used = Pick<Provisional<unknown>, 'low' | 'height' | 'cut'>;

/** The answer under a key: remembered, or what `work` gives; `guess` answers where that asks for itself, or comes too deep. */
export type Recursion<Answer> = (key: string, work: () => Answer, guess: () => Answer) => Answer;

/**
 * Opens a memory of such answers.
 * @param maxDepth how many may be worked out within each other
 */
export function openRecursion<Answer>(ledger: Ledger, maxDepth: number): Recursion<Answer> {
  const final = new Map<string, Final<Answer>>();
  const provisional = new Map<string, Provisional<Answer>>();
  /** What is being worked out, outermost first: its place, by key. */
  const stack = new Map<string, number>();
  const used: Used[] = [];

  /** Notes what an answer rests on in the work that asked for it. */
  function rest({ low, height, cut }: Used): void {
    const top = used[used.length - 1];
    if (!top) return;
    top.low = Math.min(top.low, low);
    top.height = Math.max(top.height, height + 1);
    top.cut ||= cut;
  }

  /** What is remembered of a key and would come out the same here. */
  function keptFor(key: string, here: number): (Kept<Answer> & Used) | null {
    const known = final.get(key);
    if (known && here + known.height <= maxDepth && !known.members.some((member) => stack.has(member)))
      return { ...known, low: here, cut: false };
    const kept = provisional.get(key);
    return kept && (kept.cut ? kept.place === here : here + kept.height <= maxDepth) ? kept : null;
  }

  return (key, work, guess) => {
    // Most often nothing is being worked out, and all that is remembered for good holds.
    const settled = used.length === 0 ? final.get(key) : undefined;
    if (settled) {
      ledger.use(settled.entry);
      return settled.answer;
    }
    const place = stack.get(key);
    if (place !== undefined) {
      rest({ low: place, height: 0, cut: false });
      return guess();
    }
    const here = used.length;
    const kept = keptFor(key, here);
    if (kept) {
      rest(kept);
      ledger.use(kept.entry);
      return kept.answer;
    }
    if (here > maxDepth) {
      // Below the outermost: nothing between has seen all.
      rest({ low: 0, height: 0, cut: true });
      return guess();
    }
    stack.set(key, here);
    const own: Used = { low: here, height: 0, cut: false };
    used.push(own);
    let worked: { value: Answer; entry: Entry };
    try {
      worked = ledger.entry(work);
    } finally {
      used.pop();
      stack.delete(key);
    }
    const { value: answer, entry } = worked;
    ledger.use(entry);
    const { low, height, cut } = own;
    if (low < here) {
      // What rests on a guess at this one rests on what this one rests on: another will have its place.
      for (const its of provisional.values()) if (its.low >= here) its.low = low;
      provisional.set(key, { answer, entry, height, place: here, low, cut });
      rest(own);
      return answer;
    }
    const members: string[] = [];
    for (const [member, { low: its }] of provisional) {
      if (its < here) continue;
      members.push(member);
      provisional.delete(member);
    }
    final.set(key, { answer, entry, height, members });
    rest(own);
    return answer;
  };
}

/** Answers of several kinds that ask for each other, each kind under keys of its own. */
export type Recursions = <Answer>(key: string, work: () => Answer, guess: () => Answer) => Answer;

/** Opens one memory for answers of several kinds. */
export function openRecursions(ledger: Ledger, maxDepth: number): Recursions {
  const worked = openRecursion<unknown>(ledger, maxDepth);
  return <Answer>(key: string, work: () => Answer, guess: () => Answer) => worked(key, work, guess) as Answer;
}
