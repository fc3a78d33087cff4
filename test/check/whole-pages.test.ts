/** Drops of as many pages as an iterator's bytes would fill if they began with a page. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';

const written = (body: string, before = '', helpers = ''): string => `struct io { struct page *pages[16]; ssize_t len; size_t off; int n; };
${helpers}
ssize_t dev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct io *io = iocb->private;
	ssize_t got;
	int i, n;

	${before}
	got = iov_iter_get_pages2(from, io->pages, SZ_32K, 16, &io->off);
	if (got <= 0)
		return got ? got : -EFAULT;
	${body}
	return got;
}
`;

describe('bytes rounded up to pages', () => {
  for (const pages of [
    'DIV_ROUND_UP(got, PAGE_SIZE)',
    '(got + PAGE_SIZE - 1) / PAGE_SIZE',
    '(got + PAGE_SIZE - 1) >> PAGE_SHIFT',
    'PFN_UP(got)',
    'PAGE_ALIGN(got) >> PAGE_SHIFT',
  ]) {
    const drop = `release_pages(io->pages, ${pages});`;
    complains(rule, drop, written(drop), `dev_write_iter:${drop}`);
    complains(
      rule,
      `a loop up to ${pages}`,
      written(`n = ${pages};\n	for (i = 0; i < n; i++)\n		put_page(io->pages[i]);`),
      'dev_write_iter:put_page(io->pages[i]);',
    );
  }
  const drop = 'release_pages(io->pages, n);';
  const up = 'n = DIV_ROUND_UP(got, PAGE_SIZE);';
  complains(
    rule,
    'a copy of them',
    written(`io->len = got;\n	n = DIV_ROUND_UP(io->len, PAGE_SIZE);\n	${drop}`),
    `dev_write_iter:${drop}`,
  );
  for (const [name, body] of [
    ['with the offset', `n = DIV_ROUND_UP(io->off + got, PAGE_SIZE);\n	${drop}`],
    ['with the offset added before', `got += io->off;\n	${up}\n	${drop}`],
    ['of a sum of both', `io->len = got + io->off;\n	n = DIV_ROUND_UP(io->len, PAGE_SIZE);\n	${drop}`],
    ['and one more for the offset', `${up}\n	n += 1;\n	${drop}`],
    ['unless there is an offset', `if (io->off)\n		return -EINVAL;\n	${up}\n	${drop}`],
    ['and another drop for the rest', `${up}\n	n--;\n	put_page(io->pages[n]);\n	${drop}`],
    ['and then counted anew', `${up}\n	n = io->n;\n	${drop}`],
  ] as const)
    accepts(rule, name, written(body));
  accepts(
    rule,
    'of an iterator that is tested',
    written(`${up}\n	${drop}`, 'if (iov_iter_alignment(from) & ~PAGE_MASK)\n		return -EINVAL;'),
  );
  accepts(
    rule,
    'of an iterator over whole pages',
    written(`${up}\n	${drop}`, 'iov_iter_ubuf(from, ITER_DEST, io->user & PAGE_MASK, SZ_32K);'),
  );
  complains(
    rule,
    'of an iterator that is none of what is rounded down',
    written(`${up}\n	${drop}`, 'io->start = rounddown(io->at, PAGE_SIZE);'),
    `dev_write_iter:${drop}`,
  );
});

describe('bytes that a helper counts in whole pages', () => {
  const nr = (count: string): string => `static int nr(size_t len, size_t off)\n{\n	return ${count};\n}`;
  const drop = 'release_pages(io->pages, nr(got, io->off));';
  complains(rule, 'without the offset', written(drop, '', nr('DIV_ROUND_UP(len, PAGE_SIZE)')), `dev_write_iter:${drop}`);
  accepts(rule, 'with the offset', written(drop, '', nr('DIV_ROUND_UP(len + off, PAGE_SIZE)')));
  const all = (count: string): string =>
    `static void drop(struct page **pages, size_t len, size_t off)\n{\n	int n = ${count};\n\n	release_pages(pages, n);\n}`;
  const call = 'drop(io->pages, got, io->off);';
  complains(rule, 'and drops, without the offset', written(call, '', all('DIV_ROUND_UP(len, PAGE_SIZE)')), `dev_write_iter:${call}`);
  accepts(rule, 'and drops, with the offset', written(call, '', all('DIV_ROUND_UP(len + off, PAGE_SIZE)')));
});

describe('bytes in an object whose pages are dropped later', () => {
  const ended = (count: string): string => `void dev_end(struct io *io)\n{\n	release_pages(io->pages, ${count});\n	kfree(io);\n}`;
  const kept = 'io->n = DIV_ROUND_UP(got, PAGE_SIZE);';
  const whole = 'DIV_ROUND_UP(io->len, PAGE_SIZE)';
  complains(rule, 'in whole pages', written(kept, '', ended('io->n')), 'dev_end:release_pages(io->pages, io->n);');
  complains(rule, 'as they are', written('io->len = got;', '', ended(whole)), `dev_end:release_pages(io->pages, ${whole});`);
  accepts(rule, 'with the offset', written('io->n = DIV_ROUND_UP(got + io->off, PAGE_SIZE);', '', ended('io->n')));
  accepts(rule, 'with the offset added before', written('io->len = got + io->off;', '', ended(whole)));
  const twice = `${ended('io->n')}\nvoid dev_abort(struct io *io)\n{\n	release_pages(io->pages, io->n);\n}`;
  complains(rule, 'once, whoever drops them', written(kept, '', twice), 'dev_end:release_pages(io->pages, io->n);');
  accepts(
    rule,
    'behind an assertion of the driver’s own',
    written(`MY_ASSERT(IS_P2ALIGNED(io->off, PAGE_SIZE));\n	${kept}`, '', ended('io->n')),
  );
  accepts(rule, 'if the object ends at once', written(`${kept}\n	dev_end(io);\n	return -EIO;`, '', `void dev_end(struct io *io);`));
});
