/** Loops that drop all of an array, and what comes too late behind them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'double-release';
const every = 'for (i = 0; i < n; i++)\n\t\tput_page(pages[i]);';

const inline = (first: string, between: string, second: string) => `int f(struct page **pages, unsigned long a, int n, int m)
{
	int i;

	if (get_user_pages_fast(a, n, FOLL_WRITE, pages) != n)
		return -EFAULT;
	${first}
	${between}
	${second}
	return 0;
}
`;

describe('an array that loops drop twice', () => {
  complains(rule, 'twice over', inline(every, '', every), 'f:put_page(pages[i]);');
  complains(rule, 'upwards and downwards', inline(every, '', 'while (n--)\n\t\tput_page(pages[n]);'), 'f:put_page(pages[n]);');
  complains(rule, 'one by one and all at once', inline(every, '', 'release_pages(pages, n);'), 'f:release_pages(pages, n);');
  accepts(
    rule,
    'the rest of them',
    inline('for (i = 0; i < m; i++)\n\t\tput_page(pages[i]);', '', 'for (; i < n; i++)\n\t\tput_page(pages[i]);'),
  );
  accepts(
    rule,
    'those that are left',
    inline(
      'for (i = 0; i < n; i++)\n\t\tif (m & i)\n\t\t\tput_page(pages[i]);',
      '',
      'for (i = 0; i < n; i++)\n\t\tif (!(m & i))\n\t\t\tput_page(pages[i]);',
    ),
  );
  accepts(
    rule,
    'those that were not cleared',
    inline(
      'for (i = 0; i < n; i++) {\n\t\tput_page(pages[i]);\n\t\tpages[i] = NULL;\n\t}',
      '',
      'for (i = 0; i < n; i++)\n\t\tif (pages[i])\n\t\t\tput_page(pages[i]);',
    ),
  );
  accepts(
    rule,
    'those that a loop was left before',
    inline(
      'for (i = 0; i < n; i++) {\n\t\tif (i == m)\n\t\t\tbreak;\n\t\tput_page(pages[i]);\n\t}',
      '',
      'while (i < n)\n\t\tput_page(pages[i++]);',
    ),
  );
  accepts(
    rule,
    'those that were taken in between',
    inline(every, 'if (get_user_pages_fast(a, n, FOLL_WRITE, pages) != n)\n\t\treturn -EFAULT;', every),
  );
});

const helped = (last: string, between = '') => `struct map { struct page *pages[8]; int n; };
static void map_free(struct map *m)
{
	int i;

	for (i = 0; i < m->n; i++)
		unpin_user_page(m->pages[i]);
}
static int map_send(struct map *m, int fd)
{
	if (send(fd)) {
		map_free(m);
		${between}
		return -EIO;
	}
	return 0;
}
int map_pin(struct map *m, unsigned long a, int fd)
{
	int ret;

	m->n = pin_user_pages_fast(a, 8, FOLL_WRITE, m->pages);
	if (m->n < 0)
		return m->n;
	ret = map_send(m, fd);
	${last}
	return ret;
}
`;

describe('a function that loops over what its caller drops again', () => {
  complains(rule, 'where it failed', helped('if (ret)\n\t\tmap_free(m);'), 'map_pin:map_free(m);');
  accepts(rule, 'where it succeeded', helped('if (!ret)\n\t\tmap_free(m);'));
  accepts(rule, 'where there are none any more', helped('if (ret)\n\t\tmap_free(m);', 'm->n = 0;'));
});

const copying = (early: string, test = 'ret') => `static int copy(struct page *page, void *to, int write)
{
	void *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		${early}
	if (write)
		unpin_user_page(page);
	if (submit(buf))
		return -EIO;
	return 0;
}
int f(unsigned long a, void *to, int write)
{
	struct page *page;
	int ret;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	ret = copy(page, to, write);
	if (${test})
		unpin_user_page(page);
	return ret;
}
`;

describe('a function that on some ways fails with the pages, and on some without', () => {
  complains(rule, 'of which the caller drops them on all', copying('return -ENOMEM;'), 'f:unpin_user_page(page);');
  accepts(rule, 'of which the caller knows', copying('return -ENOMEM;', 'ret && !write'));
});

const table = (fail: string, clear: string) => `struct tab { struct page *page[64]; int n; };
static void tab_clear(struct tab *t)
{
	${clear}
	t->n = 0;
}
int tab_fill(struct tab *t, unsigned long a, int n)
{
	for (t->n = 0; t->n < n; t->n++, a += PAGE_SIZE) {
		if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &t->page[t->n]) != 1)
			goto fail;
		if (tab_map(t->n)) {
			${fail}
			goto fail;
		}
	}
	return 0;
fail:
	tab_clear(t);
	return -EFAULT;
}
void tab_destroy(struct tab *t)
{
	tab_clear(t);
}
`;
const back = 'while (t->n--)\n\t\tunpin_user_pages_dirty_lock(&t->page[t->n], 1, true);';
const up = 'int i;\n\n\tfor (i = 0; i < t->n; i++)\n\t\tunpin_user_page(t->page[i]);';

describe('a table that counts in a member how far it is filled', () => {
  complains('leak-on-path', 'what a helper leaves that goes back from there', table('', back), 'tab_fill:if (tab_map(t->n)) {');
  complains('leak-on-path', 'what a helper leaves that goes up to there', table('', up), 'tab_fill:if (tab_map(t->n)) {');
  accepts('leak-on-path', 'what is dropped by itself first', table('unpin_user_page(t->page[t->n]);', back));
  accepts('leak-on-path', 'what is counted in first', table('t->n++;', up));
});

/** Pages in a scatterlist of a struct. */
const listed = (drop: string, between = '', again = 'put_list(m, m->n);'): string => `struct map { struct scatterlist sg[16]; int n; };
static void put_list(struct map *m, int n)
{
	struct scatterlist *sg;
	struct page *page;
	int i;

	${drop}
}
int map_send(struct map *m, unsigned long a, int n, int fd)
{
	struct page *pages[16];
	int i;

	if (pin_user_pages_fast(a, n, FOLL_WRITE, pages) != n)
		return -EFAULT;
	sg_init_table(m->sg, n);
	for (i = 0; i < n; i++)
		sg_set_page(&m->sg[i], pages[i], PAGE_SIZE, 0);
	m->n = n;
	if (send(fd, m->sg)) {
		put_list(m, m->n);
		${between}
	}
	${again}
	return 0;
}
`;

