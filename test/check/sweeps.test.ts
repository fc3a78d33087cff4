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
