/** Pages that were all taken at once: a later loop over them fails at one, and what undoes the earlier ones leaves out the others. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const helpers = `int hw_map(struct hw *hw, struct page *page);
void hw_unmap(struct hw *hw, struct page *page);
static void drop_some(struct page **p, int n)
{
	unpin_user_pages(p, n);
}
static void drop_one(struct page *p)
{
	unpin_user_page(p);
}
`;

/** @param rounds the loop over the pages @param undo what follows the label `undo` */
const maps = (rounds: string, undo: string, between = '') => `${helpers}int map(struct hw *hw, int nr, unsigned long addr)
{
	struct page *pages[16];
	int i, j, got;

	got = pin_user_pages_fast(addr, nr, 0, pages);
	if (got != nr) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	${between}
	${rounds}
	hw_run(hw);
	unpin_user_pages(pages, nr);
	return 0;
undo:
	${undo}
	return -EIO;
}
`;
const up = 'for (i = 0; i < nr; i++)\n\t\tif (hw_map(hw, pages[i]))\n\t\t\tgoto undo;';

describe('what undoes the pages before the one at which a loop failed', () => {
  const loops: readonly (readonly [undo: string, told: string])[] = [
    ['while (i--)\n\t\tunpin_user_page(pages[i]);', 'unpin_user_page(pages[i]);'],
    ['while (--i >= 0) {\n\t\thw_unmap(hw, pages[i]);\n\t\tunpin_user_page(pages[i]);\n\t}', 'unpin_user_page(pages[i]);'],
    ['for (i--; i >= 0; i--)\n\t\tunpin_user_page(pages[i]);', 'unpin_user_page(pages[i]);'],
    ['for (j = 0; j < i; j++)\n\t\tunpin_user_page(pages[j]);', 'unpin_user_page(pages[j]);'],
    ['while (i > 0)\n\t\tunpin_user_page(pages[--i]);', 'unpin_user_page(pages[--i]);'],
    ['while (i--)\n\t\tunpin_user_pages_dirty_lock(&pages[i], 1, false);', 'unpin_user_pages_dirty_lock(&pages[i], 1, false);'],
    ['while (i--)\n\t\tdrop_one(pages[i]);', 'drop_one(pages[i]);'],
    ['while (i--) {\n\t\tstruct page *p = pages[i];\n\t\tunpin_user_page(p);\n\t}', 'unpin_user_page(p);'],
    ['unpin_user_pages(pages, i);', 'unpin_user_pages(pages, i);'],
    ['drop_some(pages, i);', 'drop_some(pages, i);'],
  ];
  for (const [undo, told] of loops) complains('leak-on-path', undo, maps(up, undo), `map:${told}`);

  const inLoop = (undo: string) => `for (i = 0; i < nr; i++)\n\t\tif (hw_map(hw, pages[i])) {\n\t\t\t${undo}\n\t\t\treturn -EIO;\n\t\t}`;
  complains('leak-on-path', 'in the loop', maps(inLoop('unpin_user_pages(pages, i);'), ''), 'map:unpin_user_pages(pages, i);');
  complains('leak-on-path', 'one by one in the loop', maps(inLoop('while (i--)\n\tdrop_one(pages[i]);'), ''), 'map:drop_one(pages[i]);');
  const variable = up.replace('if (', '{\n\t\tstruct page *page = pages[i];\n\t\tif (').replace('pages[i])', 'page)').replace(/$/, '\n\t}');
  const back = 'while (i--)\n\t\tunpin_user_page(pages[i]);';
  complains('leak-on-path', 'by a variable', maps(variable, back), 'map:unpin_user_page(pages[i]);');
  const whole = 'i = nr;\n\tif (hw_busy(hw))\n\t\tgoto undo;';
  complains('leak-on-path', 'and elsewhere all of them', maps(up, back, whole), 'map:unpin_user_page(pages[i]);');

  for (const undo of [
    'while (i--)\n\t\thw_unmap(hw, pages[i]);\n\tunpin_user_pages(pages, nr);',
    'unpin_user_pages(pages + i, nr - i);\n\twhile (i--)\n\t\tunpin_user_page(pages[i]);',
    'for (j = 0; j < i; j++)\n\t\tunpin_user_page(pages[j]);\n\tfor (; i < nr; i++)\n\t\tunpin_user_page(pages[i]);',
    'unpin_user_pages(pages, i);\n\twhile (i < nr)\n\t\tunpin_user_page(pages[i++]);',
    'for (i = 0; i < nr; i++)\n\t\tunpin_user_page(pages[i]);',
    'i = nr;\n\twhile (i--)\n\t\tunpin_user_page(pages[i]);',
    'while (i--)\n\t\thw_unmap(hw, pages[i]);\n\twhile (++i < nr)\n\t\tunpin_user_page(pages[i]);',
  ])
    accepts('leak-on-path', `all: ${undo}`, maps(up, undo));
  accepts('leak-on-path', 'all of them in the loop', maps(inLoop('for (j = 0; j < nr; j++)\n\tunpin_user_page(pages[j]);'), ''));
});

