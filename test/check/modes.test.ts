/** What a caller knows of the ways of a function that hands it pages, or that it hands them: by the constants that it gives, what it tests of those, and the flags that are set. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

/** A function that takes pages to be read or written, and its caller, which gives up when the pages are in. */
const numbered = 'enum way { WAY_READ, WAY_WRITE };';
const moded = (mode: string, undo: string, drops = 'way == WAY_READ', ways = numbered) => `${ways}
struct io { struct page **pages; int n; };
static void io_done(struct io *io)
{
	unpin_user_pages(io->pages, io->n);
}
static int io_get(struct io *io, unsigned long a, enum way way)
{
	if (pin_user_pages_fast(a, io->n, 0, io->pages) != io->n)
		return -EFAULT;
	if (${drops})
		io_done(io);
	return 0;
}
static int io_setup(struct io *io, unsigned long a, enum way way)
{
	return io_get(io, a, way);
}
int io_start(unsigned long a)
{
	struct page *pages[8];
	struct io io = { .pages = pages, .n = 8 };
	int rc = io_setup(&io, a, ${mode});

	if (rc)
		return rc;
	if (io_send(a)) {
		${undo}
		return -EIO;
	}
	io_done(&io);
	return 0;
}
int io_other(struct io *io, unsigned long a)
{
	return io_setup(io, a, WAY_READ);
}
`;

describe('a function that drops the pages in one of its modes', () => {
  complains('leak-on-path', 'pages that are not dropped in the other', moded('WAY_WRITE', ';'), 'io_start:if (io_send(a)) {');
  accepts('leak-on-path', 'a caller that asks for that mode', moded('WAY_READ', ';'));
  accepts('leak-on-path', 'a caller that drops them', moded('WAY_WRITE', 'io_done(&io);'));
  accepts('leak-on-path', 'a mode by a name of which the number is not known', moded('WAY_WRITE', ';', 'way != WAY_READ', ''));
});

/** A function that notes by a flag how it took the pages, one that frees by it, and a caller that may leave them. */
const flagged = (flag: string) => `struct io { struct page **pages; int n; bool pinned; };
static int io_pin(struct io *io, unsigned long a)
{
	io->pinned = ${flag};
	if (pin_user_pages_fast(a, io->n, 0, io->pages) != io->n)
		return -EFAULT;
	return 0;
}
static void io_unpin(struct io *io)
{
	unpin_user_pages(io->pages, io->n);
}
static int io_get(struct io *io, unsigned long a, int write)
{
	int rc = io_pin(io, a);

	if (rc)
		return rc;
	if (write && !io->pinned)
		io_unpin(io);
	return 0;
}
int io_start(unsigned long a)
{
	struct page *pages[8];
	struct io io = { .pages = pages, .n = 8 };
	int rc = io_get(&io, a, 1);

	if (rc)
		return rc;
	if (io_send(a))
		return -EIO;
	io_unpin(&io);
	return 0;
}
int io_peek(struct io *io, unsigned long a)
{
	int rc = io_get(io, a, 0);

	if (rc == 0)
		io_unpin(io);
	return rc;
}
`;

describe('a flag that a function sets as it takes the pages', () => {
  complains('leak-on-path', 'pages that the flag keeps from being dropped', flagged('true'), 'io_start:if (io_send(a))');
  it('tells no condition that the constant of the caller rules out', async () => {
    const [path = []] = await pathsOf(flagged('true'), 'leak-on-path');
    expect(path.filter((step) => step.includes('write'))).toEqual([]);
  });
});

/** A helper that asks what another one has noted as it took the pages, and fails by it. */
const asked = (noted: string) => `struct io { bool held; struct page **pages; long n; };
static int io_take(struct io *io, unsigned long a)
{
	long got = pin_user_pages_fast(a, io->n, 0, io->pages);

	if (got != io->n) {
		if (got > 0)
			unpin_user_pages(io->pages, got);
		return -EFAULT;
	}
	${noted}
	return 0;
}
static int io_fault(struct io *io, unsigned long a)
{
	if (io->held)
		return 0;
	return fault_in(a);
}
static int io_write(struct io *io, unsigned long a)
{
	int error = io_take(io, a);

	if (error)
		return error;
	if (io_fault(io, a))
		return -EFAULT;
	if (io->n)
		unpin_user_pages(io->pages, io->n);
	return 0;
}
long io_start(unsigned long a, long n)
{
	struct io io = { .n = n };
	long ret;

	io.pages = kvzalloc(n * 8, GFP_KERNEL);
	if (!io.pages)
		return -ENOMEM;
	ret = io_write(&io, a);
	kvfree(io.pages);
	return ret;
}
`;

