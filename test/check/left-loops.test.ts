/** Loops that drop an element in each round, and are left before their end. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rounds = (head: string, body: string, rest = '') => `int hw_try(struct page *p);
int hw_flush(void);
int run(unsigned long addr, unsigned int n)
{
	struct page *pages[16];
	int got, i, ret = 0;

	got = get_user_pages_fast(addr, n, 0, pages);
	${head} {
		ret = hw_try(pages[i]);
		${body}
	}
	${rest}
	return ret;
}
`;
const up = 'for (i = 0; i < got; i++)';

describe('a loop that is left by a break behind the drop of one', () => {
  const left = 'if (ret)\n\t\t\tbreak;';
  const told = 'run:ret = hw_try(pages[i]);';
  complains('leak-on-path', 'upwards', rounds(up, `put_page(pages[i]);\n\t\t${left}`), told);
  complains('leak-on-path', 'downwards', rounds('for (i = got - 1; i >= 0; i--)', `put_page(pages[i]);\n\t\t${left}`), told);
  complains('leak-on-path', 'with a step in the drop', rounds('for (i = 0; i < got;)', `put_page(pages[i++]);\n\t\t${left}`), told);
  complains('leak-on-path', 'by its address', rounds(up, `unpin_user_pages_dirty_lock(&pages[i], 1, false);\n\t\t${left}`), told);
  complains('leak-on-path', 'before other work', rounds(up, `put_page(pages[i]);\n\t\t${left}`, 'hw_flush();'), told);
  complains(
    'leak-on-path',
    'with an error set there',
    rounds(up, 'put_page(pages[i]);\n\t\tif (ret) {\n\t\t\tret = -EIO;\n\t\t\tbreak;\n\t\t}'),
    told,
  );
  for (const rest of [
    'while (++i < got)\n\t\tput_page(pages[i]);',
    'for (i++; i < got; i++)\n\t\tput_page(pages[i]);',
    'if (i < got)\n\t\trelease_pages(pages + i + 1, got - i - 1);',
  ])
    accepts('leak-on-path', `where the rest goes, too: ${rest}`, rounds(up, `put_page(pages[i]);\n\t\t${left}`, rest));
  accepts('leak-on-path', 'by its test', rounds('for (i = 0; i < got && !ret; i++)', 'put_page(pages[i]);'));
  accepts('leak-on-path', 'where that is the last', rounds(up, 'put_page(pages[i]);\n\t\tif (i == got - 1)\n\t\t\tbreak;'));
  accepts(
    'leak-on-path',
    'by the test of a do',
    rounds('i = 0;\n\tdo', 'put_page(pages[i]);').replace('\t}\n\t\n\treturn ret', '\t} while (++i < got && got < 17);\n\treturn ret'),
  );
  accepts(
    'leak-on-path',
    'to the drop of the rest',
    rounds(up, 'put_page(pages[i]);\n\t\tif (ret)\n\t\t\tgoto rest;', 'return 0;\nrest:\n\twhile (++i < got)\n\t\tput_page(pages[i]);'),
  );
});

const kept = (drop: string, behind: string, inRound = '') => `struct buf { struct page **pages; int n; };
int buf_get(struct buf *b, unsigned long addr, int n)
{
	int got;

	b->pages = kvmalloc_array(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(addr, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		kvfree(b->pages);
		return got < 0 ? got : -EFAULT;
	}
	b->n = n;
	return 0;
}
void buf_put(struct buf *b)
{
	struct page *page;
	int i;

	for (i = 0; i < b->n; i++) {
		${drop}
		${inRound}
	}
	${behind}
	kvfree(b->pages);
	kfree(b);
}
`;

describe('a loop that drops each element as an array of one', () => {
  for (const drop of [
    'unpin_user_pages_dirty_lock(&b->pages[i], 1, true);',
    'unpin_user_pages_dirty_lock(b->pages + i, 1, true);',
    'page = b->pages[i];\n\t\tunpin_user_pages_dirty_lock(&page, 1, true);',
  ]) {
    const again = 'for (i = 0; i < b->n; i++)\n\t\tunpin_user_page(b->pages[i]);';
    const look = 'for (i = 0; i < b->n; i++)\n\t\tflush_dcache_page(b->pages[i]);';
    for (const rule of ['double-release', 'use-after-release', 'dirty-lost', 'leak-on-path']) accepts(rule, drop, kept(drop, ''));
    complains('double-release', `${drop} and another for all`, kept(drop, again), 'buf_put:unpin_user_page(b->pages[i]);');
    complains('use-after-release', `${drop} and a look at all`, kept(drop, look), 'buf_put:flush_dcache_page(b->pages[i]);');
  }
  const one = 'unpin_user_pages_dirty_lock(&b->pages[i], 1, true);';
  complains('double-release', 'twice in a round', kept(one, '', 'unpin_user_page(b->pages[i]);'), 'buf_put:unpin_user_page(b->pages[i]);');
  complains(
    'use-after-release',
    'and looks at it',
    kept(one, '', 'flush_dcache_page(b->pages[i]);'),
    'buf_put:flush_dcache_page(b->pages[i]);',
  );
  accepts('use-after-release', 'and looks at the next', kept(one, '', 'if (i + 1 < b->n)\n\t\t\tflush_dcache_page(b->pages[i + 1]);'));
  accepts('double-release', 'or all that are left', kept('unpin_user_pages_dirty_lock(&b->pages[i], b->n - i, true);\n\t\tbreak;', ''));
});
