/**
 * Which calls take and drop which kind of reference, and what a mistaken hand would write in their place. Written from
 * Documentation/core-api/pin_user_pages.rst and include/linux/mm.h, apart from putright's own tables.
 */

/** @typedef {'pin' | 'get' | 'any'} Kind */

/**
 * The other kind's call with the same arguments: pin_user_pages.rst, "Basic description of FOLL_PIN".
 * @type {Readonly<Record<string, string>>}
 */
export const otherAcquire = {
  pin_user_pages: 'get_user_pages',
  pin_user_pages_fast: 'get_user_pages_fast',
  pin_user_pages_remote: 'get_user_pages_remote',
  pin_user_pages_unlocked: 'get_user_pages_unlocked',
  get_user_pages: 'pin_user_pages',
  get_user_pages_fast: 'pin_user_pages_fast',
  get_user_pages_remote: 'pin_user_pages_remote',
  get_user_pages_unlocked: 'pin_user_pages_unlocked',
};

/**
 * What an acquiring call takes. iov_iter_extract_pages() pins what is the user's and holds nothing of the rest.
 * @param {string} api
 * @returns {Kind}
 */
export function kindOfAcquire(api) {
  return /pin_user_pages|extract|memfd_pin/.test(api) ? 'pin' : 'get';
}

/**
 * A releasing call: what it drops, and the same statement for the other kind, from its arguments; `null` where a hand could
 * not mistake it for one.
 * @typedef {{ kind: Kind, other: ((args: readonly string[]) => string) | null }} Release
 */

/** @type {Readonly<Record<string, Release>>} */
export const releases = {
  put_page: { kind: 'get', other: ([page]) => `unpin_user_page(${page})` },
  folio_put: { kind: 'get', other: ([folio]) => `unpin_user_page(&(${folio})->page)` },
  release_pages: { kind: 'get', other: ([pages, count]) => `unpin_user_pages(${pages}, ${count})` },
  unpin_user_page: { kind: 'pin', other: ([page]) => `put_page(${page})` },
  unpin_user_pages: { kind: 'pin', other: ([pages, count]) => `release_pages(${pages}, ${count})` },
  unpin_user_pages_dirty_lock: { kind: 'pin', other: ([pages, count]) => `release_pages(${pages}, ${count})` },
  unpin_user_page_range_dirty_lock: { kind: 'pin', other: ([page, count]) => `folio_put_refs(page_folio(${page}), ${count})` },
  unpin_folio: { kind: 'pin', other: ([folio]) => `folio_put(${folio})` },
  unpin_folios: { kind: 'pin', other: ([folios, count]) => `release_pages(${folios}, ${count})` },
  unpin_user_folio: { kind: 'pin', other: ([folio, count]) => `folio_put_refs(${folio}, ${count})` },
  unmap_and_put_page: { kind: 'get', other: null },
  page_ref_sub: { kind: 'get', other: null },
  bio_release_pages: { kind: 'any', other: null },
  pipe_buf_release: { kind: 'any', other: null },
  consume_skb: { kind: 'any', other: null },
  kfree_skb: { kind: 'any', other: null },
  __skb_frag_unref: { kind: 'any', other: null },
  skb_frag_unref: { kind: 'any', other: null },
  sk_msg_free: { kind: 'any', other: null },
};

/** Rules whose finding tells of a mutant of each class. */
const leaks = ['leak-on-path', 'partial-pin-leak', 'never-released', 'release-count', 'overwritten'];
const wrong = ['wrong-release', 'mixed-release'];

/**
 * The classes, with what was done and which rules fit.
 * @type {Readonly<Record<string, { about: string, rules: readonly string[] }>>}
 */
export const classes = {
  'release-swapped': { about: 'the release is that of the other kind', rules: wrong },
  'container-release-swapped': { about: 'the same, of a page out of bv_page, sg_page() or skb_frag_page()', rules: wrong },
  'release-removed': { about: 'a release is gone', rules: leaks },
  'error-path': { about: 'one error path does without its release', rules: leaks },
  'short-count': { about: 'a short count is let through', rules: ['unchecked-count', 'partial-pin-leak', 'leak-on-path', 'release-count'] },
  'release-doubled': { about: 'a release is there twice', rules: ['double-release', 'release-count', 'use-after-release'] },
  'acquire-swapped': { about: 'the call takes the other kind', rules: [...wrong, 'needs-pin'] },
};