describe('a flag that another function asks', () => {
  accepts('leak-on-path', 'a failure that does not come where it is set', asked('io->held = true;'));
  complains('leak-on-path', 'one that may come where it is not', asked(';'), 'io_write:if (io_fault(io, a))');
});

/** A function that sets a flag as it takes the pages, one that asks for it and fails by it, and what is done in between. */
const masked = (set: string, between = ''): string => `struct io { unsigned int flags, seen; struct page **pages; unsigned long a; };
static int io_pin(struct io *io)
{
	long got = pin_user_pages_fast(io->a, 16, 0, io->pages);

	if (got < 0)
		return -got;
	if (got != 16) {
		unpin_user_pages(io->pages, got);
		return EFAULT;
	}
	return 0;
}
static int io_take(struct io *io)
{
	int error = io_pin(io);

	if (error)
		return error;
	${set}
	return 0;
}
static int io_fault(struct io *io)
{
	if (io->seen == 1 || io->flags & HELD)
		return 0;
	if (fault_in(io->a))
		return EFAULT;
	return 0;
}
static void io_forget(struct io *io)
{
	io->flags = 0;
}
static void io_note(struct io *io)
{
	io->seen++;
}
int io_setup(struct io *io, int direct)
{
	int error = 0;

	if (!direct)
		goto out;
	error = io_take(io);
out:
	return error;
}
int io_write(struct io *io, int direct)
{
	int error = io_setup(io, direct);

	if (error)
		return error;
	${between}
	if (io_fault(io))
		return EFAULT;
	if (io->flags & HELD)
		unpin_user_pages(io->pages, 16);
	return 0;
}
long io_start(unsigned long a, int direct)
{
	struct page *pages[16];
	struct io io = { .a = a, .pages = pages };

	return -io_write(&io, direct);
}
`;

describe('a flag among others that another function asks', () => {
  const leak = 'leak-on-path';
  const lost = 'io_write:if (io_fault(io))';
  accepts(leak, 'a failure that does not come where it is set', masked('io->flags |= HELD;'));
  accepts(leak, 'one beside another', masked('io->flags |= HELD | MAPPED;'));
  accepts(leak, 'one that is asked for there as well', masked('io->flags |= HELD;\n\tif (!(io->flags & HELD))\n\t\twarn(io->a);'));
  accepts(leak, 'one that another function leaves as it is', masked('io->flags |= HELD;', 'io_note(io);'));
  complains(leak, 'another flag', masked('io->flags |= MAPPED;'), lost);
  complains(leak, 'one that is set at times', masked('if (io->seen)\n\t\tio->flags |= HELD;'), lost);
  complains(leak, 'one that was cleared again', masked('io->flags |= HELD;', 'io->flags &= ~HELD;'), lost);
  complains(leak, 'one that another function has cleared', masked('io->flags |= HELD;', 'io_forget(io);'), lost);
});

/** An object with a page that one function drops only where it was told of an error, and what follows in who took it. */
const finishing = (body: string) => `struct req { struct page *page; unsigned long at; };
static void req_drop(struct req *r)
{
	put_page(r->page);
}
static void req_finish(struct req *r, int err)
{
	if (err)
		req_drop(r);
}
static void req_end(struct req *r, int err)
{
	req_finish(r, err);
}
int req_run(struct req *r)
{
	int err;

	if (get_user_pages_fast(r->at, 1, FOLL_WRITE, &r->page) != 1)
		return -EFAULT;
	err = hw_start(r->at);
	${body}
	return err;
}
`;

describe('a function that drops only where it was told of an error', () => {
  const rule = 'double-release';
  accepts(rule, 'a caller that drops where there is none', finishing('req_finish(r, err);\n\tif (!err)\n\t\treq_drop(r);'));
  accepts(rule, 'one that hands the error on by another', finishing('req_end(r, err);\n\tif (err)\n\t\treturn err;\n\treq_drop(r);'));
  accepts(rule, 'one that has dropped where there is none', finishing('if (!err)\n\t\treq_drop(r);\n\treq_finish(r, err);'));
  accepts(rule, 'one that has dropped where there is one', finishing('if (err)\n\t\treq_drop(r);\n\treq_finish(r, !err);'));
  complains(
    rule,
    'a caller that drops for the same error',
    finishing('req_finish(r, err);\n\tif (err)\n\t\treq_drop(r);'),
    'req_run:req_drop(r);',
  );
  complains(rule, 'one that always drops', finishing('req_end(r, err);\n\treq_drop(r);'), 'req_run:req_drop(r);');
  complains(
    rule,
    'one that has dropped for the same error',
    finishing('if (err)\n\t\treq_drop(r);\n\treq_finish(r, err);'),
    'req_run:req_finish(r, err);',
  );
});
