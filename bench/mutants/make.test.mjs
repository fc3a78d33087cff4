/** What is planted, from a few lines of C and the places that a survey would name. */
import { expect, it } from 'vitest';
import { makeMutants, mutated } from './make.mjs';

const code = `int hold(unsigned long a, int n, struct page **pages)
{
	int ret = pin_user_pages_fast(a, n, 0, pages);

	if (ret < 0)
		goto out;
	if (ret != n) {
		/* unpin_user_pages(pages, ret); */
		unpin_user_pages(pages,
				 ret);
		return -EFAULT;
	}
	ret = start(pages);
	if (ret)
		goto unpin;
	return 0;
unpin:
	for (int i = 0; i < n; i++)
		unpin_user_page(pages[i]);
out:
	return ret;
}

void let_go(struct scatterlist *sg)
{
	struct page *page = sg_page(sg);

	put_page(page);
	unpin_user_page(page);
}
`;

/**
 * @param {number} line
 * @param {string} api
 * @param {string} name
 */
const release = (line, api, name = 'hold') => ({ file: 'a.c', line, function: name, api });

const row = {
  id: 'a.c:hold:pin_user_pages_fast#1',
  file: 'a.c',
  line: 3,
  function: 'hold',
  api: 'pin_user_pages_fast',
  kind: 'user',
  reference: 'pin',
  releases: [
    release(9, 'unpin_user_pages'),
    release(19, 'unpin_user_page'),
    release(28, 'put_page', 'let_go'),
    release(29, 'unpin_user_page', 'let_go'),
  ],
  gaps: [],
};

const { mutants, leftOut } = makeMutants([row], () => code);

it('has one mutant for each mistake at each place, none for a drop of the other kind', () => {
  expect(mutants.map((m) => m.id)).toEqual([
    'acquire-swapped a.c:3',
    'short-count a.c:7',
    'release-swapped a.c:9',
    'error-path a.c:9',
    'release-doubled a.c:9',
    'error-path a.c:15',
    'release-swapped a.c:19',
    'error-path a.c:19',
    'release-doubled a.c:19',
    'container-release-swapped a.c:29',
    'release-removed a.c:29',
    'release-doubled a.c:29',
  ]);
  expect([...leftOut]).toEqual([['drops pages of another kind and origin', 1]]);
});

it.each([
  ['acquire-swapped a.c:3', '\tint ret = get_user_pages_fast(a, n, 0, pages);'],
  ['short-count a.c:7', '\tif (ret < 0) {'],
  ['release-swapped a.c:9', '\t\trelease_pages(pages, ret)'],
  ['error-path a.c:9', '\t\t;'],
  ['release-doubled a.c:9', '\t\tunpin_user_pages(pages, ret); unpin_user_pages(pages, ret);'],
  ['error-path a.c:15', '\t\tgoto out;'],
  ['release-doubled a.c:19', '\t\t{ unpin_user_page(pages[i]); unpin_user_page(pages[i]); }'],
  ['container-release-swapped a.c:29', '\tput_page(page);'],
])('%s changes its line, and no other line moves', (id, line) => {
  const mutant = mutants.find((m) => m.id === id);
  const text = mutant ? mutated(code, mutant) : '';
  expect(text.split('\n')[(mutant?.line ?? 0) - 1]).toBe(line);
  expect(text.split('\n').length).toBe(code.split('\n').length);
});

it('keeps what a release counts, so that the loop around it ends', () => {
  const counting = code.replace('for (int i = 0; i < n; i++)', 'while (n)').replace('pages[i]', 'pages[--n]');
  const gone = makeMutants([row], () => counting).mutants.find((m) => m.id === 'error-path a.c:19');
  expect(gone && mutated(counting, gone)).toBe(counting.replace('unpin_user_page(pages[--n]);', '(void)(pages[--n]);'));
});

it('does without rows that are not resolved', () => {
  expect(makeMutants([{ ...row, gaps: [{}] }], () => code).mutants).toEqual([]);
});
