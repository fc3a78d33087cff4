/** Calls of the kernel that a driver has itself, for the kernels without them. */
import { describe } from 'vitest';
import { accepts, complains } from '../check/findings.js';
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
  accepts('wrong-release', 'a macro that is several calls where two conditions hold, and another one where they do not', {
    'a.c': `#include "compat.h"
struct window { struct page *page; };
int window_open(struct window *w, unsigned long a)
{
	int got = OWN_PIN(a, 1, FOLL_WRITE | FOLL_LONGTERM, &w->page);

	return got == 1 ? 0 : -EFAULT;
}
void window_close(struct window *w)
{
	set_page_dirty_lock(w->page);
	OWN_UNPIN(w->page);
}
`,
    'compat.h': `#if defined(HAVE_PIN) && !defined(OTHER_SYSTEM)
#ifdef PIN_HAS_VMAS
#define OWN_PIN(start, n, flags, pages) pin_user_pages(start, n, flags, pages, NULL)
#else
#define OWN_PIN pin_user_pages
#endif
#define OWN_UNPIN unpin_user_page
#else
#define OWN_PIN get_user_pages
#define OWN_UNPIN put_page
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

/** A driver that takes pages as its kernel has it, and drops them by a macro. */
const both = (drop = 'for (i = 0; i < w->n; i++)\n\t\tPAGE_PUT(w->pages[i]);', test = 'LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)') => `
struct window { struct page **pages; int n; };
int window_open(struct window *w, unsigned long a, int n)
{
#if ${test}
	w->n = pin_user_pages_fast(a, n, FOLL_LONGTERM, w->pages);
#else
	w->n = get_user_pages_fast(a, n, 0, w->pages);
#endif
	return w->n < 0 ? w->n : 0;
}
void window_close(struct window *w)
{
	int i;

	${drop}
}
`;
const arms = (one: string, other: string, compared = '<') =>
  `#if LINUX_VERSION_CODE ${compared} KERNEL_VERSION(5, 6, 0)\n${one}\n#else\n${other}\n#endif\n`;
const each = (api: string, by: string, form = 'loop-collapsible') => `${api} page-array car=window.pages ${form}@file put:${by}`;
const matched = [each('pin LT', 'window_close:unpin_user_page'), each('get', 'window_close:put_page')];

describe('a macro that is one call in one arm and another in another', () => {
  for (const [name, before, from] of [
    ['with its argument', '#define PAGE_PUT(p) put_page(p)', '#define PAGE_PUT(p) unpin_user_page(p)'],
    ['without arguments', '#define PAGE_PUT put_page', '#define PAGE_PUT unpin_user_page'],
    ['as a statement', '#define PAGE_PUT(p) do { put_page(p); } while (0)', '#define PAGE_PUT(p) do { unpin_user_page(p); } while (0)'],
    ['of both sorts', '#define PAGE_PUT put_page', '#define PAGE_PUT(p) unpin_user_page(p)'],
  ] as const) {
    const text = arms(before, from) + both();
    shows(name, text, ...matched);
    accepts('wrong-release', name, text);
    accepts('never-released', name, text);
    complains(
      'wrong-release',
      `${name}, of which one is wrong`,
      text.replace('unpin_user_page', 'put_page'),
      'window_close:PAGE_PUT(w->pages[i]);',
    );
  }
  shows('in the other order', arms('#define PAGE_PUT(p) unpin_user_page(p)', '#define PAGE_PUT(p) put_page(p)', '>=') + both(), ...matched);
  shows(
    'that is defined anew',
    `#define PAGE_PUT(p) put_page(p)\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n#undef PAGE_PUT\n#define PAGE_PUT(p) unpin_user_page(p)\n#endif\n${both()}`,
    ...matched,
  );
  shows(
    'for all pages at once',
    arms('#define PUT_ALL release_pages', '#define PUT_ALL unpin_user_pages') + both('PUT_ALL(w->pages, w->n);'),
    each('pin LT', 'window_close:unpin_user_pages', 'bulk'),
    each('get', 'window_close:release_pages', 'bulk'),
  );
  shows(
    'of a header, in several arms',
    {
      'a.c': `#include "compat.h"\n${both()}`,
      'compat.h': guarded(
        '#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)\n#define PAGE_PUT(p) page_cache_release(p)\n#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)\n#define PAGE_PUT(p) put_page(p)\n#else\n#define PAGE_PUT(p) unpin_user_page(p)\n#endif\n',
      ),
    },
    'pin LT page-array car=window.pages loop-collapsible@file put:window_close:unpin_user_page',
    'get page-array car=window.pages loop-collapsible@file put:window_close:page_cache_release,window_close:put_page',
  );
  const taken = (before: string, from: string, call: string) =>
    `${arms(`${before}\n#define PAGE_PUT put_page`, `${from}\n#define PAGE_PUT unpin_user_page`)}struct window { struct page **pages; int n; };
int window_open(struct window *w, unsigned long a, int n)
{
	w->n = ${call};
	return w->n < 0 ? w->n : 0;
}
void window_close(struct window *w)
{
	int i;

	for (i = 0; i < w->n; i++)
		PAGE_PUT(w->pages[i]);
}
`;
  for (const [name, before, from, call] of [
    [
      'that takes them',
      '#define PIN(a, n, p) get_user_pages_fast(a, n, 0, p)',
      '#define PIN(a, n, p) pin_user_pages_fast(a, n, 0, p)',
      'PIN(a, n, w->pages)',
    ],
    ['that takes them, without arguments', '#define PIN get_user_pages_fast', '#define PIN pin_user_pages_fast', 'PIN(a, n, 0, w->pages)'],
  ] as const)
    shows(
      name,
      taken(before, from, call),
      'get page-array car=window.pages loop-collapsible@file put:window_close:put_page',
      'pin page-array car=window.pages loop-collapsible@file put:window_close:unpin_user_page',
    );
  shows(
    'that takes them by another macro, as the value of statements',
    taken(
      '#define PIN(a, n, p) get_user_pages_fast(a, n, 0, p)',
      '#define PIN(a, n, p) pin_user_pages_fast(a, n, 0, p)',
      'PIN_ALL(a, n, w->pages)',
    ).replace('struct window', '#define PIN_ALL(a, n, p) ({ int r_; r_ = PIN(a, n, p); r_; })\nstruct window'),
    'get page-array car=window.pages loop-collapsible@file put:window_close:put_page',
    'pin page-array car=window.pages loop-collapsible@file put:window_close:unpin_user_page',
  );
  shows(
    'that is a function in another arm',
    arms(
      'static inline void PUT_ALL(struct page **p, int n)\n{\n\twhile (n--)\n\t\tput_page(p[n]);\n}',
      '#define PUT_ALL(p, n) unpin_user_pages((p), (n))',
    ) + both('PUT_ALL(w->pages, w->n);'),
    each('pin LT', 'window_close:unpin_user_pages', 'bulk'),
    each('get', 'PUT_ALL:put_page'),
  );
  shows(
    'that takes them within statements that do more',
    taken(
      '#define PIN(a, n, p) get_user_pages_fast(a, n, 0, p)',
      '#define PIN(a, n, p) pin_user_pages_fast(a, n, 0, p)',
      'PIN_ALL(a, n, w->pages)',
    ).replace('struct window', '#define PIN_ALL(a, n, p) ({ int r_; lock(a); r_ = PIN(a, n, p); unlock(a); r_; })\nstruct window'),
    'get page-array car=window.pages loop-collapsible@file put:window_close:put_page',
    'pin page-array car=window.pages loop-collapsible@file put:window_close:unpin_user_page',
  );
  shows(
    'that is the same call in all',
    arms('#define PAGE_PUT(p) put_page(p)', '#define PAGE_PUT(p) put_page(p)') + both(),
    each('pin LT', 'window_close:put_page'),
    each('get', 'window_close:put_page'),
  );
});

describe('a macro for kernels that have not got the call', () => {
  const have = '#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n#define HAVE_PIN 1\n#endif\n';
  const shim = '#ifndef HAVE_PIN\n#define unpin_user_page(p) put_page(p)\n#endif\n';
  const dropping = 'for (i = 0; i < w->n; i++)\n\t\tunpin_user_page(w->pages[i]);';
  for (const [name, text] of [
    ['of the version, both', have + shim + both(dropping)],
    [
      'of a name that a header defines',
      {
        'a.c': `#include "have.h"\n#include "compat.h"\n${both(dropping, 'defined(HAVE_PIN)')}`,
        'have.h': have,
        'compat.h': guarded(shim),
      },
    ],
    ['of a name that its file defines', have + shim + both(dropping, 'defined(HAVE_PIN)')],
  ] as const) {
    accepts('wrong-release', name, text);
    accepts('mixed-release', name, text);
  }
});
