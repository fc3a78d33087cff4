/** Each mistake once, and its correct twin once. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { withTree } from '../survey/helper.js';

const body = (text: string): string => `int f(unsigned long a, int n)
{
	struct page *pages[16];
	void *p;
	int ret, i;

	ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
${text}
}
`;

const found = (text: string): Promise<string[]> =>
  withTree(body(text), async (tree) => (await check(tree, { jobs: 1 })).findings.map((f) => f.rule));

const head = '	if (ret < 0)\n		return ret;\n';
const short = '	if (ret != n) {\n		if (ret > 0)\n			unpin_user_pages(pages, ret);\n		return -EFAULT;\n	}\n';

describe('the rules', () => {
  it.each([
    ['wrong-release', `${head}	release_pages(pages, ret);\n	return 0;`],
    ['leak-on-path', `${head}	p = kmalloc(n, GFP_KERNEL);\n	if (!p)\n		return -ENOMEM;\n	unpin_user_pages(pages, ret);\n	return 0;`],
    ['partial-pin-leak', `	if (ret != n)\n		return -EFAULT;\n	unpin_user_pages(pages, n);\n	return 0;`],
    ['double-release', `${head}	unpin_user_pages(pages, ret);\n	unpin_user_pages(pages, ret);\n	return 0;`],
  ])('find %s', async (rule, text) => {
    expect(await found(text)).toContain(rule);
  });

  it.each([
    ['all or nothing', `${short}	unpin_user_pages(pages, n);\n	return 0;`],
    ['a loop', `${head}	for (i = 0; i < ret; i++)\n		unpin_user_page(pages[i]);\n	return 0;`],
    [
      'an unwind',
      `${short}	p = kmalloc(n, GFP_KERNEL);\n	ret = 0;\n	if (!p)\n		ret = -ENOMEM;\n	unpin_user_pages(pages, n);\n	return ret;`,
    ],
  ])('say nothing of %s', async (_, text) => {
    expect(await found(text)).toEqual([]);
  });

  it('keep a fingerprint when lines move', async () => {
    const text = body(`${head}	release_pages(pages, ret);\n	return 0;`);
    const idsOf = (c: string) => withTree(c, async (tree) => (await check(tree, { jobs: 1 })).findings.map((f) => f.id));
    expect(await idsOf(`/* moved */\n\n${text}`)).toEqual(await idsOf(text));
  });
});
