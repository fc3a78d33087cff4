import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows } from './helper.js';

/** A site under a test, and a helper of which it, too, tests something before it drops. */
const taken = (under: string, helper: string, call: string) => `${helper}
int take(unsigned long a, int n, struct page **pages, unsigned int how)
{
	int r = 0;

	if (${under}) {
		r = get_user_pages_fast(a, n, 0, pages);
		${call}
	}
	return r;
}`;
/** A helper that halves what it is given until it drops it. */
const halving = (test: string, times: number, how = 'how') => `static void undo(struct page **pages, int n, unsigned int how)
{
	if (n > 1) {
${'\t\tundo(pages, n / 2, HOW);\n'.replace('HOW', how).repeat(times)}	}
	if (${test})
		put_page(pages[0]);
}`;
const none = 'get page-array none@function';
const dropped = 'get page-array single@file put:undo:put_page';
const call = 'undo(pages, r, how);';

describe('the ways to a drop, through a helper that calls itself', () => {
  shows('whose test contradicts the site’s', taken('how == 1', halving('how == 2', 1), call), none);
  shows('whose test is that of the site', taken('how == 1', halving('how == 1', 1), call), dropped);
  shows('which then gives itself what is tested for', taken('how == 1', halving('how == 2', 1, '2'), call), dropped);
  shows('at many places', taken('how & KEEP', halving('!(how & KEEP)', 6), call), none);
  shows('at many places, whose test is that of the site', taken('how & KEEP', halving('how & KEEP', 6), call), dropped);
  shows(
    'by way of another one',
    taken(
      'how == 1',
      `static void undo(struct page **pages, int n, unsigned int how);
static void halve(struct page **pages, int n, unsigned int how)
{
	undo(pages, n / 2, how);
	undo(pages + n / 2, n - n / 2, how);
}
static void undo(struct page **pages, int n, unsigned int how)
{
	if (n > 1)
		halve(pages, n, how);
	else if (how == 2)
		put_page(pages[0]);
}`,
      call,
    ),
    none,
  );
});

/** A driver that says in the object how its pages were taken, and drops those of one kind by a helper. */
const kinds = (helper: string) => `enum kind { KIND_NONE, KIND_PINNED, KIND_GOT };
struct obj { struct page **pages; int kind; int n; };
${helper}
void end(struct obj *o)
{
	if (o->kind == KIND_PINNED)
		unpin_user_pages(o->pages, o->n);
	else
		put_all(o->pages, o->n);
}
int take(struct obj *o, unsigned long a)
{
	o->kind = KIND_PINNED;
	return pin_user_pages_fast(a, o->n, 0, o->pages);
}`;
const ofItsKind = 'pin page-array car=obj.pages bulk@file put:end:unpin_user_pages';

describe('a helper that is called for another kind of pages', () => {
  shows('once', kinds('static void put_all(struct page **pages, int n)\n{\n\tput_page(pages[0]);\n}'), ofItsKind);
  shows(
    'and then by itself',
    kinds(`static void put_all(struct page **pages, int n)
{
	if (n > 1)
		put_all(pages + 1, n - 1);
	put_page(pages[0]);
}`),
    ofItsKind,
  );
  shows(
    'and then by another one, at many places',
    kinds(`static void put_all(struct page **pages, int n);
static void put_halves(struct page **pages, int n)
{
${'\tput_all(pages, n / 2);\n'.repeat(4)}}
static void put_all(struct page **pages, int n)
{
	if (n > 1)
		put_halves(pages, n);
	else
		put_page(pages[0]);
}`),
    ofItsKind,
  );
  shows(
    'and for the site’s, too, in the end',
    kinds(`static void put_all(struct page **pages, int n)
{
	if (n > 1)
		put_all(pages + 1, n - 1);
	put_page(pages[0]);
}
void stop(struct obj *o)
{
	put_all(o->pages, o->n);
}`),
    'pin page-array car=obj.pages bulk@file put:put_all:put_page,end:unpin_user_pages',
  );
});

/** Helpers above one another, each of which calls the next below at so many places, and a site whose page the last is given. */
const layers = (deep: number, places: number, last: (call: string) => string) => {
  const calls = (below: number) => Array.from({ length: places }, (_, i) => `\tif (k == ${i})\n\t\th${below}(p, k);\n`).join('');
  const helpers = Array.from({ length: deep }, (_, i) => `static void h${i + 1}(struct page *p, int k)\n{\n${calls(i)}}\n`);
  return `static void h0(struct page *p, int k)
{
	put_page(p);
}
${helpers.join('')}int take(unsigned long a, int k, int n)
{
	struct page *p;
	int i;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -EFAULT;
	${last(`h${deep}(p, k);`)}
	return 0;
}`;
};
const once = (call: string) => call;
const often = (call: string) => `for (i = 0; i < n; i++)\n\t\t${call}`;
const puts = (form: string) => `get single ${form}@file put:h0:put_page`;

describe('loops around the ways to a drop', () => {
  shows('none', layers(3, 2, once), puts('single'));
  shows('at the top', layers(3, 2, often), puts('loop-other'));
  shows('far above it', layers(12, 1, often), puts('loop-other'));
  for (const [name, last, form] of [
    ['none', once, 'single'],
    ['one at the top', often, 'loop-other'],
  ] as const)
    it(`on very many ways: ${name}`, async () => {
      const start = process.cpuUsage();
      expect((await rowsOf(layers(8, 8, last))).map(line)).toEqual([puts(form)]);
      expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
    });
  shows(
    'one in a helper that calls itself',
    `static void undo(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n / 4; i++)
		undo(pages + i * 4, 3);
	put_page(pages[0]);
}
int take(unsigned long a, int n, struct page **pages)
{
	int r = get_user_pages_fast(a, n, 0, pages);

	undo(pages, r);
	return r;
}`,
    'get page-array loop-other@file put:undo:put_page',
  );
});
