import { expect, test } from 'vitest';
import { openConstants } from '../../src/program/constants.js';
import { unkept } from '../../src/program/ledger.js';

/** The numbers of some names in a file that includes one header. */
function constants(header: string, ...names: string[]): (number | null)[] {
  const texts: Readonly<Record<string, string>> = { 'drv.c': '#include "drv.h"\n', 'drv.h': header };
  const constant = openConstants({
    outside: (file) => texts[file] ?? '',
    ledger: unkept,
    ownHeaders: () => ['drv.h'],
  });
  return names.map((name) => constant(name, 'drv.c'));
}

test('the number of a macro, however it is written', () => {
  const header = `
#define DRV_OK 0
# define DRV_FAILED (-1)	/* no pages */
#define DRV_NONE	0x0UL // nor any
#define DRV_MANY(x) 3
#define DRV_SIZE (DRV_OK + 1)
#define DRV_LAST 7`;
  expect(constants(header, 'DRV_OK', 'DRV_FAILED', 'DRV_NONE', 'DRV_MANY', 'DRV_SIZE', 'DRV_LAST')).toEqual([0, -1, 0, null, null, 7]);
});

test('the number of an enumerator that is given one, and of those behind it', () => {
  const header = `
enum drv_state { DRV_IDLE, DRV_BUSY /* , */, DRV_DEAD = -2, DRV_GONE };
enum { DRV_FIRST
};
enum drv_way { DRV_IN = DRV_SIZE, DRV_OUT, DRV_BOTH = 0x10, // neither, and
	DRV_NO_WAY	/* of all */
};
enum {
#ifdef DRV_OLD
	DRV_LEGACY,
#endif
	DRV_NEW };
struct drv { int DRV_A, DRV_B; };
static int drv(struct drv *d) { d->DRV_FIELD = 3; return d.DRV_OTHER = 4, 0; }`;
  expect(constants(header, 'DRV_IDLE', 'DRV_BUSY', 'DRV_DEAD', 'DRV_GONE', 'DRV_FIRST', 'DRV_OTHER')).toEqual([0, 1, -2, -1, 0, null]);
  expect(constants(header, 'DRV_OUT', 'DRV_BOTH', 'DRV_NO_WAY', 'DRV_NEW', 'DRV_A', 'DRV_B')).toEqual([null, 16, 17, null, null, null]);
});

test('another name that holds this one, or that differs in the case of a letter, says nothing of it', () => {
  const header = `
#define DRV_ERROR_MAX 5
#define MY_DRV_ERROR 6
#define Drv_Error 7
enum { DRV_ERRORS = 8, XDRV_ERROR };`;
  expect(constants(header, 'DRV_ERROR')).toEqual([null]);
});

test('a macro goes before an enumerator of its name, wherever they stand', () => {
  expect(constants('enum { DRV_MODE = 4 };\n#define DRV_MODE 2\n', 'DRV_MODE')).toEqual([2]);
});
