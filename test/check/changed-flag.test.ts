/** Pages that are dropped by a member which said, when they were taken, that they are for writing, and is changed since. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'dirty-lost';

const batch = (add: string, mark = 'b->out') => `struct batch { struct page *pages[16]; int n; bool out; };
static int batch_take(struct batch *b, unsigned long a)
{
	struct page *page;
	int got = pin_user_pages_fast(a, 1, b->out ? FOLL_WRITE : 0, &page);

	if (got < 0)
		return got;
	b->pages[b->n++] = page;
	return 0;
}
static void batch_put(struct batch *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, ${mark});
	b->n = 0;
}
int batch_add(struct batch *b, unsigned long from, unsigned long to)
{
	int err;

	${add}
	return 0;
}
void batch_run(struct batch *b, unsigned long *list, int n)
{
	int i;

	b->n = 0;
	for (i = 0; i < n; i++)
		if (batch_add(b, list[2 * i], list[2 * i + 1]))
			break;
	batch_go(b->n);
	batch_put(b);
}
`;
const take = (at: string) => `err = batch_take(b, ${at});\n\tif (err)\n\t\treturn err;`;
const both = `b->out = true;\n\t${take('to')}\n\tb->out = false;\n\t${take('from')}`;

describe('a batch with pages to be written to and others', () => {
  complains(rule, 'a member that is set for the next page', batch(both), 'batch_add:b->out = false;');
  complains(
    rule,
    'one that is set for the next page of a later round',
    batch(
      `while (from) {\n\t\tif (from & 1) {\n\t\t\tb->out = false;\n\t\t\t${take('from')}\n\t\t}\n\t\tif (to & 1) {\n\t\t\tb->out = true;\n\t\t\t${take('to')}\n\t\t}\n\t\tfrom--;\n\t}`,
    ),
    'batch_add:b->out = false;',
  );
  accepts(rule, 'a mark of all', batch(both, 'true'));
  accepts(
    rule,
    'pages that were dropped before',
    batch(`b->out = true;\n\t${take('to')}\n\tbatch_put(b);\n\tb->out = false;\n\t${take('from')}`),
  );
  accepts(rule, 'those to be written to last', batch(`b->out = false;\n\t${take('from')}\n\tb->out = true;\n\t${take('to')}`));
  accepts(
    rule,
    'a member that is set back',
    batch(`b->out = true;\n\t${take('to')}\n\tb->out = false;\n\tbatch_look(b->out);\n\tb->out = true;`),
  );
  accepts(
    rule,
    'a member that is cleared where nothing was taken',
    batch('b->out = true;\n\terr = batch_take(b, to);\n\tif (err) {\n\t\tb->out = false;\n\t\treturn err;\n\t}'),
  );
  accepts(
    rule,
    'one or the other',
    batch(
      `while (from--) {\n\t\tif (to) {\n\t\t\tb->out = true;\n\t\t\t${take('to')}\n\t\t} else {\n\t\t\tb->out = false;\n\t\t\t${take('from')}\n\t\t}\n\t}`,
    ),
  );
});
