/** Objects that end by a call which is given one of their members, and whose end asks for a flag that is still zero. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param end the call by which the object ends @param late what is done with the object before its flag is set */
const reader = (end: string, late: string, asked = 'ctx->unpin', made = 'kzalloc(sizeof(*ctx), GFP_KERNEL)'): string => `
struct ctx { struct kref ref; struct page *page; bool unpin; int nr; };
static void ctx_release(struct kref *ref)
{
	struct ctx *ctx = container_of(ref, struct ctx, ref);

	if (${asked})
		unpin_user_page(ctx->page);
	kfree(ctx);
}
int ctx_read(struct dev *d, unsigned long addr)
{
	struct ctx *ctx = ${made};
	int ret = -EFAULT;

	if (!ctx)
		return -ENOMEM;
	kref_init(&ctx->ref);
	if (pin_user_pages_fast(addr, 1, 0, &ctx->page) != 1)
		goto out;
	${late}
	ctx->unpin = true;
	ctx->nr = 1;
	ret = send(ctx);
out:
	${end}
	return ret;
}
`;

const put = 'kref_put(&ctx->ref, ctx_release);';
const failing = 'ret = reconnect(d);\n\tif (ret)\n\t\tgoto out;';

describe('an object that ends by a member before its flag is set', () => {
  complains('leak-on-path', 'by its count of users', reader(put, failing), 'ctx_read:if (ret)');
  complains('leak-on-path', 'by its function', reader('ctx_release(&ctx->ref);', failing), 'ctx_read:if (ret)');
  complains('leak-on-path', 'and its count of pages', reader(put, failing, 'ctx->nr > 0'), 'ctx_read:if (ret)');
  accepts('leak-on-path', 'and nothing that may fail comes before', reader(put, 'reconnect(d);'));
  accepts('leak-on-path', 'and does not ask for it', reader(put, failing, 'ctx->page'));
  accepts('leak-on-path', 'and was not made of zeros', reader(put, failing, 'ctx->unpin', 'ctx_new(d)'));
  accepts('leak-on-path', 'and has another user', reader(put, `kref_get(&ctx->ref);\n\td->ctx = ctx;\n\t${failing}`));
  accepts('leak-on-path', 'and may have it set elsewhere', reader(put, `ctx_setup(ctx);\n\t${failing}`));
  accepts(
    'leak-on-path',
    'and has its page dropped by hand',
    reader(put, failing.replace('goto', 'unpin_user_page(ctx->page);\n\t\tgoto').replace('if (ret)', 'if (ret) {').concat('\n\t}')),
  );
});
