/** Unmappings behind a member that nothing sets: the device's mapping outlives the drop. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Parts {
  /** What stands behind the mapping. */
  mapped: string;
  /** The condition around the unmapping. */
  around: string;
  /** More of the file. */
  more: string;
}

const transfer = ({ mapped = '', around = 'if (t->is_mapped) ', more = '' }: Partial<Parts>) => `#include "transfer.h"
int transfer_fill(struct transfer *t, unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	sg_init_table(t->list, 1);
	sg_set_page(t->list, page, PAGE_SIZE, 0);
	return 0;
}
int transfer_send(struct device *dev, struct transfer *t)
{
	if (!dma_map_sg(dev, t->list, 1, DMA_FROM_DEVICE))
		return -ENOMEM;
	${mapped}
	transfer_kick(dev, t);
	return 0;
}
void transfer_sent(struct device *dev, struct transfer *t)
{
	${around}dma_unmap_sg(dev, t->list, 1, DMA_FROM_DEVICE);
	t->is_mapped = 0;
	transfer_put(t);
}
void transfer_free(struct transfer *t)
{
	unpin_user_pages_dirty_lock(&(struct page *){ sg_page(t->list) }, 1, true);
	kfree(t);
}
${more}`;

const header = `struct other { int is_mapped; };
struct part { int is_mapped; };
struct transfer { struct scatterlist list[1]; int is_mapped; int ready; struct other *other; struct part part;
  struct sg_table table, *shared; };
`;
const files = (parts: Partial<Parts>, second = '') => ({ 'transfer.c': transfer(parts), 'transfer.h': header, 'second.c': second });
const rule = 'use-after-release';
const place = (around: string) => `transfer_sent:${around}dma_unmap_sg(dev, t->list, 1, DMA_FROM_DEVICE);`;

describe('an unmapping that is never come to', () => {
  complains(rule, 'behind a member that nothing sets', files({}), place('if (t->is_mapped) '));
  complains(
    rule,
    'of which another struct has one of that name',
    files({ mapped: 't->other->is_mapped = 1;' }),
    place('if (t->is_mapped) '),
  );
  complains(
    rule,
    'behind one that is compared',
    files({ around: 'if (t->ready && t->is_mapped) ', mapped: 't->ready = 1;' }),
    place('if (t->ready && t->is_mapped) '),
  );
  complains(rule, 'behind a member of a member', files({ around: 'if (t->part.is_mapped) ' }), place('if (t->part.is_mapped) '));
  complains(rule, 'that is only set to zero', files({ mapped: 't->is_mapped = 0;' }), place('if (t->is_mapped) '));
});

describe('an unmapping that may be come to', () => {
  const silent = (name: string, parts: Partial<Parts>, second = '') => accepts(rule, name, files(parts, second));
  silent('with no condition', { around: '' });
  silent('where the member is set behind the mapping', { mapped: 't->is_mapped = 1;' });
  silent('where it is counted', { mapped: 't->is_mapped++;' });
  silent('where somebody is given its address', { mapped: 'transfer_note(&t->is_mapped);' });
  silent('where it is set in another file', {}, '#include "transfer.h"\nvoid second(struct transfer *t)\n{\n\tt->is_mapped = 1;\n}\n');
  silent('where the member is one of the kernel', { around: 'if (t->table.orig_nents) ' });
  silent('where the member is one of the kernel, behind a pointer', { around: 'if (t->shared->orig_nents) ' });
  silent('where somebody is given the struct with it', { around: 'if (t->part.is_mapped) ', mapped: 'transfer_note(&t->part);' });
  silent('where the struct with it is stored', { around: 'if (t->part.is_mapped) ', mapped: 't->part = *transfer_part(dev);' });
  silent('where a list of members sets it', { more: 'static struct transfer first = { .is_mapped = 1 };\n' });
  silent('where the member is asked whether it is not set', { around: 'if (!t->is_mapped) ' });
  silent('where another function unmaps them', {
    more: 'void transfer_stop(struct device *dev, struct transfer *t)\n{\n\tdma_unmap_sg(dev, t->list, 1, DMA_FROM_DEVICE);\n}\n',
  });
});
