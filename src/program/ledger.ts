/**
 * Records what results were worked out from. Each remembered result knows which questions were put to the tree for it, directly or through
 * other remembered results. A later run that finds all answers unchanged can reuse the result without doing the work again.
 */

import { remembered } from './remembered.js';

/** Separates the words of a question, which is kept as one string. */
export const separator = '\0';

/** A table of remembered results. */
export interface Memo<V> {
  /** Returns what is remembered under a key; `undefined` if nothing is. */
  get(key: string): V | undefined;
  /** Does the work, remembers its result and returns it. Work that may ask for its own result needs a `Recursion`. */
  work(key: string, work: () => V): V;
}

/** The questions asked for one result, and the other results that it used. */
export interface Entry {
  questions: Set<string>;
  /** Other results whose questions belong to this one, too. */
  uses: Set<Entry>;
}

/** Remembers results together with what they were worked out from. */
export interface Ledger {
  /** Makes a table of results. */
  memo<V>(): Memo<V>;
  /**
   * Remembers a function's result for each first argument, for as long as that object lives. The other arguments must always be the same
   * for that object.
   */
  remembered<Of extends object, With extends readonly unknown[], V>(work: (of: Of, ...more: With) => V): (of: Of, ...more: With) => V;
  /** Notes a question that was put to the tree, as its words. */
  note(...words: readonly string[]): void;
  /** Does some work, and returns its value together with what it was worked out from. */
  entry<T>(work: () => T): { value: T; entry: Entry };
  /** Notes that the work in progress uses a result. */
  use(entry: Entry): void;
}

/** A ledger that records nothing: for a run that keeps no results for a later one. */
export const unkept: Ledger = {
  memo<V>() {
    const values = new Map<string, V>();
    return {
      get: (key) => values.get(key),
      work(key: string, work: () => V): V {
        const value = work();
        values.set(key, value);
        return value;
      },
    };
  },
  remembered,
  note: () => {},
  entry: (work) => ({ value: work(), entry: nothing }),
  use: () => {},
};

function newEntry(): Entry {
  return { questions: new Set(), uses: new Set() };
}

const nothing = newEntry();

/** Opens a ledger that records. */
export function openLedger(): Ledger {
  /** The entry of the innermost work in progress. */
  let open: Entry | null = null;

  function within<T>(entry: Entry, work: () => T): T {
    const before = open;
    open = entry;
    try {
      return work();
    } finally {
      open = before;
    }
  }

  const self: Ledger = {
    memo<V>() {
      const known = new Map<string, { value: V; entry: Entry }>();
      return {
        get(key) {
          const found = known.get(key);
          if (found) open?.uses.add(found.entry);
          return found?.value;
        },
        work(key: string, work: () => V): V {
          const entry = newEntry();
          const value = within(entry, work);
          known.set(key, { value, entry });
          open?.uses.add(entry);
          return value;
        },
      };
    },
    remembered(work) {
      const worked = remembered((of: Parameters<typeof work>[0], ...more) => self.entry(() => work(of, ...(more as never))));
      return (of, ...more) => {
        const { value, entry } = worked(of, ...more);
        open?.uses.add(entry);
        return value;
      };
    },
    note(...words) {
      open?.questions.add(words.join(separator));
    },
    entry(work) {
      const entry = newEntry();
      return { value: within(entry, work), entry };
    },
    use(entry) {
      open?.uses.add(entry);
    },
  };
  return self;
}

/** Returns all questions that a result rests on, also through other results. */
export function questionsOf(entry: Entry): Set<string> {
  const found = new Set<string>();
  const seen = new Set<Entry>([entry]);
  const pending = [entry];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const question of next.questions) found.add(question);
    for (const use of next.uses) {
      if (seen.has(use)) continue;
      seen.add(use);
      pending.push(use);
    }
  }
  return found;
}
