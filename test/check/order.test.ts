/** Findings of a file are the same whichever files were looked at before it. */
import { expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { type Files, withTree } from '../survey/helper.js';

/** A site that has its page dropped by a helper, in a file that comes before the other. */
const dropping = (helper: string): string => `int one(unsigned long start, int n)
{
	struct page *p;
	int r = get_user_pages_fast(start, 1, 0, &p);

	if (r != 1)
		return -EFAULT;
	${helper}(p, n);
	return 0;
}
`;
/** A site that drops its page, and has it dropped again. */
const twice = (helper: string): string => `int two(unsigned long start, int n)
{
	struct page *p;
	int r = get_user_pages_fast(start, 1, 0, &p);

	if (r != 1)
		return -EFAULT;
	put_page(p);
	${helper}(p, n);
	return 0;
}
`;
/** Helpers that call each other, and drop. */
const cycle = `void even_put(struct page *p, int n)
{
	if (n > 3) {
		odd_put(p, n);
		return;
	}
	put_page(p);
}
void odd_put(struct page *p, int n)
{
	if (n & 1) {
		even_put(p, n - 1);
		return;
	}
	put_page(p);
}
`;
/** Helpers each of which calls the next; the last one drops. */
const chain = Array.from(
  { length: 300 },
  (_, i) => `void put_${i}(struct page *p)
{
	${i === 0 ? 'put_page(p);' : `put_${i - 1}(p);`}
}
`,
).join('');

const alike: [string, Files][] = [
  ['helpers that call each other', { 'a.c': dropping('even_put'), 'lib.c': cycle, 'z.c': twice('odd_put') }],
  ['the same, asked for the other way round', { 'a.c': dropping('odd_put'), 'lib.c': cycle, 'z.c': twice('even_put') }],
  ['a chain of helpers', { 'a.c': dropping('put_120'), 'lib.c': chain, 'z.c': twice('put_5') }],
  ['a long chain of helpers', { 'a.c': dropping('put_5'), 'lib.c': chain, 'z.c': twice('put_299') }],
];

it.each(alike)('%s', async (_, files) => {
  const findings = await withTree(files, async (tree) => {
    const all = await check(tree, { jobs: 1 });
    const alone = await check(tree, { jobs: 1, paths: ['z.c'] });
    return [all, alone].map((some) => some.findings.filter((f) => f.file === 'z.c').map((f) => `${f.rule}:${f.line}`));
  });
  expect(findings[0]).toEqual(findings[1]);
});
