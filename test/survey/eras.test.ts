import { describe } from 'vitest';
import { shows } from './helper.js';

const unmap = (put: string) => `struct dma_buf_user { struct page **pages; unsigned int nr; struct sg_table sgt; int flags; };
static void unmap_user(struct dma_buf_user *u, bool write)
{
	unsigned int i;

	sg_free_table(&u->sgt);
	for (i = 0; i < u->nr; i++) {
		if (!u->pages[i])
			break;
		if (!write)
			set_page_dirty_lock(u->pages[i]);
		${put}
	}
	kfree(u->pages);
}
`;

describe('a driver of 2018 to 2022', () => {
  shows(
    'one pin for each kernel, one release for all',
    `#include <linux/version.h>
${unmap('put_page(u->pages[i]);')}
int map_user(struct dma_buf_user *u, unsigned long buf, unsigned int n)
{
	struct scatterlist *sg;
	int i, rv;

	u->pages = kcalloc(n, sizeof(struct page *), GFP_KERNEL);
	if (!u->pages)
		return -ENOMEM;
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)
	down_read(&current->mm->mmap_sem);
	rv = get_user_pages(current, current->mm, buf, n, 1, 0, u->pages, NULL);
	up_read(&current->mm->mmap_sem);
#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 2, 0)
	rv = get_user_pages_longterm(buf, n, FOLL_WRITE, u->pages, NULL);
#else
	rv = get_user_pages_fast(buf, n, 1/* write */, u->pages);
#endif
	if (rv != n) {
		u->nr = rv < 0 ? 0 : rv;
		goto err;
	}
	for (i = 0, sg = u->sgt.sgl; i < n; i++, sg = sg_next(sg))
		sg_set_page(sg, u->pages[i], PAGE_SIZE, 0);
	u->nr = n;
	return 0;
err:
	unmap_user(u, true);
	return -EFAULT;
}`,
    ...['', ' LT', ''].map(
      (lt) =>
        `get${lt} page-array→sgl car=dma_buf_user.pages,dma_buf_user.sgt loop-collapsible@file put:unmap_user:put_page dirty=set_page_dirty_lock`,
    ),
  );
  shows(
    'arguments and braces that stand in arms of their own',
    `#include <linux/version.h>
struct lock { struct page **pages; unsigned long nr; };
int lock(struct lock *l, struct task_struct *task, unsigned long va, unsigned long nr)
{
	long rc;

	l->pages = kmalloc(sizeof(*l->pages) * nr, GFP_KERNEL);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	if (task == current) {
		rc = get_user_pages(va, nr,
# if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
				    FOLL_WRITE,
# else
				    1, 0,
# endif
				    l->pages
# if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
				    , NULL
# endif
				    );
	} else {
#else
	{
#endif
		rc = get_user_pages_remote(task, task->mm, va, nr, FOLL_WRITE, l->pages, NULL
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 10, 0)
					   , NULL
#endif
					   );
	}
	l->nr = rc > 0 ? rc : 0;
	return rc == nr ? 0 : -EFAULT;
}
void unlock(struct lock *l)
{
	while (l->nr-- > 0) {
		if (!PageReserved(l->pages[l->nr]))
			SetPageDirty(l->pages[l->nr]);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
		put_page(l->pages[l->nr]);
#else
		page_cache_release(l->pages[l->nr]);
#endif
	}
}`,
    'get page-array car=lock.pages loop-collapsible@file put:unlock:put_page dirty=SetPageDirty',
    'get page-array car=lock.pages loop-collapsible@file put:unlock:put_page,unlock:page_cache_release dirty=SetPageDirty',
  );
  shows(
    'put_user_pages_dirty_lock() of 5.2, which always marks, and of 5.4, which is told to',
    `struct umem { struct page **pages; unsigned long npages; };
int umem_get(struct umem *u, unsigned long a)
{
	long pinned;

	down_read(&current->mm->mmap_sem);
	pinned = get_user_pages(a, u->npages, FOLL_WRITE | FOLL_LONGTERM, u->pages, NULL);
	up_read(&current->mm->mmap_sem);
	return pinned == u->npages ? 0 : -ENOMEM;
}
void umem_release(struct umem *u) { put_user_pages_dirty_lock(u->pages, u->npages); }
struct umem4 { struct page **pages; unsigned long npages; };
int umem4_get(struct umem4 *u, unsigned long a)
{
	return get_user_pages_fast(a, u->npages, FOLL_WRITE, u->pages) == u->npages ? 0 : -ENOMEM;
}
void umem4_release(struct umem4 *u) { put_user_pages_dirty_lock(u->pages, u->npages, false); }`,
    'get LT page-array car=umem.pages bulk@file put:umem_release:put_user_pages_dirty_lock dirty=bulk',
    'get page-array car=umem4.pages bulk@file put:umem4_release:put_user_pages_dirty_lock',
  );
  shows(
    'get_user_pages_locked() and iov_iter_get_pages_alloc()',
    `struct vdma { struct page **pages; int nr; };
int vdma_init(struct vdma *d, unsigned long data, int *locked)
{
	int err = get_user_pages_locked(data & PAGE_MASK, d->nr, FOLL_FORCE, d->pages, locked);

	if (err != d->nr) {
		d->nr = err >= 0 ? err : 0;
		return -EINVAL;
	}
	return 0;
}
void vdma_free(struct vdma *d)
{
	int i;

	for (i = 0; i < d->nr; i++)
		put_page(d->pages[i]);
}
ssize_t rq_read(struct iov_iter *iter)
{
	struct page **pagevec;
	size_t base;
	unsigned i, n;
	ssize_t bytes = iov_iter_get_pages_alloc(iter, &pagevec, 1 << 20, &base);

	if (bytes < 0)
		return bytes;
	n = DIV_ROUND_UP(bytes + base, PAGE_SIZE);
	for (i = 0; i < n; i++)
		put_page(pagevec[i]);
	kvfree(pagevec);
	return bytes;
}`,
    'get page-array car=vdma.pages loop-collapsible@file put:vdma_free:put_page',
    'get page-array loop-collapsible@function put:rq_read:put_page mixed',
  );
});

