/** Objects in the slots of an array of pointers, which one function ends with their pages and another without. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param ended what the end of the ring does with a slot @param slots how the ring has its slots */
const ring = (ended: string, slots = 'struct req *slot[64];', failed = 'return -EFAULT;'): string => `
struct req { int nr; struct page **pages; };
struct ring { unsigned int head, tail; ${slots} spinlock_t lock; };
int ring_submit(struct ring *g, struct req *r, unsigned long addr)
{
	int got = pin_user_pages_fast(addr, r->nr, FOLL_LONGTERM, r->pages);

	if (got != r->nr) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		${failed}
	}
	spin_lock(&g->lock);
	g->slot[g->tail++ % 64] = r;
	spin_unlock(&g->lock);
	return 0;
}
static void req_drop(struct req *r)
{
	unpin_user_pages(r->pages, r->nr);
	kfree(r->pages);
}
void ring_retire(struct ring *g)
{
	struct req *r = g->slot[g->head % 64];

	g->slot[g->head++ % 64] = NULL;
	req_drop(r);
	kfree(r);
}
void ring_close(struct ring *g)
{
	int i;

	for (i = 0; i < 64; i++) {
		if (!g->slot[i])
			continue;
		${ended}
		kfree(g->slot[i]);
	}
	kfree(g);
}
`;

describe('an object that is freed by the slot in which it is', () => {
  const lost = 'kfree(g->slot[i]->pages);';
  const place = `ring_close:${lost}`;
  complains('leak-on-path', 'without its pages', ring(lost), place);
  complains('leak-on-path', 'without its pages, in slots of their own', ring(lost, 'struct req **slot;'), place);
  accepts('leak-on-path', 'with its pages', ring(`unpin_user_pages(g->slot[i]->pages, g->slot[i]->nr);\n\t\t${lost}`));
  accepts('leak-on-path', 'with its pages, by a helper', ring('req_drop(g->slot[i]);'));
  accepts('leak-on-path', 'which never names them', ring('hw_stop(i);'));
  accepts(
    'leak-on-path',
    'in which it was put in vain',
    ring(
      'req_drop(g->slot[i]);',
      'struct req *slot[64];',
      'g->slot[0] = r;\n\t\tkfree(g->slot[0]->pages);\n\t\tkfree(g->slot[0]);\n\t\treturn -EFAULT;',
    ),
  );
});
