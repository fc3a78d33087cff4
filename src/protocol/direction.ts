/** Which way the data of an iterator goes: include/linux/uio.h, lib/iov_iter.c, include/linux/fs.h, include/linux/net.h. */

/** A call that makes an iterator over a user's memory: where the iterator and its direction stand. */
export interface IteratorMaker {
  iterator: number;
  direction: number;
}

/** ITER_DEST was READ, and ITER_SOURCE was WRITE, to 6.1. */
export const iteratorMakers: ReadonlyMap<string, IteratorMaker> = new Map([
  ['iov_iter_init', { iterator: 0, direction: 1 }],
  ['iov_iter_ubuf', { iterator: 0, direction: 1 }],
  ['import_ubuf', { iterator: 3, direction: 0 }],
  ['import_single_range', { iterator: 4, direction: 0 }],
  ['import_iovec', { iterator: 5, direction: 0 }],
  ['__import_iovec', { iterator: 5, direction: 0 }],
]);

/** The direction of an iterator that the kernel fills; requests and bios may be either. */
export const destinationWords = '(?:ITER_DEST|READ|rq_data_dir|bio_data_dir)';

/**
 * Operations of files and sockets that are given an iterator, itself or in a message: `true` where it is a user's to be filled,
 * `false` where it is to be read from.
 */
export const iteratorOperations: ReadonlyMap<string, boolean> = new Map([
  ['read_iter', true],
  ['recvmsg', true],
  ['write_iter', false],
  ['sendmsg', false],
  ['sendmsg_locked', false],
]);
