/** Pages of which a device still has the use where the wait for it was interrupted. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const request = (end: string) => `struct port { struct virtqueue *vq; struct scatterlist sg[1]; wait_queue_head_t wq, room; int free; };
struct ask { wait_queue_head_t wq; int status; bool busy; };
static void put_all(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]);
}
int port_send(struct port *p, struct ask *r, unsigned long a)
{
	struct scatterlist *sgs[1];
	struct page *pages[1];
	int err;

	if (get_user_pages_fast(a, 1, 0, pages) != 1)
		return -EFAULT;
again:
	sg_set_page(p->sg, pages[0], PAGE_SIZE, 0);
	sgs[0] = p->sg;
	err = virtqueue_add_sgs(p->vq, sgs, 1, 0, r, GFP_ATOMIC);
	if (err < 0) {
		if (wait_event_killable(p->room, p->free))
			goto out;
		goto again;
	}
	virtqueue_kick(p->vq);
	${end}
out:
	put_all(pages, 1);
	return err;
}
`;
const put = 'port_send:put_all(pages, 1);';

describe('pages in a queue of virtio', () => {
  complains(rule, 'a wait of which nobody asks how it ended', request('err = wait_event_killable(r->wq, r->status >= 2);'), put);
  complains(
    rule,
    'one that counts as waiting for a device, and a barrier behind it',
    request('err = io_wait_event_killable(r->wq, r->status >= 2);\n\tsmp_rmb();'),
    put,
  );
  complains(
    rule,
    'a wait that was interrupted',
    request('err = wait_event_interruptible_timeout(r->wq, r->status >= 2, HZ);\n\tif (err < 0)\n\t\tgoto out;'),
    put,
  );
  complains(
    rule,
    'a failure that is printed',
    request('if (wait_event_interruptible(r->wq, r->status)) {\n\t\tpr_err("interrupted\\n");\n\t\terr = -EINTR;\n\t}'),
    put,
  );
  accepts(rule, 'a wait that nothing interrupts', request('wait_event(r->wq, r->status >= 2);'));
  accepts(
    rule,
    'a queue that is reset first',
    request('err = wait_event_killable(r->wq, r->status >= 2);\n\tif (err)\n\t\tport_reset(p);'),
  );
  accepts(
    rule,
    'a wait that is gone on with by one that nothing interrupts',
    request('if (wait_event_killable(r->wq, r->status >= 2))\n\t\twait_event(r->wq, r->status >= 2);'),
  );
  accepts(
    rule,
    'pages that are left to the answer',
    request('err = wait_event_killable(r->wq, r->status >= 2);\n\tif (err == -ERESTARTSYS)\n\t\treturn port_leave(p, r, pages);'),
  );
  accepts(
    rule,
    'a look at what was waited for',
    request('wait_event_killable(r->wq, r->status >= 2);\n\tif (r->status < 2)\n\t\tport_reset(p);'),
  );
  accepts(
    rule,
    'a look at what was waited to go',
    request('wait_event_interruptible(r->wq, !r->busy);\n\tif (r->busy)\n\t\tport_reset(p);'),
  );
});

const transfer = (end: string, start = 'dma_async_issue_pending(chan);') => `struct job { struct completion done; };
static void job_done(void *arg)
{
	struct job *j = arg;

	complete(&j->done);
}
int job_run(struct device *dev, struct dma_chan *chan, struct job *j, unsigned long a, int n, struct page **pages)
{
	struct dma_async_tx_descriptor *tx;
	struct sg_table sgt;
	long err = -ENOMEM;
	int got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	if (sg_alloc_table_from_pages(&sgt, pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL))
		goto unpin;
	if (dma_map_sgtable(dev, &sgt, DMA_FROM_DEVICE, 0))
		goto free;
	tx = dmaengine_prep_slave_sg(chan, sgt.sgl, sgt.nents, DMA_DEV_TO_MEM, 0);
	if (!tx)
		goto unmap;
	tx->callback = job_done;
	tx->callback_param = j;
	dmaengine_submit(tx);
	${start}
	${end}
unmap:
	dma_unmap_sgtable(dev, &sgt, DMA_FROM_DEVICE, 0);
free:
	sg_free_table(&sgt);
unpin:
	unpin_user_pages_dirty_lock(pages, n, true);
	return err;
}
`;
const unpin = 'job_run:unpin_user_pages_dirty_lock(pages, n, true);';

describe('pages that a DMA engine fills', () => {
  complains(rule, 'a wait that was interrupted', transfer('err = wait_for_completion_interruptible(&j->done);'), unpin);
  complains(
    rule,
    'one with an end of its own',
    transfer('err = wait_for_completion_killable_timeout(&j->done, HZ);\n\tif (err <= 0)\n\t\tdev_err(dev, "%ld", err);'),
    unpin,
  );
  accepts(
    rule,
    'an engine that is stopped',
    transfer('err = wait_for_completion_interruptible(&j->done);\n\tif (err)\n\t\tdmaengine_terminate_sync(chan);'),
  );
  accepts(rule, 'a wait that nothing interrupts', transfer('wait_for_completion(&j->done);\n\terr = 0;'));
  accepts(rule, 'a wait before the engine begins', transfer('', 'err = wait_for_completion_interruptible(&j->done);'));
});
