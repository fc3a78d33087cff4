/** Pages of which a device still has the use where a function that was called has waited for it, or where its time was over. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

const rule = 'use-after-release';

/** The parts of a driver that has a card read pages: who asks the card and waits, and what the request does about it. */
interface Parts {
  wait?: string;
  ask?: string;
  drop?: string;
  direction?: string;
}

const wait = 'return wait_for_completion_interruptible(&c->answered);';
const request = ({
  wait: waits = wait,
  ask = 'err = card_ask(c, m, j, false);',
  drop = 'job_drop(c, j);',
  direction = 'DMA_TO_DEVICE',
}: Parts) => `struct card { struct device *dev; struct mhi_device *ch; struct completion answered; struct mutex lock; struct msg *hello; };
struct msg { u64 addr; u32 len; };
struct job { struct page **pages; int n; struct sg_table sgt; struct kref ref; bool left; int state; };
static int card_ask(struct card *c, struct msg *m, struct job *j, bool patient)
{
	long left;
	int err;

	mutex_lock(&c->lock);
	err = mhi_queue_buf(c->ch, ${direction}, m, sizeof(*m), MHI_EOT);
	mutex_unlock(&c->lock);
	if (err)
		return err;
	${waits}
}
static int job_map(struct card *c, struct job *j, struct msg *m, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got, err = -EFAULT;

	if (!pages)
		return -ENOMEM;
	got = get_user_pages_fast(a, n, 0, pages);
	if (got < n)
		goto put;
	err = sg_alloc_table_from_pages(&j->sgt, pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL);
	if (err)
		goto put;
	err = dma_map_sgtable(c->dev, &j->sgt, DMA_TO_DEVICE, 0);
	if (err)
		goto free;
	j->pages = pages;
	j->n = n;
	m->addr = sg_dma_address(j->sgt.sgl);
	return 0;
free:
	sg_free_table(&j->sgt);
put:
	while (got > 0)
		put_page(pages[--got]);
	kfree(pages);
	return err;
}
static void job_drop(struct card *c, struct job *j)
{
	int i;

	dma_unmap_sgtable(c->dev, &j->sgt, DMA_TO_DEVICE, 0);
	sg_free_table(&j->sgt);
	for (i = 0; i < j->n; i++)
		put_page(j->pages[i]);
	kfree(j->pages);
}
static void job_end(struct kref *ref)
{
	struct job *j = container_of(ref, struct job, ref);

	job_drop(NULL, j);
	kfree(j);
}
int job_run(struct card *c, struct job *j, struct job *other, struct msg *m, unsigned long a, int n)
{
	int err = job_map(c, j, m, a, n);

	if (err)
		return err;
	${ask}
	${drop}
	return err;
}
`;
const told = 'job_run:job_drop(c, j);';

