import type { Design } from './design.js';

/**
 * The series that the thread's patch was to prepare. Counting, the LRU and the warning in put_page() are as in "mm: track gup pages with
 * page->dma_pinned_* fields" v2 (10 November 2018, Message-Id 20181110085041.10071-7-jhubbard@nvidia.com), which "does not actually use
 * them for anything yet". Who asks is as in "mm: page_mkclean, ttu: handle pinned pages" (1 July 2018,
 * 20180702005654.20369-7-jhubbard@nvidia.com): `try_to_unmap()` gives up, and `page_mkclean()` skips the page unless the writeback is for
 * integrity. They ask after the page tables were cleared, as Jan Kara's review of 2 July wants it. Nobody asks at fork.
 */
export const lruCount: Design = {
  name: 'lru-count',
  about: "the pins are counted in the page's two LRU words; the page is off the LRU as long as it has one",
  source: 'the series as it was first planned: page->dma_pinned_count, John Hubbard, July to November 2018 (see lru-count.ts)',
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
  checksPages: 'always',
  countsAtFree: false,
  pinsExclusive: false,
  typed: false,
  // VM_BUG_ON_PAGE() at the head of put_page(): it tests before the count changes. put_user_page() has one only where its count reaches
  // zero.
  noticesPut: (before, _after, pins) => (pins > 0 && before < pins ? 'put-below-pin-count' : null),
  prevents: {
    'freed-in-use': 'what references are: a pin adds one to _refcount beside dma_pinned_count',
    'changed-under-writeback':
      '"a reliable PageDmaPinned flag, which is then used to decide when to abort or wait for operations such as try_to_unmap(), page_mkclean()" (cover letter, 1 July 2018)',
    overflow: 'every reference is dropped once; get_page() trusts in that',
  },
};
