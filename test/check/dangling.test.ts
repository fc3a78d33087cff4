/** A table that a request frees as it fails, and that its object still leads to: another request drops what it finds there. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Written {
  /** What the failure does besides freeing the table. */
  failed?: string;
  /** What the other request asks first, and what it drops, and what it leaves. */
  asks?: string;
  drop?: string;
  left?: string;
  /** How the request finds its object, and what it asks of it, before both and before the second alone. */
  found?: string;
  both?: string;
  second?: string;
}

const byIndex = 'for (i = 0; i < r->n; i++)\n\t\tput_page(d->list[i]);';

const requests = ({
  failed = '',
  asks = '!d->list',
  drop = byIndex,
  left = 'd->list = NULL;',
  found = 'find_dev(file)',
  both = '',
  second = '',
}: Written): string => `struct dev { struct page **list; unsigned int n; int state, ready; };
struct request { unsigned long start; unsigned int n; };
static void dev_reset(struct dev *d)
{
	d->list = NULL;
}
static int dev_pin(struct dev *d, struct request *r)
{
	int got;

	if (d->list)
		return -EBUSY;
	d->list = kcalloc(r->n, sizeof(struct page *), GFP_KERNEL);
	if (!d->list)
		return -ENOMEM;
	got = get_user_pages_fast(r->start, r->n, 0, d->list);
	if (got != r->n) {
		if (got > 0)
			release_pages(d->list, got);
		kfree(d->list);
		${failed}
		return -EFAULT;
	}
	d->n = r->n;
	d->state = 1;
	return 0;
}
static int dev_unpin(struct dev *d, struct request *r)
{
	int i;

	if (${asks})
		return -EINVAL;
	${drop}
	kfree(d->list);
	${left}
	return 0;
}
static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dev *d = ${found};
	struct request r;

	${both}
	if (copy_from_user(&r, (void __user *)arg, sizeof(r)))
		return -EFAULT;
	if (cmd == 1)
		return dev_pin(d, &r);
	${second}
	return dev_unpin(d, &r);
}
`;

describe('a table that is freed where a request fails', () => {
  const rule = 'use-after-release';
  const freed = 'dev_pin:kfree(d->list);';
  const counted = 'release_pages(d->list, d->n);';
  complains(rule, 'one that the object still leads to', requests({}), freed);
  complains(rule, 'one whose pages are counted by a number that stays', requests({ drop: counted }), freed);
  complains(rule, 'one that is asked for alike by both requests', requests({ both: 'if (!d->ready)\n\t\treturn -ENODEV;' }), freed);
  accepts(rule, 'one that the object does not lead to any more', requests({ failed: 'd->list = NULL;' }));
  accepts(rule, 'one of an object that somebody sees to', requests({ failed: 'dev_reset(d);' }));
  accepts(rule, 'one of an object that says whether it has one', requests({ asks: '!d->state' }));
  accepts(
    rule,
    'one whose pages are counted by a number that is set back',
    requests({ drop: counted, left: 'd->list = NULL;\n\td->n = 0;' }),
  );
  accepts(rule, 'one that the second request asks for first', requests({ second: 'if (d->state != 1)\n\t\treturn -EINVAL;' }));
  accepts(rule, 'one that both ask for by what the first has changed', requests({ both: 'if (d->state > 1)\n\t\treturn -EINVAL;' }));
  accepts(rule, 'one of an object that was made for the request', requests({ found: 'kzalloc(sizeof(*d), GFP_KERNEL)' }));
});
