/** Pages that a bio has already, as the end of its last vector: of the reference that was taken once more nobody but the caller knows. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'leak-on-path';

const map = (failed: string, added: string) => `static int map_user(struct request *rq, struct bio *bio, unsigned long a, int n)
{
	struct page **pages;
	int i, npages;

	pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	npages = get_user_pages_fast(a, n, FOLL_WRITE, pages);
	for (i = 0; i < npages; i++) {
		struct page *page = pages[i];
		bool same_page = false;

		if (!bio_add_hw_page(rq->q, bio, page, PAGE_SIZE, 0, 8, &same_page))
			${failed}
		${added}
	}
	while (i < npages)
		put_page(pages[i++]);
	kfree(pages);
	return 0;
}
`;

describe('a page that a bio has already', () => {
  const call = 'map_user:if (!bio_add_hw_page(rq->q, bio, page, PAGE_SIZE, 0, 8, &same_page))';
  complains(rule, 'one whose flag nobody looks at', map('break;', ''), call);
  complains(
    rule,
    'one whose flag is looked at where nothing was added',
    map('{\n\t\t\tif (same_page)\n\t\t\t\tput_page(page);\n\t\t\tbreak;\n\t\t}', ''),
    call,
  );
  accepts(rule, 'one that is dropped', map('break;', 'if (same_page)\n\t\t\tput_page(page);'));
});
