import { describe, expect, it } from 'vitest';
import { share, type Total, totalsOf } from '../../src/report/totals.js';
import { row, surveyOf } from './rows.js';

const survey = surveyOf([
  row({ api: 'get_user_pages' }),
  row({ api: 'pin_user_pages', reference: 'pin', containers: ['page-array', 'sgl'], releaseForm: 'loop-collapsible' }),
  row({
    api: 'pin_user_pages',
    reference: 'pin',
    containers: ['page-array'],
    releaseForm: 'loop-other',
    releaseReason: 'also unmaps',
    mixed: true,
    mixedWith: ['ZERO_PAGE'],
  }),
  row({ api: 'get_user_pages', reference: 'none' }),
  row({
    file: 'net/core/b.c',
    api: 'iov_iter_get_pages2',
    containers: ['page-array', 'skb'],
    mixed: true,
    mixedWith: ['ITER_BVEC', 'ZERO_PAGE'],
  }),
  row({ file: 'block/c.c', api: 'iov_iter_extract_pages', reference: 'conditional', containers: ['bvec'], kind: 'wrapper' }),
  row({ file: 'mm/gup.c', kind: 'internal', mixed: true }),
]);
const totals = totalsOf(survey);
const find = (label: string | RegExp): Total | undefined =>
  totals.groups.flatMap((group) => group.totals).find((total) => total.label.match(label));

describe('the totals', () => {
  it('leave out what is gup itself, and say how much', () => {
    expect([totals.counted, totals.internal, find('^sites$')?.count]).toEqual([6, 1, 6]);
  });

  it.each([
    [/^iov_iter_get_pages/, 1],
    [/^iov_iter_extract/, 1],
    [/^feed a scatterlist/, 1],
    [/^feed an skb/, 1],
    [/^feed a bvec/, 1],
    [/^release loops that collapse/, 1],
    [/^release loops that cannot/, 1],
    [/^take nothing/, 1],
  ])('count %s', (label, count) => {
    expect(find(label)?.count).toBe(count);
  });

  it('tally why loops cannot collapse, and what arrays are mixed with', () => {
    expect(find(/^release loops that cannot/)?.tally).toEqual([['also unmaps', 1]]);
    expect(find(/^page arrays that can/)).toMatchObject({ count: 2, of: 3 });
    expect(find(/^sites whose container/)).toMatchObject({
      count: 2,
      of: 6,
      tally: [
        ['ZERO_PAGE', 2],
        ['ITER_BVEC', 1],
      ],
    });
  });

  it('measure the conversion, whole and by subsystem; a call that takes nothing is not to be converted', () => {
    expect(find(/calls that pin$/)).toMatchObject({ count: 2, of: 3 });
    expect(find(/calls that extract$/)).toMatchObject({ count: 1, of: 2 });
    expect(totals.conversion.map((line) => [line.subsystem, line.done, line.of])).toEqual([
      ['block', 1, 1],
      ['drivers/gpu', 2, 3],
      ['net/core', 0, 1],
    ]);
  });

  it('never round a part to all or to nothing', () => {
    expect([share(999, 1000), share(1, 1000), share(0, 5), share(5, 5), share(0, 0)]).toEqual(['99 %', '1 %', '0 %', '100 %', '-']);
  });
});
