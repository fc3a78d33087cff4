/** What a design is: how references that must be told apart are counted, who asks, and what is noticed. */
import type { Notice } from '../notices.js';
import type { Outcome } from '../outcomes.js';

/** The two counts of a page that a design may use. */
export interface Counts {
  /** `_refcount`, signed as in the kernel. */
  readonly ref: number;
  /** The pin count of its own; 0 in designs that have none. */
  readonly pins: number;
}

/** One atomic addition. A release that adds in two steps can be seen between them. */
export interface Count {
  readonly field: 'ref' | 'pins';
  readonly add: number;
}

/** A design as data. To add one, write a file like the others in this folder and a line in `index.ts`. */
export interface Design {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  /** The patch, kernel version or document that it is from. */
  readonly source: string;
  /** What drivers of this design call: to take a pin, and to drop it. */
  readonly calls: { readonly take: string; readonly drop: string };
  /** The atomics of taking one pin, after the frame was found. The first one is the try-grab, which can be refused. */
  readonly pin: readonly Count[];
  /** The atomics of dropping one. */
  readonly unpin: readonly Count[];
  /** `folio_maybe_dma_pinned()`: what the design can tell of a page; `null` if it cannot tell anything. */
  readonly looksPinned: ((counts: Counts) => boolean) | null;
  /** Who asks `looksPinned` before it touches a page. */
  readonly asks: { readonly fork: boolean; readonly reclaim: boolean; readonly writeback: boolean };
  /** A pinned page is taken off the LRU, and put back by the last unpin. */
  readonly offLru: boolean;
  /** The shared page of zeros is not counted when it is pinned (6.5 on, `is_zero_folio()` in `try_grab_folio()`). */
  readonly zeroUncounted: boolean;
  /** A reference is refused if the count is not positive (5.1 on). */
  readonly refuses: boolean;
  /** What `do_wp_page()` goes by when it reuses an anonymous page: its mapcount (4.20), or PageAnonExclusive (5.19 on). */
  readonly reuse: 'mapcount' | 'exclusive';
  /** Freed and new pages are checked by default (4.20), or only where `is_check_pages_enabled()` (6.3 on). */
  readonly checksPages: 'always' | 'debug';
  /** A page that is freed with pins is told (`free_tail_page_prepare()`), in a debugging kernel. */
  readonly countsAtFree: boolean;
  /** Only exclusive anonymous pages can be pinned (5.19 on), and a debugging kernel looks at the unpin whether it is one. */
  readonly pinsExclusive: boolean;
  /** The release takes a handle of its own type: a call with the wrong one does not compile, where the type is still known. */
  readonly typed: boolean;
  /** What `put_page()` says when it takes the count from `before` to `after`. */
  readonly noticesPut: (before: number, after: number, pins: number) => Notice | null;
  /** What a correct program is safe from in this design, and where its authors say so. The tests hold it to that. */
  readonly prevents: Readonly<Partial<Record<Outcome, string>>>;
}

/** `GUP_PIN_COUNTING_BIAS`: 1U << 10, include/linux/mm.h. */
export const BIAS = 1024;

/** Says nothing. */
export const silent = (): null => null;
