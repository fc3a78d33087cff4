/** Pages in batches, the last of which need not be full. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';
const drop = 'unpin_user_pages(t->batch[i], n);';

const batched = (count: string, batches = 'DIV_ROUND_UP(npages, BATCH)'): string => `#define BATCH 128
struct table { int npages; int nbatches; struct page **batch[]; };
struct table *table_make(unsigned long addr, int npages)
{
	int i, n, nbatches = ${batches};
	struct table *t = kzalloc(struct_size(t, batch, nbatches), GFP_KERNEL);

	if (!t)
		return NULL;
	t->npages = npages;
	t->nbatches = nbatches;
	for (i = 0; i < nbatches; i++) {
		n = min(npages - i * BATCH, BATCH);
		if (pin_user_pages_fast(addr, n, FOLL_LONGTERM, t->batch[i]) != n)
			panic("pages");
		addr += n * PAGE_SIZE;
	}
	return t;
}
void table_free(struct table *t)
{
	int i, n;

	for (i = 0; i < t->nbatches; i++) {
		${count}
		${drop}
	}
	kfree(t);
}
`;

describe('the number of pages in the last batch', () => {
  const last = 'n = BATCH;\n		if (i == t->nbatches - 1)\n			n = t->npages % BATCH;';
  complains(rule, 'is a remainder', batched(last), `table_free:${drop}`);
  complains(
    rule,
    'is a remainder, else it is all',
    batched('if (i == t->nbatches - 1)\n			n = t->npages % BATCH;\n		else\n			n = BATCH;'),
    `table_free:${drop}`,
  );
  for (const count of [
    `${last}\n		if (!n)\n			n = BATCH;`,
    'n = BATCH;\n		if (i == t->nbatches - 1 && t->npages % BATCH)\n			n = t->npages % BATCH;',
    'n = BATCH;\n		if (i == t->nbatches - 1)\n			n = (t->npages - 1) % BATCH + 1;',
    'n = BATCH;\n		if (i == t->nbatches - 1)\n			n = t->npages % BATCH ?: BATCH;',
    'n = BATCH;\n		if (i == t->nbatches - 1)\n			n = t->npages - i * BATCH;',
    'n = min(t->npages - i * BATCH, BATCH);',
  ])
    accepts(rule, `is ${count}`, batched(count));
  accepts(rule, 'is that of a batch behind the full ones', batched(last, 'npages / BATCH + 1'));
});
