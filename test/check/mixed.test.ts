/** Fields in which a function keeps pages of several origins, and which are dropped alike. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const buffer = (
  drop: string,
  {
    take = 'pin_user_pages_fast',
    undo = 'unpin_user_pages(b->pages, got);',
    other = 'vmalloc_to_page((void *)a + i * PAGE_SIZE)',
    last = '',
  } = {},
) => `struct buf { struct page **pages; int n; bool user; };
int buf_take(struct buf *b, unsigned long a, int n, bool user)
{
	int i;

	if (user) {
		int got = ${take}(a, n, FOLL_WRITE, b->pages);

		if (got != n) {
			if (got > 0)
				${undo}
			return -EFAULT;
		}
	} else {
		for (i = 0; i < n; i++) {
			b->pages[i] = ${other};
			${last}
		}
	}
	b->n = n;
	b->user = user;
	return 0;
}
void buf_give(struct buf *b)
{
	int i;

	${drop}
}
`;
const rule = 'mixed-release';
const all = 'unpin_user_pages_dirty_lock(b->pages, b->n, true);';
const each = 'put_page(b->pages[i]);';
const rounds = `for (i = 0; i < b->n; i++)\n\t\t${each}`;
const got = { take: 'get_user_pages_fast', undo: 'release_pages(b->pages, got);' };

describe('a field with pages of several origins', () => {
  complains(rule, 'the kernel’s own, unpinned with the user’s', buffer(all), `buf_give:${all}`);
  complains(rule, 'the allocator’s, unpinned with the user’s', buffer(all, { other: 'alloc_page(GFP_KERNEL)' }), `buf_give:${all}`);
  complains(rule, 'the kernel’s own, put with the user’s', buffer(rounds, got), `buf_give:${each}`);
});

describe('a field whose pages are told apart', () => {
  accepts(rule, 'by a flag', buffer(`if (b->user)\n\t\t${all}`));
  accepts(rule, 'by a flag that chooses the drop', buffer(`if (b->user)\n\t\t${all}\n\telse\n\t\t${rounds}`));
  accepts(rule, 'the allocator’s, put with the user’s', buffer(rounds, { ...got, other: 'alloc_page(GFP_KERNEL)' }));
  accepts(rule, 'the kernel’s own, on which a reference was taken', buffer(rounds, { ...got, last: 'get_page(b->pages[i]);' }));
});

describe('a page of the allocator behind those of the user', () => {
  const extended = (
    undo: string,
    give = 'unpin_user_pages(b->pages, b->n);\n\t__free_page(b->pages[b->n]);',
  ) => `struct buf { struct page **pages; int n; };
int buf_take(struct buf *b, unsigned long a, int n)
{
	int got = 0;

	if (!n)
		return -EINVAL;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, b->pages);
	if (got != n)
		goto out;
	b->pages[n] = alloc_page(GFP_KERNEL);
	if (!b->pages[n])
		goto out;
	b->n = n;
	return 0;
out:
	if (got > 0)
		${undo}
	return -ENOMEM;
}
void buf_give(struct buf *b)
{
	${give}
}
`;
  accepts(rule, 'where as many are unpinned as were pinned', extended('unpin_user_pages(b->pages, got);'));
  complains(rule, 'where one more is', extended('unpin_user_pages(b->pages, got + 1);'), 'buf_take:unpin_user_pages(b->pages, got + 1);');
  complains(
    rule,
    'where as many are as somebody else has counted',
    extended('unpin_user_pages(b->pages, b->n);'),
    'buf_take:unpin_user_pages(b->pages, b->n);',
  );
});

/** A caller that has one helper put the user's pages into an object, or another pages of the driver's own, and a third end it. */
const either = ({
  test = 'if (a & 511)',
  or = 'else',
  end = 'map_end(&m);',
  drop = 'unpin_user_pages_dirty_lock(m->pages, m->n, true);',
  own = '&m',
  page = 'alloc_page(GFP_KERNEL)',
} = {}) => `
struct map { struct page **pages; int n; bool own; };
static int map_user(struct map *m, unsigned long a, int n)
{
	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages)
		return -ENOMEM;
	m->n = pin_user_pages_fast(a, n, FOLL_WRITE, m->pages);
	return m->n == n ? 0 : -EFAULT;
}
static int map_own(struct map *m, int n)
{
	int i;

	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		m->pages[i] = ${page};
	m->own = true;
	m->n = n;
	return 0;
}
static void map_end(struct map *m)
{
	${drop}
	kfree(m->pages);
}
static void own_end(struct map *m)
{
	while (m->n--)
		__free_page(m->pages[m->n]);
	kfree(m->pages);
}
int map_do(struct dev *d, unsigned long a, int n)
{
	struct map m = {}, other = {};
	int ret, kind;

	kind = kind_of(a);
	${test}
		ret = map_own(${own}, n);
	${or}
		ret = map_user(&m, a, n);
	if (ret)
		return ret;
	ret = hw_do(d, m.pages, m.n);
	${end}
	return ret;
}
`;

describe('an object that one helper or another fills', () => {
  const drop = 'unpin_user_pages_dirty_lock(m->pages, m->n, true);';
  complains(rule, 'and one end drops alike', either().replace(/static void own_end[\s\S]*?\n}\n/, ''), `map_end:${drop}`);
  const alone = (how: Parameters<typeof either>[0], name: string) =>
    accepts(rule, name, either(how).replace(/static void own_end[\s\S]*?\n}\n/, 'void own_end(struct map *m);\n'));
  alone({ drop: `if (!m->own)\n\t\t${drop}` }, 'and the end asks which');
  alone({ end: 'if (m.own)\n\t\town_end(&m);\n\telse\n\t\tmap_end(&m);' }, 'and the caller asks which');
  alone({ own: '&other' }, 'where it is another object');
  alone({ page: 'ZERO_PAGE(0)' }, 'with the page of zeros');
  accepts(
    rule,
    'and an end of each, by what a call has said',
    either({ test: 'if (kind)', end: 'if (kind)\n\t\town_end(&m);\n\telse\n\t\tmap_end(&m);' }),
  );
  const chosen = {
    test: 'switch (kind) {\n\tcase 1:',
    or: '\tbreak;\n\tcase 2:',
    end: 'switch (kind) {\n\tcase 1:\n\t\town_end(&m);\n\t\tbreak;\n\tcase 2:\n\t\tmap_end(&m);\n\t}',
  };
  accepts(rule, 'and an end of each, by a number', either(chosen).replace('map_user(&m, a, n);\n', 'map_user(&m, a, n);\n\t}\n'));
  complains(
    rule,
    'and an end of both, by a number',
    either({ ...chosen, end: 'map_end(&m);' })
      .replace('map_user(&m, a, n);\n', 'map_user(&m, a, n);\n\t}\n')
      .replace(/static void own_end[\s\S]*?\n}\n/, ''),
    `map_end:${drop}`,
  );
  accepts(rule, 'and an end of each', either({ end: 'if (a & 511)\n\t\town_end(&m);\n\telse\n\t\tmap_end(&m);' }));
});
