import { type Design, silent } from './design.js';

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
  checksPages: true,
  typed: false,
  noticesPut: silent,
  noticesUnpin: silent,
  prevents: ['unevictable', 'freed-in-use', 'overflow'],
};
