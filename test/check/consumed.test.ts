/** Numbers of pages that are computed from an iterator's bytes when something else is in their place. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';

const sent = (body: string): string => `ssize_t dev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct page *pages[16];
	size_t off, seg, at;
	ssize_t got, left;
	int i, n;

	got = iov_iter_get_pages2(from, pages, SZ_32K, 16, &off);
	if (got <= 0)
		return got ? got : -EFAULT;
	left = got;
	at = off;
	${body}
}
`;
const drop = 'release_pages(pages, n);';
const told = `dev_write_iter:${drop}`;

describe('a number of pages that is computed', () => {
  const walk = `for (i = 0; left > 0; i++) {
		seg = min_t(size_t, left, PAGE_SIZE - at);
		wire_add(pages[i], seg, at);
		left -= seg;
		at = 0;
	}`;
  const up = (bytes: string): string => `n = DIV_ROUND_UP(${bytes}, PAGE_SIZE);`;
  complains(rule, 'from what a loop has used up', sent(`${walk}\n	${up('at + left')}\n	${drop}\n	return got;`), told);
  complains(
    rule,
    'from what a while loop has used up',
    sent(
      `while (left) {\n		left -= wire_send(pages, left);\n	}\n	n = (off + left + PAGE_SIZE - 1) >> PAGE_SHIFT;\n	${drop}\n	return got;`,
    ),
    told,
  );
  accepts(rule, 'before a loop uses it up', sent(`${up('at + left')}\n	${walk}\n	${drop}\n	return got;`));
  accepts(rule, 'from what the loop leaves alone', sent(`${walk}\n	${up('off + got')}\n	${drop}\n	return got;`));
  accepts(rule, 'from what is set again', sent(`${walk}\n	left = got;\n	${up('off + left')}\n	${drop}\n	return got;`));
  const failed = (then: string): string => `if (wire_send(pages, off, got))\n		${then}`;
  complains(rule, 'from an error', sent(`${failed('got = -EIO;')}\n	${up('off + got')}\n	${drop}\n	return got;`), told);
  const call = 'release_pages(pages, DIV_ROUND_UP(off + got, PAGE_SIZE));';
  complains(rule, 'from an error at once', sent(`${failed('got = -EIO;')}\n	${call}\n	return got;`), `dev_write_iter:${call}`);
  accepts(rule, 'before there is an error', sent(`${up('off + got')}\n	${failed('got = -EIO;')}\n	${drop}\n	return got;`));
  accepts(rule, 'beside an error', sent(`${up('off + got')}\n	${failed('left = -EIO;')}\n	${drop}\n	return left;`));
  accepts(
    rule,
    'if there is no error',
    sent(`${up('off + got')}\n	${failed('got = -EIO;')}\n	if (got > 0)\n		${up('off + got')}\n	${drop}\n	return got;`),
  );
});
