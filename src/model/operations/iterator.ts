/** `iov_iter_get_pages()` and `iov_iter_extract_pages()` over each kind of iterator, some of which take no reference. */
import { HANDLE_HELD, type State } from '../layout.js';
import { addRef, allocate, cachedAt, handleTo, hasFree, isFree, setContent, setHandle } from '../machine.js';
import type { Allocate, Iterate, IteratorKind, ReleaseExtracted } from '../scenario.js';
import { takeSteps } from './gup.js';
import { fillPipeSteps } from './pipe.js';
import { unpinSteps } from './release.js';
import { BLOCKED, type Context, privately, SHARED, type Step } from './step.js';

/** `alloc_page()`, and a write to the page. If no page is free, the program goes on without one. */
export function allocateSteps(c: Context, op: Pick<Allocate, 'slot' | 'content'>): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  return [
    {
      text: `gets a page from the allocator for ${op.slot}`,
      stands: 'alloc_page()',
      reads: SHARED.flags | SHARED.counts,
      writes: SHARED.flags | SHARED.counts | SHARED.content,
      choices: m.layout.frames,
      run: (s: State, choice: number) => {
        if (!hasFree(m, s)) return choice === 0 ? 0 : BLOCKED;
        if (!isFree(m, s, choice)) return BLOCKED;
        allocate(m, s, choice, -1, 0, 0);
        setContent(m, s, choice, op.content);
        setHandle(m, s, slot, handleTo(m, s, choice, 0, 1, HANDLE_HELD));
        return 0;
      },
    },
  ];
}

/** Hands out a page pointer, with a reference or without one. */
function handOut(c: Context, op: Iterate, counted: boolean): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  return [
    {
      text: `hands out page ${op.page} of the ${op.iterator}${counted ? ' with a reference' : ', without a reference'}`,
      stands: counted ? 'iov_iter_get_pages2(): get_page()' : 'iov_iter_extract_pages()',
      reads: SHARED.flags | SHARED.cache,
      writes: SHARED.counts,
      to: ['next', 'else'],
      run: (s) => {
        const frame = cachedAt(m, s, op.page);
        if (frame < 0) return 1;
        setHandle(m, s, slot, handleTo(m, s, frame, op.page, 0, counted ? HANDLE_HELD : 0));
        if (counted) addRef(m, s, frame, 1);
        return 0;
      },
    },
  ];
}

function refused(op: Iterate): Step[] {
  return [{ ...privately(`cannot take pages of a ${op.iterator}`, 'iov_iter_get_pages2(): -EFAULT', () => undefined), to: ['else'] }];
}

/** What each call does with each iterator: lib/iov_iter.c. */
const takes: Readonly<Record<Iterate['op'], Record<IteratorKind, (c: Context, op: Iterate) => Step[]>>> = {
  'iov-get': {
    user: (c, op) => takeSteps(c, op, false),
    kvec: (_c, op) => refused(op),
    bvec: (c, op) => handOut(c, op, true),
    pipe: fillPipeSteps,
  },
  'iov-extract': {
    user: (c, op) => takeSteps(c, op, true),
    kvec: (c, op) => handOut(c, op, false),
    bvec: (c, op) => handOut(c, op, false),
    pipe: (_c, op) => refused(op),
  },
};

/** Returns the steps of a call that takes pages from an iterator. */
export function iterateSteps(c: Context, op: Iterate): Step[] {
  return takes[op.op][op.iterator](c, op);
}

/** `iov_iter_extract_will_pin()`: what was extracted is dropped only if it was pinned. */
export function releaseExtractedSteps(c: Context, op: ReleaseExtracted): Step[] {
  if (op.iterator === 'user') return unpinSteps(c, op);
  const slot = c.slot(op.slot);
  return [privately(`has nothing to drop for ${op.slot}`, 'iov_iter_extract_will_pin()', (s) => setHandle(c.machine, s, slot, 0))];
}
