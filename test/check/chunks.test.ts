/** Pages that are taken in chunks: what the last, short one has taken stands behind what is dropped. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'partial-pin-leak';

const chunks = (release: string, into = 'r->pages + done') => `struct reg { struct page **pages; u64 nr; unsigned long uaddr; int type; };
static void reg_put(struct reg *r, u64 from, u64 count)
{
	if (r->type == 2)
		unpin_user_pages(r->pages + from, count);
}
int reg_pin(struct reg *r)
{
	struct page **next;
	u64 done, want;
	int ret;

	for (done = 0; done < r->nr; done += ret) {
		next = r->pages + done;
		want = min(r->nr - done, 512);
		ret = pin_user_pages_fast(r->uaddr + done * PAGE_SIZE, want, FOLL_WRITE | FOLL_LONGTERM, ${into});
		if (ret != want)
			goto release;
	}
	return 0;
release:
	${release}
	return ret < 0 ? ret : -ENOMEM;
}
`;
const short = 'reg_pin:if (ret != want)';

describe('chunks of which the last one is short', () => {
  complains(rule, 'those before it dropped by one call', chunks('unpin_user_pages(r->pages, done);'), short);
  complains(rule, 'those before it dropped by a function', chunks('reg_put(r, 0, done);'), short);
  complains(rule, 'those before it dropped, taken by a pointer', chunks('reg_put(r, 0, done);', 'next'), short);
  accepts(rule, 'its pages counted in', chunks('if (ret > 0)\n\t\tdone += ret;\n\tunpin_user_pages(r->pages, done);'));
  accepts(rule, 'its pages counted in, taken by a pointer', chunks('if (ret > 0)\n\t\tdone += ret;\n\treg_put(r, 0, done);', 'next'));
  accepts(
    rule,
    'its pages dropped by themselves',
    chunks('if (ret > 0)\n\t\tunpin_user_pages(r->pages + done, ret);\n\tunpin_user_pages(r->pages, done);'),
  );
});

describe('an array whose size is a sum', () => {
  complains(
    'leak-on-path',
    'pages that are left in it',
    `struct map { struct page **pages; dma_addr_t *addrs; int n; };
int map_take(struct map *m, unsigned long a)
{
	int rc;

	m->pages = kcalloc(m->n, sizeof(struct page *) + sizeof(dma_addr_t), GFP_KERNEL);
	if (!m->pages)
		return -ENOMEM;
	m->addrs = (dma_addr_t *)(m->pages + m->n);
	rc = pin_user_pages_fast(a, m->n, FOLL_WRITE, m->pages);
	if (rc < m->n) {
		if (rc > 0)
			unpin_user_pages(m->pages, rc);
		goto fail;
	}
	rc = map_all(m->n);
	if (rc)
		goto fail;
	return 0;
fail:
	kfree(m->pages);
	m->pages = NULL;
	return rc;
}
`,
    'map_take:if (rc)',
  );
});
