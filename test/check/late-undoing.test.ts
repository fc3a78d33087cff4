/** Pages that are dropped before who was given them is told to let them go. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const buffer = (end: string, bind = '\treturn start_dma(c->dev, at, pages, n);') => `struct card { struct device *dev; };
struct buf { struct card *card; struct kref ref; struct page **pages; int n, at; bool bound; };
static int card_bind(struct card *c, int at, struct page **pages, int n)
{
${bind}
}
static void card_unbind(struct card *c, int at, int n)
{
	stop_dma(c->dev, at, n);
}
int buf_pin(struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	return 0;
}
int buf_bind(struct buf *b)
{
	return card_bind(b->card, b->at, b->pages, b->n);
}
static void buf_unpin(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
}
${end}
`;
const release = (how: string) => `void buf_release(struct buf *b, struct buf *other)
{
	${how}
	kfree(b);
}`;
const unbind = 'card_unbind(b->card, b->at, b->n);';
const finish = `static void buf_finish(struct kref *ref)
{
	struct buf *b = container_of(ref, struct buf, ref);

	if (b->bound)
		${unbind}
	kfree(b);
}
`;

describe('a buffer that a card is given', () => {
  complains(rule, 'one whose pages are dropped first', buffer(release(`buf_unpin(b);\n\t${unbind}`)), `buf_release:${unbind}`);
  complains(
    rule,
    'one that a function is called to let go of',
    buffer(
      `${finish}void buf_end(struct kref *ref)\n{\n\tstruct buf *b = container_of(ref, struct buf, ref);\n\n\tunpin_user_pages(b->pages, b->n);\n\tbuf_finish(ref);\n}`,
    ),
    `buf_finish:${unbind}`,
  );
  accepts(rule, 'one that the card lets go of first', buffer(release(`${unbind}\n\tbuf_unpin(b);`)));
  accepts(rule, 'one that is unbound on another way', buffer(release(`if (b->bound)\n\t\t${unbind}\n\telse\n\t\tbuf_unpin(b);`)));
  accepts(rule, 'another one that is unbound then', buffer(release(`buf_unpin(b);\n\t${unbind.replaceAll('b->', 'other->')}`)));
  accepts(
    rule,
    'one that is filled and bound anew',
    buffer(release(`buf_unpin(b);\n\tif (!buf_pin(b, 0) && !card_bind(b->card, b->at, b->pages, b->n))\n\t\t${unbind}`)),
  );
  accepts(
    rule,
    'what the kernel maps for itself',
    buffer(release(`buf_unpin(b);\n\t${unbind}`), '\tc->dev->at = vmap(pages, n, VM_MAP, PAGE_KERNEL);\n\treturn 0;'),
  );
  accepts(
    rule,
    'one that takes references of its own',
    buffer(release(`buf_unpin(b);\n\t${unbind}`), '\tint i;\n\n\tfor (i = 0; i < n; i++)\n\t\tget_page(pages[i]);\n\treturn 0;'),
  );
  accepts(
    rule,
    'pages that could not be had',
    buffer(`int buf_again(struct buf *b)
{
	int err = buf_pin(b, 0);

	if (err)
		pr_err("nothing there\\n");
	${unbind}
	return err;
}
${release(`${unbind}\n\tbuf_unpin(b);`)}`),
  );
});
