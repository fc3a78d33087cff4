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
