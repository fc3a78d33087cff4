import type { ContainerStruct, Iterator, Transfer } from './types.js';

/** Scatterlists: include/linux/scatterlist.h, lib/scatterlist.c, lib/sg_split.c, include/linux/skmsg.h. */
export const scatterlistStructs: readonly ContainerStruct[] = [
  { tag: 'scatterlist', content: '@sgl', pageFields: ['page', 'page_link'], same: [] },
  { tag: 'sg_table', content: '@sgl', pageFields: [], same: ['sgl'] },
  { tag: 'sg_append_table', content: '@sgl', pageFields: [], same: ['sgt', 'prv'] },
  { tag: 'sg_page_iter', content: '@sgl', pageFields: [], same: ['sg'] },
  { tag: 'sg_dma_page_iter', content: '@sgl', pageFields: [], same: ['base'] },
  { tag: 'sg_mapping_iter', content: '@sgl', pageFields: ['page'], same: ['piter'] },
];

/** Calls that move pages into and out of scatterlists. */
export const scatterlistTransfers: readonly Transfer[] = [
  { name: 'sg_set_page', moves: [['1', '0@sgl']] },
  { name: 'sg_assign_page', moves: [['1', '0@sgl']] },
  { name: 'sg_set_folio', moves: [['1', '0@sgl']] },
  { name: 'sg_page', moves: [['0@sgl', 'return']] },
  { name: 'sg_page_iter_page', moves: [['0@sgl', 'return']] },
  { name: 'sg_next', moves: [['0', 'return']], returns: 'scatterlist' },
  { name: 'sg_last', moves: [['0', 'return']] },
  { name: 'sg_chain_ptr', moves: [['0', 'return']] },
  { name: 'sg_virt', moves: [['0@sgl', 'return@address']] },
  { name: 'sg_phys', moves: [['0@sgl', 'return@pfn']] },
  { name: 'sg_chain', moves: [['2@sgl', '0@sgl']] },
  { name: 'sg_alloc_table_from_pages', moves: [['1[]', '0@sgl']], fails: 'error' },
  { name: 'sg_alloc_table_from_pages_segment', moves: [['1[]', '0@sgl']], fails: 'error' },
  {
    name: '__sg_alloc_table_from_pages',
    moves: [
      ['1[]', '0@sgl'],
      ['0', 'return'],
    ],
    // Returns a number before 5.10, and the last entry since.
    fails: 'any error',
  },
  { name: 'sg_alloc_append_table_from_pages', moves: [['1[]', '0@sgl']], fails: 'error' },
  {
    name: 'drm_prime_pages_to_sg',
    moves: [
      ['0[]', 'return@sgl'],
      ['1[]', 'return@sgl'],
    ],
    fails: 'error pointer',
  },
  { name: 'sg_miter_start', moves: [['1', '0']] },
  { name: 'sg_miter_next', moves: [['0@sgl', '0.addr@address']] },
  { name: '__sg_page_iter_start', moves: [['1', '0']] },
  { name: 'sg_split', moves: [['0', '5[]']] },
  // Takes a reference of its own for the message.
  { name: 'sk_msg_page_add', moves: [] },
  { name: 'sk_msg_elem', moves: [['0.sg.data', 'return']], returns: 'scatterlist' },
  { name: 'sk_msg_elem_cpy', moves: [['0.sg.data', 'return']] },
  { name: 'sk_msg_page', moves: [['0.sg.data@sgl', 'return']] },
];

/** Macros that iterate over scatterlists. */
export const scatterlistIterators: readonly Iterator[] = [
  { name: 'for_each_sg', moves: [['0', '1']] },
  { name: 'for_each_sgtable_sg', moves: [['0', '1']] },
  { name: 'for_each_sgtable_dma_sg', moves: [['0', '1']] },
  { name: 'for_each_sg_page', moves: [['0', '1']] },
  { name: 'for_each_sgtable_page', moves: [['0', '1']] },
  { name: 'for_each_sg_dma_page', moves: [['0', '1']] },
  { name: 'for_each_sgtable_dma_page', moves: [['0', '1']] },
  { name: 'for_each_sgt_page', moves: [['2@sgl', '0']] },
];

/** Of these, the ones that visit the entries which a mapped table has for the device, of which there may be fewer than with pages. */
export const mappedIterators: ReadonlySet<string> = new Set([
  'for_each_sgtable_dma_sg',
  'for_each_sgtable_dma_page',
  'for_each_sg_dma_page',
]);

/** The position of the number of entries for macros that are given one. */
export const countedIterators: ReadonlyMap<string, number> = new Map([
  ['for_each_sg', 2],
  ['for_each_sg_page', 2],
]);

/** The number of a table's entries that a device uses. `orig_nents` says how many have pages. */
export const deviceEntries = { tag: 'sg_table', field: 'nents', all: 'orig_nents' } as const;
