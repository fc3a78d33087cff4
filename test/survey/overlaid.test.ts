import { describe, expect, it } from 'vitest';
import { accepts, complains } from '../check/findings.js';
import { rowsOf } from './helper.js';

/** A page that is kept in a member of a union, and read by the name of another. */
const kept = (members: string, store: string, read: string) => `struct buf { ${members} int kind; };
int buf_init(struct buf *b, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	${store} = page;
	return 0;
}
void buf_fini(struct buf *b)
{
	${read}
}
struct other { void *raw; };
void other_fini(struct other *b)
{
	struct page *page = b->raw;

	put_page(page);
}
`;
const named = 'union { struct page *page; void *raw; unsigned long bits; } u;';
const unnamed = 'union { struct page *page; void *raw; unsigned long bits; };';

describe('a member of a union that is read as another', () => {
  const read: [string, string, string, string][] = [
    [named, 'b->u.page', 'struct page *page = b->u.raw;\n\tunpin_user_page(page);', '13: kept in buf.u.page, which is read as raw here'],
    [unnamed, 'b->page', 'unpin_user_page((struct page *)b->bits);', '13: kept in buf.page, which is read as bits here'],
    [unnamed, 'b->page', 'unpin_user_page(b->raw);', '13: kept in buf.page, which is read as raw here'],
    [unnamed, 'b->raw', 'unpin_user_page(b->page);', '13: kept in buf.raw, which is read as page here'],
  ];
  for (const [members, store, end, why] of read) {
    const text = kept(members, store, end);
    accepts('never-released', `${store} by: ${end}`, text);
    it(`is a gap: ${end}`, async () => {
      expect((await rowsOf(text))[0]?.gaps.map((gap) => `${gap.line}: ${gap.why}`)).toEqual([`${why}, another member of the union`]);
    });
  }
  const lost: [string, string, string][] = [
    [named, 'b->u.page', 'vfree(b->u.raw);'],
    [unnamed, 'b->page', 'kfree(b->raw);'],
    ['struct page *page; void *raw;', 'b->page', 'struct page *page = b->raw;\n\tunpin_user_page(page);'],
  ];
  for (const [members, store, end] of lost)
    complains('never-released', `${members} ${store}, and not read: ${end}`, kept(members, store, end), `buf_init:${store} = page;`);

  const both = (read: string) =>
    kept(unnamed, 'b->bits = page_to_pfn(page) << PAGE_SHIFT;\n\tb->page', `struct page *page = b->page;\n\n\t${read}`);
  accepts('never-released', 'both of them filled, and dropped by one', both('unpin_user_page(page);'));
  complains('never-released', 'both of them filled, and looked at by one', both('set_page_dirty_lock(page);'), 'buf_init:b->page = page;');
});

/** A function that fills an array by one member, and unwinds a failure by another. */
const unwound = (drop: string, members = unnamedPages, rest = '') => `struct req { ${members} int n; };
int take(struct req *r, unsigned long a, int n)
{
	int got;

	r->raw = kvmalloc_array(n, sizeof(struct page *), GFP_KERNEL);
	if (!r->raw)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, r->raw);
	if (got != n) {
		${drop}
		kvfree(r->raw);
		return -EFAULT;
	}
	${rest}
	r->n = n;
	return 0;
}
void end(struct req *r)
{
	unpin_user_pages(r->pages, r->n);
	kvfree(r->pages);
}
`;
const unnamedPages = 'union { struct page **pages; void *raw; };';

describe('a failure that is unwound by another member of a union', () => {
  const drop = 'if (got > 0)\n\t\t\tunpin_user_pages(r->pages, got);';
  accepts('partial-pin-leak', 'one that is dropped so', unwound(drop));
  complains('partial-pin-leak', 'one that is not', unwound(''), 'take:if (got != n) {');
  complains(
    'partial-pin-leak',
    'one that is dropped by another field',
    unwound(drop, 'struct page **pages; void *raw;'),
    'take:if (got != n) {',
  );
  const rest = (undo: string) => unwound(drop, unnamedPages, `if (hw_map(r)) {\n\t\t${undo}\n\t\treturn -EIO;\n\t}`);
  complains('leak-on-path', 'another failure, of which nothing is dropped', rest('kvfree(r->raw);'), 'take:if (hw_map(r)) {');
  accepts('leak-on-path', 'another failure, that is unwound so', rest('unpin_user_pages(r->pages, n);\n\t\tkvfree(r->pages);'));
});
