/** Drops by a number that was asked for as so many places, and rounded up to as many as there are. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Payload {
  /** What makes room for more places than stand in the payload itself. */
  room?: string;
  /** Behind that, in who makes the payload. */
  behind?: string;
  /** What is done with the pages that were put there. */
  filled?: string;
  /** What each round of the drop does. */
  round?: string;
  /** By what the drop goes. */
  bound?: string;
  /** What stands beside. */
  more?: string;
}

/** A payload with room for pages, which comes from one of some caches, each for so many. */
const payload = ({
  room = 'p->pages = cache_get(&p->max, gfp);',
  behind = '',
  filled = 'p->count = n;',
  round = 'unpin_user_page(pages[i]);',
  bound = 'p->max',
  more = '',
}: Payload = {}): string => `struct payload { struct page **pages; unsigned short max, count; struct page *few[4]; };
struct cache { int places; };
struct cache *cache_for(int n);
struct page **cache_take(struct cache *c, int gfp);
static struct page **cache_get(unsigned short *places, int gfp)
{
	struct cache *c = cache_for(*places);

	*places = c->places;
	return cache_take(c, gfp);
}
static struct payload *payload_new(int n, int gfp)
{
	struct payload *p = kmalloc(sizeof(*p), gfp);

	if (!p)
		return NULL;
	p->max = n;
	if (n > 4) {
		${room}
		if (!p->pages) {
			kfree(p);
			return NULL;
		}
	} else {
		p->pages = p->few;
	}
	${behind}
	return p;
}
static void pages_drop(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		${round}
}
static int payload_put(struct payload **to, struct page **pages, int n)
{
	struct payload *p = payload_new(n, GFP_KERNEL);
	int i;

	if (!p)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		p->pages[i] = pages[i];
	${filled}
	*to = p;
	return 0;
}
int payload_map(struct payload **to, unsigned long at, int n)
{
	struct page *pages[16];
	int got = pin_user_pages_fast(at, n, FOLL_WRITE | FOLL_LONGTERM, pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	if (payload_put(to, pages, n)) {
		unpin_user_pages(pages, n);
		return -ENOMEM;
	}
	return 0;
}
void payload_unmap(struct payload *p)
{
	pages_drop(p->pages, ${bound});
	kfree(p);
}
${more}`;

describe('as many pages as there are places', () => {
  complains('release-count', 'where they were rounded up', payload(), 'payload_unmap:pages_drop(p->pages, p->max);');
  const reset = payload({ more: 'void payload_reset(struct payload *p)\n{\n\tp->pages = NULL;\n\tp->max = 0;\n}\n' });
  complains('release-count', 'where somebody else sets the number to zero', reset, 'payload_unmap:pages_drop(p->pages, p->max);');
});

describe('as many pages as were put there', () => {
  const silent = (name: string, how: Payload) => accepts('release-count', name, payload(how));
  silent('by their own number', { bound: 'p->count' });
  silent('as the number is left as it was', { room: 'p->pages = cache_take(cache_for(p->max), gfp);' });
  silent('as another number is rounded up', { room: 'p->count = n;\n\t\tp->pages = cache_get(&p->count, gfp);' });
  silent('as the number is said once more', { behind: 'p->max = n;' });
  silent('as who fills it says it', { filled: 'p->max = n;' });
  silent('as somebody else says it', { more: 'void payload_cut(struct payload *p, int n)\n{\n\tp->max = n;\n}\n' });
  silent('as the number is only looked at', {
    room: 'p->pages = cache_take(cache_for(p->max), gfp);\n\t\tcache_log(&p->max);',
    more: 'void cache_log(unsigned short *places)\n{\n\tprintk("%d", *places);\n}\n',
  });
  silent('as each place is asked for its page', { round: 'if (pages[i])\n\t\t\tunpin_user_page(pages[i]);' });
});
