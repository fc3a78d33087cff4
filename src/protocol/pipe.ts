import type { ContainerStruct, ReleaseCall, Transfer } from './types.js';

/** Pipe buffers: include/linux/pipe_fs_i.h, fs/pipe.c, fs/splice.c. */
export const pipeStructs: readonly ContainerStruct[] = [
  { tag: 'pipe_buffer', content: '@pipe', pageFields: ['page'], same: [] },
  { tag: 'pipe_inode_info', content: '@pipe', pageFields: [], same: ['bufs', 'tmp_page'] },
  { tag: 'splice_pipe_desc', content: '@pipe', pageFields: ['pages'], same: [] },
];

export const pipeTransfers: readonly Transfer[] = [
  { name: 'add_to_pipe', moves: [['1@pipe', '0@pipe']], fails: 'any error', drops: true },
  { name: 'pipe_buf', moves: [['0', 'return']] },
  { name: 'pipe_head_buf', moves: [['0', 'return']] },
];

export const pipeReleases: readonly ReleaseCall[] = [
  { name: 'pipe_buf_release', pages: '1@pipe', shape: 'container', drops: 'any', era: 'all' },
];

/** The member of an operations struct that drops what an element of a queue holds: nobody else does. */
export const pipeOperations: readonly (readonly [struct: string, member: string, element: string])[] = [
  ['pipe_buf_operations', 'release', 'pipe_buffer'],
];

/** Fields that say where the first element of a queue is, by struct, and what its elements hold: to set one is to be done with those before. */
export const pipeConsumed: readonly (readonly [field: string, content: string])[] = [['pipe_inode_info.tail', '@pipe']];
