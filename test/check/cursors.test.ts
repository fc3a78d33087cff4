/** Scatterlists that are filled by a cursor in the object: a member that points at the next free entry. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const files = (step: string, drops = true): string => `struct span { struct sg_table table; struct scatterlist *at; int n; };
int span_take(struct span *s, unsigned long a)
{
	struct page *batch[32];
	struct scatterlist *next;
	int i, n;

	s->at = s->table.sgl;
	n = pin_user_pages_fast(a, 32, 0, batch);
	if (n < 0)
		return n;
	for (i = 0; i < n; i++) {
		sg_set_page(s->at, batch[i], PAGE_SIZE, 0);
		${step}
	}
	s->n = n;
	return 0;
}
void span_drop(struct span *s)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(s->table.sgl, sg, s->n, i)
		${drops ? 'unpin_user_page(sg_page(sg));' : 'span_flush(sg->dma_address);'}
}
`;

describe('a cursor in the object', () => {
  const silent = (name: string, step: string): void => accepts('never-released', name, files(step));
  silent('one that is moved on', 's->at = sg_next(s->at);');
  silent('one that is moved on by a variable', 'next = sg_next(s->at);\n\t\ts->at = next;');
  silent('one that is counted on', 's->at++;');
  complains(
    'never-released',
    'pages in a list that nothing drops from',
    files('s->at = sg_next(s->at);', false),
    'span_take:for (i = 0; i < n; i++) {',
  );
  complains(
    'never-released',
    'a cursor that goes to a list from where nothing drops',
    files('s->at = sg_next(s->at);').replace('s->at = s->table.sgl;', 's->at = span_entry(a);'),
    'span_take:for (i = 0; i < n; i++) {',
  );
});
