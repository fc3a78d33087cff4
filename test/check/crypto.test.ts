/** Crypto requests that are told where their data stands. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const setter = 'skcipher_request_set_crypt(r->cr, &r->sg, &r->sg, PAGE_SIZE, iv);';
const encrypted = (set: string, to: string) => `#include <crypto/skcipher.h>
struct req { struct skcipher_request *cr; struct page *page; struct scatterlist sg; struct crypto_wait wait; };
int encrypt(struct crypto_skcipher *tfm, unsigned long addr, u8 *iv)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int err = -ENOMEM;

	if (!r)
		return err;
	r->cr = skcipher_request_alloc(tfm, GFP_KERNEL);
	if (!r->cr)
		goto free;
	err = pin_user_pages_fast(addr, 1, FOLL_WRITE, &r->page);
	if (err != 1) {
		err = -EFAULT;
		goto free_request;
	}
	sg_init_table(&r->sg, 1);
	sg_set_page(&r->sg, r->page, PAGE_SIZE, 0);
	skcipher_request_set_callback(r->cr, 0, crypto_req_done, &r->wait);
	${set}
	err = crypto_wait_req(crypto_skcipher_encrypt(r->cr), &r->wait);
	if (err)
		goto ${to};
unpin:
	unpin_user_pages_dirty_lock(&r->page, 1, true);
free_request:
	skcipher_request_free(r->cr);
free:
	kfree(r);
	return err;
}
`;
/** As a kernel has it. */
const header = `struct skcipher_request { struct scatterlist *src, *dst; u8 *iv; unsigned int cryptlen; };
static inline void skcipher_request_set_crypt(struct skcipher_request *req, struct scatterlist *src, struct scatterlist *dst,
					      unsigned int cryptlen, void *iv)
{
	req->src = src;
	req->dst = dst;
	req->cryptlen = cryptlen;
	req->iv = iv;
}
`;

describe('a request that is told where the pages stand', () => {
  const lost = 'encrypt:if (err)';
  for (const set of [
    setter,
    'aead_request_set_crypt(r->cr, &r->sg, &r->sg, PAGE_SIZE, iv);',
    'ahash_request_set_crypt(r->cr, &r->sg, iv, PAGE_SIZE);',
    'akcipher_request_set_crypt(r->cr, &r->sg, &r->sg, PAGE_SIZE, PAGE_SIZE);',
    'kpp_request_set_input(r->cr, &r->sg, PAGE_SIZE);',
    'acomp_request_set_params(r->cr, &r->sg, &r->sg, PAGE_SIZE, PAGE_SIZE);',
  ]) {
    complains('leak-on-path', set, encrypted(set, 'free_request'), lost);
    accepts('leak-on-path', `${set} and drops them`, encrypted(set, 'unpin'));
  }
  const inTree = (to: string) => ({ 'include/crypto/skcipher.h': header, 'drivers/a.c': encrypted(setter, to) });
  complains('leak-on-path', 'in a kernel', inTree('free_request'), lost);
  accepts('leak-on-path', 'in a kernel, and drops them', inTree('unpin'));
  accepts('leak-on-path', 'by who may end them', encrypted('engine_give(r->cr, &r->sg);', 'free_request'));
});

const later = (then: string) => `#include <crypto/skcipher.h>
struct req { struct skcipher_request *cr; struct page *page; struct scatterlist sg; };
static void encrypted(void *data, int err)
{
	struct req *r = data;

	unpin_user_pages_dirty_lock(&r->page, 1, true);
	skcipher_request_free(r->cr);
	kfree(r);
}
int encrypt(struct skcipher_request *cr, unsigned long addr, u8 *iv)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int err;

	if (!r)
		return -ENOMEM;
	r->cr = cr;
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM, &r->page) != 1) {
		kfree(r);
		return -EFAULT;
	}
	sg_init_table(&r->sg, 1);
	sg_set_page(&r->sg, r->page, PAGE_SIZE, 0);
	skcipher_request_set_callback(r->cr, 0, encrypted, r);
	${setter}
	err = crypto_skcipher_encrypt(r->cr);
	${then}
	unpin_user_pages_dirty_lock(&r->page, 1, true);
	kfree(r);
	return err;
}
`;

describe('a request that is done later', () => {
  accepts('leak-on-path', 'whose callback drops them', later('if (err == -EINPROGRESS)\n\t\treturn 0;'));
});

const called = (set: string, end: string) => `struct rq { struct page **pages; int n; struct completion done; };
static void rq_free(struct rq *r)
{
	unpin_user_pages_dirty_lock(r->pages, r->n, true);
	kfree(r->pages);
	kfree(r);
}
static void rq_done(void *data, int err)
{
	if (err != -EINPROGRESS)
		rq_free(data);
}
static void rq_urb_done(struct urb *urb)
{
	rq_free(urb->context);
}
int rq_run(struct skcipher_request *sk, struct urb *urb, unsigned long a, int n)
{
	struct rq *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int rc;

	if (!r)
		return -ENOMEM;
	r->pages = kcalloc(n, sizeof(*r->pages), GFP_KERNEL);
	rc = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, r->pages);
	if (rc != n) {
		if (rc > 0)
			unpin_user_pages(r->pages, rc);
		kfree(r->pages);
		kfree(r);
		return -EFAULT;
	}
	r->n = n;
	${set}
	${end}
	return rc;
}
`;

describe('an object that is given to whom a request will call', () => {
  for (const [set, start] of [
    ['skcipher_request_set_callback(sk, 0, rq_done, r);', 'rc = crypto_skcipher_encrypt(sk);'],
    ['usb_fill_bulk_urb(urb, urb->dev, 1, NULL, 0, rq_urb_done, r);', 'rc = usb_submit_urb(urb, GFP_KERNEL);'],
  ] as const) {
    accepts('leak-on-path', `${set} and goes on`, called(set, `${start}\n\tif (rc && rc != -EINPROGRESS)\n\t\trq_free(r);`));
    const left = called(set, `${start}\n\tif (rc && rc != -EINPROGRESS)\n\t\tkfree(r);`);
    complains('leak-on-path', `${set} and could not be started`, left, 'rq_run:if (rc && rc != -EINPROGRESS)');
  }
  const ready = (end: string) => called('init_completion(&r->done);', `rc = hw_queue(r);\n\tif (rc)\n\t\t${end}`);
  accepts('leak-on-path', 'which others wait at', ready('rq_free(r);'));
  complains('leak-on-path', 'which others wait at, and which nobody has taken', ready('return rc;'), 'rq_run:rc = hw_queue(r);');
});
