/** Pages of an iterator over kernel memory: nothing is taken on them, so whoever drops one has nothing to drop. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { type Files, withTree } from '../survey/helper.js';

/** A helper that drops the first page of an iterator, and who calls it. */
const sending = (...callers: readonly string[]): string => `static ssize_t xfer(struct iov_iter *it)
{
	struct page *stack[16], **pages = stack;
	size_t off;
	ssize_t len = iov_iter_extract_pages(it, &pages, SIZE_MAX, 16, 0, &off);

	if (len <= 0)
		return len;
	send(pages, off, len);
	put_page(pages[0]);
	return len;
}
${callers.join('\n')}
`;

const fromKernel = `int send_buf(void *buf, size_t n)
{
	struct kvec kv = { .iov_base = buf, .iov_len = n };
	struct iov_iter it;

	iov_iter_kvec(&it, ITER_SOURCE, &kv, 1, n);
	return xfer(&it);
}`;
const fromUser = `int send_user(void __user *buf, size_t n)
{
	struct iov_iter it;

	import_ubuf(ITER_SOURCE, buf, n, &it);
	return xfer(&it);
}`;

function messagesOf(files: Files): Promise<string[]> {
  return withTree(files, async (tree) =>
    (await check(tree, { jobs: 1 })).findings.filter((f) => f.rule === 'wrong-release').map((f) => f.message),
  );
}

describe('a put of a page that an iterator has given', () => {
  const ofPin = 'a pin taken by iov_iter_extract_pages() is dropped by put_page(); use unpin_user_page*()';

  it('of kernel memory is one of nothing that was taken', async () => {
    expect(await messagesOf(sending(fromKernel))).toEqual([
      'put_page() drops a reference on kernel memory, of whose pages iov_iter_extract_pages() takes none',
    ]);
  });

  it.each([[[fromUser]], [[fromKernel, fromUser]], [[]]])('of memory that may be a user’s is one of a pin (%#)', async (callers) => {
    expect(await messagesOf(sending(...callers))).toEqual([ofPin]);
  });
});