describe('a card that is asked by a function that waits for it', () => {
  complains(rule, 'a wait that was interrupted', request({}), told);
  it('names who has left the wait', async () => {
    expect(await pathsOf(request({}), rule)).toEqual([
      [
        'job_map: taken by get_user_pages_fast()',
        'job_map: put in the scatterlist by sg_alloc_table_from_pages()',
        'job_map: given to a device by dma_map_sgtable()',
        'card_ask: mhi_queue_buf() starts the work on them',
        'card_ask: wait_for_completion_interruptible() waits for it, unless a signal comes first',
        'job_run: card_ask() returns -ERESTARTSYS',
        'job_run: dropped by put_page() in job_drop()',
      ],
    ]);
  });
  complains(
    rule,
    'an error that is another',
    request({
      wait: 'if (wait_for_completion_killable(&c->answered))\n\t\treturn -EINTR;\n\treturn 0;',
      drop: 'if (err < 0)\n\t\tdev_err(c->dev, "failed: %d\\n", err);\n\tjob_drop(c, j);',
    }),
    told,
  );
  complains(
    rule,
    'a wait that nobody hears of',
    request({ wait: 'wait_for_completion_interruptible(&c->answered);\n\treturn 0;', drop: 'if (!err)\n\t\tjob_drop(c, j);' }),
    told,
  );
  complains(
    rule,
    'a card that is asked and waited for where the pages are dropped',
    request({
      ask: 'err = mhi_queue_buf(c->ch, DMA_TO_DEVICE, m, sizeof(*m), MHI_EOT);\n\tif (!err)\n\t\terr = wait_for_completion_interruptible(&c->answered);',
    }),
    told,
  );
  accepts(rule, 'a wait that nothing interrupts', request({ wait: 'wait_for_completion(&c->answered);\n\treturn 0;' }));
  accepts(
    rule,
    'a card that is reset where it was waited for',
    request({ wait: 'err = wait_for_completion_interruptible(&c->answered);\n\tif (err)\n\t\tcard_reset(c);\n\treturn err;' }),
  );
  accepts(rule, 'a card that is reset by who asked', request({ drop: 'if (err)\n\t\tcard_reset(c);\n\tjob_drop(c, j);' }));
  accepts(rule, 'pages that are dropped where the card has answered', request({ drop: 'if (!err)\n\t\tjob_drop(c, j);' }));
  accepts(
    rule,
    'pages that are left to the answer by the error',
    request({
      wait: 'if (wait_for_completion_killable(&c->answered))\n\t\treturn -EINTR;\n\treturn 0;',
      drop: 'if (err != -EINTR)\n\t\tjob_drop(c, j);',
    }),
  );
  accepts(
    rule,
    'pages that are left to the answer by a flag',
    request({
      wait: 'err = wait_for_completion_interruptible(&c->answered);\n\tif (err)\n\t\tj->left = true;\n\treturn err;',
      drop: 'if (!j->left)\n\t\tjob_drop(c, j);',
    }),
  );
  accepts(
    rule,
    'pages that are left to the answer by a state',
    request({
      wait: 'err = wait_for_completion_interruptible(&c->answered);\n\tif (err)\n\t\tj->state = JOB_LEFT;\n\treturn err;',
      drop: 'if (j->state != JOB_LEFT)\n\t\tjob_drop(c, j);',
    }),
  );
  accepts(rule, 'an answer that has a reference of its own', request({ drop: 'kref_put(&j->ref, job_end);' }));
  accepts(rule, 'another job that is dropped', request({ drop: 'job_drop(c, other);' }));
  accepts(rule, 'a message in which nothing stands of the pages', request({ ask: 'err = card_ask(c, c->hello, other, false);' }));
  accepts(rule, 'a buffer for the answer', request({ direction: 'DMA_FROM_DEVICE' }));
  accepts(
    rule,
    'a patience that the caller asks for',
    request({
      wait: 'if (!patient)\n\t\treturn wait_for_completion_interruptible(&c->answered);\n\twait_for_completion(&c->answered);\n\treturn 0;',
      ask: 'err = card_ask(c, m, j, true);',
    }),
  );
});

describe('a wait with an end of its own', () => {
  const timed = 'left = wait_for_completion_timeout(&c->answered, HZ);';
  complains(rule, 'a time that was over', request({ wait: `${timed}\n\tif (!left)\n\t\treturn -ETIMEDOUT;\n\treturn 0;` }), told);
  it('says that it timed out', async () => {
    const paths = await pathsOf(request({ wait: `${timed}\n\treturn left ? 0 : -ETIMEDOUT;` }), rule);
    expect(paths.map((steps) => steps.slice(-3))).toEqual([
      [
        'card_ask: wait_for_completion_timeout() waits for it, unless a timeout comes first',
        'job_run: card_ask() returns -ETIMEDOUT',
        'job_run: dropped by put_page() in job_drop()',
      ],
    ]);
  });
  complains(
    rule,
    'a signal that is seen to, and a time that is not',
    request({
      wait: 'left = wait_for_completion_interruptible_timeout(&c->answered, HZ);\n\tif (left < 0)\n\t\tcard_reset(c);\n\treturn left > 0 ? 0 : -EIO;',
    }),
    told,
  );
  it('says that a signal and its time end it', async () => {
    const paths = await pathsOf(
      request({ wait: 'left = wait_for_completion_killable_timeout(&c->answered, HZ);\n\treturn left > 0 ? 0 : -EIO;' }),
      rule,
    );
    expect(paths.map((steps) => steps.at(-3))).toEqual([
      'card_ask: wait_for_completion_killable_timeout() waits for it, unless a signal or a timeout comes first',
    ]);
  });
  accepts(
    rule,
    'a card that is reset',
    request({ wait: `${timed}\n\tif (!left) {\n\t\tcard_reset(c);\n\t\treturn -ETIMEDOUT;\n\t}\n\treturn 0;` }),
  );
  accepts(
    rule,
    'a wait without an end behind it',
    request({ wait: `${timed}\n\tif (left == 0)\n\t\twait_for_completion(&c->answered);\n\treturn 0;` }),
  );
  accepts(
    rule,
    'pages that are lost to the card',
    request({
      wait: `${timed}\n\tif (!left)\n\t\treturn -ETIMEDOUT;\n\treturn 0;`,
      drop: 'if (err == -ETIMEDOUT)\n\t\treturn err;\n\tjob_drop(c, j);',
    }),
  );
  accepts(
    rule,
    'a card of which it is known that it has answered',
    request({
      wait: `${timed}\n\tif (!left)\n\t\treturn -ETIMEDOUT;\n\treturn 0;`,
      drop: 'if (err)\n\t\treturn card_lost(c, j);\n\tjob_drop(c, j);',
    }),
  );
});
