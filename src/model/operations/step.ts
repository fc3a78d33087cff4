/** What operations are made of: steps, each as atomic as the kernel's own. */
import type { State } from '../layout.js';
import type { Machine } from '../machine.js';

/** What steps read and write, as bits, so that the explorer can tell which of two steps cannot see each other. */
export const SHARED = {
  /** `_refcount`, pin counts, and who believes to hold what. */
  counts: 1 << 0,
  /** A frame's flags, mapcount and generation. */
  flags: 1 << 1,
  /** Contents in memory, on disk, and expected. */
  content: 1 << 2,
  /** The page lock. */
  lock: 1 << 3,
  /** Page and swap cache. */
  cache: 1 << 4,
  /** What is known of a whole address space. */
  space: 1 << 5,
  /** The page tables of a space: this bit, shifted by its number. */
  tables: 1 << 6,
  /** What a device was given, or what is in a pipe: this bit, shifted by the number of the actor whose it is. */
  device: 1 << 8,
} as const;

/** What a step must be taken to read and write if it may free a page: all who could still use it are looked at. */
export const MAY_FREE = { reads: SHARED.counts | SHARED.flags | SHARED.cache, writes: SHARED.counts | SHARED.flags };

export function tablesOf(space: number): number {
  return SHARED.tables << space;
}

/** All page tables. */
export const ALL_TABLES = tablesOf(0) | tablesOf(1);

/** The step could not be taken now. */
export const BLOCKED = -1;

/** Where a program goes on: after this operation, at its `else`, or at another step of the same operation. */
export type Target = 'next' | 'else' | number;

export interface Step {
  /** What happens, in the words of someone who watches. */
  readonly text: string;
  /** The kernel function that it stands for. */
  readonly stands: string;
  readonly reads: number;
  readonly writes: number;
  /** How many ways there are to take it, 1 if it is not said: which frame the allocator gives, say. */
  readonly choices?: number;
  /** Where it can go; if it is not said, to the operation's next step, or on after its last. */
  readonly to?: readonly Target[];
  /** Takes the step in place; gives an index of `to`, or {@link BLOCKED}, and has then changed nothing that matters. */
  readonly run: (s: State, choice: number) => number;
}

/** What an operation is told of the program it stands in. */
export interface Context {
  readonly machine: Machine;
  /** The actor's address space. */
  readonly space: number;
  /** Number of a slot by its name. */
  readonly slot: (name: string) => number;
  /** Number of a slot that only this instruction uses. */
  readonly scratch: (name: string) => number;
  /** Whether no later instruction of this actor names the slot; what is in it can then be forgotten. */
  readonly isLast: (name: string) => boolean;
  /** The slot in which a device finds its page, and the bit of {@link SHARED} for it. */
  readonly device: (name: string) => { slot: number; bit: number };
  /** The same of the device whose program this is. */
  readonly own: () => { slot: number; bit: number };
  /** The buffer of an actor's pipe, and its bit; the own actor's if no name is said. */
  readonly pipe: (name?: string) => { slot: number; bit: number };
}

/** A step that only its actor can see. */
export function privately(text: string, stands: string, run: (s: State) => void): Step {
  return {
    text,
    stands,
    reads: 0,
    writes: 0,
    run: (s) => {
      run(s);
      return 0;
    },
  };
}
