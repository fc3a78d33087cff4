/** Scatterlists that are unmapped from a device once their pages are gone. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const buffer = (end: string) => `struct buf { struct page **pages; int n; struct sg_table sgt; struct device *dev; };
int buf_map(struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	if (sg_alloc_table_from_pages(&b->sgt, b->pages, b->n, 0, b->n << PAGE_SHIFT, GFP_KERNEL))
		goto unpin;
	if (dma_map_sgtable(b->dev, &b->sgt, DMA_FROM_DEVICE, 0)) {
		sg_free_table(&b->sgt);
		goto unpin;
	}
	return 0;
unpin:
	unpin_user_pages(b->pages, b->n);
	return -ENOMEM;
}
void buf_unmap(struct buf *b, struct sg_table *other)
{
	${end}
	sg_free_table(&b->sgt);
}
`;
const drop = 'unpin_user_pages_dirty_lock(b->pages, b->n, true);';
const unmap = 'dma_unmap_sgtable(b->dev, &b->sgt, DMA_FROM_DEVICE, 0);';

describe('a buffer that a device writes to', () => {
  complains(rule, 'one that is unmapped after its pages were dropped', buffer(`${drop}\n\t${unmap}`), `buf_unmap:${unmap}`);
  accepts(rule, 'one that is unmapped first', buffer(`${unmap}\n\t${drop}`));
  accepts(rule, 'one that is unmapped on another way', buffer(`if (b->n)\n\t\t${drop}\n\telse\n\t\t${unmap}`));
  accepts(rule, 'another that is unmapped behind', buffer(`${drop}\n\tdma_unmap_sgtable(b->dev, other, DMA_FROM_DEVICE, 0);`));
  accepts(rule, 'each of several in a loop', buffer(`for (; b->n; b->n--) {\n\t\t${unmap}\n\t\t${drop}\n\t}`));
});
