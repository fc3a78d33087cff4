/** Small programs whose counts are known: the grab that is refused, releases that dirty, pipes. */
import { describe, expect, it } from 'vitest';
import { compile, designs, explore, type Instruction, type Notice, noticeNames, type Scenario } from '../../src/model/index.js';
import { DIRTY, GLOBAL, type State } from '../../src/model/layout.js';
import { hasFlag, type Machine, refOf } from '../../src/model/machine.js';
import { noticeBit } from '../../src/model/notices.js';

const design = (name: string) => designs.find((one) => one.name === name)!;

interface End {
  readonly refs: readonly number[];
  readonly dirty: boolean;
  readonly notices: readonly Notice[];
  readonly outcomes: number;
}

/** All end states of a scenario, as seen in its first frames. */
function ends(scenario: Omit<Scenario, 'name'>, by = 'bias'): End[] {
  const system = compile({ name: 'counts', ...scenario }, design(by));
  const m: Machine = system.machine;
  const out: End[] = [];
  const found = explore(system, {
    symmetry: false,
    onEnd: (s: State, outcomes) => {
      const refs = Array.from({ length: m.layout.frames }, (_, frame) => refOf(m, s, frame));
      out.push({
        refs,
        dirty: hasFlag(m, s, 0, DIRTY),
        notices: noticeNames.filter((name) => (s[GLOBAL]! & noticeBit(name)) !== 0),
        outcomes,
      });
      return undefined;
    },
  });
  expect([found.finished, found.stuck]).toEqual([true, 0]);
  return out;
}

const driver = (...program: Instruction[]): Scenario['actors'][number] => ({ name: 'driver', program });
const INT_MAX = 2 ** 31 - 1;

describe('try-grab', () => {
  const pinned = (references: number, by: string, op: 'get' | 'pin' = 'pin') =>
    ends({ pages: [{ kind: 'anon', references }], frames: 1, actors: [driver({ op, page: 0, slot: 'a' })] }, by);

  it('fails on a count that is not positive, with a warning, in designs from 5.1 on', () => {
    // One unpin too many has taken the count below zero.
    const program: Instruction[] = [
      { op: 'get', page: 0, slot: 'a' },
      { op: 'unpin', slot: 'a', mistake: true },
      { op: 'pin', page: 0, slot: 'b' },
    ];
    for (const by of ['bias', 'bias-warn', 'typed']) {
      const [end, ...more] = ends({ pages: [{ kind: 'anon' }], frames: 1, actors: [driver(...program)] }, by);
      expect([end!.refs, more, end!.notices.includes('grab-refused')], by).toEqual([[-1022], [], true]);
    }
  });

  it('fails on a count that has overflowed; before that the last one is counted, past 2^31 - 1', () => {
    // The page table's reference makes it INT_MAX.
    const [full] = pinned(INT_MAX - 1, 'bias', 'get');
    expect([full!.refs[0], full!.notices]).toEqual([-(2 ** 31), []]);
    const twice: Instruction[] = [
      { op: 'get', page: 0, slot: 'a' },
      { op: 'get', page: 0, slot: 'b' },
    ];
    const both = (by: string) =>
      ends({ pages: [{ kind: 'anon', references: INT_MAX - 1 }], frames: 1, actors: [driver(...twice)] }, by)[0]!;
    expect([both('bias').refs[0], both('bias').notices]).toEqual([-(2 ** 31), ['grab-refused']]);
    // 4.20 goes on counting, up towards zero.
    expect([both('plain').refs[0], both('plain').notices]).toEqual([-(2 ** 31) + 1, []]);
    expect(pinned(INT_MAX - 1024, 'bias')[0]!.refs[0]).toBe(-(2 ** 31));
    expect(pinned(INT_MAX - 1025, 'bias')[0]!.refs[0]).toBe(INT_MAX);
  });
});

