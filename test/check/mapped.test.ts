/** Drops of as many pages as a mapped scatterlist has entries for a device. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';
const message = 'unpin_user_page(sg_page(sg));';

/** A buffer whose table is mapped by one function and taken down by another. */
const kept = (walk: string, map = 'ret = dma_map_sgtable(b->dev, &b->sgt, DMA_TO_DEVICE, 0);', between = ''): string => `
struct buf { struct device *dev; struct page **pages; int n; int mapped; struct sg_table sgt; };
${between}
int buf_make(struct buf *b, unsigned long addr)
{
	int ret, got = pin_user_pages_fast(addr, b->n, FOLL_LONGTERM, b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&b->sgt, b->pages, got, 0, got << PAGE_SHIFT, GFP_KERNEL);
	if (ret)
		goto drop;
	${map}
	if (ret)
		goto free;
	return 0;
free:
	sg_free_table(&b->sgt);
drop:
	unpin_user_pages(b->pages, got);
	return ret;
}
void buf_end(struct buf *b)
{
	struct scatterlist *sg;
	int i;

	dma_unmap_sgtable(b->dev, &b->sgt, DMA_TO_DEVICE, 0);
	${walk}
	sg_free_table(&b->sgt);
}
`;
const walk = (loop: string): string => `${loop}\n		${message}`;

describe('a table that is taken down', () => {
  const nents = 'for_each_sg(b->sgt.sgl, sg, b->sgt.nents, i)';
  for (const loop of [
    nents,
    'for_each_sgtable_dma_sg(&b->sgt, sg, i)',
    'for (i = 0, sg = b->sgt.sgl; i < b->sgt.nents; i++, sg = sg_next(sg))',
  ])
    complains(rule, loop, kept(walk(loop)), `buf_end:${message}`);
  for (const loop of [
    'for_each_sg(b->sgt.sgl, sg, b->sgt.orig_nents, i)',
    'for_each_sgtable_sg(&b->sgt, sg, i)',
    'for_each_sg(b->sgt.sgl, sg, b->n, i)',
    'for (i = 0, sg = b->sgt.sgl; i < b->sgt.orig_nents; i++, sg = sg_next(sg))',
  ])
    accepts(rule, loop, kept(walk(loop)));
  complains(
    rule,
    'a table that a list call has changed',
    kept(walk(nents), 'b->sgt.nents = dma_map_sg(b->dev, b->sgt.sgl, b->sgt.orig_nents, DMA_TO_DEVICE);\n	ret = b->sgt.nents ? 0 : -EIO;'),
    `buf_end:${message}`,
  );
  accepts(
    rule,
    'a table that no call has changed',
    kept(walk(nents), 'ret = dma_map_sg(b->dev, b->sgt.sgl, b->sgt.nents, DMA_TO_DEVICE) ? 0 : -EIO;'),
  );
  accepts(rule, 'a table that no device is given', kept(walk(nents), 'ret = buf_tell(b);'));
  accepts(rule, 'another table', kept(walk(nents), 'ret = dma_map_sgtable(b->dev, &b->ring, DMA_TO_DEVICE, 0);'));
  accepts(rule, 'a number that is set back', kept(`b->sgt.nents = b->sgt.orig_nents;\n	${walk(nents)}`));
  const helper = (loop: string): string => `static void drop_table(struct sg_table *sgt)
{
	struct scatterlist *sg;
	int i;

	${walk(loop)}
}`;
  const through = (loop: string): string => kept('drop_table(&b->sgt);', undefined, helper(loop));
  complains(rule, 'a helper', through('for_each_sg(sgt->sgl, sg, sgt->nents, i)'), `drop_table:${message}`);
  accepts(rule, 'a helper of all entries', through('for_each_sg(sgt->sgl, sg, sgt->orig_nents, i)'));
});

const sent = (body: string, n = 'n'): string => `int dev_send(struct device *dev, struct scatterlist *sg, unsigned long addr)
{
	struct page *pages[32];
	int i, nents, n = pin_user_pages_fast(addr, 32, 0, pages);

	if (n <= 0)
		return -EFAULT;
	for (i = 0; i < n; i++)
		sg_set_page(&sg[i], pages[i], PAGE_SIZE, 0);
	nents = dma_map_sg(dev, sg, n, DMA_TO_DEVICE);
	${body}
	dma_unmap_sg(dev, sg, n, DMA_TO_DEVICE);
	unpin_user_pages(pages, ${n});
	return 0;
}
`;

describe('the result of mapping a list', () => {
  const fails = 'if (!nents) {\n		unpin_user_pages(pages, n);\n		return -EIO;\n	}';
  complains(rule, 'as the number of pages', sent(fails, 'nents'), 'dev_send:unpin_user_pages(pages, nents);');
  accepts(rule, 'only as the number of entries', sent(`${fails}\n	hw_go(sg, nents);`));
  accepts(rule, 'that is tested to be all', sent('if (nents != n) {\n		unpin_user_pages(pages, n);\n		return -EIO;\n	}', 'nents'));
  accepts(rule, 'in a variable that has another number again', sent(`${fails}\n	hw_go(sg, nents);\n	nents = n;`, 'nents'));
});
