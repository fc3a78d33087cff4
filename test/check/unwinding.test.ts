/** Loops that undo the rounds of another one, and leave one page out. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rounds = (undo: string, take = '&b->pages[i]', first = 0) => `struct buf { struct page *pages[16]; };
int buf_take(struct buf *b, unsigned long at)
{
	int i, j;

	for (i = ${first}; i < 16; i++) {
		if (pin_user_pages_fast(at + i * PAGE_SIZE, 1, FOLL_WRITE, ${take}) != 1)
			goto undo;
	}
	return 0;
undo:
	${undo}
	return -EFAULT;
}
void buf_give(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, 16, true);
}
`;
const rule = 'release-count';
const drop = (index: string) => `unpin_user_page(b->pages[${index}]);`;

describe('the unwinding of rounds that leaves one page', () => {
  for (const [head, index] of [
    ['while (--i > 0)', 'i'],
    ['while (--i)', 'i'],
    ['while (i-- > 1)', 'i'],
    ['while (i > 1)', '--i'],
    ['for (i--; i > 0; i--)', 'i'],
    ['for (j = i - 1; j > 0; j--)', 'j'],
    ['for (j = 1; j < i; j++)', 'j'],
    ['for (j = 0; j < i - 1; j++)', 'j'],
    ['for (int k = 1; k < i; k++)', 'k'],
  ] as const)
    complains(rule, head, rounds(`${head}\n\t\t${drop(index)}`), `buf_take:${drop(index)}`);
  complains(rule, 'with a body of its own', rounds(`while (i > 1) {\n\t\ti--;\n\t\t${drop('i')}\n\t}`), `buf_take:${drop('i')}`);
  complains(
    rule,
    'of pages that are taken by an offset',
    rounds(`while (--i > 0)\n\t\t${drop('i')}`, 'b->pages + i'),
    `buf_take:${drop('i')}`,
  );
});

describe('the unwinding of rounds', () => {
  for (const [head, index] of [
    ['while (--i >= 0)', 'i'],
    ['while (i--)', 'i'],
    ['while (i-- > 0)', 'i'],
    ['while (i > 0)', '--i'],
    ['for (i--; i >= 0; i--)', 'i'],
    ['for (j = i - 1; j >= 0; j--)', 'j'],
    ['for (j = 0; j < i; j++)', 'j'],
  ] as const)
    accepts(rule, head, rounds(`${head}\n\t\t${drop(index)}`));
  accepts(rule, 'with the one that is left behind it', rounds(`while (--i > 0)\n\t\t${drop('i')}\n\t${drop('0')}`));
  accepts(rule, 'of which the first stands for itself', rounds(`while (--i > 0)\n\t\t${drop('i')}`, '&b->pages[i]', 1));
  accepts(rule, 'where the index is another one then', rounds(`i += 1;\n\twhile (--i > 0)\n\t\t${drop('i')}`));
});
