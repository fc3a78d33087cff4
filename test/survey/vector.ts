/** A library far from its users, which keeps their pages for them: its header, and the file that takes and drops. */
export const vectorLibrary: Record<string, string> = {
  'include/linux/vec.h': `struct vec { int nr; void *ptrs[8]; };
int vec_get(struct vec *v, unsigned long a);
void vec_put(struct vec *v);
static inline struct page **vec_pages(struct vec *v)
{
	return (struct page **)v->ptrs;
}
`,
  'mm/vec.c': `#include <linux/vec.h>
int vec_get(struct vec *v, unsigned long a)
{
	v->nr = pin_user_pages_fast(a, 8, FOLL_WRITE, (struct page **)v->ptrs);
	return v->nr;
}
/** vec_put() - what vec_get() took */
void vec_put(struct vec *v)
{
	unpin_user_pages(vec_pages(v), v->nr);
}
`,
};
