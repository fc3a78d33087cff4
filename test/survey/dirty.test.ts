import { describe } from 'vitest';
import { shows } from './helper.js';

/** An array in a field, filled from user memory; `rest` is the teardown, and what else deals with such objects. */
const obj = (rest: string) => `struct obj { struct page **pages; int n; };
int take(struct obj *o, unsigned long a)
{
	return pin_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
}
${rest}`;
const row = (dirty: string) => `pin page-array car=obj.pages bulk@file put:give:unpin_user_pages${dirty}`;

const give = `void give(struct obj *o)
{
	unpin_user_pages(o->pages, o->n);
	kvfree(o->pages);
}
`;
const other = (end: string) => `static void put_cached(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		set_page_dirty(pages[i]);
		batch_add(pages[i]);
	}
${end}}
void obj_put(struct obj *o)
{
	put_cached(o->pages, o->n);
	o->pages = NULL;
}
`;

describe('dirty', () => {
  shows('by a function that leaves the array to who drops the pages', obj(give + other('')), row(' dirty=set_page_dirty'));
  shows(
    'not by one that frees the array, and drops them in no way that is a user page’s',
    obj(give + other('\tkvfree(pages);\n')),
    row(''),
  );
  shows(
    'by one that frees the array, and has the pages dropped',
    obj(`static void drop(struct page **pages, int n)
{
	unpin_user_pages(pages, n);
}
static void end(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		set_page_dirty_lock(pages[i]);
	drop(pages, n);
	kvfree(pages);
}
void give(struct obj *o)
{
	end(o->pages, o->n);
}`),
    row(' dirty=set_page_dirty_lock').replace('give:', 'drop:'),
  );
});

const byFlag = (flag: string, more = '') =>
  obj(`static void drop(struct page **pages, int n, bool dirty)
{
	int i;

	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		unpin_user_page(pages[i]);
	}
}
void give(struct obj *o, bool written)
{
	drop(o->pages, o->n, ${flag});
}
${more}`);
const dropped = (dirty: string) => `pin page-array car=obj.pages loop-collapsible@file put:drop:unpin_user_page${dirty}`;

describe('dirty under a parameter', () => {
  shows('that is true', byFlag('true'), dropped(' dirty=set_page_dirty_lock'));
  shows('that may be', byFlag('written'), dropped(' dirty=set_page_dirty_lock'));
  shows('that is false', byFlag('false'), dropped(''));
  shows(
    'that is false for some',
    byFlag('false', 'void give_written(struct obj *o)\n{\n\tdrop(o->pages, o->n, true);\n}'),
    dropped(' dirty=set_page_dirty_lock'),
  );
});

describe('dirty in several ways', () => {
  shows(
    'by the drop of those that were used, not by who writes in between',
    obj(`void give_used(struct obj *o)
{
	unpin_user_pages_dirty_lock(o->pages, o->n, true);
}
void give_rest(struct obj *o)
{
	unpin_user_pages(o->pages, o->n);
}
void poke(struct obj *o, int i)
{
	set_page_dirty_lock(o->pages[i]);
}`),
    'pin page-array car=obj.pages bulk@file put:give_used:unpin_user_pages_dirty_lock,give_rest:unpin_user_pages dirty=bulk',
  );
});
