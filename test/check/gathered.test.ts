/** Pages that rounds of a helper gather for its caller, of an iterator or of what a file in memory has. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const gather = (end: string, none = 'n ? n : (r ? (int)r : -EFAULT)') => `static int gather(struct iov_iter *it, struct page **vec, int max)
{
	int n = 0;

	while (n < max && iov_iter_count(it)) {
		struct page **pp = vec + n;
		size_t off;
		ssize_t r = iov_iter_extract_pages(it, &pp, PAGE_SIZE, max - n, 0, &off);

		if (r <= 0)
			return ${none};
		n += DIV_ROUND_UP(off + r, PAGE_SIZE);
	}
	return n;
}
ssize_t dev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	bool pinned = iov_iter_extract_will_pin(from);
	struct page *vec[32];
	int n;

	n = gather(from, vec, 32);
	if (n <= 0)
		return n;
	hw_send(vec, n);
	${end}
	return n;
}
`;

describe('pages of an iterator', () => {
  accepts('leak-on-path', 'that are dropped if they were pinned', gather('if (pinned)\n\t\tunpin_user_pages(vec, n);'));
  accepts('leak-on-path', 'that are dropped', gather('unpin_user_pages(vec, n);'));
  complains(
    'leak-on-path',
    'of earlier rounds that are forgotten',
    gather('unpin_user_pages(vec, n);', '-EFAULT'),
    'dev_write_iter:n = gather(from, vec, 32);',
  );
});

const filled = (count: string) => `struct rq { bool pinned; unsigned int n; struct bio_vec bv[16]; };
static void rq_put(struct rq *rq)
{
	unsigned int i;

	for (i = 0; rq->pinned && i < rq->n; i++)
		unpin_user_page(rq->bv[i].bv_page);
}
static int rq_fill(struct rq *rq, struct iov_iter *it)
{
	struct page *page, **pp = &page;
	size_t off;
	ssize_t got;

	rq->pinned = iov_iter_extract_will_pin(it);
	while (iov_iter_count(it) && rq->n < 16) {
		got = iov_iter_extract_pages(it, &pp, PAGE_SIZE, 1, 0, &off);
		if (got <= 0)
			return rq->n ? 0 : -EFAULT;
		${count}
	}
	return 0;
}
ssize_t dev_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct rq *rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	int ret;

	if (!rq)
		return -ENOMEM;
	ret = rq_fill(rq, to);
	if (ret)
		goto free;
	ret = hw_read(rq->bv, rq->n);
	rq_put(rq);
free:
	kfree(rq);
	return ret;
}
`;

describe('pages that a member counts', () => {
  accepts('leak-on-path', 'as they are taken', filled('bvec_set_page(&rq->bv[rq->n++], page, got, off);'));
  accepts('leak-on-path', 'behind', filled('bvec_set_page(&rq->bv[rq->n], page, got, off);\n\t\trq->n++;'));
});

const folios = (bound: string) => `struct mem { long n; struct folio **pinned, **folios; };
long mem_pin(struct mem *m, struct file *f, loff_t off, pgoff_t count)
{
	pgoff_t first;
	long n, i, j;

	n = memfd_pin_folios(f, off, off + count * PAGE_SIZE - 1, m->pinned, count, &first);
	if (n <= 0)
		return n ? n : -EINVAL;
	for (i = 0, j = 0; i < ${bound}; i++) {
		size_t sub = first, size = folio_size(m->pinned[i]);

		for (; sub < size && j < count; sub += PAGE_SIZE)
			m->folios[j++] = m->pinned[i];
	}
	m->n = n;
	return 0;
}
void mem_unpin(struct mem *m)
{
	unpin_folios(m->pinned, m->n);
}
`;

describe('folios that are written out as pages', () => {
  accepts('unchecked-count', 'as many as were taken', folios('n'));
  complains(
    'unchecked-count',
    'as many as were asked for',
    folios('count'),
    'mem_pin:size_t sub = first, size = folio_size(m->pinned[i]);',
  );
});

const sent = (drop: string) => `ssize_t dev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct page *pages[16];
	size_t off;
	ssize_t got;
	int i, ret;

	got = iov_iter_get_pages2(from, pages, SZ_32K, 16, &off);
	if (got <= 0)
		return got ? got : -EFAULT;
	ret = wire_send(pages, off, got);
	${drop}
	return ret ? ret : got;
}
`;

describe('bytes as a number of pages', () => {
  for (const pages of ['got / PAGE_SIZE', 'got >> PAGE_SHIFT']) {
    const call = `release_pages(pages, ${pages});`;
    complains('release-count', call, sent(call), `dev_write_iter:${call}`);
    const loop = `for (i = 0; i < ${pages}; i++)\n\t\tput_page(pages[i]);`;
    complains('release-count', loop, sent(loop), 'dev_write_iter:put_page(pages[i]);');
  }
  for (const pages of ['DIV_ROUND_UP(off + got, PAGE_SIZE)', '(off + got + PAGE_SIZE - 1) / PAGE_SIZE']) {
    accepts('release-count', pages, sent(`release_pages(pages, ${pages});`));
    accepts('release-count', `up to ${pages}`, sent(`for (i = 0; i < ${pages}; i++)\n\t\tput_page(pages[i]);`));
  }
});