describe('a scatterlist that a helper goes through twice', () => {
  const each = (body: string): string => `for (i = 0; i < n; i++)${body}`;
  const lookup = each('\n\t\tunpin_user_page(sg_page(&m->sg[i]));');
  const told = (name: string, drop: string): void => complains(rule, name, listed(drop), 'map_send:put_list(m, m->n);');
  told('by an index', lookup);
  told('by an index, downwards', 'while (n--)\n\t\tunpin_user_page(sg_page(&m->sg[n]));');
  told('by an index and a variable', each(' {\n\t\tpage = sg_page(&m->sg[i]);\n\t\tunpin_user_page(page);\n\t}'));
  told('by the macro for it', 'for_each_sg(m->sg, sg, n, i)\n\t\tunpin_user_page(sg_page(sg));');
  told(
    'by the macro for it, marking each',
    'for_each_sg(m->sg, sg, n, i) {\n\t\tset_page_dirty_lock(sg_page(sg));\n\t\tunpin_user_page(sg_page(sg));\n\t}',
  );
  const silent = (name: string, drop: string, between?: string, again?: string): void => accepts(rule, name, listed(drop, between, again));
  silent('of which the second is for other ways', lookup, 'return -EIO;');
  silent('of which the second finds none', lookup, 'm->n = 0;');
  silent('that drops those of some rounds', each('\n\t\tif (m->sg[i].length)\n\t\t\tunpin_user_page(sg_page(&m->sg[i]));'));
  silent('that is left before its end', each(' {\n\t\tif (i == m->n)\n\t\t\tbreak;\n\t\tunpin_user_page(sg_page(&m->sg[i]));\n\t}'));
  silent('and empties', each(' {\n\t\tunpin_user_page(sg_page(&m->sg[i]));\n\t\tsg_assign_page(&m->sg[i], NULL);\n\t}'));
  silent(
    'and empties, by the macro',
    'for_each_sg(m->sg, sg, n, i) {\n\t\tunpin_user_page(sg_page(sg));\n\t\tsg_assign_page(sg, NULL);\n\t}',
  );
  silent(
    'and skips what is empty, by the macro',
    'for_each_sg(m->sg, sg, n, i) {\n\t\tif (!sg_page(sg))\n\t\t\tcontinue;\n\t\tunpin_user_page(sg_page(sg));\n\t}',
  );
});

describe('bio_vecs that a helper goes through twice', () => {
  const vecs = (between: string): string => `struct io { struct bio_vec bv[16]; int n; };
static void io_put(struct bio_vec *bv, int n)
{
	int i;

	for (i = 0; i < n; i++)
		unpin_user_page(bv[i].bv_page);
}
int io_send(struct io *io, unsigned long a, int n, int fd)
{
	struct page *pages[16];
	int i;

	if (pin_user_pages_fast(a, n, FOLL_WRITE, pages) != n)
		return -EFAULT;
	for (i = 0; i < n; i++)
		bvec_set_page(&io->bv[i], pages[i], PAGE_SIZE, 0);
	io->n = n;
	if (send(fd, io->bv)) {
		io_put(io->bv, io->n);
		${between}
	}
	io_put(io->bv, io->n);
	return 0;
}
`;
  complains(rule, 'where it failed', vecs(''), 'io_send:io_put(io->bv, io->n);');
  accepts(rule, 'of which the second is for other ways', vecs('return -EIO;'));
  accepts(rule, 'of which the second finds none', vecs('io->n = 0;'));
});

