import type { ContainerStruct, Iterator, ReleaseCall, Transfer } from './types.js';

/** bvecs and bios: include/linux/bvec.h, include/linux/bio.h, block/bio.c. */
export const blockStructs: readonly ContainerStruct[] = [
  { tag: 'bio_vec', content: '@bvec', pageFields: ['bv_page'], same: [] },
  { tag: 'bio', content: '@bvec', pageFields: [], same: ['bi_io_vec', 'bi_inline_vecs'], completes: ['bi_end_io'] },
  { tag: 'iov_iter', content: '@bvec', pageFields: [], same: ['bvec'] },
  { tag: 'folio_iter', content: '@bvec', pageFields: ['folio'], same: [] },
  { tag: 'bvec_iter_all', content: '@bvec', pageFields: [], same: ['bv'] },
];

export const blockTransfers: readonly Transfer[] = [
  { name: 'bvec_set_page', moves: [['1', '0@bvec']] },
  { name: 'bvec_set_folio', moves: [['1', '0@bvec']] },
  { name: 'bio_add_page', moves: [['1', '0@bvec']], fails: 'zero', gives: 2 },
  { name: '__bio_add_page', moves: [['1', '0@bvec']] },
  { name: 'bio_add_folio', moves: [['1', '0@bvec']], fails: 'zero' },
  { name: 'bio_add_folio_nofail', moves: [['1', '0@bvec']] },
  { name: 'bio_add_hw_page', moves: [['2', '1@bvec']], fails: 'zero', gives: 3, merged: 6 },
  { name: 'bio_add_hw_folio', moves: [['2', '1@bvec']], fails: 'zero', gives: 3 },
  { name: '__bio_try_merge_page', moves: [['1', '0@bvec']] },
  { name: 'bio_try_merge_hw_seg', moves: [['2', '1@bvec']] },
  { name: 'bio_add_pc_page', moves: [['2', '1@bvec']], fails: 'zero', gives: 3 },
  { name: 'bio_add_zone_append_page', moves: [['1', '0@bvec']], fails: 'zero', gives: 2 },
  { name: 'bio_integrity_add_page', moves: [['1', '0@bvec']], fails: 'zero', gives: 2 },
  { name: 'iov_iter_bvec', moves: [['2@bvec', '0@bvec']] },
  { name: 'bvec_virt', moves: [['0@bvec', 'return@address']] },
  // From 7.1.
  { name: 'bvec_folio', moves: [['0@bvec', 'return']] },
  { name: 'bio_page', moves: [['0@bvec', 'return']] },
  { name: 'bio_iovec', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_iter_iovec', moves: [['0@bvec', 'return@bvec']] },
  // From 6.17, where the array was a member before.
  { name: 'bio_inline_vecs', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_first_page_all', moves: [['0@bvec', 'return']] },
  { name: 'bio_first_bvec_all', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_last_bvec_all', moves: [['0@bvec', 'return@bvec']] },
];

export const blockIterators: readonly Iterator[] = [
  { name: 'bio_for_each_segment_all', moves: [['1@bvec', '0@bvec']] },
  { name: 'bio_for_each_segment', moves: [['1@bvec', '0@bvec']] },
  { name: 'bio_for_each_bvec', moves: [['1@bvec', '0@bvec']] },
  { name: 'bio_for_each_bvec_all', moves: [['1@bvec', '0@bvec']] },
  { name: 'bio_for_each_folio_all', moves: [['1@bvec', '0@bvec']] },
  { name: 'for_each_bvec', moves: [['1@bvec', '0@bvec']] },
  { name: 'for_each_mp_bvec', moves: [['1@bvec', '0@bvec']] },
  { name: 'rq_for_each_segment', moves: [] },
];

export const blockReleases: readonly ReleaseCall[] = [
  { name: 'bio_release_pages', pages: '0@bvec', shape: 'container', drops: 'any', dirty: 1, era: '5.2 on' },
  { name: '__bio_release_pages', pages: '0@bvec', shape: 'container', drops: 'any', dirty: 1, era: '6.6 on' },
  { name: 'bio_check_pages_dirty', pages: '0@bvec', shape: 'container', drops: 'any', dirty: true, era: 'all' },
];

/** Calls that give a bio up: its last user drops the pages before. */
export const blockEnds: readonly string[] = ['bio_put'];

/** The call that sets a flag of a bio: include/linux/bio.h. */
export const bioFlagSetter = 'bio_set_flag';

/** Flags that say whether references are to be dropped with a bio, true where they are: include/linux/blk_types.h. */
const bioReferenceFlags: ReadonlyMap<string, boolean> = new Map([
  // From 6.4; from 6.3 to 6.6; to 6.2.
  ['BIO_PAGE_PINNED', true],
  ['BIO_PAGE_REFFED', true],
  ['BIO_NO_PAGE_REF', false],
]);

/** True for an answer to `bio_flagged(bio, flag)` that says that no references go with the bio. */
export function saysNoReferences(name: string | null, flag: string, isSet: boolean): boolean {
  return name === 'bio_flagged' && bioReferenceFlags.get(flag) === !isSet;
}
