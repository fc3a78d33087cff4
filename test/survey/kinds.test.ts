import { describe } from 'vitest';
import { shows } from './helper.js';

/** A driver that says in the object how its pages were taken: `set` behind each call, and the teardown. */
const driver = (pinned: string, got: string, teardown: string, more = '') => `enum kind { KIND_NONE, KIND_PINNED, KIND_GOT };
struct obj { struct page **pages; int kind; bool pinned; int n; };
${more}
static void drop(struct obj *o)
{
	int i;

${teardown}
	kfree(o->pages);
}
int take(struct obj *o, unsigned long a, int vm)
{
	int n;

	if (vm) {
		n = pin_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
		${pinned}
	} else {
		n = get_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
		${got}
	}
	return n;
}`;

const byKind = `	if (o->kind == KIND_PINNED) {
		unpin_user_pages(o->pages, o->n);
	} else {
		for (i = 0; i < o->n; i++)
			put_page(o->pages[i]);
	}`;
const head = 'page-array car=obj.pages';
const pinned = `pin ${head} bulk@file put:drop:unpin_user_pages`;
const got = `get ${head} loop-collapsible@file put:drop:put_page`;
const both = 'put:drop:unpin_user_pages,drop:put_page';
const told = ['o->kind = KIND_PINNED;', 'o->kind = KIND_GOT;'] as const;

describe('what the object says of its pages', () => {
  shows('a kind that is set where they are taken', driver(...told, byKind), pinned, got);
  shows(
    'a switch over it, in a helper',
    driver(
      ...told,
      '	drop_pages(o, o->kind);',
      `static void drop_pages(struct obj *o, int kind)
{
	int i;

	switch (o->kind) {
	case KIND_PINNED:
		unpin_user_pages(o->pages, o->n);
		break;
	case KIND_GOT:
		for (i = 0; i < o->n; i++)
			put_page(o->pages[i]);
		break;
	}
	o->kind = KIND_NONE;
}`,
    ),
    pinned.replace('drop:', 'drop_pages:'),
    got.replace('drop:', 'drop_pages:'),
  );
  shows('a flag', driver('o->pinned = true;', 'o->pinned = false;', byKind.replace('o->kind == KIND_PINNED', 'o->pinned')), pinned, got);
  shows(
    'a kind that somebody else changes says nothing, but to whose value it is set',
    driver(...told, byKind, 'void detach(struct obj *o)\n{\n\to->kind = KIND_GOT;\n}'),
    `pin ${head} loop-collapsible@file ${both}`,
    got,
  );
  shows(
    'nor one that is not the same on all ways',
    driver('o->kind = KIND_PINNED;\n\t\tif (n < o->n)\n\t\t\to->kind = KIND_GOT;', 'o->kind = KIND_GOT;', byKind),
    `pin ${head} loop-collapsible@file ${both}`,
    got,
  );
  shows(
    'nor another object of another struct',
    driver(...told, byKind.replace('o->kind', 'other->kind'), 'struct other { int kind; };\nextern struct other *other;'),
    `pin ${head} loop-collapsible@file ${both}`,
    `get ${head} loop-collapsible@file ${both}`,
  );
  shows(
    'where the pages are gone, what is stored says nothing of them',
    driver(
      'if (n < 0)\n\t\t\tgoto fail;\n\t\tif (n < o->n) {\n\t\t\tunpin_user_pages(o->pages, n);\n\t\t\tgoto fail;\n\t\t}\n\t\to->kind = KIND_PINNED;\n\t\treturn 0;\nfail:\n\t\to->kind = KIND_NONE;',
      'o->kind = KIND_GOT;',
      byKind,
    ),
    `pin ${head} bulk@file put:drop:unpin_user_pages,take:unpin_user_pages`,
    got,
  );
  shows(
    'a field that the way out empties is not one that says so',
    driver('if (n < o->n)\n\t\t\to->pinned = false;', 'o->pinned = false;', byKind.replace('o->kind == KIND_PINNED', 'o->pinned')),
    `pin ${head} loop-collapsible@file ${both}`,
    got,
  );
  shows(
    'a flag that is set to a name for one',
    driver(
      'o->pinned = YES;',
      'o->pinned = NO;',
      byKind.replace('o->kind == KIND_PINNED', 'o->pinned'),
      'typedef enum { NO = 0, YES = 1 } answer_t;',
    ),
    pinned,
    got,
  );
  shows(
    'one from a header in angle brackets, of a folder that the build adds, and what that includes alike',
    {
      'os/linux/my/types.h': '#include <my/answers.h>\n',
      'os/linux/my/answers.h': 'typedef enum { NO = 0, YES = 1 } answer_t;\n',
      'driver/obj.c': driver(
        'o->pinned = YES;',
        'o->pinned = NO;',
        byKind.replace('o->kind == KIND_PINNED', 'o->pinned'),
        '#include <my/types.h>',
      ),
    },
    pinned,
    got,
  );
});

const swapFirst = `static void swap_first(struct obj *o)
{
	put_page(o->pages[0]);
	o->pages[0] = alloc_page(GFP_KERNEL);
}
`;

