/** Functions that take pages in several calls and return how many they took: callers that do not look at that number. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';
const drop = 'unpin_user_pages(pages, n);';
const told = `dev_use:${drop}`;

interface Written {
  /** What the loop does when a call fails. */
  failed?: string;
  /** What the function returns behind the loop. */
  last?: string;
  /** The loop's condition. */
  head?: string;
  /** How the caller calls it, and what it tests. */
  call?: string;
}

const summed = ({
  failed = 'return done ? done : got;',
  last = 'return done;',
  head = 'done < n',
  call = 'int ret = take_all(a, n, pages);\n\n	if (ret < 0)\n		return ret;',
}: Written): string => `static int take_all(unsigned long a, int n, struct page **pages)
{
	int done = 0, got;

	while (${head}) {
		got = pin_user_pages_fast(a + done * PAGE_SIZE, min(n - done, 64), 0, pages + done);
		if (got <= 0) {
			${failed}
		}
		done += got;
	}
	${last}
}
int dev_use(unsigned long a, int n, struct page **pages)
{
	${call}
	dev_run(pages);
	${drop}
	return 0;
}
`;

describe('a function that returns what several calls took', () => {
  complains(rule, 'after a failure, too', summed({}), told);
  complains(rule, 'or that of a failure with none', summed({ failed: 'return done ?: got;' }), told);
  complains(rule, 'from behind the loop', summed({ failed: 'break;' }), told);
  complains(rule, 'by another variable', summed({ failed: 'break;', last: 'got = done;\n	return got;' }), told);
  complains(rule, 'to a caller that ignores it', summed({ call: 'take_all(a, n, pages);' }), told);
  complains(rule, 'to a caller that only rules out none', summed({ call: 'if (take_all(a, n, pages) <= 0)\n		return -EFAULT;' }), told);
  const undone = 'unpin_user_pages(pages, done);\n			return got < 0 ? got : -EFAULT;';
  accepts(rule, 'but drops these where one fails', summed({ failed: undone }));
  accepts(rule, 'to a caller that compares it', summed({ call: 'if (take_all(a, n, pages) != n)\n		return -EFAULT;' }));
  accepts(rule, 'to a caller that goes on with that number', summed({ call: 'n = take_all(a, n, pages);\n	if (n <= 0)\n		return n;' }));
  accepts(rule, 'or zero for all', summed({ last: 'return 0;' }));
  accepts(rule, 'of another number than it is given', summed({ head: 'done < chunk' }));
  const negative = 'unpin_user_pages(pages, ret);';
  const passed = (failed: string): string =>
    summed({ failed, call: `int ret = take_all(a, n, pages);\n\n	if (ret != n) {\n		${negative}\n		return -EFAULT;\n	}` });
  complains(rule, 'or an error, which is dropped', passed('return done ? done : got;'), `dev_use:${negative}`);
  accepts(rule, 'and never an error', passed('break;'));
});
