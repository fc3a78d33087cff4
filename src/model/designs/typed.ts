import { bias } from './bias.js';
import type { Design } from './design.js';

/** Like `bias`, with a type of its own for pinned pages. */
export const typed: Design = {
  ...bias,
  name: 'typed',
  about: 'bias, and the call that takes a pin returns a type of its own, which only the right release accepts',
  source: 'the thread: "making get_user_pages() return a different type than just struct page *"',
  typed: true,
};