/** Two functions that take pages, of which one sets a flag, and one that drops by it. */
const twoTakers = (unset: string, swapped = '', guard = '', before = '') => `struct obj { struct page **pages; bool pinned; int n; };
static void drop(struct obj *o)
{
	int i;

${byKind.replace('o->kind == KIND_PINNED', 'o->pinned')}
}
${before}${guard ? swapFirst : ''}int pin(struct obj *o, unsigned long a)
{
	o->pinned = true;
	return pin_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
}
int get(struct obj *o, unsigned long a)
{
	${unset}
	return get_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
}
int run(struct obj *o, unsigned long a, int vm, int write)
{
	int ret = vm ? pin(o, a) : get(o, a);

	${swapped}
	${guard}${guard ? '\n\t\tswap_first(o);' : ''}
	drop(o);
	return ret;
}`;

describe('what is said by one of two that take pages', () => {
  shows('a flag that only one of them sets', twoTakers(''), pinned, got);
  shows(
    'one that somebody else may set too',
    twoTakers('', 'o->pinned = vm;'),
    `pin ${head} loop-collapsible@file ${both}`,
    `get ${head} loop-collapsible@file ${both}`,
  );
  shows(
    'a helper that is called only where it is not set',
    twoTakers('', '', 'if (write && !o->pinned)'),
    `${pinned} mixed`,
    `${got},swap_first:put_page mixed`,
  );
  const guarded = (before: string) => twoTakers('', '', 'if (write && !o->pinned)', before);
  shows(
    'that is written about',
    guarded('/* swap_first: the first page, by a new one */\n'),
    `${pinned} mixed`,
    `${got},swap_first:put_page mixed`,
  );
  for (const [name, stored] of [
    ['in a list of functions', 'static void swap_first(struct obj *o);\nstatic void (*swaps[])(struct obj *) = { swap_first };\n'],
    ['by who returns it', 'static void swap_first(struct obj *o);\nswap_t swap_of(int i)\n{\n\treturn i ? NULL : swap_first;\n}\n'],
  ] as const)
    shows(
      `that somebody else may call, named ${name}`,
      guarded(stored),
      `${pinned},swap_first:put_page mixed`,
      `${got},swap_first:put_page mixed`,
    );
});

/** A helper that says by a pointer how it took the pages, and one that is told how to drop them. */
const saidOut = (out: string, asked: string, other = '') => `struct req { struct page **pages; long n; bool pinned; };

static int get(struct page **pages, unsigned long a, long n, bool fault, bool *pinned)
{
	long got;

	if (fault) {
		got = pin_user_pages_fast(a, n, 0, pages);
		*pinned = true;
	} else {
		got = get_user_pages_fast_only(a, n, 0, pages);
		*pinned = false;
	}
	if (got == n)
		return 0;
	if (got > 0) {
		if (*pinned)
			unpin_user_pages(pages, got);
		else
			release_pages(pages, got);
	}
	return -EFAULT;
}
static void put(struct page **pages, long n, bool pinned)
{
	${other}
	if (pinned)
		unpin_user_pages(pages, n);
	else
		release_pages(pages, n);
}
void end(struct req *r)
{
	put(r->pages, r->n, ${asked});
}
int begin(struct req *r, unsigned long a, bool fault)
{
	bool mine;

	return get(r->pages, a, r->n, fault, ${out});
}`;

describe('what is said by a pointer, and told to a helper', () => {
  const wrapper = (kind: string, ...puts: string[]) => `wrapper ${kind} page-array car=req.pages caller@caller put:${puts.join()} via=get`;
  const unpins = ['get:unpin_user_pages', 'put:unpin_user_pages'] as const;
  const releases = ['get:release_pages', 'put:release_pages'] as const;
  shows('the field that it is said in', saidOut('&r->pinned', 'r->pinned'), wrapper('pin', ...unpins), wrapper('get', ...releases));
  const all = ['put:unpin_user_pages', 'put:release_pages'] as const;
  for (const [name, text] of [
    ['something else', saidOut('&mine', 'r->pinned')],
    ['what is not told', saidOut('&r->pinned', 'true')],
    ['what is asked of something else', saidOut('&r->pinned', 'r->pinned', 'pinned = my_answer(n);')],
  ] as const)
    shows(name, text, wrapper('pin', unpins[0], ...all), wrapper('get', releases[0], ...all));
});

/** A field that is tested where the pages are taken, and said by a pointer: what is set elsewhere is the one, and not the other. */
const testedAndSaid = (test: string) => `struct req { struct page **pages; long n; int state; };
static void mark(struct req *r)
{
	r->state = PINNED;
}
static int get(struct req *r, unsigned long a, int *state)
{
	long got;

	if (${test}) {
		got = pin_user_pages_fast(a, r->n, 0, r->pages);
		*state = PINNED;
		if (got != r->n)
			return -EFAULT;
	}
	return 0;
}
void end(struct req *r)
{
	if (r->state == PINNED)
		unpin_user_pages(r->pages, r->n);
	else if (r->state == OTHER)
		release_pages(r->pages, r->n);
}
int begin(struct req *r, unsigned long a)
{
	if (again(r))
		mark(r);
	return get(r, a, &r->state);
}`;

describe('what is said of one field in two ways', () => {
  const row = 'pin page-array car=req.pages bulk@file put:end:unpin_user_pages';
  shows('by a pointer alone', testedAndSaid('a'), row);
  shows('by a test before, too, which others make untrue', testedAndSaid('r->state == NEW'), row);
});
