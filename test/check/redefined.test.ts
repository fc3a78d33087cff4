/** Calls of the kernel that a header redefines in one arm of an `#if`. */
import { describe } from 'vitest';
import { shows } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const driver = `#include "port.h"
struct window { struct page *page; };
int window_open(struct window *w, unsigned long a)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &w->page) == 1 ? 0 : -EFAULT;
}
void window_close(struct window *w)
{
	set_page_dirty_lock(w->page);
	unpin_user_page(w->page);
}
`;
const withHeader = (header: string) => ({ 'a.c': driver, 'port.h': `#ifndef PORT_H\n#define PORT_H\n${header}\n#endif\n` });
const pinned = (dirty: string) => `pin LT single car=window.page single@file put:window_close:unpin_user_page dirty=${dirty}`;
const marks = 'window_close:set_page_dirty_lock(w->page);';

describe('a mark that is another one in an arm', () => {
  const elsewhere = withHeader('#if defined(OTHER_KERNEL)\n#define set_page_dirty_lock set_page_dirty\n#endif');
  accepts('dirty-unlocked', 'what is the call itself in the other', elsewhere);
  shows('is the call itself in the row', elsewhere, pinned('set_page_dirty_lock'));
  complains(
    'dirty-unlocked',
    'what is never the call itself',
    withHeader('#ifdef WHOLE\n#define set_page_dirty_lock set_page_dirty\n#else\n#define set_page_dirty_lock SetPageDirty\n#endif'),
    marks,
  );
  complains('dirty-unlocked', 'what is another one in all arms', withHeader('#define set_page_dirty_lock set_page_dirty'), marks);
});

describe('a call that is another one on another system', () => {
  const systems = ['defined(PORT_BSD)', 'defined(__FreeBSD__)', 'defined(_WIN32)'];
  for (const system of systems) {
    accepts('wrong-release', `a drop with ${system}`, withHeader(`#if ${system}\n#define unpin_user_page put_page\n#endif`));
    accepts(
      'dirty-unlocked',
      `a macro with ${system}`,
      withHeader(`#if ${system}\n#define set_page_dirty_lock(p) set_page_dirty(p)\n#endif`),
    );
  }
});

describe('a call for pins that is one for plain references in an arm', () => {
  const older = '#define pin_user_pages_fast get_user_pages_fast\n#define unpin_user_page put_page';
  shows('is the call itself in the other', withHeader(`#ifdef PORT_PLAIN\n${older}\n#endif`), pinned('set_page_dirty_lock'));
  accepts(
    'wrong-release',
    'a drop that is the call itself in the other',
    withHeader('#ifdef PORT_PLAIN\n#define unpin_user_page put_page\n#endif'),
  );
  complains(
    'wrong-release',
    'a drop that never is',
    withHeader('#define unpin_user_page put_page'),
    'window_close:unpin_user_page(w->page);',
  );
  shows(
    'is what plain references are in the arm that has it',
    {
      'a.c': driver.replace('pin_user_pages_fast', 'get_user_pages_fast').replace('unpin_user_page', 'put_page'),
      'port.h': '#ifdef PORT_PINS\n#define get_user_pages_fast pin_user_pages_fast\n#define put_page unpin_user_page\n#endif\n',
    },
    pinned('set_page_dirty_lock'),
  );
});