describe('a pin for reading', () => {
  it('has anonymous memory for itself first, where only exclusive pages are pinned', () => {
    const scenario: Omit<Scenario, 'name'> = {
      pages: [{ kind: 'anon' }],
      frames: 2,
      spaces: 2,
      actors: [driver({ op: 'fork' }, { op: 'pin', page: 0, slot: 'a', write: false }, { op: 'unpin', slot: 'a' })],
    };
    // The child keeps the old page; a debugging kernel has nothing to say of the unpin.
    expect(ends(scenario).map(({ refs, notices }) => [[...refs].sort(), notices])).toEqual([[[1, 1], []]]);
    expect(ends(scenario, 'plain').map(({ refs }) => refs)).toEqual([[2, 0]]);
  });
});

describe('a release of many that dirties', () => {
  const scenario = (dirty: 'dirty' | 'dirty-lock'): Omit<Scenario, 'name'> => ({
    pages: [{ kind: 'file' }],
    actors: [
      driver(
        { op: 'pin', page: 0, slot: 'a' },
        { op: 'dma-start', slot: 'a', device: 'device' },
        { op: 'dma-wait', device: 'device' },
        { op: 'unpin-many', slots: ['a'], dirty },
      ),
      { name: 'device', program: [{ op: 'dma', content: 10 }] },
      { name: 'flusher', program: [{ op: 'writeback', page: 0 }] },
    ],
  });

  it.each(['dirty', 'dirty-lock'] as const)('%s loses nothing, though it marks no page that is dirty already', (dirty) => {
    const found = ends(scenario(dirty));
    // Only the flusher can have cleaned it, and then it has written what the device wrote.
    expect(found.some((end) => !end.dirty)).toBe(true);
    expect(found.map(({ outcomes }) => outcomes & 4)).toEqual(found.map(() => 0));
  });
});

describe('a pipe', () => {
  const read: Instruction = { op: 'iov-get', iterator: 'pipe', page: 0, slot: 'a' };
  const spliced = (...rest: Instruction[]): Omit<Scenario, 'name'> => ({
    pages: [{ kind: 'kernel' }],
    actors: [
      driver(read, { op: 'dma-start', slot: 'a', device: 'device' }, { op: 'dma-wait', device: 'device' }, ...rest),
      { name: 'device', program: [{ op: 'dma', content: 10 }] },
      { name: 'reader', program: [{ op: 'pipe-read', pipe: 'driver' }] },
    ],
  });

  it('holds its page by a reference of its own, which the reader drops', () => {
    const right = ends(spliced({ op: 'put', slot: 'a' }, { op: 'pipe-unlock' }));
    expect(right.map(({ refs, outcomes }) => [refs.reduce((sum, ref) => sum + ref, 0), outcomes])).toEqual(right.map(() => [1, 0]));
    const unread = ends({ pages: [{ kind: 'kernel' }], actors: [driver(read, { op: 'put', slot: 'a' }, { op: 'pipe-unlock' })] });
    // It waits in the pipe, and that is no leak.
    expect(unread.map(({ refs, outcomes }) => [Math.max(...refs.slice(1)), outcomes])).toEqual(unread.map(() => [1, 0]));
  });

  it('is no place for an unpin: its page was got, not pinned', () => {
    const wrong = ends(spliced({ op: 'unpin', slot: 'a', mistake: true }, { op: 'pipe-unlock' }));
    expect(wrong.every(({ refs, outcomes }) => refs.includes(-1023) && outcomes === 1)).toBe(true);
    const kept = ends(spliced({ op: 'pipe-unlock' }));
    expect(kept.every(({ outcomes }) => outcomes === 1)).toBe(true);
  });

  it('has room for one page', () => {
    const twice = ends({
      pages: [{ kind: 'kernel' }],
      actors: [
        driver(
          read,
          { ...read, slot: 'b', else: 'full' },
          { op: 'put', slot: 'b' },
          { label: 'full' },
          { op: 'put', slot: 'a' },
          { op: 'pipe-unlock' },
        ),
      ],
    });
    expect(twice.map(({ refs }) => refs.reduce((sum, ref) => sum + ref, 0))).toEqual(twice.map(() => 2));
  });
});