describe('a helper that several callers share', () => {
  shows(
    'has the loop of the one that tears down',
    `struct slot { struct page *page; dma_addr_t dma; };
struct table { struct device *dev; struct slot *slots; int active; };
static bool drop(struct page *page)
{
	if (!page)
		return false;
	SetPageDirty(page);
	put_page(page);
	return true;
}
static int map(struct table *t, unsigned long a, int n)
{
	struct page *page;
	int i;

	for (i = 0; i < n; i++) {
		if (get_user_pages_fast(a + i * PAGE_SIZE, 1, FOLL_WRITE, &page) != 1)
			return -ENOMEM;
		t->slots[i].page = page;
		t->slots[i].dma = dma_map_page(t->dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
		if (dma_mapping_error(t->dev, t->slots[i].dma)) {
			drop(page);
			return -EINVAL;
		}
	}
	return 0;
}
void unmap(struct table *t, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		dma_unmap_page(t->dev, t->slots[i].dma, PAGE_SIZE, DMA_BIDIRECTIONAL);
		if (drop(t->slots[i].page))
			--t->active;
	}
}`,
    'get single car=slot.page loop-other@file put:drop:put_page dirty=SetPageDirty',
  );
  shows(
    'is not a release where only objects of another flag come to it',
    `#define SHM_USER 1
struct shm { struct page **pages; int n; int flags; };
static void put_kernel_pages(struct page **pages, int n)
{
	while (n--)
		put_page(pages[n]);
}
int make(struct shm *shm, unsigned long a, int flags)
{
	shm->flags = flags;
	if (flags & SHM_USER) {
		if (pin_user_pages_fast(a, shm->n, 0, shm->pages) != shm->n)
			return -ENOMEM;
	} else if (get_kernel_pages(a, shm->n, shm->pages))
		return -ENOMEM;
	if (!enter(shm))
		return 0;
	if (flags & SHM_USER)
		unpin_user_pages(shm->pages, shm->n);
	else
		put_kernel_pages(shm->pages, shm->n);
	return -EINVAL;
}
void destroy(struct shm *shm)
{
	if (shm->flags & SHM_USER)
		unpin_user_pages(shm->pages, shm->n);
	else
		put_kernel_pages(shm->pages, shm->n);
}`,
    'pin page-array car=shm.pages bulk@file put:make:unpin_user_pages,destroy:unpin_user_pages',
  );
  shows(
    'stable releases of 4.4',
    `int f(unsigned long a, int n, struct page **pages)
{
	int ret, i;

	ret = get_user_pages(current, current->mm, a, n, FOLL_WRITE, pages, NULL);
	for (i = 0; i < ret; i++)
		put_page(pages[i]);
	ret = get_user_pages_unlocked(current, current->mm, a, n, pages, FOLL_WRITE);
	for (i = 0; i < ret; i++)
		put_page(pages[i]);
	return 0;
}`,
    'get page-array loop-collapsible@function put:f:put_page',
    'get page-array loop-collapsible@function put:f:put_page',
  );
  const remote = (flags: string) => `#include "not_here.h"
int f(struct task_struct *task, struct mm_struct *mm, unsigned long a, int n, struct my_pages *p)
{
	int i, ret;

	ret = get_user_pages_remote(task, mm, a, n, ${flags}, p->all, NULL);
	for (i = 0; i < ret; i++)
		put_page(p->all[i]);
	return 0;
}`;
  for (const flags of ['1', 'FOLL_WRITE', 'FOLL_WRITE | FOLL_FORCE'])
    shows(
      `where ${flags} stands there are no pages, also if the type of what stands beside it is not known`,
      remote(flags),
      'get page-array car=my_pages.all loop-collapsible@function put:f:put_page',
    );
  shows(
    'a pointer and a number are where the pages go',
    `int f(unsigned long a, int n, struct page **pages)
{
	int ret = get_user_pages_fast(a, n, FOLL_WRITE, pages + 1);

	if (ret > 0)
		release_pages(pages + 1, ret);
	return 0;
}`,
    'get page-array bulk@function put:f:release_pages',
  );
  shows(
    'arguments that fit no kernel are a gap',
    `int f(unsigned long a, int n, struct page **pages)
{
	int ret = get_user_pages_fast(current, a, n, FOLL_WRITE, pages);

	if (ret > 0)
		release_pages(pages, ret);
	return 0;
}`,
    'get page-array none@function gap',
  );
});

