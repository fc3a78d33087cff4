import type { Acquire } from './types.js';

/**
 * The shared part of `iov_iter_get_pages*()`, `iov_iter_extract_pages()` and `iov_iter_extract_bvecs()`: lib/iov_iter.c. They return a
 * number of bytes, not of pages.
 */
const iter = { result: 'bytes', longterm: false, iterator: 0 } as const;

/** The calls that take pages from an iterator. */
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
      // With a mask for the alignment of addresses and lengths.
      { args: 7, pages: 1, flags: 6, count: null, bytes: 2, filled: 3 },
    ],
    era: '7.0 on',
  },
];

/** The call that says how many pages all calls together can take from an iterator: `iov_iter_npages()`, lib/iov_iter.c. */
export const pageBoundCall = 'iov_iter_npages';
/** True for every iterator over user memory up to 5.19. From 6.0 on, read() and write() of one buffer use `ITER_UBUF`. */
export const vectorTest = 'iter_is_iovec';
/** Tests that are true for an `ITER_UBUF` iterator as well. */
export const bufferTests: readonly string[] = ['user_backed_iter', 'iter_is_ubuf', 'iov_iter_extract_will_pin'];
/** Tests whether an iterator is over user memory: include/linux/uio.h. */
export const userTests: ReadonlySet<string> = new Set([vectorTest, ...bufferTests]);
/** The acquiring calls that only kernels with `ITER_UBUF` have. */
export const bufferAcquires: ReadonlySet<string> = new Set(
  iteratorAcquires.filter(({ era }) => !era.startsWith('to ')).map(({ name }) => name),
);
/** Matches tests whether an iterator's pages are the kernel's own. */
export const kernelBackedTest = /^iov_iter_is_(kvec|bvec|xarray|folioq|discard)$/;
/** Matches in the name of a test for user memory, also of a driver's own. */
export const backingName = /will_pin|user_backed/;
