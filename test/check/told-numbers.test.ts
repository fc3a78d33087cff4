/** Pages whose drops ask for a number of the object, to which a function gives any value that it is told. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

/** What stands for the parts of a driver that keeps the pages of its requests in a ring. */
interface Parts {
  /** What who drops asks for, and what it does where that is not so, and behind it. */
  drop?: string;
  otherwise?: string;
  behind?: string;
  /** What who takes the pages sets the number to. */
  take?: string;
  /** Of who is told of an answer: how it finds the request, how it sets the number, and what it does before and behind the call. */
  find?: string;
  set?: string;
  before?: string;
  after?: string;
  /** What the ring's end does with each request. */
  end?: string;
  more?: string;
}

const device = ({
  drop = 'req->pages && req->actual',
  otherwise = '',
  behind = '',
  take = '-1',
  find = 'req = &ring->reqs[ring->out & 3];',
  set = '*(int *)msg->data',
  before = '',
  after = 'ring->out++;',
  end = 'put_req(ring, req);',
  more = '',
}: Parts): string => `struct req { struct list_head list; struct page **pages; int n; int actual; int size; };
struct msg { int id; int len; char data[8]; };
struct ring { spinlock_t lock; unsigned int in, out, done; struct list_head waiting; struct xarray all; struct req reqs[4]; };
static void put_pages(struct req *req, int actual)
{
	if (actual > 0)
		sync_bytes(req->size, actual);
	unpin_user_pages_dirty_lock(req->pages, req->n, true);
	kfree(req->pages);
}
static void put_req(struct ring *ring, struct req *req)
{
	if (${drop})
		put_pages(req, req->actual);
	${otherwise}
	${behind}
}
static int submit(struct ring *ring, unsigned long a, int n)
{
	struct req *req = &ring->reqs[ring->in & 3];
	int got;

	req->pages = kcalloc(n, sizeof(*req->pages), GFP_KERNEL);
	if (!req->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, req->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(req->pages, got);
		kfree(req->pages);
		return -EFAULT;
	}
	req->n = n;
	req->actual = ${take};
	ring->in++;
	return 0;
}
static void end_all(struct ring *ring)
{
	while (ring->done != ring->in) {
		struct req *req = &ring->reqs[ring->done & 3];

		${end}
		ring->done++;
	}
}
void answered(struct ring *ring, struct msg *msg)
{
	struct req *req;

	${find}
	${before}
	req->actual = ${set};
	put_req(ring, req);
	${after}
}
${more}
static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long a)
{
	return submit(file->private_data, a, 16);
}
static int ring_release(struct inode *inode, struct file *file)
{
	end_all(file->private_data);
	return 0;
}
static const struct file_operations fops = { .unlocked_ioctl = ring_ioctl, .release = ring_release };
`;

const rule = 'leak-on-path';
const left = 'put_req:if (req->pages && req->actual)';

describe('pages whose drops ask for a number that somebody else tells', () => {
  complains(rule, 'a ring that is advanced', device({}), left);
  complains(rule, 'a value that comes by a variable', device({ before: 'int told = msg->len;', set: 'told' }), left);
  complains(
    rule,
    'a request off a list',
    device({ find: 'req = find_req(ring, msg->id);', before: 'list_del(&req->list);', after: '' }),
    left,
  );
  complains(rule, 'a request out of an array', device({ find: 'req = xa_erase(&ring->all, msg->id);', after: '' }), left);
  complains(rule, 'a request that is freed', device({ find: 'req = find_req(ring, msg->id);', after: 'kfree(req);' }), left);
  complains(
    rule,
    'a request that the function which drops frees in any case',
    device({ find: 'req = find_req(ring, msg->id);', after: '', behind: 'kfree(req);', end: 'put_req(ring, req);' }),
    left,
  );
  complains(rule, 'an error by which they are left', device({ drop: 'req->actual >= 0' }), 'put_req:if (req->actual >= 0)');
  accepts(rule, 'a drop that does not ask', device({ drop: 'req->pages' }));
  accepts(rule, 'a function that looks at the number', device({ after: 'if (req->actual)\n		ring->out++;' }));
  accepts(rule, 'a function that looks at what it is told', device({ before: 'if (!msg->len)\n		return;', set: 'msg->len' }));
  accepts(rule, 'a request that is asked for again', device({ find: 'req = find_req(ring, msg->id);', after: 'poll(ring);' }));
  accepts(rule, 'a request that is handed on where it is not so', device({ otherwise: 'else\n		again(ring, req);' }));
  accepts(rule, 'an end that does not ask', device({ end: 'put_pages(req, 0);' }));
  accepts(rule, 'an end that says what it is', device({ end: 'req->actual = -1;\n		put_req(ring, req);' }));
  accepts(rule, 'a number of pages', device({ take: 'got' }));
  accepts(rule, 'a constant', device({ set: '1' }));
  accepts(rule, 'a value from the request itself', device({ set: 'req->size' }));
  accepts(
    rule,
    'a number that is set again before',
    device({ after: '', more: '', set: 'msg->len;\n	if (ring->in)\n		req->actual = 1' }),
  );
  it('is told by the value and the call, and by the test', async () => {
    expect(await pathsOf(device({}), rule)).toEqual([
      [
        'submit: taken by pin_user_pages_fast()',
        'answered: req->actual is set to a value from elsewhere, which may be any',
        'answered: passed to put_req(), after which nobody comes back to it',
        'put_req: drops the pages only if req->actual is not 0, and so does all else that drops them',
      ],
    ]);
  });
});
