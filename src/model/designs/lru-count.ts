import type { Design } from './design.js';

export const lruCount: Design = {
  name: 'lru-count',
  about: "the pins are counted in the page's two LRU words; the page is off the LRU as long as it has one",
  source: 'the series as it was first planned: page->dma_pinned_count, "mm: track gup pages" and "handle pinned pages" (2018)',
  calls: { take: 'get_user_pages_fast()', drop: 'put_user_page()' },
  pin: [
    { field: 'ref', add: 1 },
    { field: 'pins', add: 1 },
  ],
  unpin: [
    { field: 'pins', add: -1 },
    { field: 'ref', add: -1 },
  ],
  looksPinned: ({ pins }) => pins > 0,
  asks: { fork: false, reclaim: true, writeback: true },
  offLru: true,
  zeroUncounted: false,
  refuses: false,
  reuse: 'mapcount',
  checksPages: true,
  typed: false,
  // The count is exact, so the bare minimum is known exactly: a reference for each pin.
  noticesPut: (_before, after, pins) => (pins > 0 && after < pins ? 'put-below-pins' : null),
  noticesUnpin: ({ pins }) => (pins <= 0 ? 'unpin-without-pin' : null),
  prevents: ['unevictable', 'freed-in-use', 'changed-under-writeback', 'overflow'],
};
