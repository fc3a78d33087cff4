/** Calls that write to the data of pages or read it, given a page, a scatterlist, a bvec or an iterator over one. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const around = (
  flags: string,
  first: string,
  second: string,
) => `int peek(unsigned long addr, char *to, struct iov_iter *it, struct page *other)
{
	struct sg_mapping_iter m;
	struct scatterlist sg;
	struct bio_vec bv;
	struct iov_iter bi;
	struct page *page;

	if (pin_user_pages_fast(addr, 1, ${flags}, &page) != 1)
		return -EFAULT;
	sg_init_table(&sg, 1);
	sg_set_page(&sg, page, PAGE_SIZE, 0);
	bvec_set_page(&bv, page, PAGE_SIZE, 0);
	iov_iter_bvec(&bi, ITER_DEST, &bv, 1, PAGE_SIZE);
	${first}
	${second}
	return 0;
}
`;
const drop = 'unpin_user_page(page);';
const written = (call: string, end = drop) => around('FOLL_WRITE', call, end);
const late = (call: string) => around('0', drop, call);

/** They write to the page. */
const writes = [
  'memcpy_to_page(page, 0, to, 64);',
  'memcpy_page(page, 0, other, 0, 64);',
  'memzero_page(page, 0, 64);',
  'memset_page(page, 0, 1, 64);',
  'clear_highpage(page);',
  'zero_user(page, 0, 64);',
  'copy_highpage(page, other);',
  'copy_page_from_iter(page, 0, 64, it);',
  'memcpy_to_folio(page_folio(page), 0, to, 64);',
  'folio_zero_range(page_folio(page), 0, 64);',
  'sg_copy_from_buffer(&sg, 1, to, 64);',
  'sg_zero_buffer(&sg, 1, 64, 0);',
  'sg_copy_buffer(&sg, 1, to, 64, 0, false);',
  'scatterwalk_map_and_copy(to, &sg, 0, 64, 1);',
  'memcpy_to_bvec(&bv, to);',
  'copy_to_iter(to, 64, &bi);',
  'copy_page_to_iter(other, 0, 64, &bi);',
  'iov_iter_zero(64, &bi);',
];

/** They read it. */
const reads = [
  'memcpy_from_page(to, page, 0, 64);',
  'memcpy_page(other, 0, page, 0, 64);',
  'copy_highpage(other, page);',
  'copy_page_to_iter(page, 0, 64, it);',
  'memcpy_from_folio(to, page_folio(page), 0, 64);',
  'copy_folio_to_iter(page_folio(page), 0, 64, it);',
  'sg_copy_to_buffer(&sg, 1, to, 64);',
  'sg_copy_buffer(&sg, 1, to, 64, 0, true);',
  'scatterwalk_map_and_copy(to, &sg, 0, 64, 0);',
  'memcpy_from_bvec(to, &bv);',
  'copy_from_iter(to, 64, &bi);',
  'copy_page_from_iter(other, 0, 64, &bi);',
];

/** They do so to other memory. */
const elsewhere = ['memcpy_to_page(other, 0, to, 64);', 'copy_to_iter(to, 64, it);', 'copy_highpage(other, virt_to_page(to));'];

describe('what is written into a page that is dropped clean', () => {
  for (const call of writes) {
    complains('dirty-lost', call, written(call), `peek:${drop}`);
    accepts('dirty-lost', `${call} that is marked`, written(call, 'unpin_user_pages_dirty_lock(&page, 1, true);'));
  }
  for (const call of [...reads, ...elsewhere]) accepts('dirty-lost', call, written(call));
});

describe('a page that is reached behind its drop', () => {
  for (const call of [...writes, ...reads]) complains('use-after-release', call, late(call), `peek:${call}`);
  for (const call of elsewhere) accepts('use-after-release', call, late(call));
  for (const call of [...writes, ...reads]) accepts('use-after-release', `${call} before it`, around('0', call, drop));
});

