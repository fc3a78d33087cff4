import { bias } from './bias.js';
import { BIAS, type Design } from './design.js';

/** How many pins a count holds, if each is worth {@link BIAS}. */
const pinsIn = (count: number): number => Math.floor(count / BIAS);

/** Like `bias`, with a warning in put_page(). */
export const biasWarn: Design = {
  ...bias,
  name: 'bias-warn',
  about: 'bias, and put_page() warns when the count drops below what its pins need',
  source: 'the thread: "We could warn in put_page() if page reference count drops below bare minimum for given user pin count"',
  // The pins are known only from the count itself, so only a put that takes away from them can be seen.
  noticesPut: (before, after) => (pinsIn(after) < pinsIn(before) ? 'put-below-pins' : null),
};
