import type { ContainerStruct, ReleaseCall, Transfer } from './types.js';

/** Pipe buffers: include/linux/pipe_fs_i.h, fs/pipe.c, fs/splice.c. */
export const pipeStructs: readonly ContainerStruct[] = [
  { tag: 'pipe_buffer', content: '@pipe', pageFields: ['page'], same: [] },
  { tag: 'pipe_inode_info', content: '@pipe', pageFields: [], same: ['bufs', 'tmp_page'] },
  { tag: 'splice_pipe_desc', content: '@pipe', pageFields: ['pages'], same: [] },
];

/** Calls that move pages into and out of pipe buffers. */
export const pipeTransfers: readonly Transfer[] = [
  { name: 'add_to_pipe', moves: [['1@pipe', '0@pipe']], fails: 'any error', drops: true },
  { name: 'pipe_buf', moves: [['0', 'return']] },
  { name: 'pipe_head_buf', moves: [['0', 'return']] },
];

/** Calls that drop the page of a pipe buffer. */
export const pipeReleases: readonly ReleaseCall[] = [
  { name: 'pipe_buf_release', pages: '1@pipe', shape: 'container', drops: 'any', era: 'all' },
];

/**
 * The member of an operations struct that drops what an element of a queue holds, and nobody else does: tags of the operations' struct and
 * of the element.
 */
export const pipeOperations: readonly (readonly [struct: string, member: string, element: string])[] = [
  ['pipe_buf_operations', 'release', 'pipe_buffer'],
];

/**
 * Fields with the position of the first element of a queue, by struct, and what its elements hold. Storing to such a field says that the
 * elements before are done with.
 */
export const pipeConsumed: readonly (readonly [field: string, content: string])[] = [['pipe_inode_info.tail', '@pipe']];
