/** Unwinding helpers that are told by a constant argument how far their caller has come. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/**
 * An object whose setup fails at some stages.
 * @param unwind what the helper does by its argument
 * @param array what it is given where the array is there, and no pages are
 * @param pinned what it is given where the pages are there, too
 */
const staged = (type: string, unwind: string, array: string, pinned: string): string => `enum stage { ST_NONE, ST_ARRAY, ST_PINNED };
#define HAS_ARRAY 1
#define HAS_PAGES 2
struct buf { struct page **pages; unsigned int n; };
static void buf_unwind(struct buf *b, ${type} stage)
{
	${unwind}
	kfree(b);
}
int buf_setup(unsigned long a, unsigned int n, struct buf **out)
{
	struct buf *b = kmalloc(sizeof(*b), GFP_KERNEL);
	int got;

	if (!b)
		return -ENOMEM;
	b->n = n;
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages) {
		kfree(b);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		buf_unwind(b, ${array});
		return -EFAULT;
	}
	if (n > 64) {
		buf_unwind(b, ${pinned});
		return -EIO;
	}
	*out = b;
	return 0;
}
void buf_end(struct buf *b, ${type} stage)
{
	buf_unwind(b, stage);
}
`;

const drop = 'unpin_user_pages(b->pages, b->n);';
const loop = 'for (i = 0; i < stage; i++)\n\t\tunpin_user_page(b->pages[i]);';
const falling = (pinned: string, array: string) => `switch (stage) {
	case ${pinned}:
		${drop}
		/* fall through */
	case ${array}:
		kfree(b->pages);
	}`;

/** What a helper does, and what it is given of the two. */
const forms: [type: string, unwind: string, array: string, pinned: string][] = [
  ['int', falling('ST_PINNED', 'ST_ARRAY'), 'ST_ARRAY', 'ST_PINNED'],
  ['int', falling('2', '1'), '1', '2'],
  ['enum stage', `if (stage >= ST_PINNED)\n\t\t${drop}\n\tkfree(b->pages);`, 'ST_ARRAY', 'ST_PINNED'],
  ['enum stage', `if (stage == ST_PINNED)\n\t\t${drop}\n\tkfree(b->pages);`, 'ST_ARRAY', 'ST_PINNED'],
  ['enum stage', `if (stage)\n\t\t${drop}\n\tkfree(b->pages);`, 'ST_NONE', 'ST_PINNED'],
  ['bool', `if (stage)\n\t\t${drop}\n\tkfree(b->pages);`, 'false', 'true'],
  ['bool', `if (!stage)\n\t\tgoto free;\n\t${drop}\nfree:\n\tkfree(b->pages);`, '0', '1'],
  ['unsigned int', `if (stage & HAS_PAGES)\n\t\t${drop}\n\tkfree(b->pages);`, 'HAS_ARRAY', 'HAS_ARRAY | HAS_PAGES'],
  ['int', 'unpin_user_pages(b->pages, stage);\n\tkfree(b->pages);', '0', 'n'],
  ['int', `int i;\n\n\t${loop}\n\tkfree(b->pages);`, '0', 'n'],
];

describe('a helper that unwinds by a stage', () => {
  for (const [type, unwind, array, pinned] of forms) {
    const name = `${unwind.split('\n')[0]} for ${array}`;
    accepts('double-release', name, staged(type, unwind, array, pinned));
    accepts('leak-on-path', name, staged(type, unwind, array, pinned));
    complains('leak-on-path', `pages that are there, by ${name}`, staged(type, unwind, array, array), 'buf_setup:if (n > 64) {');
    if (pinned !== 'n')
      complains(
        'double-release',
        `pages that are not there, by ${name}`,
        staged(type, unwind, pinned, pinned),
        `buf_setup:buf_unwind(b, ${pinned});`,
      );
  }
  // What the argument is nobody knows.
  accepts('leak-on-path', 'a stage that is a variable', staged('int', `if (stage > 1)\n\t\t${drop}\n\tkfree(b->pages);`, '1', 'buf_stage'));
  const handed = (array: string, pinned: string) =>
    staged('bool', 'buf_undo(b, stage);', array, pinned).replace(
      'static void buf_unwind',
      'static void buf_undo(struct buf *b, bool pinned)\n{\n\tif (pinned)\n\t\tunpin_user_pages(b->pages, b->n);\n\tkfree(b->pages);\n}\nstatic void buf_unwind',
    );
  accepts('double-release', 'a helper that hands it on', handed('false', 'true'));
  accepts('leak-on-path', 'a helper that hands it on', handed('false', 'true'));
  complains('leak-on-path', 'pages that are there, by a helper that hands it on', handed('false', 'false'), 'buf_setup:if (n > 64) {');
});
