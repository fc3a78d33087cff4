/** What fails only where an object has something in it already, asked of one that is new. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** What is written where the object is allocated and put, before it is asked, where that refuses, and where it is asked. */
interface Parts {
  alloc?: string;
  made?: string;
  before?: string;
  refuse?: string;
  ask?: string;
  failed?: string;
  /** What is called with the object instead of putting it, and the functions that do. */
  put?: string;
  helper?: string;
}

const sending = ({
  alloc = 'kzalloc(sizeof(*load), GFP_KERNEL)',
  made = '',
  before = '',
  refuse = '',
  ask = 'ret = load_add(req, virt_to_page(buf), len);',
  failed = 'ret != len',
  put = 'load->max = max;\n\treq->load = load;',
  helper = '',
}: Parts): string => `struct load { int count; int max; struct page *pages[16]; };
struct req { struct load *load; struct load *old; };
${helper}static struct load *load_new(struct req *req, int max)
{
	struct load *load = ${alloc};

	if (!load)
		return ERR_PTR(-ENOMEM);
	${made}
	${put}
	return load;
}
static struct load *req_load(struct req *req)
{
	return req->load;
}
static int load_add(struct req *req, struct page *page, int len)
{
	struct load *load = req_load(req);

	${refuse}
	if (load->count > 0) {
		if (load->count >= load->max)
			return 0;
	}
	load->pages[load->count++] = page;
	return len;
}
static int load_put(struct req *req, struct page *page)
{
	struct load *load = req_load(req);

	if (load->count != 0)
		return -EBUSY;
	load->pages[load->count++] = page;
	return 0;
}
static int send_copy(struct req *req, struct page **pages, int n, int len)
{
	struct load *load;
	void *buf = kmalloc(len, GFP_KERNEL);
	int ret, i;

	if (!buf)
		return -ENOMEM;
	load = load_new(req, 1);
	if (IS_ERR(load)) {
		ret = PTR_ERR(load);
		goto free_buf;
	}
	unpin_user_pages(pages, n);
	${before}
	${ask}
	if (${failed}) {
		ret = -ENOMEM;
		goto free_load;
	}
	return 0;
free_load:
	kfree(load);
	req->load = NULL;
free_buf:
	kfree(buf);
	return ret;
}
int send(struct req *req, unsigned long a, int len)
{
	struct page *pages[4];
	int ret = pin_user_pages_fast(a, 4, 0, pages);

	if (ret != 4) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	ret = send_copy(req, pages, 4, len);
	if (ret)
		unpin_user_pages(pages, 4);
	return ret;
}
`;

const ask = 'ret = load_add(req, virt_to_page(buf), len);';
const helped = (...lines: string[]): Parts => ({
  alloc: 'kmalloc(sizeof(*load), GFP_KERNEL)',
  put: 'load_init(req, load, max);',
  helper: `static void load_init(struct req *req, struct load *load, int max)\n{\n\t${lines.join('\n\t')}\n}\n`,
});
const clear = 'memset(load, 0, sizeof(*load));';
const place = 'req->load = load;';
const put = { ask: 'ret = load_put(req, virt_to_page(buf));', failed: 'ret' };
const rule = 'double-release';
const again = 'send:unpin_user_pages(pages, 4);';

describe('a second drop where something is refused for what an object has in it', () => {
  accepts(rule, 'an object that is new, which gives less than it was given', sending({}));
  accepts(rule, 'an object that is new, which gives an error', sending(put));
  accepts(
    rule,
    'an object that is filled with zeros',
    sending({ alloc: 'mempool_alloc(pool, GFP_KERNEL)', made: 'memset(load, 0, sizeof(*load));' }),
  );
  accepts(
    rule,
    'an object that is freed where it is not handed out',
    sending({ made: 'if (max > 16) {\n		kfree(load);\n		return ERR_PTR(-EINVAL);\n	}' }),
  );
  accepts(rule, 'an object that a helper fills with zeros and puts', sending(helped(clear, 'load->max = max;', place)));
  accepts(
    rule,
    'an object in another that a helper fills with zeros and puts',
    sending({
      ...helped(clear, place),
      alloc: 'NULL;\n\tstruct box { int id; struct load load; } *box = kmalloc(sizeof(*box), GFP_KERNEL)',
      made: 'load = &box->load;',
      put: 'load_init(req, &box->load, max);',
    }),
  );
  complains(rule, 'an object that a helper only puts', sending(helped('load->max = max;', place)), again);
  complains(rule, 'an object that a helper puts with something in it', sending(helped(clear, 'load->count = max;', place)), again);
  complains(rule, 'an object that a helper puts sometimes', sending(helped(clear, 'if (!req->load)', `\t${place}`)), again);
  complains(
    rule,
    'an object that a helper has put, with something in it since',
    sending({ ...helped(clear, place), put: 'load_init(req, load, max);\n\tload->count = max;' }),
    again,
  );
  complains(rule, 'an object that is not zero', sending({ alloc: 'kmalloc(sizeof(*load), GFP_KERNEL)' }), again);
  complains(
    rule,
    'an object that is filled with something else',
    sending({ alloc: 'mempool_alloc(pool, GFP_KERNEL)', made: 'memset(load, 1, sizeof(*load));' }),
    again,
  );
  complains(rule, 'an object with something in it from the beginning', sending({ made: 'load->count = 1;' }), again);
  complains(rule, 'an object that is there already', sending({ made: 'if (req->load)\n		return req->load;' }), again);
  complains(rule, 'an object into which something was put', sending({ before: 'load->count = n;' }), again);
  complains(rule, 'an object in whose place another was put', sending({ before: 'req->load = req->old;' }), again);
  complains(rule, 'an object that was asked before', sending({ before: 'load_put(req, pages[0]);' }), again);
  complains(
    rule,
    'an object that is asked in rounds',
    sending({ ask: `for (i = 0, ret = len; i < n && ret == len; i++)\n		${ask}` }),
    again,
  );
  complains(rule, 'what is refused for other things, too', sending({ refuse: 'if (!page_ok(page))\n		return 0;' }), again);
  complains(rule, 'what has put something there itself', sending({ refuse: 'load->count++;' }), again);
  complains(
    rule,
    'an error that is given for other things, too',
    sending({ ...put, ask: 'ret = load_put(req, virt_to_page(buf)) ?: check(req);' }),
    again,
  );
});
