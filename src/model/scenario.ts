/** A scenario: pages, address spaces and a few actors, each with a small program. Plain data, the same in TypeScript and in a JSON file. */
import type { PageKind } from './machine.js';

/** What an iov_iter runs over (`enum iter_type`). */
export type IteratorKind = 'user' | 'kvec' | 'bvec' | 'pipe';

/** What carries page pointers. Only an array keeps what is known of its elements' type; see `docs/model.md`. */
export const containerKinds = ['array', 'sgl', 'skb', 'bvec', 'pipe'] as const;
export type ContainerKind = (typeof containerKinds)[number];

/** Every instruction may say that it is the mistake, and what it is for. */
interface Common {
  /** Executing it is the mistake that the scenario is about. */
  readonly mistake?: boolean;
}

/** Takes a reference on the page at an address: a plain one (`get`) or a pin. */
export interface Take extends Common {
  readonly op: 'get' | 'pin';
  readonly page: number;
  /** Where the page pointer goes, such as `pages[0]`. */
  readonly slot: string;
  /** FOLL_WRITE; true if it is not said. */
  readonly write?: boolean;
  /** FOLL_LONGTERM: out of memory that must stay movable first. */
  readonly longterm?: boolean;
  /** It may also come back short, with nothing for this page, whatever the state. */
  readonly mayFail?: boolean;
  /** Label to go to if nothing was taken; the end of the program if it is not said. */
  readonly else?: string;
}

/** Takes (`get-many`) or drops (`put-many`) many plain references in one step, as if nobody came in between. */
export interface Many extends Common {
  readonly op: 'get-many' | 'put-many';
  readonly slot: string;
  readonly count: number;
}

/** Drops what a slot holds by the call named, right or wrong. */
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

/** A page pointer goes from one place to another: into a scatterlist, out of an skb. */
export interface Move extends Common {
  readonly op: 'move';
  readonly from: string;
  readonly to: string;
}

/** Hands a page to a device; `dma-wait` waits until the device has done with it. */
export interface DmaStart extends Common {
  readonly op: 'dma-start';
  readonly slot: string;
  /** Name of the device: an actor with a `dma` instruction. */
  readonly device: string;
}
export interface DmaWait extends Common {
  readonly op: 'dma-wait';
  readonly device: string;
}

/** What a device does, once it was started: writes to the page by its physical address, or reads it. */
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

/** What was pushed into the actor's pipe can be read from now on. */
export interface PipeUnlock extends Common {
  readonly op: 'pipe-unlock';
}

/** Somebody reads the pipe of another actor, and the buffer's reference goes. */
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

/** Somebody else gets a page from the allocator (and writes to it). */
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
export interface Whole extends Common {
  /** `fork` copies space 0 to space 1; `exit` unmaps the actor's space; `reclaim` tries one page of the LRU. */
  readonly op: 'fork' | 'exit' | 'reclaim';
}

/** Nothing is done; with `mistake`, something that should have been done is not. */
export interface Omit extends Common {
  readonly op: 'omit';
  readonly what: string;
}

/** Goes to a label; to the end of the program if it is not said. */
export interface Goto extends Common {
  readonly op: 'goto';
  readonly else?: string;
}

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

export type Instruction = Operation | Label;

export interface Actor {
  readonly name: string;
  /** Its address space, 0 if it is not said. */
  readonly space?: number;
  /** What its slots are part of: `{"sgl": "sgl"}` makes `sgl[0]` an entry of a scatterlist. Others are arrays. */
  readonly containers?: Readonly<Record<string, ContainerKind>>;
  readonly program: readonly Instruction[];
}

export interface PageSpec {
  readonly kind: PageKind;
  /** Not in memory at the start (`false`); it is if nothing is said. */
  readonly present?: boolean;
  /** References on it beyond those of the page table and the cache, at the start. */
  readonly references?: number;
  /** In memory that must stay movable. */
  readonly cma?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly about?: string;
  readonly pages: readonly PageSpec[];
  /** Page frames in the machine; two more than pages if it is not said. */
  readonly frames?: number;
  /** Address spaces; 1 if it is not said. */
  readonly spaces?: number;
  readonly actors: readonly Actor[];
}

export function isLabel(instruction: Instruction): instruction is Label {
  return 'label' in instruction;
}
