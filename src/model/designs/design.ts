/** What a design is: how references that must be told apart are counted, who asks for pins, and what is noticed. */
import type { Notice } from '../notices.js';
import type { Outcome } from '../outcomes.js';

/** The two counts of a page that a design may use. */
export interface Counts {
  /** `_refcount`, signed as in the kernel. */
  readonly ref: number;
  /** The separate pin count; 0 in designs that have none. */
  readonly pins: number;
}

/** One atomic addition. If a release has two, others can see the state between them. */
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
  /** What drivers call in this design to take a pin, and to drop it. */
  readonly calls: { readonly take: string; readonly drop: string };
  /** The atomic additions of taking one pin, after the frame was found. The first is the try-grab, which can be refused. */
  readonly pin: readonly Count[];
  /** The atomic additions of dropping one pin. */
  readonly unpin: readonly Count[];
  /** `folio_maybe_dma_pinned()`: whether a page looks pinned; `null` if the design cannot tell. */
  readonly looksPinned: ((counts: Counts) => boolean) | null;
  /** Who asks `looksPinned` before touching a page. */
  readonly asks: { readonly fork: boolean; readonly reclaim: boolean; readonly writeback: boolean };
  /** True if a pinned page is taken off the LRU, and put back by the last unpin. */
  readonly offLru: boolean;
  /** True if pins of the shared zero page are not counted (6.5 on, `is_zero_folio()` in `try_grab_folio()`). */
  readonly zeroUncounted: boolean;
  /** True if a reference is refused when the count is not positive (5.1 on). */
  readonly refuses: boolean;
  /** How `do_wp_page()` decides to reuse an anonymous page: by its mapcount (4.20), or by PageAnonExclusive (5.19 on). */
  readonly reuse: 'mapcount' | 'exclusive';
  /** Whether freed and new pages are always checked (4.20), or only if `is_check_pages_enabled()` (6.3 on). */
  readonly checksPages: 'always' | 'debug';
  /** True if a debugging kernel warns of a page that is freed with pins (`free_tail_page_prepare()`). */
  readonly countsAtFree: boolean;
  /** True if only exclusive anonymous pages can be pinned (5.19 on), which a debugging kernel checks at the unpin. */
  readonly pinsExclusive: boolean;
  /** True if a pin has a type of its own: the wrong release does not compile where the type is still known. */
  readonly typed: boolean;
  /** Returns the warning of `put_page()` when it takes the count from `before` to `after`; `null` if it gives none. */
  readonly noticesPut: (before: number, after: number, pins: number) => Notice | null;
  /** What a correct program is safe from in this design, and where its authors say so. The tests check it. */
  readonly prevents: Readonly<Partial<Record<Outcome, string>>>;
}

/** `GUP_PIN_COUNTING_BIAS`: 1U << 10, include/linux/mm.h. */
export const BIAS = 1024;

/** A `noticesPut` that never warns. */
export const silent = (): null => null;
