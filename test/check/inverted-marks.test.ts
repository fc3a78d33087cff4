/** Pages that are taken for writing only if a flag says one thing, and marked dirty only if it says the opposite. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'dirty-lost';

/** A function that takes, uses and drops the pages, by a parameter. */
const within = (
  taking: string,
  end: string,
  before = '',
): string => `int io(struct dev *dev, struct page **pages, int n, unsigned long addr, bool out)
{
	unsigned int flags = FOLL_FORCE;
	int got;

${before}	got = pin_user_pages_fast(addr, n, ${taking}, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	hw_io(dev, pages, n, out);
${end}	return 0;
}
`;
const marked = (flag: string): string => `	unpin_user_pages_dirty_lock(pages, n, ${flag});\n`;

describe('a parameter of one function', () => {
  complains(rule, 'the mark of what is only read', within('out ? 0 : FOLL_WRITE', marked('out')), `io:${marked('out').trim()}`);
  complains(
    rule,
    'a mark under the opposite test',
    within('flags', marked('out != false'), '	if (!out)\n		flags |= FOLL_WRITE;\n'),
    `io:${marked('out != false').trim()}`,
  );
  accepts(rule, 'the mark of what is written to', within('out ? 0 : FOLL_WRITE', marked('!out')));
  accepts(rule, 'marks of all', within('out ? 0 : FOLL_WRITE', marked('true')));
  accepts(rule, 'another parameter', within('out ? 0 : FOLL_WRITE', marked('dev')));
  accepts(rule, 'a parameter that is changed', within('out ? 0 : FOLL_WRITE', `	out = hw_wrote(dev);\n${marked('out')}`));
  accepts(rule, 'another mark', within('out ? 0 : FOLL_WRITE', `	if (!out)\n		set_page_dirty_lock(pages[0]);\n${marked('out')}`));
});

/** An object with a direction, and its end. */
const kept = (test: string, end: string, others = ''): string => `struct buf { struct page **pages; int n, dir; struct buf *other; };
${others}int buf_pin(struct buf *b, unsigned long addr)
{
	int got = pin_user_pages_fast(addr, b->n, FOLL_LONGTERM | (${test} ? FOLL_WRITE : 0), b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	return 0;
}
void buf_free(struct buf *b)
{
	int i;

	for (i = 0; i < b->n; i++) {
		if (${end})
			set_page_dirty_lock(b->pages[i]);
		unpin_user_page(b->pages[i]);
	}
	kfree(b);
}
`;
const from = 'b->dir == DMA_FROM_DEVICE';
const to = 'b->dir == DMA_TO_DEVICE';
const mark = 'buf_free:set_page_dirty_lock(b->pages[i]);';

describe('a member of the object', () => {
  complains(rule, 'the wrong direction', kept(from, to), mark);
  complains(rule, 'the wrong direction by its negation', kept('b->dir != DMA_TO_DEVICE', to), mark);
  accepts(rule, 'the right direction', kept(from, from));
  accepts(rule, 'a test that may be true for both', kept(from, 'b->dir != DMA_TO_DEVICE'));
  accepts(rule, 'the direction of another object', kept(from, 'b->other->dir == DMA_TO_DEVICE'));
  complains(
    rule,
    'a direction that somebody asks for',
    kept(from, to, 'void buf_init(struct buf *b, int dir)\n{\n	b->dir = dir;\n}\n'),
    mark,
  );
  accepts(rule, 'a state that changes', kept('b->dir == 0', 'b->dir == 2', 'void buf_wrote(struct buf *b)\n{\n	b->dir = 2;\n}\n'));
});

/** A member that is set from the parameter by which the pages are taken. */
const stored = (value: string): string => `struct io { struct page **pages; int n; bool dirty; };
int io_get(struct io *io, unsigned long addr, bool out)
{
	int got;

	io->dirty = ${value};
	got = pin_user_pages_fast(addr, io->n, FOLL_LONGTERM | (out ? 0 : FOLL_WRITE), io->pages);
	if (got != io->n) {
		if (got > 0)
			unpin_user_pages(io->pages, got);
		return -EFAULT;
	}
	return 0;
}
void io_put(struct io *io)
{
	unpin_user_pages_dirty_lock(io->pages, io->n, io->dirty);
}
`;

describe('a member that keeps the parameter', () => {
  complains(rule, 'the opposite of what is meant', stored('out'), 'io_put:unpin_user_pages_dirty_lock(io->pages, io->n, io->dirty);');
  accepts(rule, 'what is meant', stored('!out'));
});
