/** Pages of an iterator of which it was asked before whose they are: of the kernel's own nothing was taken. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const extract = 'iov_iter_extract_pages(iter, &shm->pages, LONG_MAX, 16, 0, &off)';

/** Memory that is shared, a user's or the kernel's; the object says which. */
const shared = ({
  ask = '!iov_iter_is_kvec(iter)',
  more = '',
  others = '',
  take = extract,
  failed = 'shm_put_pages(shm);',
} = {}): string => `
struct shm { struct page **pages; size_t num; bool user; };
static void shm_put_pages(struct shm *shm)
{
	size_t i;

	if (shm->user) {
		${take === extract ? 'unpin_user_pages_dirty_lock(shm->pages, shm->num, true);' : 'release_pages(shm->pages, shm->num);'}
	} else {
		${others}
	}
}
int shm_make(struct shm *shm, struct iov_iter *iter, struct iov_iter *other)
{
	size_t off, i;
	ssize_t len;

	shm->user = ${ask};
	len = ${take};
	if (len <= 0)
		return -EFAULT;
	shm->num = DIV_ROUND_UP(len + off, PAGE_SIZE);
	${more}
	if (hw_share(shm)) {
		${failed}
		return -EIO;
	}
	return 0;
}
void shm_destroy(struct shm *shm)
{
	shm_put_pages(shm);
	kvfree(shm->pages);
	kfree(shm);
}
`;

describe('an iterator of which it was asked before whose its pages are', () => {
  const rule = 'leak-on-path';
  const leak = 'shm_make:if (hw_share(shm)) {';
  accepts(rule, 'and the opposite is kept', shared());
  complains(rule, 'but not where a user’s are left', shared({ failed: 'kfree(shm);' }), leak);
  complains(rule, 'though another one was asked', shared({ ask: '!iov_iter_is_kvec(other)' }), leak);
  const take = 'iov_iter_get_pages_alloc2(iter, &shm->pages, LONG_MAX, &off)';
  complains(rule, 'though the call takes those of any', shared({ ask: '!iov_iter_is_bvec(iter)', take }), leak);
  const more = 'if (!shm->user)\n\t\tfor (i = 0; i < shm->num; i++)\n\t\t\tget_page(shm->pages[i]);';
  const others = 'for (i = 0; i < shm->num; i++)\n\t\t\tput_page(shm->pages[i]);';
  const failed = 'shm_put_pages(shm);\n\t\tkfree(shm);';
  for (const ask of ['!iov_iter_is_kvec(iter)', 'user_backed_iter(iter)', 'iov_iter_extract_will_pin(iter)'])
    accepts(rule, `where references of its own are taken on the others, by ${ask}`, shared({ ask, more, others, failed }));
});
