/** Objects that a function makes, and that a function which it calls fills with pages and puts where others find them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param put how the object is put on the list, once it has its pages @param held how the object has the pages */
const made = (put: string, end: string, held = ['struct page **pages;', 'r->pages = kcalloc(4, 8, GFP_KERNEL);']): string => `
struct req { struct list_head entry; int nr; ${held[0]} };
struct queue { struct list_head reqs; struct work_struct work; struct req *last; };
static int submit(struct queue *q, struct req *r, unsigned long addr)
{
	int n = pin_user_pages_fast(addr, r->nr, FOLL_LONGTERM, r->pages);

	if (n != r->nr) {
		if (n > 0)
			unpin_user_pages(r->pages, n);
		return -EFAULT;
	}
	${put}
	return 0;
}
static int request(struct queue *q, unsigned long addr)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return -ENOMEM;
	${held[1]}
	${end}
}
static void finish(struct queue *q)
{
	struct req *r, *n;

	list_for_each_entry_safe(r, n, &q->reqs, entry) {
		unpin_user_pages(r->pages, r->nr);
		kfree(r);
	}
}
`;

const list = 'list_add_tail(&r->entry, &q->reqs);';
const returned = 'return submit(q, r, addr);';
const freed = `ret = submit(q, r, addr);
	if (ret)
		kfree(r);
	return ret;`;

describe('an object that a callee puts on a list', () => {
  accepts('leak-on-path', 'a function that made it and returns', made(list, returned));
  accepts('leak-on-path', 'a function that made it and frees it where the callee failed', made(list, freed));
  accepts('leak-on-path', 'one with the page pointers in it', made(list, freed, ['struct page *pages[4];', '']));
  accepts('leak-on-path', 'one that is put there under a lock', made(`spin_lock(&q->lock);\n\t${list}\n\tspin_unlock(&q->lock);`, freed));
  complains('leak-on-path', 'one that the callee puts nowhere', made('hw_ring(q->nr);', returned), 'request:return submit(q, r, addr);');
  complains(
    'leak-on-path',
    'one that the callee takes off the list again',
    made(`${list}\n\tif (hw_ring(q->nr)) {\n\t\tlist_del(&r->entry);\n\t\treturn -EIO;\n\t}`, returned),
    'submit:if (hw_ring(q->nr)) {',
  );
  complains(
    'leak-on-path',
    'one that is freed in spite of that',
    made(list, `ret = submit(q, r, addr);\n\tkfree(r);\n\treturn ret;`),
    'request:ret = submit(q, r, addr);',
  );
});
