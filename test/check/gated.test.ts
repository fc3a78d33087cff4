/** Pages whose drops stand behind another pointer of the object, which a function sets to NULL. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

/** What stands for the parts of a driver that keeps its pages beside a domain. */
interface Parts {
  /** What who drops, and who takes, ask for. */
  drop?: string;
  take?: string;
  release?: string;
  /** Of who makes the domain: its beginning, what it does where it fails, and behind that. */
  begin?: string;
  failed?: string;
  behind?: string;
  more?: string;
  linkage?: string;
}

const device = ({
  drop = 'dev->umem && dev->domain',
  take = '!dev->domain || dev->umem',
  release = 'dereg(dev);',
  begin = 'if (!dev->domain)\n		dev->domain = domain_create();',
  failed = '',
  behind = '',
  more = '',
  linkage = 'int',
}: Parts): string => `struct umem { struct page **pages; int n; };
struct dev { struct mutex lock; struct domain *domain; struct domain *spare; struct umem *umem; };
static int dereg(struct dev *dev)
{
	int ret = -ENOENT;

	mutex_lock(&dev->lock);
	if (${drop}) {
		unpin_user_pages_dirty_lock(dev->umem->pages, dev->umem->n, true);
		vfree(dev->umem->pages);
		kfree(dev->umem);
		dev->umem = NULL;
		ret = 0;
	}
	mutex_unlock(&dev->lock);
	return ret;
}
static int reg(struct dev *dev, unsigned long a, int n)
{
	struct umem *umem;
	int got;

	if (${take})
		return -EINVAL;
	umem = kzalloc(sizeof(*umem), GFP_KERNEL);
	if (!umem)
		return -ENOMEM;
	umem->pages = vmalloc(array_size(n, sizeof(*umem->pages)));
	if (!umem->pages) {
		kfree(umem);
		return -ENOMEM;
	}
	got = pin_user_pages(a, n, FOLL_LONGTERM | FOLL_WRITE, umem->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(umem->pages, got);
		vfree(umem->pages);
		kfree(umem);
		return -EFAULT;
	}
	umem->n = n;
	dev->umem = umem;
	return 0;
}
static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long a)
{
	struct dev *dev = file->private_data;

	return cmd == 1 ? reg(dev, a, 64) : dereg(dev);
}
static int dev_release(struct inode *inode, struct file *file)
{
	struct dev *dev = file->private_data;

	${release}
	return 0;
}
static bool dev_is_busy(struct dev *dev)
{
	return dev->umem != NULL;
}
${linkage} dev_add(struct dev *dev)
{
	int ret;

	${begin}
	if (!dev->domain)
		return -ENOMEM;
	ret = register_it(&dev->lock);
	if (ret) {
		${failed}
		domain_destroy(dev->domain);
		dev->domain = NULL;
		${behind}
	}
	return ret;
}
${more}
static const struct file_operations fops = { .unlocked_ioctl = dev_ioctl, .release = dev_release };
`;

const rule = 'leak-on-path';
const closed = 'dev_add:dev->domain = NULL;';

describe('pages whose drops ask for another pointer, which is set to NULL', () => {
  complains(rule, 'who has found it set', device({}), closed);
  complains(rule, 'who has found it set, where the end asks as well', device({ release: 'if (dev->domain)\n		dereg(dev);' }), closed);
  accepts(rule, 'who has set it itself', device({ begin: 'dev->domain = domain_create();' }));
  accepts(
    rule,
    'who has another function set it',
    device({ begin: 'domain_make(dev);', more: 'static void domain_make(struct dev *dev)\n{\n	dev->domain = domain_create();\n}' }),
  );
  accepts(rule, 'who has set it in a loop', device({ begin: 'for (ret = 0; ret < 3; ret++)\n		dev->domain = domain_create();' }));
  accepts(rule, 'who has the pages dropped before', device({ failed: 'dereg(dev);' }));
  accepts(rule, 'who looks for the pages', device({ begin: 'if (dev->umem)\n		return -EBUSY;' }));
  accepts(rule, 'who asks another function for them', device({ begin: 'if (dev_is_busy(dev))\n		return -EBUSY;' }));
  accepts(
    rule,
    'whose caller has them dropped',
    device({ linkage: 'static int', more: 'int dev_again(struct dev *dev)\n{\n	dereg(dev);\n	return dev_add(dev);\n}' }),
  );
  accepts(
    rule,
    'whose caller asks for them',
    device({ linkage: 'static int', more: 'int dev_again(struct dev *dev)\n{\n	return dev_is_busy(dev) ? -EBUSY : dev_add(dev);\n}' }),
  );
  accepts(rule, 'who sets it again', device({ behind: 'dev->domain = dev->spare;' }));
  accepts(rule, 'who ends the object', device({ behind: 'dev_end(dev);' }));
  accepts(rule, 'a pointer for which the drop does not ask', device({ drop: 'dev->umem' }));
  accepts(rule, 'a pointer for which who takes the pages does not ask', device({ take: 'dev->umem' }));
  accepts(
    rule,
    'a pointer for which one of two drops does not ask',
    device({ release: 'if (dev->umem)\n		unpin_user_pages(dev->umem->pages, dev->umem->n);' }),
  );
  it('is told by the drop that asks, and by where the pointer goes', async () => {
    expect(await pathsOf(device({}), rule)).toEqual([
      [
        'reg: taken by pin_user_pages()',
        'dereg: dereg() drops them only if this pointer is set, and so does all else that drops them',
        'dev_add: dev->domain is set to NULL, without a check whether there are pages',
      ],
    ]);
  });
});
