/** Requests that store over what an earlier one has kept, where a helper is given the object first, or another struct has a member of that name. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'overwritten';

/** A request whose helper takes a page for it, and undoes that if it cannot use the page. */
const helped = (first: string, more = ''): string => `struct ctx { struct page *page; int n, busy; struct mutex lock; };
${more}
static struct page *take(struct ctx *ctx, unsigned long at)
{
	struct page *page;

	${first}
	if (pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return NULL;
	if (PageHighMem(page)) {
		unpin_user_page(page);
		return NULL;
	}
	return page;
}
static long ctx_ioctl(struct file *f, unsigned int cmd, unsigned long at)
{
	struct ctx *ctx = f->private_data;
	struct page *page = take(ctx, at);

	if (!page)
		return -EFAULT;
	ctx->page = page;
	return 0;
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *ctx = f->private_data;

	if (ctx->page)
		unpin_user_pages_dirty_lock(&ctx->page, 1, true);
	kfree(ctx);
	return 0;
}
static const struct file_operations ctx_fops = { .unlocked_ioctl = ctx_ioctl, .release = ctx_release };
`;
const store = 'ctx_ioctl:ctx->page = page;';
const end = (of: string): string => `static void end(struct ctx *c)
{
	${of}
}`;

describe('a helper that drops a page of its own', () => {
  complains(rule, 'and does nothing with the object', helped(''), store);
  complains(rule, 'and stores to another member', helped('ctx->n = 1;'), store);
  complains(rule, 'and passes on another member', helped('hw_reset(ctx->n);'), store);
  accepts(rule, 'and the page of the object', helped('if (ctx->page)\n\t\tunpin_user_page(ctx->page);'));
  accepts(rule, 'and asks for the page', helped('if (ctx->page)\n\t\treturn NULL;'));
  accepts(rule, 'and asks for another member', helped('if (ctx->busy)\n\t\treturn NULL;'));
  accepts(rule, 'and has another function end the object', helped('end(ctx);', end('unpin_user_page(c->page);')));
  complains(rule, 'and has another function drop another page', helped('end(ctx);', end('unpin_user_page(alloc_hw_page(c->n));')), store);
  accepts(
    rule,
    'and drops by another name of the object',
    helped('struct ctx *own = ctx;\n\n\tif (own->page)\n\t\tunpin_user_page(own->page);'),
  );
  accepts(
    rule,
    'and gives the member away',
    helped('put_it(&ctx->page);', 'static void put_it(struct page **p)\n{\n\tunpin_user_page(*p);\n}'),
  );
});

/** A request that compares what was taken with a member of what user space asks for. */
const asking = (test: string): string => `struct log { struct page **pages; int nr; };
struct set { unsigned long addr; int nr; };
static int log_get(struct log *log, struct set *s)
{
	struct page **pages = kcalloc(s->nr, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return -ENOMEM;
	if (${test}) {
		kfree(pages);
		return -EBUSY;
	}
	got = pin_user_pages_fast(s->addr, s->nr, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got != s->nr) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(pages);
		return -EFAULT;
	}
	log->pages = pages;
	log->nr = got;
	return 0;
}
static long log_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct log *log = f->private_data;
	struct set s;

	if (copy_from_user(&s, arg, sizeof(s)))
		return -EFAULT;
	return log_get(log, &s);
}
static int log_release(struct inode *i, struct file *f)
{
	struct log *log = f->private_data;

	if (log->pages)
		unpin_user_pages_dirty_lock(log->pages, log->nr, true);
	kfree(log->pages);
	kfree(log);
	return 0;
}
static const struct file_operations log_fops = { .unlocked_ioctl = log_ioctl, .release = log_release };
`;

describe('a test of a member', () => {
  complains(rule, 'of what is asked for, which has the name of one of the object', asking('s->nr > 16'), 'log_get:log->pages = pages;');
  accepts(rule, 'of the object', asking('log->nr'));
});

/** A request that puts another object with a page in the place of the one that is there. */
const exchanged = (after: string): string => `struct fence { struct kref ref; struct page *page; };
struct ctx { struct fence *fence; };
static void fence_free(struct kref *ref)
{
	struct fence *fence = container_of(ref, struct fence, ref);

	unpin_user_pages_dirty_lock(&fence->page, 1, true);
	kfree(fence);
}
static struct fence *fence_make(unsigned long at)
{
	struct fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	if (!fence)
		return ERR_PTR(-ENOMEM);
	kref_init(&fence->ref);
	if (pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &fence->page) != 1) {
		kfree(fence);
		return ERR_PTR(-EFAULT);
	}
	return fence;
}
static long ctx_ioctl(struct file *f, unsigned int cmd, unsigned long at)
{
	struct ctx *ctx = f->private_data;
	struct fence *old, *fence = fence_make(at);

	if (IS_ERR(fence))
		return PTR_ERR(fence);
	old = ctx->fence;
	ctx->fence = fence;
	${after}
	return 0;
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *ctx = f->private_data;

	if (ctx->fence)
		kref_put(&ctx->fence->ref, fence_free);
	kfree(ctx);
	return 0;
}
static const struct file_operations ctx_fops = { .unlocked_ioctl = ctx_ioctl, .release = ctx_release };
`;

describe('an object in whose place another one is put', () => {
  accepts(rule, 'and which is put by its count, if there was one', exchanged('if (old)\n\t\tkref_put(&old->ref, fence_free);'));
  accepts(rule, 'and which is ended by its count', exchanged('if (old)\n\t\tfence_free(&old->ref);'));
  complains(rule, 'and which is only looked at', exchanged('if (old)\n\t\tctx_note(ctx, 1);'), 'ctx_ioctl:ctx->fence = fence;');
});
