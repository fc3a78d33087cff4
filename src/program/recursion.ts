/**
 * Remembers answers about functions that ask for each other. Calls may be recursive, yet an answer must not depend on which function was
 * asked for first, so that any site can be followed alone, or by any thread.
 *
 * A request for an answer that is still being worked out gets a guess. What was worked out under a guess is valid only while the guessed
 * answer, its head, is being worked out, as in Tarjan's search for strongly connected components: it is kept until then and forgotten. The
 * head's own answer is kept for good, but not used while a member of its component is being worked out.
 */
import type { Entry, Ledger } from './ledger.js';

/** An answer, and what it rests on. */
interface Kept<Answer> {
  answer: Answer;
  entry: Entry;
  /** How many levels of nested answers it took to work out. */
  height: number;
}

/** An answer that rests on a guess at something further out on the stack. */
interface Provisional<Answer> extends Kept<Answer> {
  /** Its own index on the stack. */
  place: number;
  /** The lowest index on the stack of a guess that it rests on. */
  low: number;
  /**
   * True if it rests on a guess that was made because the depth bound was reached: from another depth it would have come out differently.
   */
  cut: boolean;
}

/** An answer that rests on no guess, or only on one at itself. */
interface Final<Answer> extends Kept<Answer> {
  /** Keys of the answers that were worked out under a guess at this one. */
  members: readonly string[];
}

/** What the work at one index of the stack has used so far. */
type Used = Pick<Provisional<unknown>, 'low' | 'height' | 'cut'>;

/**
 * Returns the answer for a key: the remembered one, or what `work` returns. `guess` is the answer where the work asks for itself, or nests
 * too deep.
 */
export type Recursion<Answer> = (key: string, work: () => Answer, guess: () => Answer) => Answer;

/**
 * Opens a memory of such answers.
 * @param maxDepth how deep the work may nest
 */
export function openRecursion<Answer>(ledger: Ledger, maxDepth: number): Recursion<Answer> {
  const final = new Map<string, Final<Answer>>();
  const provisional = new Map<string, Provisional<Answer>>();
  /** What is being worked out: index on the stack by key, outermost first. */
  const stack = new Map<string, number>();
  const used: Used[] = [];

  /** Notes in the enclosing work what the answer it asked for rests on. */
  function rest({ low, height, cut }: Used): void {
    const top = used[used.length - 1];
    if (!top) return;
    top.low = Math.min(top.low, low);
    top.height = Math.max(top.height, height + 1);
    top.cut ||= cut;
  }

  /** What is remembered for a key, if it would come out the same at this depth. */
  function keptFor(key: string, here: number): (Kept<Answer> & Used) | null {
    const known = final.get(key);
    if (known && here + known.height <= maxDepth && !known.members.some((member) => stack.has(member)))
      return { ...known, low: here, cut: false };
    const kept = provisional.get(key);
    return kept && (kept.cut ? kept.place === here : here + kept.height <= maxDepth) ? kept : null;
  }

  return (key, work, guess) => {
    // The most frequent case: nothing is being worked out, and everything that is kept for good is valid.
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
      // With `low: 0`, all answers being worked out, but the outermost, become provisional: none of them has seen everything.
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
      // This answer is provisional too, and its index on the stack will be another answer's. So answers that rest on a guess at this one
      // are said to rest on the guess that this one rests on.
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

/** Answers of several kinds that ask for each other; each kind has its own keys. */
export type Recursions = <Answer>(key: string, work: () => Answer, guess: () => Answer) => Answer;

/** Opens one memory for answers of several kinds. */
export function openRecursions(ledger: Ledger, maxDepth: number): Recursions {
  const worked = openRecursion<unknown>(ledger, maxDepth);
  return <Answer>(key: string, work: () => Answer, guess: () => Answer) => worked(key, work, guess) as Answer;
}
