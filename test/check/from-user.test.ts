/** How many pages one request drops is said by its user, who has said another number to the request that took them. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, evidenceOf } from './findings.js';

interface Written {
  drop?: string;
  /** What the dropping function and the request do before. */
  before?: string;
  first?: string;
  asking?: string;
  /** Another caller. */
  other?: string;
}

const requests = ({
  drop = 'unpin_user_pages(d->list, r->n);',
  before = '',
  first = '',
  asking = 'copy_from_user(&r, (void __user *)arg, sizeof(r))',
  other = '',
}: Written): string => `struct dev { struct page **list; unsigned int n; };
struct request { unsigned long start; unsigned int n; };
static int dev_pin(struct dev *d, struct request *r)
{
	int got;

	d->list = kcalloc(r->n, sizeof(struct page *), GFP_KERNEL);
	if (!d->list)
		return -ENOMEM;
	got = pin_user_pages_fast(r->start, r->n, FOLL_LONGTERM, d->list);
	if (got != r->n) {
		if (got > 0)
			unpin_user_pages(d->list, got);
		kfree(d->list);
		d->list = NULL;
		return -EFAULT;
	}
	d->n = r->n;
	return 0;
}
static void dev_unpin(struct dev *d, struct request *r)
{
	unsigned int i, n;

	if (!d->list)
		return;
	${before}
	${drop}
	kfree(d->list);
	d->list = NULL;
}
${other}
static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dev *d = file->private_data;
	struct request r;

	if (${asking})
		return -EFAULT;
	if (cmd == 1)
		return dev_pin(d, &r);
	${first}
	dev_unpin(d, &r);
	return 0;
}
`;

describe('a drop of as many pages as user space says', () => {
  const rule = 'release-count';
  const all = 'dev_unpin:unpin_user_pages(d->list, r->n);';
  const loop = (body: string): string => `for (i = 0; i < r->n; i++) {\n${body}\n	}`;
  complains(rule, 'a number that nobody looks at', requests({}), all);
  complains(
    rule,
    'one that rounds go up to',
    requests({ drop: loop('unpin_user_page(d->list[i]);') }),
    'dev_unpin:unpin_user_page(d->list[i]);',
  );
  it('names where it comes from', async () => {
    const [evidence = []] = await evidenceOf(requests({}), rule);
    expect(evidence).toEqual([
      'dev_ioctl: if (copy_from_user(&r, (void __user *)arg, sizeof(r))): the number comes from user space by copy_from_user()',
    ]);
  });
  accepts(rule, 'the number taken', requests({ drop: 'unpin_user_pages(d->list, d->n);' }));
  accepts(rule, 'a number that was held against it', requests({ before: 'if (r->n != d->n)\n\t\treturn;' }));
  accepts(rule, 'one that the request holds against it', requests({ first: 'if (r.n > d->n)\n\t\treturn -EINVAL;' }));
  accepts(rule, 'one that the request sets', requests({ first: 'r.n = d->n;' }));
  accepts(rule, 'one that somebody else looks at', requests({ first: 'if (is_wrong(d, &r))\n\t\treturn -EINVAL;' }));
  accepts(rule, 'the lower of both', requests({ before: 'n = min(r->n, d->n);', drop: 'unpin_user_pages(d->list, n);' }));
  accepts(rule, 'rounds that ask for each page', requests({ drop: loop('if (d->list[i])\n\t\t\tunpin_user_page(d->list[i]);') }));
  accepts(rule, 'one that is not from user space', requests({ asking: 'read_request(file, &r)' }));
  accepts(
    rule,
    'one of which another caller says the number taken',
    requests({ other: 'void dev_close(struct dev *d)\n{\n\tstruct request r = { .n = d->n };\n\n\tdev_unpin(d, &r);\n}\n' }),
  );
});
