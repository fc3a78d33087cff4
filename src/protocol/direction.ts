/** What an iterator is over, and the direction of its data: include/linux/uio.h, lib/iov_iter.c, include/linux/fs.h, include/linux/net.h. */

/** A call that makes an iterator over user memory: positions of the iterator and of its direction. */
export interface IteratorMaker {
  /** Position of the iterator. */
  iterator: number;
  /** Position of its direction. */
  direction: number;
}

/** ITER_DEST was READ, and ITER_SOURCE was WRITE, up to 6.1. */
export const iteratorMakers: ReadonlyMap<string, IteratorMaker> = new Map([
  ['iov_iter_init', { iterator: 0, direction: 1 }],
  ['iov_iter_ubuf', { iterator: 0, direction: 1 }],
  ['import_ubuf', { iterator: 3, direction: 0 }],
  ['import_single_range', { iterator: 4, direction: 0 }],
  ['import_iovec', { iterator: 5, direction: 0 }],
  ['__import_iovec', { iterator: 5, direction: 0 }],
]);

/** A pattern for the direction of an iterator that the kernel fills. Requests and bios have either direction. */
export const destinationWords = '(?:ITER_DEST|READ|rq_data_dir|bio_data_dir)';

/**
 * Operations of files and sockets that are given an iterator over user memory, directly or in a message: `true` if they fill that memory,
 * `false` if they read it.
 */
export const iteratorOperations: ReadonlyMap<string, boolean> = new Map([
  ['read_iter', true],
  ['recvmsg', true],
  ['write_iter', false],
  ['sendmsg', false],
  ['sendmsg_locked', false],
]);

/** Names of directions, one of which excludes the others: include/linux/dma-direction.h, fs.h. */
export const directions: readonly (readonly string[])[] = [
  ['DMA_TO_DEVICE', 'DMA_FROM_DEVICE', 'DMA_BIDIRECTIONAL', 'DMA_NONE'],
  ['READ', 'WRITE'],
];

/** Types of iterators over user memory: `enum iter_type`. */
export const userIteratorTypes: ReadonlySet<string> = new Set(['ITER_UBUF', 'ITER_IOVEC']);

/** Calls that make an iterator over user memory. */
export const userIteratorMakers: ReadonlySet<string> = new Set([
  'import_ubuf',
  'import_iovec',
  '__import_iovec',
  'import_single_range',
  'iov_iter_ubuf',
  'iov_iter_init',
  'compat_import_iovec',
]);

/** Calls that make an iterator over kernel memory. */
export const kernelIteratorMakers: ReadonlySet<string> = new Set([
  'iov_iter_kvec',
  'iov_iter_bvec',
  'iov_iter_pipe',
  'iov_iter_discard',
  'iov_iter_xarray',
  'iov_iter_folio_queue',
]);
