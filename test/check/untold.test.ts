/** Pages that a helper hands on in rounds, of which it does not say how many where a later round fails. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Rounds {
  /** What is done where a round fails. */
  fails?: string;
  /** What is done where the helper has failed. */
  failed?: string;
  /** What is done with the pages of a round. */
  keep?: string;
  /** What is dropped behind the rounds. */
  rest?: string;
}

/** A buffer's pages are given to entries of a table in groups; who asks for it drops what no entry has got. */
const buffer = ({
  fails = 'return ret;',
  failed = 'goto done;',
  keep = 'e->page = b->pages[at];\n\ttable[at] = e;',
  rest = 'buffer_drop(b, given, n - given);',
}: Rounds = {}): string => `struct entry { struct page *page; int group; };
struct buffer { struct page **pages; int n; };
static struct entry *table[64];
static void buffer_drop(struct buffer *b, int first, int n)
{
	unpin_user_pages(&b->pages[first], n);
}
static int entry_set(struct buffer *b, int at)
{
	struct entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return -ENOMEM;
	${keep}
	return 0;
}
void entry_clear(int at)
{
	struct entry *e = table[at];

	unpin_user_page(e->page);
	kfree(e);
	table[at] = NULL;
}
static int group_set(struct buffer *b, int first, int count, int *set, int *mapped)
{
	int i, done = 0;

	for (i = 0; i < count; i++) {
		int ret = entry_set(b, first + i);

		if (ret) {
			${fails}
		}
		done += 1;
		(*set)++;
	}
	*mapped = done;
	return count;
}
int buffer_register(struct buffer *b, unsigned long at, int n)
{
	int ret = 0, set = 0, given = 0, mapped;
	int got = pin_user_pages_fast(at, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	while (given < n) {
		ret = group_set(b, given, 4, &set, &mapped);
		if (ret < 0) {
			${failed}
		}
		given += mapped;
	}
done:
	${rest}
	return set ? 0 : ret;
}
`;

describe('pages that a helper has handed on before it fails', () => {
  const place = 'group_set:return ret;';
  complains('double-release', 'which it does not say', buffer(), place);
  complains('double-release', 'which it does not say, with the rounds left', buffer({ failed: 'break;' }), place);
});

describe('pages that a helper has handed on before it fails, and that are not dropped', () => {
  const silent = (name: string, how: Rounds) => accepts('double-release', name, buffer(how));
  silent('as it says how many', { fails: '*mapped = done;\n\t\t\treturn ret;' });
  silent('as they are added where it fails, too', { failed: 'given += mapped;\n\t\t\tgoto done;' });
  silent('as it takes them back', { fails: 'while (i--)\n\t\t\t\tentry_clear(first + i);\n\t\t\treturn ret;' });
  silent('as whoever asked for them takes them back', { failed: 'while (set--)\n\t\t\t\tentry_clear(set);\n\t\t\tgoto done;' });
  silent('as the failure is answered otherwise', { failed: 'return ret;' });
  silent('as it leaves the rounds with what there is', { fails: 'break;' });
  silent('as nothing is dropped behind the rounds', { rest: '' });
  silent('as nobody keeps them', { keep: 'e->group = at;\n\ttable[at] = e;' });
});
