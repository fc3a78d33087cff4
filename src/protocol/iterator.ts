import type { Acquire } from './types.js';

/** `iov_iter_get_pages*()` and `iov_iter_extract_pages()`; lib/iov_iter.c. Bytes come back, not pages. */
const iter = { result: 'bytes', longterm: false, iterator: 0 } as const;

export const iteratorAcquires: readonly Acquire[] = [
  ...['iov_iter_get_pages', 'iov_iter_get_pages2'].map(
    (name): Acquire => ({
      ...iter,
      name,
      taken: 'get',
      behind: '[]',
      signatures: [{ args: 5, pages: 1, flags: null, count: null, bytes: 2 }],
      era: name.endsWith('2') ? '6.0 on' : 'to 6.2',
    }),
  ),
  ...['iov_iter_get_pages_alloc', 'iov_iter_get_pages_alloc2'].map(
    (name): Acquire => ({
      ...iter,
      name,
      taken: 'get',
      behind: '[][]',
      signatures: [{ args: 4, pages: 1, flags: null, count: null, bytes: 2 }],
      era: name.endsWith('2') ? '6.0 on' : 'to 6.2',
    }),
  ),
  {
    ...iter,
    name: 'iov_iter_extract_pages',
    taken: 'conditional',
    behind: '[][]',
    signatures: [{ args: 6, pages: 1, flags: 4, count: null, bytes: 2 }],
    era: '6.3 on',
  },
];
