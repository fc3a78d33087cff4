/** The conditions that a path tells: those that decide about its end, and no others. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

/** The conditions on the path of the only leak. */
async function conditionsOf(files: string): Promise<string[]> {
  const paths = await pathsOf(files, 'leak-on-path');
  expect(paths).toHaveLength(1);
  return (paths[0] ?? []).filter((step) => step.includes(': where '));
}

const leaky = (between: string, after = ''): string => `
int f(struct dev *d, unsigned long a, int n, struct page **pages)
{
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
${between}
	if (d->broken)
		return -EIO;
${after}
	unpin_user_pages(pages, n);
	return 0;
}
`;
const decisive = ['f: where ret == n', 'f: where d->broken != 0'];

describe('a condition is told', () => {
  it('where the other way does not leak', async () => expect(await conditionsOf(leaky(''))).toEqual(decisive));
  it('but not where both ways come there', async () =>
    expect(await conditionsOf(leaky('	if (d->quiet)\n		d->count = 0;\n	else\n		d->count = n;'))).toEqual(decisive));
  it('but not where it follows from one before', async () =>
    expect(await conditionsOf(leaky('	if (ret > 0)\n		d->count = ret;\n	if (ret != n)\n		return 0;'))).toEqual(decisive));
  it('but not where a loop over something else ends', async () =>
    expect(await conditionsOf(leaky('	for (ret = 0; ret < d->count; ret++)\n		d->sum += ret;'))).toEqual(decisive));
  const inRounds = (or: string): string => `static long take(struct user *user, struct file *file, unsigned long a, unsigned long n)
{
	unsigned long i, out = 0;
	long got;
	pgoff_t offset;

	got = memfd_pin_folios(file, a, a + n - 1, user->folios, n, &offset);
	if (got <= 0)
		return got;
	for (i = 0; i < got; i++) {
		int rc;

		if (user->small[i])
			out++;
		${or}{
			rc = folio_add_pins(user->folios[i], 7);
			if (rc)
				return rc;
			out += 8;
		}
	}
	return out;
}
static int pin(struct user *user, struct file *file, unsigned long a, unsigned long n)
{
	long rc = take(user, file, a, n);

	if (rc <= 0)
		return rc;
	user->n = rc;
	return 0;
}
int all(struct file *file, unsigned long a, unsigned long n)
{
	struct user user;
	int ret;

	user.folios = kcalloc(n, sizeof(*user.folios), GFP_KERNEL);
	ret = pin(&user, file, a, n);
	if (!ret)
		unpin_folios(user.folios, user.n);
	kfree(user.folios);
	return ret;
}
`;
  const failing = ['take: where i < got', 'take: where rc != 0', 'pin: where rc <= 0'];
  it('where the other way comes there by a later round alone', async () =>
    expect(await conditionsOf(inRounds('else '))).toEqual(failing.toSpliced(1, 0, 'take: where user->small[i] == 0')));
  it('but not where both ways come there in the round', async () => expect(await conditionsOf(inRounds(''))).toEqual(failing));
  it('of a function that hands the pages on, what decides about that', async () => {
    const wrapped = `
static int take(struct dev *d, unsigned long a, int n, struct page **pages)
{
	int ret;

	if (d->trace)
		d->count++;
	ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (d->slow)
		d->waits++;
	if (ret == n)
		return 0;
	if (ret > 0)
		unpin_user_pages(pages, ret);
	return -EFAULT;
}
int f(struct dev *d, unsigned long a, int n)
{
	struct page *pages[16];

	if (take(d, a, n, pages))
		return -EFAULT;
	if (d->broken)
		return -EIO;
	unpin_user_pages(pages, n);
	return 0;
}
`;
    expect(await conditionsOf(wrapped)).toEqual(['take: where ret == n', 'f: where d->broken != 0']);
  });
});

/** A job that is left alone in some state. */
const job = (first: string, second: string): string => `
enum state { IDLE, BUSY, DONE = 7 };
struct job { enum state state; };
int f(struct job *j, unsigned long a)
{
	struct page *page;
	int ret = 0;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (j->state ${first})
		ret = -EIO;
	if (ret || j->state ${second})
		put_page(page);
	return ret;
}
`;

describe('a value that was found to be one constant', () => {
  accepts('leak-on-path', 'is no other one', job('!= BUSY', '== BUSY'));
  accepts('leak-on-path', 'is not another by its number', job('!= DONE', '!= IDLE'));
  accepts('leak-on-path', 'that is zero is none above', job('!= IDLE', '!= BUSY'));
  complains('leak-on-path', 'may be that', job('!= BUSY', '!= BUSY'), 'f:if (j->state != BUSY)');
  const turned = (text: string) => text.replaceAll(/j->state (==|!=) (\w+)/g, '$2 $1 j->state');
  accepts('leak-on-path', 'is no other one, the constant first', turned(job('!= BUSY', '== BUSY')));
  accepts('leak-on-path', 'is not another by its number, the constant first', turned(job('!= DONE', '!= IDLE')));
});

it('a further reference is told where it is taken and where one of them is dropped', async () => {
  const paths = await pathsOf(
    `int f(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	get_page(page);
	memset(page_address(page), 0, 16);
	put_page(page);
	return 0;
}
`,
    'leak-on-path',
  );
  expect(paths).toEqual([
    [
      'f: taken by get_user_pages_fast()',
      'f: get_page() takes one more reference',
      'f: put_page() drops one reference of several',
      'f: returns here with the pages still held',
    ],
  ]);
});

describe('the condition at which a finding stands is told', () => {
  const rounds = `
int f(struct region *region, unsigned long a, unsigned long size)
{
	unsigned long done = 0;
	int ret, i;

	do {
		i = region->count;
		ret = get_user_pages_unlocked(a + done, 1, region->pages + i, FOLL_GET);
		if (ret < 0)
			goto put;
		if (region->broken)
			goto put;
		if (region->count > 7)
			goto put;
		done += PAGE_SIZE;
		region->count++;
	} while (done < size);
	keep(region);
	return 0;
put:
	for (i = 0; i < region->count; i++)
		put_page(region->pages[i]);
	kfree(region->pages);
	kfree(region);
	return ret;
}
`;
  it('though others lead to the same end', async () =>
    expect((await pathsOf(rounds, 'leak-on-path')).map((path) => path.filter((step) => step.includes(': where ')))).toEqual([
      ['f: where region->broken != 0'],
      ['f: where region->count > 7'],
    ]));
});
