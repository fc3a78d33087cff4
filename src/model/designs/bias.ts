import { BIAS, type Design, silent } from './design.js';

/** Linux 5.6 and later, for small pages. */
export const bias: Design = {
  name: 'bias',
  about: 'a pin adds 1024 to _refcount, so that 1024 and more looks pinned',
  source: 'GUP_PIN_COUNTING_BIAS, Linux 5.6 on, small pages; checked against 6.12',
  calls: { take: 'pin_user_pages_fast()', drop: 'unpin_user_page()' },
  pin: [{ field: 'ref', add: BIAS }],
  unpin: [{ field: 'ref', add: -BIAS }],
  // Unsigned, as in folio_maybe_dma_pinned(): a count that has overflowed still looks pinned, and so does one below zero.
  looksPinned: ({ ref }) => ref >>> 0 >= BIAS,
  asks: { fork: true, reclaim: true, writeback: false },
  offLru: false,
  zeroUncounted: true,
  refuses: true,
  reuse: 'exclusive',
  checksPages: 'debug',
  countsAtFree: false,
  pinsExclusive: true,
  typed: false,
  noticesPut: silent,
  prevents: {
    unevictable: 'unpin_user_page() in mm/gup.c: gup_put_folio() takes away what try_grab_folio() added',
    'freed-in-use': 'try_grab_folio() in mm/gup.c: _refcount is raised "at least once, so that the page really is pinned"',
    'lost-write': 'folio_needs_cow_for_dma() in include/linux/mm.h: a page that may be pinned is copied for the child at fork',
    overflow: 'try_grab_folio() and try_get_folio() in mm/gup.c refuse a count that is not positive',
  },
};
