import { type Design, silent } from './design.js';

/** Linux 4.20. */
export const plain: Design = {
  name: 'plain',
  about: 'a reference on a user page is a reference like any other: get_user_pages(), then put_page()',
  source: 'Linux 4.20, before the patch of the thread',
  calls: { take: 'get_user_pages_fast()', drop: 'put_page()' },
  pin: [{ field: 'ref', add: 1 }],
  unpin: [{ field: 'ref', add: -1 }],
  looksPinned: null,
  asks: { fork: false, reclaim: false, writeback: false },
  offLru: false,
  zeroUncounted: false,
  refuses: false,
  reuse: 'mapcount',
  checksPages: 'always',
  countsAtFree: false,
  pinsExclusive: false,
  typed: false,
  noticesPut: silent,
  prevents: {
    unevictable: 'what references are: a page with none but those of its mappings and caches can be evicted (__remove_mapping())',
    'freed-in-use': 'what references are: a page is freed by put_page() of the last (__put_page())',
    overflow: 'every reference is dropped once; get_page() trusts in that',
  },
};