/** A transfer whose pages stand in an array and in a table, which a request that others free is given as well. */
const transferred = (between: string) => `struct io { struct page **pages; int n; struct sg_table sgt; struct packet *packet; };
static void io_free(struct io *io)
{
	int i;

	for (i = 0; i < io->n; i++)
		unpin_user_page(io->pages[i]);
	kfree(io->pages);
}
int io_send(struct io *io, unsigned long a)
{
	if (pin_user_pages_fast(a, io->n, 0, io->pages) != io->n)
		return -EFAULT;
	if (sg_alloc_table_from_pages(&io->sgt, io->pages, io->n, 0, io->n * PAGE_SIZE, GFP_KERNEL))
		goto pages;
	io->packet->list = io->sgt.sgl;
	if (packet_send(a))
		goto table;
	return 0;
table:
	${between}
	sg_free_table(&io->sgt);
pages:
	io_free(io);
	return -EIO;
}
`;

describe('a call that nobody can look into, behind a drop', () => {
  const [rule, again] = ['double-release', 'unpin_user_pages(io->pages, io->n);'];
  complains(rule, 'what has another way to the pages', transferred(`${again}\n\tpacket_free(io->packet);`), 'io_send:io_free(io);');
  accepts(rule, 'what has another way to pages that are there', transferred('packet_free(io->packet);'));
  accepts(rule, 'what may take others for them', transferred(`${again}\n\tpacket_renew(io);`));
  accepts(rule, 'what may fill the array', transferred(`${again}\n\tpacket_renew(io->packet, io->pages);`));
});

/** Pages that are taken and mapped one by one; who fails to map one drops it, and by a loop those before it. */
const mapped = ({
  own = 'unpin_user_page(m->pages[i]);',
  from = 'i',
  head = 'for (; last >= 0; last--)',
  stepped = ';',
  inline = false,
  asked = ';',
  first = ';',
} = {}) => `
struct maps { struct page *pages[64]; dma_addr_t at[64]; int n; };
static void maps_unwind(struct device *dev, struct maps *m, int last)
{
	${first}
	${head} {
		${asked}
		dma_unmap_page(dev, m->at[last], PAGE_SIZE, DMA_TO_DEVICE);
		unpin_user_page(m->pages[last]);
	}
}
int maps_fill(struct device *dev, struct maps *m, unsigned long a, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (pin_user_pages_fast(a + i * PAGE_SIZE, 1, 0, &m->pages[i]) != 1) {
			maps_unwind(dev, m, i - 1);
			return -EFAULT;
		}
		m->at[i] = dma_map_page(dev, m->pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
		if (dma_mapping_error(dev, m->at[i])) {
			${own}
			${stepped}
			${inline ? `for (; i >= 0; i--)\n\t\t\t\tunpin_user_page(m->pages[i]);` : `maps_unwind(dev, m, ${from});`}
			return -EIO;
		}
	}
	m->n = n;
	return 0;
}
void maps_end(struct device *dev, struct maps *m)
{
	maps_unwind(dev, m, m->n - 1);
}
`;

describe('an element that is dropped before those that come before it', () => {
  const rule = 'double-release';
  complains(rule, 'a helper that begins with it', mapped(), 'maps_fill:maps_unwind(dev, m, i);');
  complains(rule, 'a loop that begins with it', mapped({ inline: true }), 'maps_fill:unpin_user_page(m->pages[i]);');
  accepts(rule, 'a helper alone', mapped({ own: ';' }));
  accepts(rule, 'a helper that begins before it', mapped({ from: 'i - 1' }));
  accepts(rule, 'a helper that steps back first', mapped({ head: 'while (last--)' }));
  accepts(rule, 'a helper that has stepped back before', mapped({ first: 'last--;' }));
  const forgotten = 'unpin_user_page(m->pages[i]);\n\t\t\tm->pages[i] = NULL;';
  accepts(rule, 'a helper that leaves out what is not there', mapped({ own: forgotten, asked: 'if (!m->pages[last])\n\t\t\tcontinue;' }));
  accepts(rule, 'an index that was stepped back', mapped({ stepped: 'i--;' }));
  accepts(rule, 'a loop from an index that was stepped back', mapped({ stepped: 'i--;', inline: true }));
});
