import { describe, expect, it } from 'vitest';
import { accepts, complains } from '../check/findings.js';
import { rowsOf, shows } from './helper.js';

/** A page that is pinned and then put where a `place` says. */
const pin = (place: string, put = '*at = page') => `struct slot { int offset; };
int slot_pin(struct slot *s, unsigned long base, unsigned long uaddr, int i)
{
	struct page *page;
	${place};

	if (pin_user_pages_fast(uaddr, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	${put};
	return 0;
}
`;

function tells(what: string, text: string, gaps: readonly string[]): void {
  it(what, async () => {
    const [row] = await rowsOf(text);
    expect(row?.gaps.map(({ line, why }) => `${line}: ${why}`)).toEqual(gaps);
  });
}

const said = (pointer: string) => [`9: kept where ${pointer} points, in memory of an unknown owner`];

describe('a page that is stored where the analysis cannot say', () => {
  tells('by a pointer that a call gave', pin('struct page **at = slot_find(s)'), said('at'));
  tells('in an array that a call gave', pin('struct page **at = slot_find(s)', 'at[i] = page'), said('at'));
  tells('by an address that was computed from a number', pin('void *at', '*(struct page **)(base + s->offset) = page'), [
    ...said('a pointer that has no name'),
  ]);
  tells('as its address', pin('void **at = slot_find(s)', '*at = page_address(page)'), said('at'));
  tells(
    'though it is dropped where it does not fit',
    pin('void **at = slot_find(s)', 'if (i) { unpin_user_page(page); return i; }\n*at = page'),
    ['10: kept where at points, in memory of an unknown owner'],
  );
  tells('by an address that was computed from a pointer to something else', pin('void *at', '*(struct page **)(s + base) = page'), [
    ...said('a pointer that has no name'),
  ]);
  tells(
    'by a caller, in what a call gave it',
    `${pin('void *at', '*(struct page **)(base + s->offset) = page').replace('unsigned long base', 'void *base')}
int slot_set(struct slot *s, unsigned long uaddr)
{
	void *room = room_for(s);

	return room ? slot_pin(s, room, uaddr, 0) : -ENOENT;
}
`,
    ['17: kept where room points, in memory of an unknown owner'],
  );

  tells('not in a variable of the function', pin('struct page *last, **at = &last'), []);
  tells('not in an array of the function', pin('struct page *at[4]', 'at[i] = page'), []);
  tells('not in memory that the function allocated', pin('struct page **at = kmalloc(8, GFP_KERNEL)'), []);
  tells('not in a variable of the file', `struct page *last;\n${pin('struct page **at = &last')}`, []);
  tells(
    'not in a field',
    pin('struct kept *at = slot_find(s)', 'at->page = page').replace('struct slot', 'struct kept { struct page *page; };\n$&'),
    [],
  );
  tells(
    'not in an array from which the function drops it again',
    `int slot_touch(struct slot *s, unsigned long uaddr, int n, int touch)
{
	struct page **pages = slot_alloc(n);
	int ret = -ENOMEM, i;

	if (slot_lock(s))
		goto out;
	ret = pin_user_pages_fast(uaddr, n, FOLL_WRITE, pages);
	if (ret < 0)
		goto out;
	if (touch) {
		for (i = 0; i < ret; i++)
			unpin_user_page(pages[i]);
	}
out:
	slot_free(s);
	return ret;
}
`,
    [],
  );
  tells('not where it is dropped', pin('struct page **at = slot_find(s)', '*at = page; unpin_user_page(*at)'), []);
});

/** A page whose address is kept where an object has room for it: only a table says where. */
const pinAddress = `struct slot { int offset; };
static void slot_drop(void *kaddr)
{
	if (kaddr)
		unpin_user_page(virt_to_page(kaddr));
}
static int slot_pin(struct slot *s, void *object, unsigned long uaddr)
{
	struct page *page;
	void **at = object + s->offset;

	if (pin_user_pages_fast(uaddr, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	*at = page_address(page);
	return 0;
}
struct owner { void *object; struct slot *slot; };
int owner_pin(struct owner *o, unsigned long uaddr)
{
	return slot_pin(o->slot, o->object, uaddr);
}
`;
const unpinAddress = (mark: string) => `void owner_unpin(struct owner *o)
{
	void **at = o->object + o->slot->offset;

	${mark}slot_drop(*at);
}
`;

describe('the address of a page that is stored by a pointer', () => {
  shows(
    'is found where it is dropped',
    `${pinAddress}${unpinAddress('')}`,
    'pin LT single→other car=owner.object single@file put:slot_drop:unpin_user_page',
  );
  complains(
    'dirty-lost',
    'one that is dropped clean there',
    `${pinAddress}${unpinAddress('')}`,
    'slot_drop:unpin_user_page(virt_to_page(kaddr));',
  );
  accepts('dirty-lost', 'one that is marked before', `${pinAddress}${unpinAddress('set_page_dirty_lock(virt_to_page(*at)); ')}`);
});
