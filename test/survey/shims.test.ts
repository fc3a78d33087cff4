/** Calls of the kernel that a driver has itself, for the kernels without them. */
import { describe } from 'vitest';
import { accepts } from '../check/findings.js';
import { shows } from './helper.js';

const old = (lines: string): string => `#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)
${lines}
#endif
`;

const put = `static inline void unpin_user_page(struct page *page)
{
	put_page(page);
}`;

const get = `static inline long pin_user_pages_fast(unsigned long a, int n, unsigned int flags, struct page **pages)
{
	return get_user_pages_fast(a, n, flags, pages);
}`;

const driver = `struct window { struct page **pages; int n; };
int window_open(struct window *w, unsigned long a, int n)
{
	w->n = pin_user_pages_fast(a, n, FOLL_LONGTERM, w->pages);
	return w->n < 0 ? w->n : 0;
}
void window_close(struct window *w)
{
	int i;

	for (i = 0; i < w->n; i++)
		unpin_user_page(w->pages[i]);
}
`;

const pinned = 'pin LT page-array car=window.pages loop-collapsible@file put:window_close:unpin_user_page';
const got = (place: string): string =>
  `wrapper get LT page-array car=window.pages caller@caller put:${place}:put_page via=pin_user_pages_fast`;
const guarded = (text: string): string => `#ifndef WINDOW_COMPAT_H\n#define WINDOW_COMPAT_H\n${text}#endif\n`;

describe('a call that older kernels have not got', () => {
  shows('as functions of the file', old(`${get}\n${put}`) + driver, got('unpin_user_page'), pinned);
  shows(
    'as functions of a header',
    { 'a.c': `#include "compat.h"\n${driver}`, 'compat.h': guarded(old(`${get}\n${put}`)) },
    pinned,
    got('unpin_user_page'),
  );
  shows(
    'as macros of a header, with and without arguments',
    {
      'a.c': `#include "compat.h"\n${driver}`,
      'compat.h': guarded(old('#define pin_user_pages_fast get_user_pages_fast\n#define unpin_user_page(p) put_page(p)')),
    },
    pinned,
  );
  accepts('wrong-release', 'a macro that is another call on each kernel, by a condition of its own', {
    'a.c': `#include "compat.h"
struct window { struct page **pages; int n; };
int window_look(struct window *w, unsigned long a, int n, bool touch)
{
	int i, got;

	if (touch)
		got = OWN_PIN(a, n, 0, w->pages);
	else
		got = OWN_GET(a, n, 0, w->pages);
	if (touch) {
		for (i = 0; i < got; i++)
			OWN_UNPIN(w->pages[i]);
	}
	return got;
}
`,
    'compat.h': `#ifdef HAVE_PIN
#define OWN_PIN pin_user_pages_fast
#define OWN_UNPIN unpin_user_page
#else
#define OWN_PIN OWN_GET
#define OWN_UNPIN put_page
#endif
#ifdef HAVE_GET_FLAGS
#define OWN_GET get_user_pages_fast
#else
static inline long OWN_GET(unsigned long a, int n, unsigned int flags, struct page **pages)
{
	return get_user_pages_fast(a, n, flags & FOLL_WRITE, pages);
}
#endif
`,
  });
  shows('where a macro tells what the kernel has', `#ifndef HAVE_UNPIN\n${put}\n#endif\n${driver}`, pinned);
  shows(
    'but not one that is the file’s own in every kernel',
    `#ifdef MY_PINS
static void unpin_user_page(struct page *page)
{
	put_page(page);
}
#else
${put}
#endif
${driver}`,
    'pin LT page-array car=window.pages loop-collapsible@file put:unpin_user_page:put_page×2',
  );
  shows('as a function that other files see', old(`${get}\n${put.replace('static inline ', '')}`) + driver, got('unpin_user_page'), pinned);
  accepts('wrong-release', 'such a function', old(`${get}\n${put.replace('static inline ', '')}`) + driver);
  accepts('wrong-release', 'such functions', old(`${get}\n${put}`) + driver);
  accepts('mixed-release', 'such functions', old(`${get}\n${put}`) + driver);
});

describe('a name that is a macro on some kernels and a function on others', () => {
  shows(
    'with the arguments in another order',
    {
      'a.c': `#include "compat.h"\n${driver.replace('pin_user_pages_fast(', 'my_take(').replace('unpin_user_page', 'put_page')}`,
      'compat.h': `#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
#define my_take(a, n, flags, pages) get_user_pages(a, n, flags, pages, NULL)
#else
static inline long my_take(unsigned long a, int n, unsigned int flags, struct page **pages)
{
	return get_user_pages(current, current->mm, a, n, 1, 0, pages, NULL);
}
#endif
`,
    },
    'get LT page-array car=window.pages loop-collapsible@file put:window_close:put_page',
    'wrapper get page-array car=window.pages caller@caller put:a.c:window_close:put_page via=my_take',
  );
});
