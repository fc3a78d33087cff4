/** An object that holds pages, taken by one function and ended by another. */
export const region = `struct region { struct page **pages; int n; };
struct region *region_get(unsigned long a, int n)
{
	struct region *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->pages = kcalloc(n, sizeof(*r->pages), GFP_KERNEL);
	r->n = n;
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages) != n) {
		kfree(r->pages);
		kfree(r);
		return ERR_PTR(-EFAULT);
	}
	return r;
}
void region_put(struct region *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r->pages);
	kfree(r);
}
`;
