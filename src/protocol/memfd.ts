import type { Acquire, ReleaseCall } from './types.js';

/** `memfd_pin_folios()`: pins folios of a memfd, from 6.11 on; mm/gup.c. */
export const memfdAcquires: readonly Acquire[] = [
  {
    name: 'memfd_pin_folios',
    taken: 'pin',
    result: 'folios',
    behind: '[]',
    longterm: false,
    iterator: null,
    signatures: [{ args: 6, pages: 3, flags: null, count: 4 }],
    era: '6.11 on',
  },
];

/** The calls that drop the pins of folios. */
export const memfdReleases: readonly ReleaseCall[] = [
  { name: 'unpin_folio', pages: '0', shape: 'single', drops: 'pin', era: '6.11 on' },
  { name: 'unpin_folios', pages: '0[]', shape: 'bulk', drops: 'pin', era: '6.11 on' },
  { name: 'unpin_user_folio', pages: '0', shape: 'single', drops: 'pin', era: '6.12 on' },
];
