import type { ContainerStruct, Iterator, ReleaseCall, Transfer } from './types.js';

/** bvecs and bios: include/linux/bvec.h, include/linux/bio.h, block/bio.c. */
export const blockStructs: readonly ContainerStruct[] = [
  { tag: 'bio_vec', content: '@bvec', pageFields: ['bv_page'], same: [] },
  { tag: 'bio', content: '@bvec', pageFields: [], same: ['bi_io_vec', 'bi_inline_vecs'], completes: ['bi_end_io'] },
  { tag: 'iov_iter', content: '@bvec', pageFields: [], same: ['bvec'] },
  { tag: 'folio_iter', content: '@bvec', pageFields: ['folio'], same: [] },
  { tag: 'bvec_iter_all', content: '@bvec', pageFields: [], same: ['bv'] },
];

/** Calls that move pages into and out of bvecs and bios. */
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
  // From 7.1 on.
  { name: 'bvec_folio', moves: [['0@bvec', 'return']] },
  { name: 'bio_page', moves: [['0@bvec', 'return']] },
  { name: 'bio_iovec', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_iter_iovec', moves: [['0@bvec', 'return@bvec']] },
  // From 6.17 on; before, the array was a member.
  { name: 'bio_inline_vecs', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_first_page_all', moves: [['0@bvec', 'return']] },
  { name: 'bio_first_bvec_all', moves: [['0@bvec', 'return@bvec']] },
  { name: 'bio_last_bvec_all', moves: [['0@bvec', 'return@bvec']] },
];

/** Macros that iterate over the pages of bvecs and bios. */
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

/** Calls that drop the pages of a bio. */
export const blockReleases: readonly ReleaseCall[] = [
  { name: 'bio_release_pages', pages: '0@bvec', shape: 'container', drops: 'any', dirty: 1, era: '5.2 on' },
  { name: '__bio_release_pages', pages: '0@bvec', shape: 'container', drops: 'any', dirty: 1, era: '6.6 on' },
  { name: 'bio_check_pages_dirty', pages: '0@bvec', shape: 'container', drops: 'any', dirty: true, era: 'all' },
];

/** Calls that drop a reference on a bio itself: its pages are dropped by whoever completes it, before. */
export const blockEnds: readonly string[] = ['bio_put'];

/** The call that sets a flag of a bio: include/linux/bio.h. */
export const bioFlagSetter = 'bio_set_flag';

/**
 * Flags that say whether a bio's pages must be dropped with it. True: they must if the flag is set; false: they must if it is not.
 * include/linux/blk_types.h
 */
const bioReferenceFlags: ReadonlyMap<string, boolean> = new Map([
  // From 6.4; from 6.3 to 6.6; to 6.2.
  ['BIO_PAGE_PINNED', true],
  ['BIO_PAGE_REFFED', true],
  ['BIO_NO_PAGE_REF', false],
]);

/** True if a result of `bio_flagged(bio, flag)` says that the bio holds no references on its pages. */
export function saysNoReferences(name: string | null, flag: string, isSet: boolean): boolean {
  return name === 'bio_flagged' && bioReferenceFlags.get(flag) === !isSet;
}
