/** What a unit rests on is what was looked at for it: a function that it did not look into may change. */
import { describe, expect, it } from 'vitest';
import { inspectSites } from '../../src/check/inspect.js';
import { answerOf, isOfWholeText, wordsOf } from '../../src/program/questions.js';
import { openTree, overlay } from '../../src/source/index.js';
import { openUnits } from '../../src/survey/unit.js';
import { initSyntax } from '../../src/syntax/index.js';
import { withTree } from './helper.js';

const job = `struct job { struct page *pages[4]; int busy; };
void job_end(struct job *job);
static inline int job_idle(const struct job *job)
{
	return !job->busy;
}
`;
const pin = `#include "job.h"
int job_pin(struct job *job, unsigned long a)
{
	int n = pin_user_pages_fast(a, 4, 0, job->pages);

	if (n == 4)
		return 0;
	job_end(job);
	return -EFAULT;
}
`;
const end = `#include "job.h"
#define MAX_PAGES 4

static int job_wait(int busy)
{
	return busy;
}

void job_end(struct job *job)
{
	unpin_user_pages(job->pages, MAX_PAGES);
}

static int job_last(int busy)
{
	return busy;
}
`;

/** Whether what was worked out of pin.c holds where another file has something else in it, and whether it is the same then. */
async function afterwards(
  from: string | RegExp,
  to: string,
  name: 'end.c' | 'job.h' = 'end.c',
): Promise<{ holds: boolean; same: boolean }> {
  await initSyntax();
  const files = { 'job.h': job, 'pin.c': pin, 'end.c': end };
  return withTree(files, async (folder) => {
    const tree = await openTree(folder, { jobs: 1 });
    const edited = files[name].replace(from, to);
    expect(edited).not.toBe(files[name]);
    const other = overlay(tree, new Map([[name, edited]]));
    const { unit, questions } = openUnits(tree, [], true, inspectSites)('pin.c');
    const asked = questions.map(wordsOf);
    expect(unit.sites.map(({ releases }) => releases.map((r) => `${r.function}:${r.api}`))).toEqual([['job_end:unpin_user_pages']]);
    const holds = asked.filter((q) => !isOfWholeText(q)).every((q) => answerOf(tree, q) === answerOf(other, q));
    const isRead = asked.some((q) => isOfWholeText(q) && q[1] === name);
    return {
      holds: holds && !isRead,
      same: JSON.stringify(openUnits(other, [], false, inspectSites)('pin.c').unit) === JSON.stringify(unit),
    };
  });
}

describe('a unit that looked into a function of another file', () => {
  it.each([
    ['another function behind it says something else', /(job_last.*\n.*\n\t)return busy/, '$1return busy + 1'],
    ['another function behind it has more lines', /(job_last.*\n.*\n)/, '$1\t/* one */\n\t/* more */\n'],
    ['another function before it says something else', /(job_wait.*\n.*\n\t)return busy/, '$1return !busy'],
  ])('holds where %s', async (_, from, to) => {
    expect(await afterwards(from, to)).toEqual({ holds: true, same: true });
  });

  it('holds where a function of its header says something else', async () => {
    expect(await afterwards('return !job->busy', 'return job->busy == 0', 'job.h')).toEqual({ holds: true, same: true });
  });

  it('does not where a struct of its header has another member', async () => {
    expect((await afterwards('int busy', 'long busy', 'job.h')).holds).toBe(false);
  });

  it.each([
    ['the function drops others', 'unpin_user_pages(job->pages, MAX_PAGES)', 'unpin_user_page(job->pages[0])'],
    ['a release stands on another line', /(job_wait.*\n.*\n)/, '$1\t/* one */\n\t/* more */\n'],
    ['a macro of the file stands for something else', 'MAX_PAGES 4', 'MAX_PAGES 3'],
    ['another function calls it', /(job_last.*\n.*\n\t)return busy/, '$1return job_end(0), busy'],
    [
      'another function of its name is there',
      'static int job_wait',
      '#if 0\nvoid job_end(struct job *job) { }\n#endif\nstatic int job_wait',
    ],
  ])('does not where %s', async (_, from, to) => {
    expect((await afterwards(from, to)).holds).toBe(false);
  });
});
