// SPDX-License-Identifier: Apache-2.0
/* Pages of an iterator become pipe buffers; the pipe's release drops those that it took, this function the rest. */
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>
#include <linux/uio.h>

int splice_user_pages(struct iov_iter *from, struct pipe_inode_info *pipe,
		      const struct pipe_buf_operations *ops)
{
	struct pipe_buffer buf = { .ops = ops };
	ssize_t total = 0, ret = 0;

	while (iov_iter_count(from)) {
		struct page *pages[16];
		size_t start;
		ssize_t left;
		int i, n;

		left = iov_iter_get_pages2(from, pages, ~0UL, 16, &start);
		if (left <= 0) {
			ret = left;
			break;
		}
		n = DIV_ROUND_UP(left + start, PAGE_SIZE);
		for (i = 0; i < n; i++) {
			int size = min_t(int, left, PAGE_SIZE - start);

			buf.page = pages[i];
			buf.offset = start;
			buf.len = size;
			ret = add_to_pipe(pipe, &buf);
			if (unlikely(ret < 0))
				goto put_rest;
			total += ret;
			left -= size;
			start = 0;
		}
		continue;
put_rest:
		/* add_to_pipe() released the one that it refused. */
		while (++i < n)
			put_page(pages[i]);
		break;
	}
	return total ? total : ret;
}

/* Nobody reads any more: whatever is left goes, each buffer by its own ops. */
void splice_user_drop(struct pipe_inode_info *pipe)
{
	unsigned int tail = pipe->tail;

	while (!pipe_empty(pipe->head, tail))
		pipe_buf_release(pipe, pipe_buf(pipe, tail++));
	pipe->tail = tail;
}
