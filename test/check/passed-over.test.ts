/** Rounds that each are to take all that they ask for, behind one that has taken fewer. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Parts {
  head?: string;
  addr?: string;
  asked?: string;
  failed?: string;
  each?: string;
  done?: string;
}

/** A loop over the areas of a buffer, whose pages stand one behind the other in its array. */
const buffer = ({
  head = 'for (i = 0; i < nr; i++)',
  addr = 'area[i].addr',
  asked = 'area[i].len >> PAGE_SHIFT',
  failed = 'got < 0',
  each = '',
  done = '',
}: Parts = {}) => `struct area { u64 addr; u64 len; };
struct buf { struct page **pages; u64 nr_pages; };
int buf_fill(struct device *dev, struct buf *b, struct area *area, int nr)
{
	u32 n, start = 0;
	int i, got;

	${head} {
		n = ${asked};
		got = pin_user_pages_fast(${addr}, n, FOLL_LONGTERM, &b->pages[start]);
		if (${failed}) {
			dev_err(dev, "got %d of %u pages", got, n);
			goto drop;
		}
		${each}
		start += got;
	}
	${done}
	return 0;
drop:
	if (start)
		unpin_user_pages(b->pages, start);
	return got < 0 ? (long)ERR_PTR(got) : -EFAULT;
}
void buf_end(struct buf *b)
{
	unpin_user_pages(b->pages, b->nr_pages);
}
`;

describe('rounds over areas of user memory', () => {
  const rule = 'unchecked-count';
  const place = 'buf_fill:start += got;';
  complains(rule, 'an error alone', buffer(), place);
  complains(rule, 'an error or none', buffer({ failed: 'got <= 0' }), place);
  complains(rule, 'a print of how many', buffer({ done: 'dev_dbg(dev, "%u pages", start);' }), place);
  accepts(rule, 'all that were asked for', buffer({ failed: 'got != n' }));
  accepts(rule, 'no fewer than were asked for', buffer({ failed: 'got < 0 || got < n' }));
  accepts(rule, 'how many came together', buffer({ done: 'b->nr_pages = start;' }));
  accepts(rule, 'the sum, behind the rounds', buffer({ done: 'if (start != b->nr_pages)\n\t\tgoto drop;' }));
  accepts(rule, 'the sum, handed on', buffer({ done: 'map_all(b, start);' }));
  accepts(rule, 'the pages of each round', buffer({ each: 'map_some(&b->pages[start], got);' }));
  accepts(rule, 'each page of a round', buffer({ each: 'for (k = 0; k < got; k++)\n\t\t\tmap_one(b->pages[start + k]);' }));
  accepts(rule, 'the rest in the next round', buffer({ addr: 'area[0].addr + start * PAGE_SIZE' }));
  accepts(rule, 'rounds until there are enough', buffer({ head: 'while (start < nr)' }));
  accepts(rule, 'what is left', buffer({ head: 'while (left)', asked: 'min(left, BATCH)', each: 'left -= got;' }));
});
