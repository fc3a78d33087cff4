import type { Acquire } from './types.js';

/** `iov_iter_get_pages*()`, `iov_iter_extract_pages()` and `iov_iter_extract_bvecs()`; lib/iov_iter.c. Bytes come back, not pages. */
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
  {
    ...iter,
    name: 'iov_iter_extract_bvecs',
    taken: 'conditional',
    behind: '@bvec',
    signatures: [
      { args: 6, pages: 1, flags: 5, count: null, bytes: 2, filled: 3 },
      // With a mask that addresses and lengths must be aligned to.
      { args: 7, pages: 1, flags: 6, count: null, bytes: 2, filled: 3 },
    ],
    era: '7.0 on',
  },
];

/** True of every user's iterator to 5.19: read() and write() of one buffer come with `ITER_UBUF` since. */
export const vectorTest = 'iter_is_iovec';
/** True of such a one as well. */
export const bufferTests: readonly string[] = ['user_backed_iter', 'iter_is_ubuf', 'iov_iter_extract_will_pin'];
/** Calls that answer whether an iterator is a user's: include/linux/uio.h. */
export const userTests: ReadonlySet<string> = new Set([vectorTest, ...bufferTests]);
/** The acquiring calls that only kernels with `ITER_UBUF` have. */
export const bufferAcquires: ReadonlySet<string> = new Set(
  iteratorAcquires.filter(({ era }) => !era.startsWith('to ')).map(({ name }) => name),
);
/** Those that answer whether its pages are the kernel's. */
export const kernelBackedTest = /^iov_iter_is_(kvec|bvec|xarray|folioq|discard)$/;
/** In the name of one, or of a driver's own that asks the same. */
export const backingName = /will_pin|user_backed/;
