import { expect, test } from 'vitest';
import { describe as factsOf } from '../../src/program/file.js';
import { meaningOf } from '../../src/program/shims.js';

const text = `#ifdef __KERNEL__
static inline bool get_user_page_fast_only(unsigned long addr, unsigned int flags, struct page **page)
{
	return get_user_pages_fast_only(addr, 1, flags, page) == 1;
}
#endif
`;

test('a static function of a kernel’s header is the call itself, one of a driver’s stands for it where it is not', () => {
  const meant = (file: string, isDriver: boolean) =>
    meaningOf('get_user_page_fast_only', { ...factsOf(file, text), outside: text }, isDriver, () => []);
  expect(meant('include/linux/mm.h', false)).toEqual({ definitions: [], tabled: [[]] });
  expect(meant('compat.h', true).definitions).toHaveLength(1);
  expect(meant('mm/own.c', false).definitions).toHaveLength(1);
});
