/** Pages that are marked dirty once they were dropped: a use that comes too late, and no mark. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const copied = (end: string, n = 'n'): string => `int copy_in(struct dev *d, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	struct page *page;
	int i, got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, ${n}, FOLL_WRITE, pages);
	if (got == ${n})
		hw_write(d, dma_map_page(d, pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE));
${end}
	kfree(pages);
	return 0;
}
`;
const each = (body: string): string => copied(`	for (i = 0; i < got; i++) {\n${body}	}`);
const drop = '		unpin_user_page(pages[i]);\n';
const mark = '		set_page_dirty_lock(pages[i]);\n';
const fetched = '		page = pages[i];\n		unpin_user_page(page);\n		if (n > 4)\n			set_page_dirty_lock(page);\n';

describe('elements that are marked and dropped one by one', () => {
  const use = 'use-after-release';
  const lost = 'dirty-lost';
  const marked = 'copy_in:set_page_dirty_lock(pages[i]);';
  complains(use, 'a mark behind the drop', each(drop + mark), marked);
  complains(lost, 'a mark behind the drop', each(drop + mark), 'copy_in:unpin_user_page(pages[i]);');
  accepts(use, 'a mark before the drop', each(mark + drop));
  accepts(lost, 'a mark before the drop', each(mark + drop));
  complains(use, 'a mark of some behind the drop', each(fetched), 'copy_in:set_page_dirty_lock(page);');
  complains(lost, 'a mark of some behind the drop', each(fetched), 'copy_in:unpin_user_page(page);');
  accepts(use, 'a mark of the next one', each(`${drop}		if (i + 1 < got)\n			set_page_dirty_lock(pages[i + 1]);\n`));
  accepts(use, 'a mark under a reference of its own', each(`		get_page(pages[i]);\n${drop}${mark}		put_page(pages[i]);\n`));
  accepts(
    use,
    'the mark of another page',
    each(`		page = pages[i];\n		unpin_user_page(page);\n		page = d->page;\n		set_page_dirty_lock(page);\n`),
  );
  const all = '	if (got > 0)\n		unpin_user_pages(pages, got);\n	if (got == 1)\n		set_page_dirty_lock(pages[0]);';
  complains(lost, 'a mark behind the drop of all', copied(all, '1'), 'copy_in:unpin_user_pages(pages, got);');
});

/** Pages that a field keeps, and a teardown. */
const kept = (end: string): string => `struct mem { struct page **pages; struct scatterlist sg[16]; int n; bool wr; };
int mem_get(struct mem *m, unsigned long a)
{
	int i, n = pin_user_pages_fast(a, m->n, FOLL_WRITE | FOLL_LONGTERM, m->pages);

	if (n != m->n) {
		if (n > 0)
			unpin_user_pages(m->pages, n);
		return n < 0 ? n : -EFAULT;
	}
	for (i = 0; i < n; i++)
		sg_set_page(&m->sg[i], m->pages[i], PAGE_SIZE, 0);
	return 0;
}
void mem_put(struct mem *m)
{
	struct scatterlist *sg;
	struct page *page;
	int i = m->n;

	${end}
	kvfree(m->pages);
	kfree(m);
}
`;

describe('pages of a field that are marked behind the drop of all', () => {
  const [use, lost] = ['use-after-release', 'dirty-lost'];
  const bulk = 'unpin_user_pages(m->pages, m->n);';
  const up = (body: string): string => `for (i = 0; i < m->n; i++)\n\t\t${body}`;
  const down = (body: string): string => `while (--i >= 0)\n\t\t${body}`;
  const each = 'unpin_user_page(m->pages[i]);';
  const mark = 'set_page_dirty_lock(m->pages[i]);';
  const told = (name: string, drop: string, dropped: string, late: string, marked: string): void => {
    complains(use, name, kept(`${drop}\n\t${late}`), `mem_put:${marked}`);
    complains(lost, name, kept(`${drop}\n\t${late}`), `mem_put:${dropped}`);
  };
  told('by one call, in a loop', bulk, bulk, up(mark), mark);
  told('by one call, in a loop down', bulk, bulk, down(mark), mark);
  told('by one call, in a loop under a test', bulk, bulk, `if (m->wr)\n\t\t${up(mark)}`, mark);
  told('by one call, the first', bulk, bulk, 'set_page_dirty_lock(m->pages[0]);', 'set_page_dirty_lock(m->pages[0]);');
  told(
    'by one call, by a variable',
    bulk,
    bulk,
    up('{\n\t\tpage = m->pages[i];\n\t\tset_page_dirty_lock(page);\n\t}'),
    'set_page_dirty_lock(page);',
  );
  told('by a loop, in a loop', up(each), each, up(mark), mark);
  told('by a loop down, in a loop down', down(each), each, `i = m->n;\n\t${down(mark)}`, mark);
  const list = 'for_each_sg(m->sg, sg, m->n, i)\n\t\t';
  const [put, set] = ['unpin_user_page(sg_page(sg));', 'set_page_dirty_lock(sg_page(sg));'];
  told('by a macro that goes through a list', list + put, put, list + set, set);
  const [put0, set0] = ['unpin_user_page(sg_page(&m->sg[i]));', 'set_page_dirty_lock(sg_page(&m->sg[i]));'];
  told('of a list by its index', up(put0), put0, up(set0), set0);
  const silent = (name: string, end: string): void => accepts(use, name, kept(end));
  silent('but before it', `${up(mark)}\n\t${bulk}`);
  silent('but on another way', `if (m->wr) {\n\t\t${up(mark)}\n\t} else {\n\t\t${bulk}\n\t}`);
  silent('but only some were dropped', `unpin_user_pages(m->pages, 1);\n\t${up(mark)}`);
  silent('but those behind them', `unpin_user_pages(m->pages + 1, m->n - 1);\n\tset_page_dirty_lock(m->pages[0]);`);
  silent('but another array', `${bulk}\n\tfor (i = 0; i < m->n; i++)\n\t\tset_page_dirty_lock(others[i]);`);
  silent('but the array has been filled again', `${bulk}\n\tm->pages = refill(m);\n\t${up(mark)}`);
  silent('but there are none any more', `${bulk}\n\tm->n = 0;\n\t${up(mark)}`);
  silent('but those of some rounds', `for (i = 0; i < m->n; i++)\n\t\tif (i & 1)\n\t\t\t${each}\n\t${up(mark)}`);
  silent('but under references of its own', `${up('get_page(m->pages[i]);')}\n\t${bulk}\n\t${up(mark)}`);
});

describe('elements that are looked into and dropped one by one', () => {
  const use = 'use-after-release';
  const look = '		flush_dcache_page(pages[i]);\n';
  complains(use, 'a look behind the drop', each(drop + look), 'copy_in:flush_dcache_page(pages[i]);');
  accepts(use, 'a look before the drop', each(look + drop));
  accepts(use, 'a look at the next one', each(`${drop}		if (i + 1 < got)\n			flush_dcache_page(pages[i + 1]);\n`));
  accepts(use, 'a look under a reference of its own', each(`		get_page(pages[i]);\n${drop}${look}		put_page(pages[i]);\n`));
  complains(
    use,
    'a look at the first behind the drop of all',
    copied(`	for (i = 0; i < got; i++)\n${drop}	flush_dcache_page(pages[0]);`),
    'copy_in:flush_dcache_page(pages[0]);',
  );
});
