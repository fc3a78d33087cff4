/** Pointers that a function goes through before it asks whether they lead anywhere: on that way they do. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Pages that are dropped where a pointer is not NULL. */
const asking = ({ before = '', behind = '', test = 'r', set = 'struct req *r = dev_request(dev);' } = {}): string => `
struct req { struct list_head link; struct req *next; int n; int id; };
int req_run(struct dev *dev, unsigned long a, int n, struct page **pages)
{
	${set}
	int err = 0;

	${before}
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, pages) != 1)
		return -EFAULT;
	${behind}
	if (dev_run(dev))
		err = -EIO;
	if (${test})
		unpin_user_page(pages[0]);
	return err;
}
`;

describe('a pointer that is asked for NULL', () => {
  const rule = 'leak-on-path';
  const leak = 'req_run:if (r)';
  complains(rule, 'without having been gone through', asking(), leak);
  accepts(rule, 'behind a store through it', asking({ before: 'r->n = n;' }));
  accepts(rule, 'behind a look through it', asking({ before: 'if (r->n > n)\n\t\treturn -EINVAL;' }));
  accepts(rule, 'behind a call that is given what stands there', asking({ behind: 'dev_note(dev, r->id);' }));
  accepts(rule, 'and compared with it', asking({ before: 'r->n = n;', test: 'r != NULL' }));
  complains(rule, 'behind the address of a member', asking({ before: 'dev_link(dev, &r->link);' }), leak);
  complains(rule, 'behind its size', asking({ before: 'dev_reserve(dev, sizeof(*r), sizeof(r->n));' }), leak);
  complains(rule, 'gone through on another way', asking({ before: 'if (n > 1)\n\t\tr->n = n;' }), leak);
  complains(rule, 'set anew behind that', asking({ before: 'r->n = n;\n\tr = dev_request(dev);' }), leak);
  complains(rule, 'that goes on in a loop', asking({ before: 'while (r && r->n > n)\n\t\tr = r->next;' }), 'req_run:if (dev_run(dev))');
  const filled = asking({ set: 'struct req *r = NULL;', before: 'dev_find(dev, &r);\n\tr->n = n;\n\tdev_find(dev, &r);' });
  complains(rule, 'that others may have set since', filled, 'req_run:if (dev_run(dev))');
});