const adapted = `typedef struct page os_page_t;
long os_take(struct task_struct *tsk, struct mm_struct *mm, unsigned long a, int write, unsigned int n, os_page_t **pages)
{
	long got;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 10, 0)
	got = get_user_pages_remote(tsk, mm, a, n, write ? FOLL_WRITE : 0, pages, NULL, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
	got = get_user_pages_remote(tsk, mm, a, n, write ? FOLL_WRITE : 0, pages, NULL);
#else
	got = get_user_pages_remote(tsk, mm, a, n, write ? FOLL_WRITE : 0, 0, pages, NULL);
#endif
	return got;
}
int os_use(struct task_struct *tsk, struct mm_struct *mm, unsigned long a)
{
	os_page_t *pages[4];
	long i, got = os_take(tsk, mm, a, 1, 4, pages);

	for (i = 0; i < got; i++)
		put_page(pages[i]);
	return got == 4 ? 0 : -EFAULT;
}`;
describe('a call that has as many arguments on two kernels', () => {
  shows(
    'the kernel says which of them are the pages, where a typedef hides their type',
    adapted,
    ...Array(3).fill('wrapper get page-array caller@caller put:os_use:put_page via=os_take'),
  );
});

describe('flags that stand behind a name', () => {
  const keeps = (flags: string) => ({
    'flags.h': `#define KEEP_FLAGS (FOLL_WRITE | \\\n\tKEEP_LONG)\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0)\n#define KEEP_LONG FOLL_LONGTERM\n#endif\n#define KEEP_NO 0\n`,
    'a.c': `#include "flags.h"
struct keep { struct page *pages[4]; };
int keep_take(struct keep *k, unsigned long a)
{
	unsigned int flags = ${flags};

	return pin_user_pages_fast(a, 4, flags, k->pages) == 4 ? 0 : -EFAULT;
}
void keep_drop(struct keep *k)
{
	unpin_user_pages(k->pages, 4);
}`,
  });
  const row = (lt: string) => `pin${lt} page-array car=keep.pages bulk@file put:keep_drop:unpin_user_pages`;
  shows('of a header', keeps('KEEP_FLAGS'), row(' LT'));
  shows('that is none of them', keeps('KEEP_NO'), row(''));
});

const ownDrop = (put: string) => `static void keep_put(struct keep *k)
{
	int i;

	for (i = 0; i < 4; i++) {
		${put}
	}
}
`;
describe('a driver that has functions of its own for each kernel', () => {
  shows(
    'the marks of one are not those of the other',
    `struct keep { struct page *pages[4]; };
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static int keep_take(struct keep *k, unsigned long a)
{
	return get_user_pages(a, 4, FOLL_WRITE, k->pages, NULL) == 4 ? 0 : -EFAULT;
}
${ownDrop('set_page_dirty_lock(k->pages[i]);\n\t\tput_page(k->pages[i]);')}#else
static int keep_take(struct keep *k, unsigned long a)
{
	return pin_user_pages_fast(a, 4, FOLL_WRITE, k->pages) == 4 ? 0 : -EFAULT;
}
${ownDrop('unpin_user_page(k->pages[i]);')}#endif
int keep_open(struct keep *k, unsigned long a)
{
	return keep_take(k, a);
}
void keep_close(struct keep *k)
{
	keep_put(k);
}`,
    'get page-array car=keep.pages loop-collapsible@file put:keep_put:put_page dirty=set_page_dirty_lock',
    'pin page-array car=keep.pages loop-collapsible@file put:keep_put:unpin_user_page',
  );
});
