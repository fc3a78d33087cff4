/** Loops that undo the rounds of another one, and leave one page out. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rounds = (undo: string, take = '&b->pages[i]', first = 0) => `struct buf { struct page *pages[16]; };
int buf_take(struct buf *b, unsigned long at)
{
	int i, j;

	for (i = ${first}; i < 16; i++) {
		if (pin_user_pages_fast(at + i * PAGE_SIZE, 1, FOLL_WRITE, ${take}) != 1)
			goto undo;
	}
	return 0;
undo:
	${undo}
	return -EFAULT;
}
void buf_give(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, 16, true);
}
`;
const rule = 'release-count';
const drop = (index: string) => `unpin_user_page(b->pages[${index}]);`;

describe('the unwinding of rounds that leaves one page', () => {
  for (const [head, index] of [
    ['while (--i > 0)', 'i'],
    ['while (--i)', 'i'],
    ['while (i-- > 1)', 'i'],
    ['while (i > 1)', '--i'],
    ['for (i--; i > 0; i--)', 'i'],
    ['for (j = i - 1; j > 0; j--)', 'j'],
    ['for (j = 1; j < i; j++)', 'j'],
    ['for (j = 0; j < i - 1; j++)', 'j'],
    ['for (int k = 1; k < i; k++)', 'k'],
  ] as const)
    complains(rule, head, rounds(`${head}\n\t\t${drop(index)}`), `buf_take:${drop(index)}`);
  complains(rule, 'with a body of its own', rounds(`while (i > 1) {\n\t\ti--;\n\t\t${drop('i')}\n\t}`), `buf_take:${drop('i')}`);
  complains(
    rule,
    'of pages that are taken by an offset',
    rounds(`while (--i > 0)\n\t\t${drop('i')}`, 'b->pages + i'),
    `buf_take:${drop('i')}`,
  );
});

describe('the unwinding of rounds', () => {
  for (const [head, index] of [
    ['while (--i >= 0)', 'i'],
    ['while (i--)', 'i'],
    ['while (i-- > 0)', 'i'],
    ['while (i > 0)', '--i'],
    ['for (i--; i >= 0; i--)', 'i'],
    ['for (j = i - 1; j >= 0; j--)', 'j'],
    ['for (j = 0; j < i; j++)', 'j'],
  ] as const)
    accepts(rule, head, rounds(`${head}\n\t\t${drop(index)}`));
  accepts(rule, 'with the one that is left behind it', rounds(`while (--i > 0)\n\t\t${drop('i')}\n\t${drop('0')}`));
  accepts(rule, 'of which the first stands for itself', rounds(`while (--i > 0)\n\t\t${drop('i')}`, '&b->pages[i]', 1));
  accepts(rule, 'where the index is another one then', rounds(`i += 1;\n\twhile (--i > 0)\n\t\t${drop('i')}`));
});

describe('the unwinding within the round that failed', () => {
  const within = (head: string) =>
    rounds('').replace('goto undo;', `{\n\t\t\t${head}\n\t\t\t\tunpin_user_page(b->pages[i]);\n\t\t\treturn -EFAULT;\n\t\t}`);
  for (const head of ['while (--i > 0)', 'for (i = i - 1; i > 0; i--)'])
    complains(rule, head, within(head), 'buf_take:unpin_user_page(b->pages[i]);');
  for (const head of ['while (--i >= 0)', 'while (i-- > 0)', 'for (i = i - 1; i >= 0; i--)']) accepts(rule, head, within(head));
});

const planes = (undo: string, own = 'unpin_user_page(f->plane[p].page);') => `struct plane { struct page *page; };
struct frame { struct plane plane[3]; };
int frame_pin(struct frame *f, const unsigned long *addrs)
{
	int p, ret;

	for (p = 0; p < 3; p++) {
		ret = pin_user_pages_fast(addrs[p], 1, FOLL_LONGTERM, &f->plane[p].page);
		if (ret != 1) {
			ret = ret < 0 ? ret : -EFAULT;
			goto err;
		}
		ret = frame_program(f, p);
		if (ret) {
			${own}
			goto err;
		}
	}
	return 0;
err:
	${undo}
		unpin_user_page(f->plane[p].page);
	return ret;
}
void frame_unpin(struct frame *f)
{
	int p;

	for (p = 0; p < 3; ++p)
		unpin_user_page(f->plane[p].page);
}
`;

describe('the unwinding of members of elements', () => {
  for (const undo of ['while (--p >= 0)', 'while (p-- > 0)', 'for (p--; p >= 0; p--)'])
    for (const one of ['release-count', 'double-release', 'leak-on-path']) accepts(one, undo, planes(undo));
});

const bulk = (undo: string) => `struct plane { struct page **pages; int nr; };
struct frame { struct plane plane[3]; };
int frame_pin(struct frame *f, const unsigned long *addrs, int nr)
{
	int p, ret;

	for (p = 0; p < 3; p++) {
		ret = pin_user_pages_fast(addrs[p], nr, FOLL_LONGTERM, f->plane[p].pages);
		if (ret < 0)
			goto err;
		f->plane[p].nr = ret;
		if (ret != nr) {
			ret = -EFAULT;
			goto err_this;
		}
	}
	return 0;
err_this:
	unpin_user_pages(f->plane[p].pages, f->plane[p].nr);
err:
	${undo}
		unpin_user_pages(f->plane[p].pages, f->plane[p].nr);
	return ret;
}
`;

describe('the unwinding of arrays in elements', () => {
  for (const undo of ['while (--p >= 0)', 'while (p-- > 0)', 'for (p--; p >= 0; p--)']) accepts('double-release', undo, bulk(undo));
});

const ended = (end: string) => `struct buf { int n; struct page **pages; };
struct table { struct buf bufs[4]; };
int buf_pin(struct buf *b, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	b->n = n;
	return 0;
}
void buf_end(struct buf *b, struct table *t, int k)
{
	int i;

	${end}
}
`;

describe('the end of what counts its pages', () => {
  for (const [head, drop] of [
    ['for (i = 0; i <= b->n; i++)', 'unpin_user_page(b->pages[i]);'],
    ['for (i = 1; i < b->n; i++)', 'unpin_user_pages(&b->pages[i], 1);'],
    ['for (i = 0; i <= t->bufs[k].n; i++)', 'unpin_user_page(t->bufs[k].pages[i]);'],
    ['', 'unpin_user_pages(t->bufs[k].pages, t->bufs[k].n + 1);'],
  ] as const)
    complains(rule, `${head} ${drop}`, ended(`${head}\n\t\t${drop}`), `buf_end:${drop}`);
  for (const end of [
    'for (i = 0; i < b->n; i++)\n\t\tunpin_user_pages(&b->pages[i], 1);',
    'for (i = 0; i <= b->n - 1; i++)\n\t\tunpin_user_page(b->pages[i]);',
    'unpin_user_pages(t->bufs[k].pages, t->bufs[k].n);',
  ])
    accepts(rule, end, ended(end));
});

const counted = (undo: string) => `int take(unsigned long a, int nr, struct page **pages)
{
	int ret = pin_user_pages_fast(a, nr, FOLL_LONGTERM, pages);

	if (ret < nr) {
		${undo}
			unpin_user_page(pages[ret]);
		return -EFAULT;
	}
	return 0;
}
`;

describe('a short count that is counted down', () => {
  complains(rule, 'to the second page', counted('while (--ret > 0)'), 'take:unpin_user_page(pages[ret]);');
  for (const undo of ['while (--ret >= 0)', 'while (ret-- > 0)']) accepts(rule, `to the first: ${undo}`, counted(undo));
});
