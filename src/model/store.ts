/** The set of states that were seen: all words in one array, with a hash table beside it. */
import type { State } from './layout.js';

/** A set of states, numbered in the order in which they were added. */
export interface Store {
  /** Returns how many states are in it. */
  readonly size: () => number;
  /** Adds a state; returns its number, or `-1 - number` if it was there already. */
  readonly add: (s: State) => number;
  /** Copies a state out of it. */
  readonly read: (index: number, into: State) => void;
  /** Returns the size of its arrays in bytes. */
  readonly bytes: () => number;
}

const FIRST = 1 << 10;

/** Returns an empty store for states of this many words. */
export function createStore(words: number): Store {
  let capacity = FIRST;
  let arena = new Int32Array(capacity * words);
  let hashes = new Int32Array(capacity);
  let table = new Int32Array(FIRST * 2);
  let mask = table.length - 1;
  let count = 0;

  function hashOf(s: State): number {
    let hash = 0x9e3779b9 | 0;
    for (let i = 0; i < words; i++) {
      hash = Math.imul(hash ^ s[i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 13);
  }

  function grow(): void {
    capacity *= 2;
    const larger = new Int32Array(capacity * words);
    larger.set(arena);
    arena = larger;
    const more = new Int32Array(capacity);
    more.set(hashes);
    hashes = more;
    table = new Int32Array(capacity * 2);
    mask = table.length - 1;
    for (let i = 0; i < count; i++) {
      let at = hashes[i]! & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = i + 1;
    }
  }

  return {
    size: () => count,
    bytes: () => (arena.length + hashes.length + table.length) * 4,
    add: (s) => {
      const hash = hashOf(s);
      let at = hash & mask;
      for (let found = table[at]!; found !== 0; found = table[at]!) {
        const index = found - 1;
        if (hashes[index] === hash) {
          const base = index * words;
          let i = 0;
          while (i < words && arena[base + i] === s[i]) i++;
          if (i === words) return -1 - index;
        }
        at = (at + 1) & mask;
      }
      if (count === capacity) {
        grow();
        at = hash & mask;
        while (table[at] !== 0) at = (at + 1) & mask;
      }
      const base = count * words;
      for (let i = 0; i < words; i++) arena[base + i] = s[i]!;
      hashes[count] = hash;
      table[at] = count + 1;
      return count++;
    },
    read: (index, into) => {
      const base = index * words;
      for (let i = 0; i < words; i++) into[i] = arena[base + i]!;
    },
  };
}
