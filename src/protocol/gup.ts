import type { Acquire, ReleaseCall, Signature } from './types.js';

/**
 * `get_user_pages*()`: a plain reference (FOLL_GET), to be dropped by `put_page()` and its kin; from 5.2 to 5.5 also by
 * the placeholders `put_user_page*()`. Signatures: mm/gup.c of each release; the vmas argument went away in 6.5, tsk in 5.9.
 */
const fast: Signature[] = [{ args: 4, pages: 3, flags: 2, count: 1 }];
/** Stable releases of 4.4 got the flags of 4.9 and kept tsk and mm. */
const plain: Signature[] = [
  { args: 4, pages: 3, flags: 2, count: 1 },
  { args: 5, pages: 3, flags: 2, count: 1 },
  { args: 6, pages: 4, flags: 2, count: 1, until: [4, 9] },
  { args: 7, pages: 5, flags: 4, count: 3, until: [4, 6] },
  { args: 8, pages: 6, flags: 4, count: 3, until: [4, 6] },
];
/** Eight arguments had two meanings: (..., write, force, pages, vmas) to 4.8 and (..., flags, pages, vmas, locked) from 4.10 on. */
const remote: Signature[] = [
  { args: 6, pages: 4, flags: 3, count: 2 },
  { args: 7, pages: 4, flags: 3, count: 2 },
  { args: 7, pages: 5, flags: 4, count: 3, until: [4, 10] },
  { args: 8, pages: 5, flags: 4, count: 3, until: [5, 9] },
  { args: 8, pages: 6, flags: 4, count: 3, until: [4, 9] },
];
const unlocked: Signature[] = [
  { args: 4, pages: 2, flags: 3, count: 1 },
  { args: 5, pages: 4, flags: 2, count: 1, until: [4, 9] },
  { args: 6, pages: 4, flags: 5, count: 3, until: [4, 6] },
  { args: 7, pages: 6, flags: 4, count: 3, until: [4, 6] },
];

const get = { taken: 'get', result: 'count', behind: '[]', longterm: false, iterator: null } as const;

/** The calls that take plain references. */
export const gupAcquires: readonly Acquire[] = [
  { ...get, name: 'get_user_pages', signatures: plain, era: 'all' },
  { ...get, name: 'get_user_pages_fast', alwaysTakes: true, signatures: fast, era: 'all' },
  { ...get, name: 'get_user_pages_fast_only', signatures: fast, era: '5.8 on' },
  { ...get, name: '__get_user_pages_fast', signatures: fast, era: 'to 5.7' },
  { ...get, name: 'get_user_pages_remote', signatures: remote, era: '4.6 on' },
  { ...get, name: 'get_user_pages_unlocked', signatures: unlocked, era: 'all' },
  {
    ...get,
    name: 'get_user_pages_locked',
    signatures: [
      { args: 5, pages: 3, flags: 2, count: 1 },
      { args: 6, pages: 4, flags: 2, count: 1, until: [4, 9] },
      { args: 7, pages: 5, flags: 4, count: 3, until: [4, 6] },
      { args: 8, pages: 6, flags: 4, count: 3, until: [4, 6] },
    ],
    era: 'to 6.2',
  },
  { ...get, name: 'get_user_pages_longterm', signatures: plain.map((s) => ({ until: [5, 2], ...s })), longterm: true, era: '4.15 to 5.1' },
  {
    ...get,
    name: 'get_user_page_fast_only',
    result: 'bool',
    signatures: [{ args: 3, pages: 2, flags: 1, count: null }],
    era: '5.8 on',
  },
  {
    ...get,
    name: 'get_user_page_vma_remote',
    result: 'page',
    behind: '',
    signatures: [{ args: 4, pages: null, flags: 2, count: null }],
    era: '6.5 on',
  },
];

/**
 * The calls that drop them: include/linux/mm.h, mm/swap.c, mm/gup.c (placeholders of 5.2: "mm: introduce put_user_page*(), placeholder
 * versions").
 */
export const gupReleases: readonly ReleaseCall[] = [
  { name: 'put_page', pages: '0', shape: 'single', drops: 'get', era: 'all' },
  { name: 'folio_put', pages: '0', shape: 'single', drops: 'get', era: '5.16 on' },
  { name: 'folio_put_refs', pages: '0', shape: 'single', drops: 'get', era: '5.17 on' },
  { name: 'put_page_and_swap', pages: '0', shape: 'single', drops: 'get', era: 'to 3.x' },
  { name: 'unmap_and_put_page', pages: '0', shape: 'single', drops: 'get', era: '6.6 on' },
  { name: 'folio_release_kmap', pages: '0', shape: 'single', drops: 'get', era: '6.7 on' },
  { name: 'page_cache_release', pages: '0', shape: 'single', drops: 'get', era: 'to 4.5' },
  { name: '__free_page', pages: '0', shape: 'single', drops: 'get', frees: true, era: 'all' },
  { name: '__free_pages', pages: '0', shape: 'single', drops: 'get', frees: true, era: 'all' },
  { name: 'put_devmap_managed_page', pages: '0', shape: 'single', drops: 'get', era: '4.20 on' },
  { name: 'release_pages', pages: '0[]', shape: 'bulk', drops: 'get', era: 'all' },
  { name: 'folios_put', pages: '0[]', shape: 'bulk', drops: 'get', era: '5.18 on' },
  { name: 'put_user_page', pages: '0', shape: 'single', drops: 'get', era: '5.2 to 5.5' },
  { name: 'put_user_pages', pages: '0[]', shape: 'bulk', drops: 'get', era: '5.2 to 5.5' },
  { name: 'put_user_pages_dirty', pages: '0[]', shape: 'bulk', drops: 'get', dirty: true, era: '5.2 to 5.3' },
  { name: 'put_user_pages_dirty_lock', pages: '0[]', shape: 'bulk', drops: 'get', dirty: 2, era: '5.2 to 5.5' },
];
