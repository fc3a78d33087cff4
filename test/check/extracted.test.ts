/** Pages of an iterator that go into the array which a pointer leads to, or into a new one if it is NULL. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const files = (
  found: string,
  pointer: string,
  end = 'unpin_user_pages(c->pages, n);',
) => `struct chunk { size_t off; struct page *pages[16]; };
ssize_t chunk_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct chunk *c = ${found};
	struct page **pages = ${pointer};
	ssize_t bytes;
	int n;

	if (!user_backed_iter(from))
		return -EINVAL;
	bytes = iov_iter_extract_pages(from, &pages, 65536, 16, 0, &c->off);
	if (bytes <= 0)
		return -EFAULT;
	n = DIV_ROUND_UP(bytes + c->off, PAGE_SIZE);
	hw_kick(n);
	${end}
	return 0;
}
`;

const unknown: readonly [name: string, found: string][] = [
  ['a member of a struct of the kernel', 'iocb->private'],
  ['what a member of the kernel leads to', 'iocb->ki_filp->private_data'],
  ['another call', 'chunk_of(iocb)'],
];

describe('an array in an object', () => {
  for (const [name, found] of unknown) {
    accepts('leak-on-path', `an object by ${name}`, files(found, 'c->pages'));
    complains(
      'leak-on-path',
      `no drop, of an object by ${name}`,
      files(found, 'c->pages', 'kfree(c);'),
      'chunk_write:bytes = iov_iter_extract_pages(from, &pages, 65536, 16, 0, &c->off);',
    );
    complains(
      'leak-on-path',
      `a new array, beside an object by ${name}`,
      files(found, 'NULL'),
      'chunk_write:bytes = iov_iter_extract_pages(from, &pages, 65536, 16, 0, &c->off);',
    );
    accepts(
      'leak-on-path',
      `a new array that is dropped from, beside an object by ${name}`,
      files(found, 'NULL', 'unpin_user_pages(pages, n);\n\tkvfree(pages);'),
    );
  }
});
