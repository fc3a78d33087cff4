/**
 * What results were worked out from. Each remembered result knows which questions were put to the tree for it, itself or
 * through other remembered results; a later run that finds all answers unchanged can use the result without the work.
 */

import { remembered } from './remembered.js';

/** Stands between the words of a question, which so is a line of text. */
export const separator = '\0';

/** A table of remembered results. */
export interface Memo<V> {
  /** What is remembered under a key. */
  get(key: string): V | undefined;
  /** Does the work and remembers what it gives. Work that may ask for itself needs a `Recursion`. */
  work(key: string, work: () => V): V;
}

/** What was asked for one result, and for which other results it was used. */
export interface Entry {
  questions: Set<string>;
  uses: Set<Entry>;
}

export interface Ledger {
  memo<V>(): Memo<V>;
  /** As a memo, by an object instead of a key, as long as that lives; what else the work is given belongs to the object. */
  remembered<Of extends object, With extends readonly unknown[], V>(work: (of: Of, ...more: With) => V): (of: Of, ...more: With) => V;
  /** Notes a question that was put to the tree, by its words. */
  note(...words: readonly string[]): void;
  /** Does some work, and gives what it was worked out from. */
  entry<T>(work: () => T): { value: T; entry: Entry };
  /** Notes that a result is used here. */
  use(entry: Entry): void;
}

/** A ledger in which nothing is written: for a run that leaves nothing behind. */
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

/** A ledger that is written in. */
export function openLedger(): Ledger {
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

/** All questions behind a result. */
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
