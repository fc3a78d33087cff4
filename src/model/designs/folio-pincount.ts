import { bias } from './bias.js';
import type { Design } from './design.js';

/** Linux 5.7 and later, for large folios. */
export const folioPincount: Design = {
  ...bias,
  name: 'folio-pincount',
  about: 'a large folio counts its pins in _pincount, each beside a plain reference',
  source: 'folio->_pincount, Linux 5.7 on (as hpage_pinned_refcount), large folios; checked against 6.12',
  pin: [
    { field: 'ref', add: 1 },
    { field: 'pins', add: 1 },
  ],
  unpin: [
    { field: 'pins', add: -1 },
    { field: 'ref', add: -1 },
  ],
  looksPinned: ({ pins }) => pins > 0,
  countsAtFree: true,
};
