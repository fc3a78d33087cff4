/** What operations are made of: steps, each as atomic as in the kernel. */
import type { State } from '../layout.js';
import type { Machine } from '../machine.js';

/** What steps read and write, as bits. From these the explorer sees which steps are independent of each other. */
export const SHARED = {
  /** `_refcount`, pin counts, and who believes that it holds what. */
  counts: 1 << 0,
  /** A frame's flags, mapcount and generation. */
  flags: 1 << 1,
  /** Contents in memory, on disk, and expected. */
  content: 1 << 2,
  /** The page lock. */
  lock: 1 << 3,
  /** Page cache and swap cache. */
  cache: 1 << 4,
  /** What is known of a whole address space. */
  space: 1 << 5,
  /** The page tables of a space: this bit, shifted by the number of the space. */
  tables: 1 << 6,
  /** What a device was given, or what is in a pipe: this bit, shifted by the number of the actor whose device or pipe it is. */
  device: 1 << 8,
} as const;

/** What a step must declare if it may free a page, because everyone who could still use the page is looked at. */
export const MAY_FREE = { reads: SHARED.counts | SHARED.flags | SHARED.cache, writes: SHARED.counts | SHARED.flags };

/** Returns the bit for the page tables of a space. */
export function tablesOf(space: number): number {
  return SHARED.tables << space;
}

/** All page tables. */
export const ALL_TABLES = tablesOf(0) | tablesOf(1);

/** Result of a step that cannot be taken now. */
export const BLOCKED = -1;

/** Where a program goes on: after this operation, at its `else`, or at another step of the same operation. */
export type Target = 'next' | 'else' | number;

/** One atomic step. */
export interface Step {
  /** What happens, in the words of an observer. */
  readonly text: string;
  /** The kernel function that it stands for. */
  readonly stands: string;
  /** What it reads and writes, as bits of {@link SHARED}. */
  readonly reads: number;
  readonly writes: number;
  /** How many ways there are to take it, 1 by default: for example, which frame the allocator gives. */
  readonly choices?: number;
  /** Where the program can go on; by default at the operation's next step, or after its last. */
  readonly to?: readonly Target[];
  /** Takes the step in place. Returns an index of `to`; or {@link BLOCKED}, after which the state is not to be kept. */
  readonly run: (s: State, choice: number) => number;
}

/** What an operation is told about the program that it is in. */
export interface Context {
  readonly machine: Machine;
  /** The actor's address space. */
  readonly space: number;
  /** Returns the number of a slot by its name. */
  readonly slot: (name: string) => number;
  /** Returns the number of a slot that only this instruction uses. */
  readonly scratch: (name: string) => number;
  /** True if no later instruction of this actor names the slot: then its content can be forgotten. */
  readonly isLast: (name: string) => boolean;
  /** Returns the slot in which a device finds its page, and the bit of {@link SHARED} for it. */
  readonly device: (name: string) => { slot: number; bit: number };
  /** The same for the device whose program this is. */
  readonly own: () => { slot: number; bit: number };
  /** Returns the buffer of an actor's pipe, and its bit; without a name, those of the actor itself. */
  readonly pipe: (name?: string) => { slot: number; bit: number };
}

/** Returns a step that only its actor can see. */
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
