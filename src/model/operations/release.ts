/** `put_page()`, `unpin_user_page()` and `set_page_dirty()`, alone and in bulk. */
import { ALLOCATED, DIRTY, HANDLE_HELD, HANDLE_PIN, LOCKED, type State } from '../layout.js';
import {
  addRef,
  checkUnpin,
  handleFrame,
  handleOf,
  hasFlag,
  isCached,
  type Machine,
  noteStale,
  ownerOf,
  putPage,
  setFlag,
  setHandle,
} from '../machine.js';
import type { Dirty, Many, Release, ReleaseMany } from '../scenario.js';
import { unpinStep } from './gup.js';
import { BLOCKED, type Context, MAY_FREE, SHARED, type Step } from './step.js';

/** The holder does not rely on the page any more. The slot is emptied only if the program does not name it again. */
function letGo(m: Machine, s: State, slot: number, last: boolean): void {
  setHandle(m, s, slot, last ? 0 : handleOf(m, s, slot) & ~(HANDLE_HELD | HANDLE_PIN));
}

/** `put_page()`, once or `count` times, in one step. */
export function putSteps(c: Context, op: Release | Many): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const last = c.isLast(op.slot);
  const [count, times] = 'count' in op ? [op.count, `, ${op.count} times`] : [1, ''];
  return [
    {
      text: `put_page(${op.slot})${times}`,
      stands: 'put_page()',
      ...MAY_FREE,
      run: (s) => {
        const handle = handleOf(m, s, slot);
        if (handle === 0) return 0;
        noteStale(m, s, handle);
        letGo(m, s, slot, last);
        putPage(m, s, handleFrame(handle), count);
        return 0;
      },
    },
  ];
}

/** `unpin_user_page()`, with the design's name and counts. */
export function unpinSteps(c: Context, op: { readonly slot: string }): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const last = c.isLast(op.slot);
  const counts = m.design.unpin;
  const name = m.design.calls.drop.replace('()', '');
  // In a design whose unpin is put_page() itself, the warning of put_page() applies.
  const isPut = counts.length === 1 && counts[0]?.add === -1;
  return counts.map((step, n) => ({
    text: counts.length === 1 || n > 0 ? `${name}(${op.slot})` : `${name}(${op.slot}): drops the pin count`,
    stands: m.design.calls.drop,
    ...MAY_FREE,
    run: (s: State) => {
      const handle = handleOf(m, s, slot);
      if (handle === 0) return 0;
      if (n === 0) {
        noteStale(m, s, handle);
        checkUnpin(m, s, handleFrame(handle));
      }
      if (n === counts.length - 1) letGo(m, s, slot, last);
      if (isPut) putPage(m, s, handleFrame(handle));
      else unpinStep(m, s, handleFrame(handle), step);
      return 0;
    },
  }));
}

/** `set_page_dirty_lock()`: with the page lock, which keeps truncation away; or `set_page_dirty()`, without it. */
export function dirtySteps(c: Context, op: Pick<Dirty, 'slot' | 'lock'>): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const last = c.isLast(op.slot);
  const lock = op.lock ?? true;
  const name = lock ? 'set_page_dirty_lock' : 'set_page_dirty';
  return [
    {
      text: `${name}(${op.slot})`,
      stands: `${name}()`,
      reads: MAY_FREE.reads | SHARED.lock,
      writes: SHARED.flags,
      run: (s) => {
        const handle = handleOf(m, s, slot);
        if (handle === 0) return 0;
        const frame = handleFrame(handle);
        if (lock && hasFlag(m, s, frame, LOCKED)) return BLOCKED;
        noteStale(m, s, handle);
        if (last) setHandle(m, s, slot, 0);
        // A page without a mapping has no one to be written for.
        const mapped = hasFlag(m, s, frame, ALLOCATED) && ownerOf(m, s, frame) >= 0;
        if (mapped && (isCached(m, s, frame) || m.kinds[ownerOf(m, s, frame)] === 'anon')) setFlag(m, s, frame, DIRTY);
        return 0;
      },
    },
  ];
}

/** The place where each kind tests whether a page is dirty. */
const CALLS = {
  dirty: 'put_user_pages_dirty(): PageDirty()',
  'dirty-lock': 'unpin_user_pages_dirty_lock(), put_user_pages_dirty_lock() before it: folio_test_dirty()',
} as const;

/**
 * `put_user_pages()`, `put_user_pages_dirty()`, `put_user_pages_dirty_lock()` and `unpin_user_pages_dirty_lock()`: one page after the
 * other. Those that dirty first test, without the page lock, whether the page is dirty already.
 */
export function unpinManySteps(c: Context, op: ReleaseMany): Step[] {
  const dirty = op.dirty ?? 'no';
  const steps: Step[] = [];
  for (const slot of op.slots) {
    if (dirty !== 'no') {
      const [DIRTY_IT, DROP] = [steps.length + 1, steps.length + 2];
      const kept: Context = { ...c, isLast: () => false };
      steps.push(looksDirty(c, slot, CALLS[dirty], [DROP, DIRTY_IT]), ...dirtySteps(kept, { slot, lock: dirty === 'dirty-lock' }));
    }
    // These steps have no fixed targets: they follow one another wherever they begin.
    steps.push(...unpinSteps(c, { slot }));
  }
  return steps;
}

/** `__put_user_pages_dirty()` of 5.2, `unpin_user_pages_dirty_lock()` of 6.12: only a clean page is marked. */
function looksDirty(c: Context, name: string, stands: string, to: Step['to'] & object): Step {
  const m = c.machine;
  const slot = c.slot(name);
  return {
    text: `looks whether ${name} is dirty already`,
    stands,
    reads: SHARED.flags,
    writes: 0,
    to,
    run: (s) => {
      const handle = handleOf(m, s, slot);
      return handle === 0 || hasFlag(m, s, handleFrame(handle), DIRTY) ? 0 : 1;
    },
  };
}

/** The further references of `get-many`, after the first. */
export function moreReferences(c: Context, op: Many): Step {
  const m = c.machine;
  const slot = c.slot(op.slot);
  return {
    text: `takes ${op.count - 1} more references on ${op.slot}`,
    stands: 'get_page()',
    reads: SHARED.counts,
    writes: SHARED.counts,
    run: (s) => {
      addRef(m, s, handleFrame(handleOf(m, s, slot)), op.count - 1);
      return 0;
    },
  };
}
