/** Elements that need no entry of their own in a container are dropped; the others stand in it, and are still held. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const table = (undo: string, dropped = 'pages[j]') => `struct map { struct bio_vec *vec; int n; };
static int fill(struct bio_vec *vec, struct page **pages, int n)
{
	int i, j, used = 0;

	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n; j++) {
			if (page_folio(pages[j]) != page_folio(pages[i]))
				break;
			unpin_user_page(${dropped});
		}
		bvec_set_page(&vec[used], pages[i], PAGE_SIZE, 0);
		used++;
	}
	return used;
}
static void drop_all(struct bio_vec *vec, int n)
{
	int i;

	for (i = 0; i < n; i++)
		unpin_user_page(vec[i].bv_page);
}
int map_user(struct map *map, unsigned long a)
{
	struct bio_vec vec[8];
	struct page *pages[8];
	int n = pin_user_pages_fast(a, 8, FOLL_LONGTERM, pages);

	if (n != 8) {
		if (n > 0)
			unpin_user_pages(pages, n);
		return -EFAULT;
	}
	n = fill(vec, pages, 8);
	if (n > map->n) {
		${undo}
		return -ENOMEM;
	}
	drop_all(vec, n);
	return 0;
}
`;

describe('a helper that drops what it merges as it fills a table', () => {
  accepts('leak-on-path', 'a table that is dropped', table('drop_all(vec, n);'));
  complains('leak-on-path', 'a table that is not', table(';'), 'map_user:if (n > map->n) {');
  complains(
    'double-release',
    'a table that is dropped twice',
    table('drop_all(vec, n);\n\t\tdrop_all(vec, n);'),
    'map_user:drop_all(vec, n);',
  );
  accepts('leak-on-path', 'what drops the element that it puts there', table(';', 'pages[i]'));
});

const request = (undo: string) => ({
  'block/cgroup.h': `static inline bool blk_cgroup_mergeable(struct request *rq, struct bio *bio)
{
	return rq->bio == NULL || rq->bio->bi_blkg == bio->bi_blkg;
}
`,
  'block/map.c': `#include "cgroup.h"
struct request { struct bio *bio; };
static int append(struct request *rq, struct bio *bio)
{
	if (!blk_cgroup_mergeable(rq, bio))
		return -EINVAL;
	rq->bio = bio;
	return 0;
}
int map(struct request *rq, unsigned long a)
{
	struct bio *bio = bio_alloc(NULL, 1, 0, GFP_KERNEL);
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1) {
		bio_put(bio);
		return -EFAULT;
	}
	bio_add_page(bio, page, PAGE_SIZE, 0);
	if (append(rq, bio)) {
		unpin_user_page(page);
		bio_put(bio);
		return -EINVAL;
	}
	return 0;
}
void unmap(struct request *rq)
{
	${undo}
	bio_put(rq->bio);
}
`,
});

describe('a bio that is put into a request, where the block layer asks whether it fits', () => {
  accepts('never-released', 'pages that are dropped with it', request('bio_release_pages(rq->bio, false);'));
  complains('never-released', 'pages that nobody drops', request(';'), 'map:if (append(rq, bio)) {');
});