describe('a loop that is left at a page', () => {
  const left = (rounds: string, rest: string) => maps(`${rounds}\n\t${rest}\n\treturn 0;`, '');
  const stops = 'for (i = 0; i < nr; i++)\n\t\tif (hw_map(hw, pages[i]))\n\t\t\tbreak;';
  complains(
    'leak-on-path',
    'by its result',
    left(stops, 'if (i < nr) {\n\t\tunpin_user_pages(pages, i);\n\t\treturn -EIO;\n\t}\n\tunpin_user_pages(pages, nr);'),
    'map:unpin_user_pages(pages, i);',
  );
  accepts(
    'leak-on-path',
    'with the rest',
    left(stops, 'if (i < nr)\n\t\tunpin_user_pages(pages + i, nr - i);\n\tunpin_user_pages(pages, i);'),
  );
  accepts(
    'leak-on-path',
    'with the rest by an early way out',
    left(stops, 'if (i == nr)\n\t\tgoto done;\n\tunpin_user_pages(pages + i, nr - i);\ndone:\n\tunpin_user_pages(pages, i);'),
  );
  for (const none of ['if (i == got)', 'if (!nr--)'])
    accepts(
      'leak-on-path',
      `where there are no more: ${none}`,
      left(
        `for (i = 0; i < 16; i++) {\n\t\t${none}\n\t\t\tbreak;\n\t\thw_map(hw, pages[i]);\n\t}`,
        'while (i--)\n\t\tunpin_user_page(pages[i]);',
      ),
    );
});

const handed = (undo: string, failed: string) => `struct req { int nr; struct page **pages; dma_addr_t *dma; };
static int req_map(struct device *dev, struct req *r)
{
	int i;

	for (i = 0; i < r->nr; i++) {
		r->dma[i] = dma_map_page(dev, r->pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
		if (dma_mapping_error(dev, r->dma[i]))
			goto undo;
	}
	return 0;
undo:
	while (i--) {
		dma_unmap_page(dev, r->dma[i], PAGE_SIZE, DMA_TO_DEVICE);
		${undo}
	}
	return -EIO;
}
int req_run(struct device *dev, struct req *r, unsigned long addr)
{
	int i, ret, got;

	got = pin_user_pages_fast(addr, r->nr, 0, r->pages);
	if (got != r->nr) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	ret = req_map(dev, r);
	if (ret) {
		${failed}
		return ret;
	}
	hw_run(dev, r);
	for (i = 0; i < r->nr; i++)
		dma_unmap_page(dev, r->dma[i], PAGE_SIZE, DMA_TO_DEVICE);
	unpin_user_pages(r->pages, got);
	return 0;
}
`;

describe('a function that is handed the pages, and drops only some as it fails', () => {
  const drop = 'unpin_user_page(r->pages[i]);';
  const all = 'unpin_user_pages(r->pages, got);';
  complains('leak-on-path', 'a caller that leaves the rest', handed(drop, ''), `req_map:${drop}`);
  complains('double-release', 'a caller that drops all', handed(drop, all), `req_run:${all}`);
  accepts('leak-on-path', 'a caller that drops all', handed('', all));
});

const added = (
  drop: string,
  take = 'if (!bio_add_page(bio, pages[i], PAGE_SIZE, 0))',
) => `static int add(struct bio *bio, struct iov_iter *it, struct pipe_inode_info *pipe)
{
	struct page *stack[16], **pages = stack;
	size_t off;
	ssize_t len = iov_iter_extract_pages(it, &pages, SIZE_MAX, 16, 0, &off);
	int i, j, n;

	if (len <= 0)
		return len;
	n = DIV_ROUND_UP(off + len, PAGE_SIZE);
	for (i = 0; i < n; i++) {
		${take}
			break;
	}
	${drop}
	return 0;
}
int bio_write(struct block_device *bdev, struct iov_iter *it, struct pipe_inode_info *pipe)
{
	struct bio *bio = bio_alloc(bdev, 8, REQ_OP_WRITE, GFP_KERNEL);
	int ret;

	bio_set_flag(bio, BIO_PAGE_PINNED);
	ret = add(bio, it, pipe);
	if (!ret)
		ret = submit_bio_wait(bio);
	bio_release_pages(bio, false);
	bio_put(bio);
	return ret;
}
`;

describe('a drop of the pages behind the one that a bio did not take', () => {
  const behind = [
    'while (++i < n)\n\t\tunpin_user_page(pages[i]);',
    'for (i++; i < n; i++)\n\t\tunpin_user_page(pages[i]);',
    'for (++i; i < n; i++)\n\t\tunpin_user_page(pages[i]);',
    'for (j = i + 1; j < n; j++)\n\t\tunpin_user_page(pages[j]);',
  ];
  for (const drop of behind) {
    complains('leak-on-path', drop, added(drop), `add:${drop.split('\n\t\t')[1]}`);
    accepts('leak-on-path', `and of that page: ${drop}`, added(`if (i < n)\n\t\tunpin_user_page(pages[i]);\n\t${drop}`));
    accepts('leak-on-path', `where another function may have it: ${drop}`, added(drop, 'if (!hw_add_page(bio, pages[i]))'));
  }
  const folio = 'if (!bio_add_folio(bio, page_folio(pages[i]), PAGE_SIZE, 0))';
  complains('leak-on-path', 'of a folio', added(behind[0] as string, folio), 'add:unpin_user_page(pages[i]);');
  for (const drop of ['while (i < n)\n\t\tunpin_user_page(pages[i++]);', 'for (; i < n; i++)\n\t\tunpin_user_page(pages[i]);'])
    accepts('leak-on-path', `from it on: ${drop}`, added(drop));
});
