/** A function that makes an object with pages, and ends it by a call that is given only a member of it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const request = (end: string, helper = ''): string => `struct ref { refcount_t users; };
struct req { int id; struct ref ref; struct page *page; };
static void req_put(struct ref *ref)
{
	struct req *r;

	if (!refcount_dec_and_test(&ref->users))
		return;
	r = container_of(ref, struct req, ref);
	if (r->page)
		unpin_user_page(r->page);
	kfree(r);
}
${helper}
int req_read(struct req **last, unsigned long a, void *to)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret = -EFAULT;

	if (!r)
		return -ENOMEM;
	refcount_set(&r->ref.users, 1);
	if (pin_user_pages_fast(a, 1, 0, &r->page) == 1) {
		memcpy_from_page(to, r->page, 0, 64);
		ret = 0;
	}
	${end}
	return ret;
}
`;

const nested = 'static void req_done(struct ref *ref)\n{\n\treq_put(ref);\n}\n';
const showing = `static void req_show(struct ref *ref)
{
	struct req *r = container_of(ref, struct req, ref);

	pr_debug("%p\\n", r->page);
}
`;

describe('pages in an object that their function ends by a member', () => {
  for (const rule of ['never-released', 'leak-on-path']) {
    accepts(rule, 'one that is ended on every path', request('req_put(&r->ref);'));
    accepts(rule, 'one that a further helper ends', request('req_done(&r->ref);', nested));
  }
  complains(
    'never-released',
    'one that is ended where it fails',
    request('if (ret) {\n\t\treq_put(&r->ref);\n\t\treturn ret;\n\t}\n\t*last = r;'),
    'req_read:if (ret) {',
  );
  complains(
    'never-released',
    'one that is only shown where it does not',
    request('if (ret)\n\t\treq_put(&r->ref);\n\telse\n\t\treq_show(&r->ref);\n\t*last = r;', showing),
    'req_read:if (pin_user_pages_fast(a, 1, 0, &r->page) == 1) {',
  );
});
