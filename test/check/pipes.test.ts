/** Buffers that are added to a pipe one by one: what it has it ends, and what it could not take it has dropped. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const gift = (fails: string, behind = '') => `static const struct pipe_buf_operations gift_ops = { .release = gift_release };
ssize_t gift(struct pipe_inode_info *pipe, unsigned long a, unsigned int n)
{
	struct pipe_buffer buf = { .ops = &gift_ops };
	struct page *pages[16];
	ssize_t ret = 0;
	int got, i;

	got = get_user_pages_fast(a, n, 0, pages);
	if (got <= 0)
		return got ? got : -EFAULT;
	for (i = 0; i < got; i++) {
		buf.page = pages[i];
		ret = add_to_pipe(pipe, &buf);
		if (ret < 0) {
			${fails}
		}
	}
	${behind}
	return ret;
}
`;

describe('what is left where a buffer could not be added', () => {
  for (const [fails, behind] of [
    ['while (++i < got)\n\t\t\t\tput_page(pages[i]);\n\t\t\tbreak;', ''],
    ['for (i++; i < got; i++)\n\t\t\t\tput_page(pages[i]);\n\t\t\treturn ret;', ''],
    ['i++;\n\t\t\tbreak;', 'while (i < got)\n\t\tput_page(pages[i++]);'],
  ] as const) {
    accepts('leak-on-path', `dropped by ${fails}`, gift(fails, behind));
    accepts('double-release', `dropped by ${fails}`, gift(fails, behind));
  }
  for (const again of [
    'while (i < got)\n\t\t\t\tput_page(pages[i++]);\n\t\t\tbreak;',
    'for (; i < got; i++)\n\t\t\t\tput_page(pages[i]);\n\t\t\tbreak;',
  ])
    complains('double-release', `dropped from there on: ${again}`, gift(again), `gift:${/put_page.*/.exec(again)?.[0]}`);
  for (const next of [
    'i++;\n\t\t\twhile (i < got)\n\t\t\t\tput_page(pages[i++]);\n\t\t\tbreak;',
    'while (i < got)\n\t\t\t\tput_page(rest[i++]);\n\t\t\tbreak;',
  ])
    accepts('double-release', `not dropped before: ${next}`, gift(next));
  const rest = `static void put_rest(struct page **p, int from, int to)
{
	for (; from < to; from++)
		put_page(p[from]);
}
`;
  const handed = 'put_rest(pages, i, got);';
  for (const leaves of ['return ret;', 'break;'])
    complains('double-release', `dropped by a helper: ${leaves}`, `${rest}${gift(`${handed}\n\t\t\t${leaves}`)}`, `gift:${handed}`);
  accepts('leak-on-path', 'dropped by a helper', `${rest}${gift(`${handed}\n\t\t\treturn ret;`)}`);
  accepts('double-release', 'dropped by a helper from the next on', `${rest}${gift('put_rest(pages, i + 1, got);\n\t\t\treturn ret;')}`);
  const variable = (fails: string) => gift(fails).replace('buf.page = pages[i];', 'struct page *page = pages[i];\n\t\tbuf.page = page;');
  complains('double-release', 'by its variable', variable('put_page(page);\n\t\t\tbreak;'), 'gift:put_page(page);');
  complains('leak-on-path', 'left', gift('return ret;'), 'gift:ret = add_to_pipe(pipe, &buf);');
});

const one = (drop: string) => `ssize_t add_one(struct pipe_inode_info *pipe, unsigned long a)
{
	struct pipe_buffer buf = { .ops = &gift_ops };
	ssize_t ret;

	if (get_user_pages_fast(a, 1, 0, &buf.page) != 1)
		return -EFAULT;
	if (pipe->readers == 0) {
		${drop}
		return -EPIPE;
	}
	ret = add_to_pipe(pipe, &buf);
	return ret < 0 ? ret : 0;
}
`;

describe('the one page of a buffer', () => {
  accepts('leak-on-path', 'which the pipe has, or has dropped', one('put_page(buf.page);'));
  complains('leak-on-path', 'which it was not given', one(''), 'add_one:if (pipe->readers == 0) {');
});

const single = (fails: string) => `ssize_t feed(struct pipe_inode_info *pipe, struct iov_iter *from)
{
	struct page *page;
	struct pipe_buffer buf = { .ops = &gift_ops };
	size_t start;
	ssize_t left = iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &start);
	int ret;

	if (left <= 0)
		return left;
	buf.page = page;
	ret = add_to_pipe(pipe, &buf);
	${fails}
	return ret;
}
`;

describe('one page that could not be added', () => {
  complains('double-release', 'dropped again', single('if (ret < 0)\n\t\tput_page(page);'), 'feed:put_page(page);');
  complains('double-release', 'dropped again in the buffer', single('if (ret < 0)\n\t\tput_page(buf.page);'), 'feed:put_page(buf.page);');
  accepts('double-release', 'left alone', single('if (ret < 0)\n\t\tpr_debug("full");'));
  accepts('double-release', 'and another page', single('if (ret < 0)\n\t\tput_page(spare);'));
});
