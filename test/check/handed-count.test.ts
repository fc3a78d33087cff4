/** A count that a function hands on which has chosen itself how many pages it asks for, and is not looked at. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Written {
  /** What the function that takes the pages answers to a failure. */
  failed?: string;
  /** How the next one looks at the count. */
  test?: string;
  /** What the helper does before it goes through the pages. */
  first?: string;
}

const piped = ({
  failed = 'return -EFAULT',
  test = '',
  first = '',
}: Written): string => `struct pipe { struct page *pages[16]; u64 at[16]; };
static int pipe_pin(unsigned long first, unsigned long last, struct page *pages[16])
{
	int wanted = ((last - first) >> PAGE_SHIFT) + 1;
	int got;

	if (wanted > 16)
		wanted = 16;
	got = pin_user_pages_fast(first, wanted, FOLL_WRITE, pages);
	if (got <= 0)
		${failed};
	return got;
}
static void pipe_fill(struct page **pages, int count, u64 *at)
{
	int i;

	${first}
	at[0] = page_to_phys(pages[0]);
	for (i = 1; i < count; i++)
		at[i] = page_to_phys(pages[i]);
}
int pipe_move(struct pipe *p, unsigned long first, unsigned long last)
{
	int count = pipe_pin(first, last, p->pages);

	${test}
	pipe_fill(p->pages, count, p->at);
	pipe_start(p->at);
	unpin_user_pages_dirty_lock(p->pages, count, true);
	return 0;
}
`;

describe('a count of as many pages as another function has asked for', () => {
  const rule = 'release-count';
  const told = 'pipe_move:unpin_user_pages_dirty_lock(p->pages, count, true);';
  complains(rule, 'an error that is dropped as a count', piped({}), told);
  complains(rule, 'an error of the call itself', piped({ failed: 'return got' }), told);
  accepts(rule, 'a test in between', piped({ test: 'if (count < 0)\n\t\treturn count;' }));
  accepts(rule, 'a function that says of a failure that there are none', piped({ failed: 'return 0' }));
  accepts(rule, 'a helper that looks at the number', piped({ first: 'if (count < 0)\n\t\tpanic("no pages");' }));
  accepts(rule, 'a helper that hands the number on', piped({ first: 'check_count(count);' }));
  complains(rule, 'a test for none', piped({ test: 'if (count == 0)\n\t\treturn 0;' }), told);
});

const given = (call: string, more = '') => `${more}
int take(struct ubuf *u, unsigned long addr, int n)
{
	struct page **pages = kvcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got = get_user_pages_fast(addr, n, 0, pages);

	if (got < n) {
		${call}(pages, n);
		return -EFAULT;
	}
	return hw_take(u, pages, n);
}
`;
const definition = (body: string) => `static void array_done(struct page **pages, int n)\n{\n\t${body}\n}\n`;

describe('an array that is given with the number asked for where fewer may be there', () => {
  accepts('unchecked-count', 'a function that is not seen and is named for freeing it', given('ubuf_free_pages'));
  accepts('unchecked-count', 'one that is named for putting them', given('ubuf_put_pages'));
  complains('unchecked-count', 'one that is named otherwise', given('ubuf_output_pages'), 'take:ubuf_output_pages(pages, n);');
  accepts('unchecked-count', 'a function that frees it', given('array_done', definition('kvfree(pages);')));
  const using = given('array_done', definition('hw_show(pages[n - 1]);\n\tkvfree(pages);'));
  complains('unchecked-count', 'a function that uses one of them', using, 'take:array_done(pages, n);');
});

/** Pages in the objects of an array, or in a member, that a helper drops for who has failed to take all of them. */
const segmented = ({ dropped = 'g->pages', range = 'j->nr', done = ';', failed = ';', each = true } = {}) => `
struct seg { unsigned long at; unsigned int n; struct page **pages; bool pinned; };
struct job { struct seg seg${each ? '[4]' : ''}; int nr; int done; };
static void job_unpin(struct job *j)
{
	int s;

	${each ? `for (s = 0; s < ${range}; s++) {` : 'do {'}
		struct seg *g = &j->seg${each ? '[s]' : ''};

		if (!${dropped})
			continue;
		unpin_user_pages(g->pages, g->n);
		g->pages = NULL;
	}${each ? '' : ' while (0);'}
}
int job_pin(struct job *j)
{
	int s, got;

	${each ? 'for (s = 0; s < j->nr; s++) {' : 'do {'}
		struct seg *g = &j->seg${each ? '[s]' : ''};

		g->pages = kvcalloc(g->n, sizeof(*g->pages), GFP_KERNEL);
		if (!g->pages)
			goto undo;
		got = pin_user_pages_fast(g->at, g->n, 0, g->pages);
		if (got != g->n) {
			${failed}
			goto undo;
		}
		${done}
	}${each ? '' : ' while (0);'}
	return 0;
undo:
	job_unpin(j);
	return -EFAULT;
}
void job_end(struct job *j)
{
	job_unpin(j);
	kfree(j);
}
`;

describe('a helper that drops what stands in objects', () => {
  const rule = 'release-count';
  const fault = 'job_pin:job_unpin(j);';
  complains(rule, 'a member, by a variable that points there', segmented({ each: false }), fault);
  complains(rule, 'an array, all of which it goes through', segmented(), fault);
  accepts(rule, 'one of which the number is what was taken', segmented({ each: false, failed: 'g->n = got > 0 ? got : 0;' }));
  accepts(rule, 'all of which the number is what was taken', segmented({ failed: 'g->n = got > 0 ? got : 0;' }));
  accepts(rule, 'one that was not yet marked', segmented({ each: false, dropped: 'g->pinned', done: 'g->pinned = true;' }));
  accepts(rule, 'all that were marked before', segmented({ dropped: 'g->pinned', done: 'g->pinned = true;' }));
  accepts(rule, 'those before the one that failed', segmented({ range: 'j->done', done: 'j->done++;' }));
});

/** A function that takes pages into an object and says how many, and who uses as many as were asked for. */
const kept = ({
  test = 'if (got < 0)\n\t\treturn got;',
  between = ';',
  last = ';',
  uses = 'n',
} = {}) => `struct buf { struct page **pages; int n; };
static int buf_pin(struct buf *b, unsigned long a, int n)
{
	int got;

	b->pages = kvcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, b->pages);
	if (got < 0) {
		kvfree(b->pages);
		b->pages = NULL;
	}
	${last}
	return got;
}
int buf_copy(struct buf *b, unsigned long a, int n, void *from)
{
	int i, got;

	got = buf_pin(b, a, n);
	${test}
	${between}
	for (i = 0; i < ${uses}; i++)
		memcpy_to_page(b->pages[i], 0, from + i * PAGE_SIZE, PAGE_SIZE);
	unpin_user_pages_dirty_lock(b->pages, got, true);
	return 0;
}
`;

describe('a count of pages that another function has taken into an object', () => {
  const rule = 'unchecked-count';
  complains(rule, 'one that is not looked at', kept(), 'buf_copy:memcpy_to_page(b->pages[i], 0, from + i * PAGE_SIZE, PAGE_SIZE);');
  accepts(rule, 'one by which the pages are used', kept({ uses: 'got' }));
  accepts(rule, 'one that has to be what was asked for', kept({ test: 'if (got != n)\n\t\treturn -EFAULT;' }));
  accepts(rule, 'one that a helper is given with the object', kept({ between: 'buf_cut(b, got);' }));
  accepts(rule, 'an object that is given other pages then', kept({ last: 'b->pages = buf_padded(b, n);' }));
});
