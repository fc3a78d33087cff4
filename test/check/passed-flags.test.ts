/** Flags that a helper returns: what it puts into its result is passed by whoever passes that result. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A region that keeps its pins. Its flags are made by what is defined before it, and may pass through a variable. */
const region = (helper: string, passed = 'region_gup(r)', before = ''): string => `struct region { struct page *page; int in; };
${helper}
int region_pin(struct region *r, unsigned long a)
{
	${before}
	return pin_user_pages_fast(a, 1, ${passed}, &r->page) == 1 ? 0 : -EFAULT;
}
void region_unpin(struct region *r)
{
	unpin_user_pages_dirty_lock(&r->page, 1, r->in);
}
`;

const head = 'static unsigned int region_gup(const struct region *r)';

/** A helper that begins with some flags. */
const grown = (flags: string): string => `${head}
{
	unsigned int flags = ${flags};

	if (r->in)
		flags |= FOLL_WRITE;
	return flags;
}`;

/** A helper that returns an expression. */
const returned = (value: string): string => `${head}
{
	return ${value};
}`;

/** A helper that calls another one. */
const nested = (flags: string): string => `static unsigned int always(void)
{
	return ${flags};
}
${returned('always() | (r->in ? FOLL_WRITE : 0)')}`;

const asMacro = (flags: string): string => `#define region_gup(r) (${flags} | ((r)->in ? FOLL_WRITE : 0))`;

const pinned = 'region_pin:return pin_user_pages_fast(a, 1, region_gup(r), &r->page) == 1 ? 0 : -EFAULT;';

describe('flags of a helper', () => {
  const helpers = {
    'a helper with a variable': grown,
    'a helper that returns an expression': (flags: string) => returned(`r->in ? FOLL_WRITE | ${flags} : ${flags}`),
    'a helper of a helper': nested,
    'a macro': asMacro,
  };
  for (const [name, helper] of Object.entries(helpers)) {
    accepts('needs-longterm', `flags of ${name}`, region(helper('FOLL_LONGTERM')));
    complains('needs-longterm', `flags of ${name} that has not this one`, region(helper('FOLL_NOFAULT')), pinned);
  }
  accepts(
    'needs-longterm',
    'flags of a helper in a variable',
    region(grown('FOLL_LONGTERM'), 'flags', 'unsigned int flags = region_gup(r);'),
  );
  complains(
    'needs-longterm',
    'the flag in what a helper only tests',
    region(`${head}\n{\n\tif (region_has(r, FOLL_LONGTERM))\n\t\treturn FOLL_WRITE;\n\treturn 0;\n}`),
    pinned,
  );
});

/** A region for kernels with and without a flag. */
const shimmed = (shim: string, flags = 'FOLL_LONGTERM'): string => `${shim}\n${region('', flags)}`;
const define = (value: string, when = '#ifndef FOLL_LONGTERM'): string => `${when}\n#define FOLL_LONGTERM ${value}\n#endif`;
const guarded = (text: string): string => `#ifndef COMPAT_H\n#define COMPAT_H\n${text}\n#endif\n`;

describe('FOLL_LONGTERM of a driver for several kernels', () => {
  const place = pinned.replace('region_gup(r)', 'FOLL_LONGTERM');
  const header = (shim: string) => ({ 'compat.h': guarded(shim), 'a.c': shimmed('#include "compat.h"') });
  complains('needs-longterm', '0 where it is no macro', shimmed(define('0')), place);
  complains(
    'needs-longterm',
    '(0) by another name of it',
    shimmed(`${define('(0)')}\n#define LASTING (FOLL_WRITE | FOLL_LONGTERM)`, 'LASTING'),
    pinned.replace('region_gup(r)', 'LASTING'),
  );
  complains('needs-longterm', '0 in a header', header(define('0')), place);
  accepts('needs-longterm', 'its own value where it is no macro', shimmed(define('0x10000')));
  for (const when of [
    '#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 2, 0)',
    '#ifndef HAVE_FOLL_LONGTERM',
    '#if !defined(FOLL_LONGTERM) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 2, 0)',
  ])
    accepts('needs-longterm', `0 under ${when}`, shimmed(define('0', when)));
  accepts('needs-longterm', '0 in a header for older kernels', header(define('0', '#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 2, 0)')));
});

/** A region whose page a device may write to, and which is dropped clean. */
const written = (value: string): string => `struct region { struct page *page; int in; dma_addr_t at; };
${returned(value)}
int region_map(struct region *r, struct device *dev, unsigned long a)
{
	if (pin_user_pages_fast(a, 1, region_gup(r), &r->page) != 1)
		return -EFAULT;
	r->at = dma_map_page(dev, r->page, 0, PAGE_SIZE, r->in ? DMA_FROM_DEVICE : DMA_TO_DEVICE);
	return 0;
}
void region_unmap(struct region *r, struct device *dev)
{
	dma_unmap_page(dev, r->at, PAGE_SIZE, r->in ? DMA_FROM_DEVICE : DMA_TO_DEVICE);
	unpin_user_page(r->page);
}
`;

describe('FOLL_WRITE of a helper', () => {
  complains(
    'dirty-lost',
    'pages whose flags a helper returns',
    written('FOLL_LONGTERM | (r->in ? FOLL_WRITE : 0)'),
    'region_unmap:unpin_user_page(r->page);',
  );
  accepts('dirty-lost', 'pages that a helper lets nobody write', written('FOLL_LONGTERM'));
});
