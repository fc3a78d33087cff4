/**
 * Where things are in a state: a fixed number of 32-bit words, so that a state is copied, compared and hashed as a block. Bit fields share
 * a word only where no kernel counter could overflow into its neighbour: `_refcount` and the pin count have words of their own and wrap as
 * the kernel's `atomic_t` does.
 */

/** One state of the machine. {@link Layout} says where things are in it. */
export type State = Int32Array;

/** How many of each thing a machine has. All are fixed before a search begins. */
export interface Sizes {
  /** Page frames, 1 to 7: the `struct page`s that exist. */
  readonly frames: number;
  /** Address spaces (`mm_struct`s), 1 or 2. */
  readonly spaces: number;
  /** Logical pages: pages of a file or of anonymous memory, 1 to 4. Page `n` is mapped at address `n` of each space. */
  readonly pages: number;
  /** How many handles each actor can hold at once, in the order of the actors. */
  readonly slots: readonly number[];
}

/** The positions of everything in a state. */
export interface Layout extends Sizes {
  /** Length of a state in words. */
  readonly words: number;
  /** First word of the program counters, one byte per actor. */
  readonly counters: number;
  /** First word of the frames, `FRAME_WORDS` words each. */
  readonly frame: number;
  /** First word of the page tables: a word per space, a byte per page. */
  readonly tables: number;
  /** First word of the logical pages, one word each: frame in the page or swap cache, content on disk, expected content. */
  readonly objects: number;
  /** First word of each actor's handles, two handles per word. */
  readonly handles: readonly number[];
  /** Number of handles of all actors together, with padding. */
  readonly handleCount: number;
  /** First word of the handles of all actors. */
  readonly firstHandle: number;
}

/** The most that a state has room for: three bits for a frame, a byte for a program counter. */
export const LIMITS = { frames: 7, spaces: 2, pages: 4, actors: 8, steps: 254 } as const;

/** The word with the bits that are not about one page, the first of a state. */
export const GLOBAL = 0;

/** Words of a frame: `_refcount`, the pin count of designs that keep one, and everything else in bit fields. */
export const FRAME_WORDS = 3;
export const REF = 0;
export const PINS = 1;
export const INFO = 2;

/** Bits of a frame's INFO word. */
export const ALLOCATED = 1 << 0;
export const DIRTY = 1 << 1;
export const WRITEBACK = 1 << 2;
export const LOCKED = 1 << 3;
export const LRU = 1 << 4;
export const ANON = 1 << 5;
/** The shared zero page. It is never allocated, and belongs to nobody. */
export const ZERO = 1 << 6;
/** In memory that must stay movable (CMA, ZONE_MOVABLE). */
export const CMA = 1 << 7;
/** `PageAnonExclusive()`: only one process can have this anonymous page. */
export const EXCLUSIVE = 1 << 8;
/** `PageDmaPinnedWasLru()` of the series of 2018: the last unpin puts the page back on the LRU. */
export const WAS_LRU = 1 << 26;
/** The bits that a frame keeps when it is freed. */
export const PERMANENT = ZERO | CMA;

/** A frame's generation. It grows when the frame is freed, which tells a handle on the old page from one on the new. */
export const GENERATION_SHIFT = 9;
export const GENERATION_MASK = 15;
export const MAPCOUNT_SHIFT = 13;
export const MAPCOUNT_MASK = 7;
export const CONTENT_SHIFT = 16;
/** Contents are small numbers: each write of a scenario has one of its own, 0 is none, 1 is the content at the start. */
export const CONTENT_MASK = 127;
/** The logical page that the frame was filled for (`page->mapping` and `index`), plus one; 0 for none. */
export const OWNER_SHIFT = 23;
export const OWNER_MASK = 7;

/** Bits of a page table entry, one byte; the frame is in the upper three. */
export const PRESENT = 1 << 0;
export const WRITABLE = 1 << 1;
export const PTE_DIRTY = 1 << 2;
/** Not present: the content is in swap, or still in the swap cache. */
export const SWAPPED = 1 << 3;
/** Not present: a migration entry. Whoever faults on it waits. */
export const MIGRATING = 1 << 4;
export const PTE_FRAME_SHIFT = 5;

/** Bits of a logical page's word. */
export const CACHE_MASK = 15;
/** The content on disk, or in swap. */
export const DISK_SHIFT = 4;
/** The content that will be looked for. */
export const EXPECTED_SHIFT = 11;
/** The file was truncated below this page. */
export const TRUNCATED = 1 << 18;

/** Bits of a handle, 16 of them: which frame of which generation an actor believes it has, and for what. */
export const HANDLE_VALID = 1 << 0;
/** The actor believes that it holds a reference through this handle. */
export const HANDLE_HELD = 1 << 1;
/** The reference is a pin. */
export const HANDLE_PIN = 1 << 2;
/** The frame that the handle is on. */
export const HANDLE_FRAME_SHIFT = 3;
/** The generation of the frame when the handle was made. */
export const HANDLE_GENERATION_SHIFT = 6;
/** The logical page that it was looked up for. */
export const HANDLE_PAGE_SHIFT = 10;
/** Looked up through space 0, for which the model keeps the expected contents. */
export const HANDLE_OWN = 1 << 12;
/** A pipe buffer that a reader can find: the pipe was unlocked after it was filled. */
export const HANDLE_PUBLISHED = 1 << 13;

/** Bits of the global word. The lower ones are what the model remembers of a run; no operation reads them. */
export const FREED_IN_USE = 1 << 0;
/** A page was written to during its writeback. */
export const CHANGED_UNDER_WRITEBACK = 1 << 1;
/** A `_refcount` went from above zero to below. */
export const OVERFLOWED = 1 << 2;
/** A page without any pin was taken for a pinned one. */
export const FALSE_PIN = 1 << 3;
/** The program has made its mistake. */
export const MISTAKEN = 1 << 4;
/** First bit of the warnings, one for each entry of the table in `notices.ts`. */
export const NOTICE_SHIFT = 8;
/** First bit of "this space has taken pins" (`MMF_HAS_PINNED`), then of "this space is gone": one bit per space. */
export const HAS_PINNED_SHIFT = 20;
export const GONE_SHIFT = 22;

/**
 * Returns the layout of a machine of these sizes.
 * @throws RangeError if it is larger than a state has room for
 */
export function layoutOf(sizes: Sizes): Layout {
  const actors = sizes.slots.length;
  const given = { frames: sizes.frames, spaces: sizes.spaces, pages: sizes.pages, actors };
  for (const [what, count] of Object.entries(given)) {
    const most = LIMITS[what as keyof typeof given];
    if (count < 1 || count > most) throw new RangeError(`${what} must be from 1 to ${most}, not ${count}`);
  }
  const counters = 1;
  const frame = counters + Math.ceil(actors / 4);
  const tables = frame + sizes.frames * FRAME_WORDS;
  const objects = tables + sizes.spaces;
  const firstHandle = objects + sizes.pages;
  const handles: number[] = [];
  let next = firstHandle;
  for (const slots of sizes.slots) {
    handles.push(next);
    next += Math.ceil(slots / 2);
  }
  return { ...sizes, words: next, counters, frame, tables, objects, handles, firstHandle, handleCount: (next - firstHandle) * 2 };
}
