import type { Design } from './design.js';
import { plain } from './plain.js';

/** Linux 5.2 to 5.5. */
export const placeholder: Design = {
  ...plain,
  name: 'placeholder',
  about: 'put_user_page() says what is meant, and is put_page() inside',
  source: 'the patch of the thread, "mm: introduce put_user_page*(), placeholder versions"; Linux 5.2 to 5.5',
  calls: { take: 'get_user_pages_fast()', drop: 'put_user_page()' },
};
