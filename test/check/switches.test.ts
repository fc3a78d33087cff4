/** Paths through a switch: what falls into a case, and what goes past all of them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** An object whose state says in a switch how much of it there is to be undone, after a pin that may be short. */
const staged = (undo: string, count = ''): string => `struct blit { struct page **pages; int num; int state; };
static void blit_free(struct blit *b)
{
	switch (b->state) {
${undo}
	}
}
static int blit_lock(struct blit *b, unsigned long mem)
{
	int ret;

	ret = pin_user_pages_fast(mem, b->num, 0, b->pages);
	if (ret != b->num) {
		if (ret < 0)
			return ret;
		${count}
		b->state = BLIT_LOCKED;
		return -EINVAL;
	}
	b->state = BLIT_LOCKED;
	return 0;
}
int blit_build(struct blit *b, unsigned long mem, int n)
{
	int ret;

	b->num = n;
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	b->state = BLIT_ALLOC;
	ret = blit_lock(b, mem);
	if (ret)
		blit_free(b);
	return ret;
}
`;

const drop = 'unpin_user_pages(b->pages, b->num);';
const falling = `	case BLIT_LOCKED:
		${drop}
		fallthrough;
	case BLIT_ALLOC:
		kfree(b->pages);
		break;
	default:
		break;`;
const open = `	case BLIT_LOCKED:
		${drop}
		kfree(b->pages);`;

describe('the state of an object, asked in a switch', () => {
  complains('release-count', 'a short count, where a case falls into the next', staged(falling), 'blit_build:blit_free(b);');
  complains('release-count', 'a short count, where other states come past', staged(open), 'blit_build:blit_free(b);');
  accepts('release-count', 'a short count that the object is told', staged(falling, 'b->num = ret;'));
  accepts('leak-on-path', 'states past the case that drops', staged(falling, 'b->num = ret;'));
});

/** A function that takes pages, and comes to its drop by a switch. */
const told = (cases: string): string => `int send(unsigned long a, struct page **pages, int n, int kind)
{
	int ret = pin_user_pages_fast(a, n, 0, pages);

	if (ret < 0)
		return ret;
	switch (kind) {
${cases}
	}
	unpin_user_pages(pages, ret);
	return 0;
}
`;

describe('what falls into a case', () => {
  complains(
    'leak-on-path',
    'a case that falls into one which is left, with a constant that it is not',
    told('	case 0:\n		ping(kind);\n		fallthrough;\n	case 1:\n		return -EINVAL;'),
    'send:case 0:',
    'send:case 1:',
  );
  accepts(
    'leak-on-path',
    'a case that falls into one which drops',
    told('	case 0:\n		n = 0;\n		fallthrough;\n	case 1:\n		unpin_user_pages(pages, ret);\n		return -EINVAL;'),
  );
});

describe('what goes past all cases', () => {
  complains(
    'leak-on-path',
    'a way that is left in all other cases',
    told('	case 0:\n	case 1:\n		break;\n	default:\n		return -EINVAL;'),
    'send:default:',
  );
  accepts(
    'leak-on-path',
    'all other cases of a count of pages that was told apart',
    `int send(unsigned long a, struct page **pages)
{
	int ret = pin_user_pages_fast(a, 1, 0, pages);

	switch (ret) {
	case 1:
		break;
	default:
		return -EFAULT;
	}
	unpin_user_page(pages[0]);
	return 0;
}
`,
  );
});

/** A request that has the pages already, and is asked for something before they are worked with. */
const asked = (test: string, undo = ''): string => `struct req { struct page **pages; int n; int done; loff_t pos; };
static int req_pin(struct req *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, FOLL_WRITE, r->pages);

	if (got == r->n)
		return 0;
	if (got > 0)
		unpin_user_pages(r->pages, got);
	return -EFAULT;
}
int req_write(struct req *r, unsigned long a, loff_t limit)
{
	loff_t pos = r->pos;
	int ret = req_pin(r, a);

	if (ret)
		return ret;
	if (${test}) {
		${undo}
		return -EFBIG;
	}
	ret = hw_write(r->pos, r->n);
	unpin_user_pages_dirty_lock(r->pages, r->n, true);
	return ret;
}
int req_do(unsigned long a, loff_t pos, loff_t limit)
{
	struct page *pages[8];
	struct req r = { .pages = pages, .n = 8, .pos = pos };

	return req_write(&r, a, limit);
}
`;

describe('a way past the drop', () => {
  complains('leak-on-path', 'where a request goes too far', asked('pos >= limit'), 'req_write:if (pos >= limit) {');
  accepts('leak-on-path', 'where it has dropped them', asked('pos >= limit', 'unpin_user_pages(r->pages, r->n);'));
  accepts('leak-on-path', 'where the object says that it has none', asked('r->n <= 0'));
  accepts('leak-on-path', 'where the object says how it stands', asked('r->done'));
});
