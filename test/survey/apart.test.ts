import { describe } from 'vitest';
import { shows } from './helper.js';

/** One struct in two others: one is filled from user memory, the other is `holder`'s own, which its file alone knows. */
const args = (holder: string, fill: string, head = '') => ({
  'drivers/x/args.h': `struct args { struct page **pages; int n; };
int args_take(struct args *args, unsigned long a);
${head}`,
  'drivers/x/io.c': `#include "args.h"
struct io { int id; struct args args; };
int args_take(struct args *args, unsigned long a)
{
	args->n = get_user_pages_fast(a, args->n, FOLL_WRITE, args->pages);
	return args->n;
}
int io_start(struct io *io, unsigned long a)
{
	return args_take(&io->args, a);
}
void io_end(struct io *io)
{
	int i;

	for (i = 0; i < io->args.n; i++)
		put_page(io->args.pages[i]);
}`,
  'drivers/x/notify.c': `#include "args.h"
${holder}
int notify_start(struct notify *notify, struct address_space *mapping, unsigned long a)
{
	${fill}
}
void notify_end(struct args *args)
{
	struct notify *notify = container_of(args, struct notify, args);

	release_pages(notify->args.pages, notify->args.n);
	kfree(notify);
}`,
});
const notify = 'struct notify { struct list_head list; struct args args; };';
const cached = 'return fill_cached(&notify->args, mapping);';
const head = 'get page-array car=args.pages';
const all = `${head} loop-collapsible@cross-file put:io_end:put_page,notify.c:notify_end:release_pages`;

describe('a field in a struct of another file', () => {
  shows('is not where the pages are', args(notify, cached), `${head} loop-collapsible@file put:io_end:put_page`);
  shows('may be, if that file has them taken', args(notify, 'return args_take(&notify->args, a);'), all);
  shows('may be, if others know the struct', args('', cached, notify), all);
});

/** Two functions put pages into one field; who has put them there himself drops his own when he fails. */
const two = (put: string, helper = '') => `struct buf { struct page **pages; long n; };
struct region { struct buf buf; };
${helper}
int import(struct region *r, unsigned long a, long n)
{
	struct buf *buf = &r->buf;
	struct page **pages = buf->pages;
	long got = pin_user_pages(a, n, FOLL_WRITE, pages);

	if (got != n)
		return -EFAULT;
	buf->n = n;
	return 0;
}
int map(struct region *r, unsigned long a)
{
	struct page **pages = r->buf.pages;
	long i, got = get_user_pages(a, r->buf.n, FOLL_WRITE, pages);

	if (got != r->buf.n) {
		for (i = 0; i < got; i++)
			${put}(pages[i]);
		return -ENOMEM;
	}
	return 0;
}
void drop(struct region *r)
{
	unpin_user_pages(r->buf.pages, r->buf.n);
}`;

describe('what a function has put in a field itself', () => {
  const pin = 'pin page-array car=buf.pages bulk@file put:drop:unpin_user_pages';
  const get = (own: string) => `get page-array car=buf.pages bulk@file put:${own}:put_page,drop:unpin_user_pages`;
  shows('by another name of the field', two('put_page'), pin, get('map'));
  const helper = 'static void my_put(struct page *page)\n{\n	put_page(page);\n}';
  shows('and drops by a helper', two('my_put', helper), pin, get('my_put'));
});

/** A teardown that, before it drops what the object holds, puts a fresh page in a field of it. */
const refilled = (field: string) => `struct obj { struct page *page, *spare; struct page **pages; int n; };
int take(struct obj *o, unsigned long a, int n)
{
	o->n = get_user_pages_fast(a, n, 0, o->pages);
	return o->n;
}
void end(struct obj *o)
{
	int i;

	o->${field} = alloc_page(GFP_KERNEL);
	for (i = 0; i < o->n; i++)
		put_page(o->pages[i]);
}`;

describe('a fresh page that a function has put', () => {
  const own = 'get page-array car=obj.pages loop-collapsible@file put:end:put_page';
  shows('in another field', refilled('spare'), own);
  shows('in one whose name the field’s begins with', refilled('page'), own);
  shows('in the field itself', refilled('pages[0]'), 'get page-array car=obj.pages none@function mixed');
});
