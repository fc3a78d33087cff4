/** Devices that functions of a driver start and wait for in other shapes: by a chain of messages, a DMA engine, a queue of virtio. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

/** Pages in objects on a list of which the card is told in a chain of messages. */
const chain = (told: string) => `struct card { struct device *dev; struct mhi_device *ch; struct list_head asked; struct mutex lock; };
struct part { struct list_head list; u64 addr; };
struct chain { struct list_head parts; };
struct piece { struct list_head list; struct page **pages; int n; struct sg_table *sgt; };
struct batch { struct list_head pieces; int count; };
struct asked { struct list_head list; struct completion done; void *answer; };
static void *card_send(struct card *c, struct chain *chain)
{
	struct asked asked;
	struct part *p;
	long left = 0;

	init_completion(&asked.done);
	asked.answer = NULL;
	list_for_each_entry(p, &chain->parts, list) {
		left = mhi_queue_buf(c->ch, DMA_TO_DEVICE, &p->addr, sizeof(p->addr), MHI_EOT);
		if (left)
			return ERR_PTR(left);
	}
	list_add_tail(&asked.list, &c->asked);
	left = wait_for_completion_interruptible_timeout(&asked.done, 5 * HZ);
	mutex_lock(&c->lock);
	if (!list_empty(&asked.list))
		list_del(&asked.list);
	mutex_unlock(&c->lock);
	if (!left)
		left = -ETIMEDOUT;
	if (left < 0) {
		kfree(asked.answer);
		return ERR_PTR(left);
	}
	return asked.answer;
}
static int piece_map(struct card *c, struct piece *p, unsigned long a, int n)
{
	p->pages = kcalloc(n, sizeof(*p->pages), GFP_KERNEL);
	if (!p->pages)
		return -ENOMEM;
	p->n = get_user_pages_fast(a, n, 0, p->pages);
	if (p->n != n || sg_alloc_table_from_pages(p->sgt, p->pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL))
		goto put;
	if (!dma_map_sgtable(c->dev, p->sgt, DMA_TO_DEVICE, 0))
		return 0;
	sg_free_table(p->sgt);
put:
	while (p->n > 0)
		put_page(p->pages[--p->n]);
	kfree(p->pages);
	return -EFAULT;
}
static int batch_add(struct card *c, struct batch *b, struct chain *chain, unsigned long a, int n)
{
	struct piece *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int err;

	if (!p)
		return -ENOMEM;
	err = piece_map(c, p, a, n);
	if (err) {
		kfree(p);
		return err;
	}
	chain_add(chain, sg_dma_address(p->sgt->sgl));
	list_add(&p->list, &b->pieces);
	return 0;
}
static void batch_drop(struct card *c, struct batch *b)
{
	struct piece *p, *next;
	int i;

	list_for_each_entry_safe(p, next, &b->pieces, list) {
		dma_unmap_sgtable(c->dev, p->sgt, DMA_TO_DEVICE, 0);
		for (i = 0; i < p->n; i++)
			put_page(p->pages[i]);
		kfree(p->pages);
		list_del(&p->list);
		kfree(p);
	}
}
int batch_run(struct card *c, struct batch *b, struct chain *chain, void **answer, unsigned long a, int n)
{
	int err = batch_add(c, b, chain, a, n);

	if (err)
		return err;
	*answer = card_send(c, chain);
	if (IS_ERR(*answer)) {
		err = PTR_ERR(*answer);
		${told}
	}
	batch_drop(c, b);
	return err;
}
`;

describe('pages on a list', () => {
  complains(rule, 'an error that a pointer is', chain('pr_err("failed\\n");'), 'batch_run:batch_drop(c, b);');
  accepts(rule, 'a card that is told', chain('card_cancel(c, chain);'));
  accepts(rule, 'pages that are left on the list', chain('return err;'));
});

/** A DMA engine that is started and waited for by a helper; the object puts its pages back with its last reference. */
const engine = (drop: string) => `struct copy { struct page **pages; int n; struct sg_table sgt; struct completion done; struct kref ref; };
static void copy_free(struct kref *ref)
{
	struct copy *c = container_of(ref, struct copy, ref);

	unpin_user_pages(c->pages, c->n);
	kfree(c->pages);
	kfree(c);
}
static int copy_go(struct copy *c, struct dma_chan *chan)
{
	struct dma_async_tx_descriptor *tx = dmaengine_prep_slave_sg(chan, c->sgt.sgl, c->sgt.nents, DMA_DEV_TO_MEM, 0);

	if (!tx)
		return -EIO;
	tx->callback_param = c;
	kref_get(&c->ref);
	dmaengine_submit(tx);
	dma_async_issue_pending(chan);
	if (!wait_for_completion_timeout(&c->done, HZ)) {
		pr_err("timed out\\n");
		return -ETIMEDOUT;
	}
	return 0;
}
int copy_in(struct device *dev, struct dma_chan *chan, unsigned long a, int n)
{
	struct copy *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct page **pages;
	int err = -ENOMEM;

	if (!c)
		return -ENOMEM;
	kref_init(&c->ref);
	pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		goto free;
	if (pin_user_pages_fast(a, n, FOLL_WRITE, pages) != n) {
		err = -EFAULT;
		goto free;
	}
	err = sg_alloc_table_from_pages(&c->sgt, pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL);
	if (err)
		goto unpin;
	c->pages = pages;
	c->n = n;
	if (dma_map_sg(dev, c->sgt.sgl, c->sgt.nents, DMA_FROM_DEVICE) == 0)
		goto unpin;
	err = copy_go(c, chan);
	if (err)
		pr_err("copy: %d\\n", err);
unpin:
	${drop}
free:
	kref_put(&c->ref, copy_free);
	return err;
}
`;

describe('an engine that a helper starts', () => {
  complains(rule, 'pages that are dropped at once', engine('unpin_user_pages(pages, n);'), 'copy_in:unpin_user_pages(pages, n);');
  accepts(rule, 'pages that the object does not have', engine('if (!c->pages)\n\t\tunpin_user_pages(pages, n);'));
  accepts(rule, 'an engine that is stopped', engine('dmaengine_terminate_sync(chan);\n\tunpin_user_pages(pages, n);'));
});

/** A queue of virtio that a helper fills, kicks and waits for. */
const queue = (end: string) => `struct port { struct virtqueue *vq; wait_queue_head_t wq; bool done; };
static int port_put(struct port *p, struct scatterlist *sg)
{
	int err = virtqueue_add_outbuf(p->vq, sg, 1, p, GFP_KERNEL);

	if (err)
		return err;
	virtqueue_kick(p->vq);
	return wait_event_interruptible(p->wq, p->done);
}
int port_write(struct port *p, unsigned long a)
{
	struct scatterlist sg;
	struct page *page;
	int err;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	sg_init_table(&sg, 1);
	sg_set_page(&sg, page, PAGE_SIZE, 0);
	err = port_put(p, &sg);
	${end}
	put_page(page);
	return err;
}
`;

describe('a queue that a helper fills', () => {
  complains(rule, 'a wait that was interrupted', queue(''), 'port_write:put_page(page);');
  accepts(rule, 'a queue that is reset', queue('if (err)\n\t\tport_reset(p);'));
  accepts(rule, 'a look at what was waited for', queue('if (!p->done)\n\t\treturn port_leave(p, page);'));
});
