/** How the object of {@link based} is ended. */
interface Based {
  /** What is done as the last user is gone. */
  end: string;
  /** Members of the base beside the count. */
  members?: string;
  /** What stands behind the base. */
  more?: string;
  /** A table of its operations, and what sets it. */
  table?: string;
  set?: string;
}

/** An object with a count of its users, ended through its base. */
export const based = ({ end, members = '', more = '', table = '', set = '' }: Based): string => `struct base { ${members}refcount_t refs; };
${more}struct umem { struct base base; struct page *page; };
int hw_add(struct umem *u);
static void umem_destroy(struct base *b)
{
	struct umem *u = container_of(b, struct umem, base);

	unpin_user_page(u->page);
	kfree(u);
}
${table}static void base_put(struct base *b)
{
	if (b && refcount_dec_and_test(&b->refs))
		${end}
}
struct umem *umem_new(unsigned long a)
{
	struct umem *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	${set}refcount_set(&u->base.refs, 1);
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &u->page) != 1) {
		kfree(u);
		return NULL;
	}
	if (hw_add(u)) {
		base_put(&u->base);
		return NULL;
	}
	return u;
}
`;
