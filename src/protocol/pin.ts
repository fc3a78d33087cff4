import type { Acquire, ReleaseCall, Signature } from './types.js';

/** `pin_user_pages*()`: a pin (FOLL_PIN), from 5.6 on; Documentation/core-api/pin_user_pages.rst, mm/gup.c. */
const plain: Signature[] = [
  { args: 4, pages: 3, flags: 2, count: 1 },
  { args: 5, pages: 3, flags: 2, count: 1 },
];
const fast: Signature[] = [{ args: 4, pages: 3, flags: 2, count: 1 }];
const remote: Signature[] = [
  { args: 6, pages: 4, flags: 3, count: 2 },
  { args: 7, pages: 4, flags: 3, count: 2 },
  { args: 8, pages: 5, flags: 4, count: 3 },
];

const pin = { taken: 'pin', result: 'count', behind: '[]', longterm: false, iterator: null, era: '5.6 on' } as const;

/** The calls that take pins. */
export const pinAcquires: readonly Acquire[] = [
  { ...pin, name: 'pin_user_pages', signatures: plain },
  { ...pin, name: 'pin_user_pages_fast', signatures: fast },
  { ...pin, name: 'pin_user_pages_fast_only', signatures: fast, era: '5.9 to 6.5' },
  { ...pin, name: 'pin_user_pages_remote', signatures: remote },
  { ...pin, name: 'pin_user_pages_unlocked', signatures: [{ args: 4, pages: 2, flags: 3, count: 1 }] },
  { ...pin, name: 'pin_user_pages_locked', signatures: [{ args: 5, pages: 3, flags: 2, count: 1 }], era: '5.9 to 5.18' },
];

/** The calls that drop them. */
export const pinReleases: readonly ReleaseCall[] = [
  { name: 'unpin_user_page', pages: '0', shape: 'single', drops: 'pin', era: '5.6 on' },
  { name: 'unpin_user_pages', pages: '0[]', shape: 'bulk', drops: 'pin', era: '5.6 on' },
  { name: 'unpin_user_pages_dirty_lock', pages: '0[]', shape: 'bulk', drops: 'pin', dirty: 2, era: '5.6 on' },
  { name: 'unpin_user_page_range_dirty_lock', pages: '0', shape: 'bulk', drops: 'pin', dirty: 2, era: '5.13 on' },
];
