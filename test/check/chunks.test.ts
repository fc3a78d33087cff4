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

/** Pages of a region that are taken by rounds, and are dropped again where one of these fails, or what comes behind them. */
const rounds = ({
  head = 'while (done < r->nr) {',
  failed = 'ret = got ? got : -EFAULT;\n\t\t\tgoto undo;',
  tail = '}',
  behind = 'if (map(r)) {\n\t\tunpin_user_pages(r->pages, r->nr);\n\t\tret = -EIO;\n\t\tgoto free;\n\t}',
  undo = 'unpin_user_pages(r->pages, done);',
  end = 'unpin_user_pages(r->pages, r->nr);',
} = {}): string => `struct reg { struct page **pages; unsigned long nr, addr; };
int reg_pin(struct reg *r)
{
	unsigned long done = 0, i;
	int got, ret = 0;

	r->pages = kvcalloc(r->nr, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages)
		return -ENOMEM;
	${head}
		got = pin_user_pages_fast(r->addr + done * PAGE_SIZE, min(r->nr - done, 64UL), FOLL_LONGTERM, r->pages + done);
		if (got <= 0) {
			${failed}
		}
		done += got;
	${tail}
	${behind}
	return 0;
undo:
	${undo}
free:
	kvfree(r->pages);
	r->pages = NULL;
	return ret;
}
void reg_end(struct reg *r)
{
	${end}
	kvfree(r->pages);
	kfree(r);
}
`;

describe('all that the rounds of a loop are to take', () => {
  const counts = 'release-count';
  const all = 'unpin_user_pages(r->pages, r->nr);';
  accepts(counts, 'dropped behind them', rounds());
  complains(counts, 'dropped where one fails', rounds({ undo: all }), `reg_pin:${all}`);
  accepts(counts, 'set to what was taken before', rounds({ undo: `r->nr = done;\n\t${all}` }));
  const each = 'for (i = 0; i < r->nr; i++)\n\t\tunpin_user_page(r->pages[i]);';
  complains(counts, 'dropped one by one where one fails', rounds({ undo: each }), 'reg_pin:unpin_user_page(r->pages[i]);');
  const there = 'for (i = 0; i < r->nr; i++)\n\t\tif (r->pages[i])\n\t\t\tunpin_user_page(r->pages[i]);';
  accepts(counts, 'of which those that are there are dropped', rounds({ undo: there }));
  const left = { failed: 'ret = got ? got : -EFAULT;\n\t\t\tbreak;' };
  accepts(counts, 'which are left before, as a test says', rounds({ ...left, tail: '}\n\tif (done < r->nr)\n\t\tgoto undo;' }));
  accepts(counts, 'which are left before, as an error says', rounds({ ...left, tail: '}\n\tif (ret)\n\t\tgoto undo;' }));
  complains(
    counts,
    'which are left before, as nothing says',
    rounds({ ...left, behind: 'ret = map(r);\n\tif (ret) {\n\t\tunpin_user_pages(r->pages, r->nr);\n\t\tgoto free;\n\t}' }),
    `reg_pin:${all}`,
  );
  accepts(counts, 'in a loop that tests behind its rounds', rounds({ head: 'do {', tail: '} while (done < r->nr);' }));
  complains(
    counts,
    'in one of which a round fails',
    rounds({ head: 'do {', tail: '} while (done < r->nr);', undo: all }),
    `reg_pin:${all}`,
  );
  complains(
    counts,
    'where the error is the number',
    rounds({ undo: 'unpin_user_pages(r->pages, got);' }),
    'reg_pin:unpin_user_pages(r->pages, got);',
  );
  for (const less of ['unpin_user_pages(r->pages, r->nr - 1);', 'unpin_user_pages(r->pages, r->nr + 1);'])
    complains(counts, 'which the object keeps', rounds({ end: less }), `reg_end:${less}`);
});