describe('a walk that maps the pages of a scatterlist one by one', () => {
  const walked = (body: string, flag: string) => `sg_miter_start(&m, &sg, 1, ${flag});
	while (sg_miter_next(&m))
		${body}
	sg_miter_stop(&m);`;
  complains('dirty-lost', 'and fills each', written(walked('memcpy_fromio(m.addr, to, m.length);', 'SG_MITER_TO_SG')), `peek:${drop}`);
  complains('dirty-lost', 'and stores to it', written(walked('*(u8 *)m.addr = 1;', 'SG_MITER_TO_SG')), `peek:${drop}`);
  accepts('dirty-lost', 'and reads each', written(walked('memcpy_toio(to, m.addr, m.length);', 'SG_MITER_FROM_SG')));
  const kept = written(walked('memcpy_fromio(m.addr, to, m.length);', 'SG_MITER_TO_SG'), 'unpin_user_pages_dirty_lock(&page, 1, true);');
  accepts('dirty-lost', 'and fills each, which is marked', kept);
});

const at = (write: string): string => `struct head { u32 n; unsigned long flags; u32 ring[8]; u32 *more; struct dev *dev; };
struct dev { void *addr; unsigned long bits; };
int note(struct dev *dev, unsigned long a)
{
	struct page *page;
	struct head *h;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	h = kmap_local_page(page);
	${write}
	kunmap_local(h);
	unpin_user_page(page);
	return 0;
}
`;
describe('what is written at an address in a page that is dropped clean', () => {
  const calls = [
    'memcpy(&h->n, dev, 4);',
    'set_bit(3, &h->flags);',
    'clear_bit(3, (unsigned long *)h);',
    '__set_bit_le(3, h);',
    'test_and_change_bit(3, &h->flags);',
    'put_unaligned_le32(1, &h->n);',
    'atomic_inc((atomic_t *)h);',
    'atomic64_add(2, (atomic64_t *)h);',
    'cmpxchg(&h->n, 1, 2);',
    'atomic64_add(2, (atomic64_t *)&h->flags);',
    'unsigned long *word = &h->flags;\n	*word |= 4;',
    'u32 *slot = &h->ring[3];\n	slot[1] = 4;',
  ];
  for (const call of calls) complains('dirty-lost', call, at(call), `note:${drop}`);
  accepts('dirty-lost', 'a bit that is read there', at('set_bit(test_bit(3, &h->flags), &dev->bits);'));
  accepts('dirty-lost', 'what is read there and written elsewhere', at('put_unaligned(get_unaligned(&h->n), (u32 *)&dev->bits);'));
  accepts('dirty-lost', 'a member of what is pointed at from there', at('unsigned long *word = &h->dev->bits;\n	*word |= 4;'));
  accepts('dirty-lost', 'an element of what is pointed at from there', at('u32 *slot = &h->more[3];\n	*slot = 4;'));
  complains(
    'dirty-lost',
    'a store through a pointer to where the address stands',
    at('dev->addr = h;\n	void **to = &dev->addr;\n	**(u8 **)to = 1;'),
    `note:${drop}`,
  );
  accepts('dirty-lost', 'a store to where the address stands', at('dev->addr = h;\n	xchg(&dev->addr, NULL);'));
  accepts(
    'dirty-lost',
    'a store to where the address stands, by a pointer',
    at('dev->addr = h;\n	void **to = &dev->addr;\n	*to = NULL;'),
  );
  accepts('dirty-lost', 'a store to a variable in which the address stands, by a pointer', at('void **to = (void **)&h;\n	*to = NULL;'));
});

/** A flag of the user's that is written to through an address which the object keeps. */
const flagged = (end: string): string => `struct flag { struct page *page; u32 *va; u32 seen; struct flag *next; };
int flag_once(struct flag *f, unsigned long a)
{
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &f->page) != 1)
		return -EFAULT;
	f->va = kmap(f->page);
	${end}
	return 0;
}
`;
describe('an access by an address that a member keeps', () => {
  const rule = 'use-after-release';
  const done = 'unpin_user_pages_dirty_lock(&f->page, 1, true);';
  for (const use of ['*f->va = 1;', 'f->va[3] = 1;', 'f->seen = *f->va;', 'if (*f->va) return -EIO;'])
    complains(rule, `${use} behind the drop`, flagged(`${done}\n\t${use}`), `flag_once:${use}`);
  accepts(rule, 'a store before the drop', flagged(`*f->va = 1;\n\t${done}`));
  accepts(rule, 'a store to the member itself', flagged(`${done}\n\tf->va = NULL;`));
  accepts(rule, 'a store to another member', flagged(`${done}\n\tf->seen = 1;`));
  accepts(rule, 'the address that is set anew', flagged(`${done}\n\tf->va = &f->seen;\n\t*f->va = 1;`));
  accepts(rule, 'the same member of another object', flagged(`${done}\n\t*f->next->va = 1;`));
});
