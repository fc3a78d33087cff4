/** A scenario: pages, address spaces and a few actors, each with a small program. Plain data, the same in TypeScript and in a JSON file. */
import type { PageKind } from './machine.js';

/** What an iov_iter runs over (`enum iter_type`). */
export type IteratorKind = 'user' | 'kvec' | 'bvec' | 'pipe';

/** What can carry page pointers. Only an array keeps the type of its elements; see `docs/model.md`. */
export const containerKinds = ['array', 'sgl', 'skb', 'bvec', 'pipe'] as const;
/** What carries page pointers. */
export type ContainerKind = (typeof containerKinds)[number];

/** What every instruction may have. */
interface Common {
  /** True if executing it is the mistake that the scenario is about. */
  readonly mistake?: boolean;
}

/** Takes a reference on the page at an address: a plain one (`get`) or a pin. */
export interface Take extends Common {
  readonly op: 'get' | 'pin';
  readonly page: number;
  /** Where the page pointer is stored, such as `pages[0]`. */
  readonly slot: string;
  /** FOLL_WRITE; true by default. */
  readonly write?: boolean;
  /** FOLL_LONGTERM: the page is first moved out of memory that must stay movable. */
  readonly longterm?: boolean;
  /** True if it may also come back short, without this page, whatever the state is. */
  readonly mayFail?: boolean;
  /** Label to go to if nothing was taken; by default the end of the program. */
  readonly else?: string;
}

/** Takes (`get-many`) or drops (`put-many`) many plain references in one step, without anyone in between. */
export interface Many extends Common {
  readonly op: 'get-many' | 'put-many';
  readonly slot: string;
  readonly count: number;
}

/** Drops what a slot holds, by the call that `op` names, right or wrong. */
export interface Release extends Common {
  readonly op: 'put' | 'unpin';
  readonly slot: string;
}

/** `put_user_pages()`, `put_user_pages_dirty()`, `put_user_pages_dirty_lock()` and their `unpin_` successors. */
export interface ReleaseMany extends Common {
  readonly op: 'unpin-many';
  readonly slots: readonly string[];
  readonly dirty?: 'no' | 'dirty' | 'dirty-lock';
}

/** `set_page_dirty_lock()`, or `set_page_dirty()` with `lock: false`. */
export interface Dirty extends Common {
  readonly op: 'dirty';
  readonly slot: string;
  readonly lock?: boolean;
}

/** Moves a page pointer from one place to another: into a scatterlist, out of an skb. */
export interface Move extends Common {
  readonly op: 'move';
  readonly from: string;
  readonly to: string;
}

/** Gives a page to a device. */
export interface DmaStart extends Common {
  readonly op: 'dma-start';
  readonly slot: string;
  /** Name of the device: an actor with a `dma` instruction. */
  readonly device: string;
}
/** Waits until a device is done with the page that it was given. */
export interface DmaWait extends Common {
  readonly op: 'dma-wait';
  readonly device: string;
}

/** What a device does once it was started: it writes to the page by its physical address, or reads it. */
export interface Dma extends Common {
  readonly op: 'dma';
  readonly write?: boolean;
  /** What it writes: a number of its own, 2 to 127. */
  readonly content?: number;
}

/** The process writes to its memory; it may fault first. */
export interface Write extends Common {
  readonly op: 'write';
  readonly page: number;
  readonly content: number;
}

/** `iov_iter_get_pages()` or `iov_iter_extract_pages()`. */
export interface Iterate extends Common {
  readonly op: 'iov-get' | 'iov-extract';
  readonly iterator: IteratorKind;
  readonly page: number;
  readonly slot: string;
  readonly write?: boolean;
  readonly else?: string;
}

/** Lets readers read what was pushed into the actor's pipe. */
export interface PipeUnlock extends Common {
  readonly op: 'pipe-unlock';
}

/** Somebody reads the pipe of another actor, and the reference of the pipe buffer is dropped. */
export interface PipeRead extends Common {
  readonly op: 'pipe-read';
  /** Name of the actor that fills the pipe by an `iov-get` over a `pipe`. */
  readonly pipe: string;
}

/** Drops what `iov_iter_extract_pages()` took, if `iov_iter_extract_will_pin()`. */
export interface ReleaseExtracted extends Common {
  readonly op: 'release-extracted';
  readonly iterator: IteratorKind;
  readonly slot: string;
}

/** Somebody gets a page from the allocator and writes to it. */
export interface Allocate extends Common {
  readonly op: 'alloc';
  readonly slot: string;
  readonly content: number;
}

/** What the rest of the kernel does to a page: see `operations/`. */
export interface OnPage extends Common {
  readonly op: 'munmap' | 'truncate' | 'writeback' | 'migrate';
  readonly page: number;
}
/** What is done to a whole address space, or to some page. */
export interface Whole extends Common {
  /** `fork` copies space 0 to space 1; `exit` unmaps the actor's space; `reclaim` tries one page of the LRU. */
  readonly op: 'fork' | 'exit' | 'reclaim';
}

/** Does nothing; with `mistake`, something that should be done is not. */
export interface Omit extends Common {
  readonly op: 'omit';
  readonly what: string;
}

/** Goes to a label; by default to the end of the program. */
export interface Goto extends Common {
  readonly op: 'goto';
  readonly else?: string;
}

/** Everything that a program can do. */
export type Operation =
  | Goto
  | Take
  | Many
  | Release
  | ReleaseMany
  | Dirty
  | Move
  | DmaStart
  | DmaWait
  | Dma
  | Write
  | Iterate
  | ReleaseExtracted
  | PipeUnlock
  | PipeRead
  | Allocate
  | OnPage
  | Whole
  | Omit;

/** A place in a program. */
export interface Label {
  readonly label: string;
}

/** One entry of a program. */
export type Instruction = Operation | Label;

/** Someone who acts by a program of its own: a driver, a device, a process. */
export interface Actor {
  readonly name: string;
  /** Its address space, 0 by default. */
  readonly space?: number;
  /** What its slots are part of: `{"sgl": "sgl"}` makes `sgl[0]` an entry of a scatterlist. All others are arrays. */
  readonly containers?: Readonly<Record<string, ContainerKind>>;
  readonly program: readonly Instruction[];
}

/** A page as it is at the start. */
export interface PageSpec {
  readonly kind: PageKind;
  /** False if it is not in memory at the start; true by default. */
  readonly present?: boolean;
  /** How many references it has at the start besides those of the page table and the cache. */
  readonly references?: number;
  /** True if it is in memory that must stay movable. */
  readonly cma?: boolean;
}

/** Everything that the model needs to know of a situation, apart from the design. */
export interface Scenario {
  readonly name: string;
  readonly about?: string;
  readonly pages: readonly PageSpec[];
  /** How many page frames the machine has; by default two more than there are pages. */
  readonly frames?: number;
  /** How many address spaces there are; 1 by default. */
  readonly spaces?: number;
  readonly actors: readonly Actor[];
}

/** True for a label, false for an operation. */
export function isLabel(instruction: Instruction): instruction is Label {
  return 'label' in instruction;
}
