/** A cache changes no finding: whatever is edited between two runs, the check with it is the check without. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check, checkedSurvey } from '../../src/check/index.js';
import { type Edit, expectSameWithCache } from '../survey/edits.js';

/** A file with a site, one of two that rest on the same helpers. */
const site = (name: string) => `#include "job.h"
int ${name}(struct job *job, unsigned long a)
{
	struct page *page;
	int n = pin_user_pages_fast(a, 1, 0, &page);

	if (n != 1)
		return -EFAULT;
	if (job_map(job, page) < 0)
		return -EIO;
	if (job->quick) {
		/* Whether what is dropped here may be the page decides what can be said of this way. */
		while (job->n--)
			job_flush(job);
		return 0;
	}
	job_end(page);
	unpin_user_page(page);
	return 0;
}
`;
const helpers = (map: string, end: string) => `#include "job.h"
int job_map(struct job *job, struct page *page)
{
	${map}
}
void job_end(struct page *page)
{
	${end}
}
`;
const flush = (body: string) => `#include "job.h"
void job_flush(struct job *job)
{
	${body}
}
`;

const edits: readonly Edit[] = [
  ['help.c', helpers('return 0;', '')],
  ['help.c', helpers('if (job->bad) return -EIO;\n\treturn 0;', '')],
  ['help.c', helpers('if (job->bad) { unpin_user_page(page); return -EIO; }\n\treturn 0;', '')],
  ['help.c', helpers('job->kept = page;\n\treturn 0;', '')],
  ['help.c', helpers('return 0;', 'set_page_dirty_lock(page);')],
  ['help.c', helpers('return 0;', 'unpin_user_page(page);')],
  ['flush.c', flush('')],
  ['flush.c', flush('unpin_user_page(job->kept);')],
  ['flush.c', flush('job_empty(job);')],
  ['empty.c', '#include "job.h"\nvoid job_empty(struct job *job)\n{\n\tunpin_user_page(job->kept);\n}\n'],
  ['empty.c', '#include "job.h"\nvoid job_empty(struct job *job)\n{\n\tjob->n = 0;\n}\n'],
  ['empty.c', ''],
];

const start = {
  'job.h': 'struct job { struct page *kept; int n, late, quick, bad; };\n',
  'a.c': site('a_start'),
  'b.c': site('b_start'),
  'help.c': helpers('return 0;', ''),
  'flush.c': flush('job_empty(job);'),
  'empty.c': '',
};

it('tells the same of a change with a cache as without, after any edits', async () => {
  const steps = fc.array(fc.constantFrom(...edits), { minLength: 2, maxLength: 5 });
  const said = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, (chosen) => {
      // Edits are of the files that are there: what is before the change is what the tree was made of.
      const change = Promise.resolve({ before: new Map(Object.entries(start)), lines: new Map() });
      return expectSameWithCache(
        start,
        chosen,
        (tree, options) => checkedSurvey(tree, options, change),
        ({ findings }) => {
          for (const { rule, function: name } of findings) said.add(`${rule} ${name}`);
        },
      );
    }),
    { numRuns: 25 },
  );
  expect([...said]).toEqual(expect.arrayContaining(['double-release a_start', 'double-release b_start']));
});

it('finds the same with a cache as without, after any edits', async () => {
  const steps = fc.array(fc.constantFrom(...edits), { minLength: 2, maxLength: 5 });
  const said = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, (chosen) =>
      expectSameWithCache(start, chosen, check, ({ findings }) => {
        for (const { rule, function: name } of findings) said.add(`${rule} ${name}`);
      }),
    ),
    { numRuns: 25 },
  );
  // Both sites are at stake, or nothing was compared.
  expect([...said]).toEqual(expect.arrayContaining(['leak-on-path a_start', 'leak-on-path b_start']));
});
