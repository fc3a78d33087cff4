/** A function that is handed the pages and fails at several places: who calls it cannot tell the failures that drop them from those that do not. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const registering = (body: string, failed = 'return mr;', more = '') => `struct mem { struct page **pages; int n; };
struct mr { struct mem *mem; int key; };
static struct mem *mem_get(unsigned long a, int n)
{
	struct mem *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int got;

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->pages = kvmalloc_array(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages) {
		kfree(m);
		return ERR_PTR(-ENOMEM);
	}
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		kvfree(m->pages);
		kfree(m);
		return ERR_PTR(-EFAULT);
	}
	m->n = n;
	return m;
}
static void mem_put(struct mem *m)
{
	unpin_user_pages_dirty_lock(m->pages, m->n, true);
	kvfree(m->pages);
	kfree(m);
}
void mr_end(struct mr *mr)
{
	mem_put(mr->mem);
	kfree(mr);
}
static struct mr *mr_make(struct dev *dev, struct mem *m, bool own)
{
	struct mr *mr;
	int err;

	${body}
	return mr;
}
struct mr *mr_reg(struct dev *dev, unsigned long a, int n)
{
	struct mem *m = mem_get(a, n);
	struct mr *mr;

	if (IS_ERR(m))
		return ERR_CAST(m);
	mr = mr_make(dev, m, true);
	${failed}
}
${more}`;

/** An object is allocated, and the device is told of it; what is done where either fails. */
const made = (unallocated: string, untold: string) => `mr = kzalloc(sizeof(*mr), GFP_KERNEL);
	if (!mr) {
		${unallocated}
		return ERR_PTR(-ENOMEM);
	}
	mr->mem = m;
	err = dev_tell(dev);
	if (err) {
		${untold}
		kfree(mr);
		return ERR_PTR(err);
	}`;

describe('failures of one function, of which some drop what it was handed', () => {
  const [leak, twice] = ['leak-on-path', 'double-release'];
  const put = 'mem_put(m);';
  complains(leak, 'the last one does not', registering(made(put, '')), 'mr_make:if (err) {');
  complains(leak, 'the first one does not', registering(made('', put)), 'mr_make:if (!mr) {');
  accepts(leak, 'all of them do', registering(made(put, put)));
  accepts(twice, 'all of them do', registering(made(put, put)));
  const labels = (untold: string) => `mr = kzalloc(sizeof(*mr), GFP_KERNEL);
	if (!mr) {
		err = -ENOMEM;
		goto put;
	}
	mr->mem = m;
	err = dev_tell(dev);
	if (err)
		goto ${untold};
	return mr;
put:
	mem_put(m);
fail:`;
  const ended = (untold: string) =>
    registering(`${labels(untold)}\n\tkfree(mr);\n\treturn ERR_PTR(err);`).replace(
      'return ERR_PTR(err);\n\treturn mr;',
      'return ERR_PTR(err);',
    );
  complains(leak, 'one goes to a label too far', ended('fail'), 'mr_make:if (err)');
  accepts(leak, 'all go to the label of the drop', ended('put'));
  const caller = 'if (IS_ERR(mr))\n\t\tmem_put(m);\n\treturn mr;';
  accepts(leak, 'whose caller drops', registering(made('', ''), caller));
  accepts(twice, 'whose caller drops', registering(made('', ''), caller));
  complains(twice, 'whose caller drops as well', registering(made(put, ''), caller), 'mr_reg:mem_put(m);');
  const none = (text: string): string =>
    text.replace(/return ERR_PTR\(err\);|return ERR_PTR\(-ENOMEM\);(?=\n\t}\n\tmr->mem)/g, 'return NULL;');
  complains(leak, 'by NULL, the last one does not', registering(none(made(put, ''))), 'mr_make:if (err) {');
  accepts(leak, 'by NULL, all of them do', registering(none(made(put, put))));
  const flagged = 'if (own)\n\t\t\tmem_put(m);';
  accepts(leak, 'where a flag tells whose they are', registering(made(flagged, flagged)));
  const early = `struct mem *mine = NULL;

	if (own)
		mine = m;
	if (!dev_ready(dev)) {
		if (mine)
			mem_put(mine);
		return ERR_PTR(-EBUSY);
	}
	${made(put, put)}`;
  accepts(leak, 'where one has told so before', registering(early).replace('mr_make(dev, m, true)', 'mr_make(dev, m, how)'));
});
