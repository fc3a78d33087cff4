/** `shrink_folio_list()` for one page: isolate, lock, unmap, ask, clean, check the count, free. */
import { ANON, DIRTY, LOCKED, LRU, REF, type State, SWAPPED, WRITEBACK } from '../layout.js';
import {
  addRef,
  askPinned,
  cachedAt,
  clearFlag,
  contentOf,
  dropRef,
  frameAt,
  freeFrame,
  handleFrame,
  handleOf,
  handleTo,
  hasFlag,
  isFresh,
  type Machine,
  mapcountOf,
  maps,
  noteStale,
  ownerOf,
  pteOf,
  putBackOnLru,
  refOf,
  setCached,
  setDisk,
  setFlag,
  setHandle,
  unmapPte,
} from '../machine.js';
import { ALL_TABLES, BLOCKED, type Context, MAY_FREE, SHARED, type Step } from './step.js';

/** Unmaps a frame everywhere, and drops the reference of each mapping. */
export function unmapEverywhere(m: Machine, s: State, frame: number, left: number): void {
  for (let space = 0; space < m.layout.spaces; space++) {
    for (let page = 0; page < m.layout.pages; page++) {
      if (!maps(pteOf(m, s, space, page), frame)) continue;
      if (unmapPte(m, s, space, page, left) >= 0) dropRef(m, s, frame, 1);
    }
  }
}

/** The references of a page that only the page or swap cache and whoever isolated it hold. */
const CACHE_AND_ISOLATION = 2;

/** Returns the steps of trying to reclaim one page. */
export function reclaimSteps(c: Context): Step[] {
  const m = c.machine;
  const slot = c.scratch('isolated');
  const frameIn = (s: State): number => handleFrame(handleOf(m, s, slot));
  const keeps = (s: State): boolean => m.design.asks.reclaim && askPinned(m, s, frameIn(s));
  const [LOCK, UNMAP, ASK, CLEAN, FREE, KEEP, SPARE] = [1, 2, 3, 4, 5, 6, 7];
  const frames = m.layout.frames;
  return [
    {
      text: 'takes a page off the LRU',
      stands: 'isolate_lru_folios(): folio_try_get()',
      reads: SHARED.flags | SHARED.counts,
      writes: SHARED.flags | SHARED.counts,
      choices: frames + 1,
      to: [LOCK, 'next'],
      run: (s, choice) => {
        const can = (frame: number): boolean => hasFlag(m, s, frame, LRU) && refOf(m, s, frame) !== 0;
        if (choice === frames) {
          for (let frame = 0; frame < frames; frame++) if (can(frame)) return BLOCKED;
          return 1;
        }
        if (!can(choice)) return BLOCKED;
        addRef(m, s, choice, 1);
        clearFlag(m, s, choice, LRU);
        setHandle(m, s, slot, handleTo(m, s, choice, Math.max(0, ownerOf(m, s, choice)), 0, 0));
        return 0;
      },
    },
    {
      text: 'locks it, and puts anonymous memory into the swap cache',
      stands: 'folio_trylock(); add_to_swap() unless folio_maybe_dma_pinned()',
      reads: MAY_FREE.reads | SHARED.lock,
      writes: SHARED.lock | SHARED.cache | SHARED.counts | SHARED.flags,
      to: [UNMAP, SPARE],
      run: (s) => {
        const frame = frameIn(s);
        if (hasFlag(m, s, frame, LOCKED | WRITEBACK)) return 1;
        if (hasFlag(m, s, frame, ANON)) {
          const page = ownerOf(m, s, frame);
          // Memory that two processes share is left alone, and so is a page that is in swap under another frame.
          if (mapcountOf(m, s, frame) !== 1 || cachedAt(m, s, page) >= 0 || keeps(s)) return 1;
          if (!maps(pteOf(m, s, 0, page), frame)) return 1;
          setCached(m, s, page, frame);
          addRef(m, s, frame, 1);
          setFlag(m, s, frame, DIRTY);
        }
        setFlag(m, s, frame, LOCKED);
        return 0;
      },
    },
    {
      text: 'unmaps it',
      stands: 'try_to_unmap()',
      reads: ALL_TABLES | MAY_FREE.reads,
      writes: ALL_TABLES | MAY_FREE.writes,
      to: [ASK],
      run: (s) => {
        const frame = frameIn(s);
        unmapEverywhere(m, s, frame, hasFlag(m, s, frame, ANON) ? SWAPPED : 0);
        return 0;
      },
    },
    {
      text: 'asks whether it is pinned',
      stands: 'shrink_folio_list(): folio_maybe_dma_pinned()',
      reads: SHARED.counts | SHARED.flags,
      writes: 0,
      to: [CLEAN, KEEP],
      run: (s) => (keeps(s) ? 1 : 0),
    },
    {
      text: 'writes it to swap if it is dirty',
      stands: 'pageout()',
      reads: MAY_FREE.reads | SHARED.content,
      writes: SHARED.flags | SHARED.content,
      to: [FREE, KEEP],
      run: (s) => {
        const frame = frameIn(s);
        if (!hasFlag(m, s, frame, DIRTY)) return 0;
        // Dirty file pages are left to the flusher; is_page_cache_freeable() saves the I/O for pages that could not be freed.
        if (!hasFlag(m, s, frame, ANON) || refOf(m, s, frame) !== CACHE_AND_ISOLATION) return 1;
        clearFlag(m, s, frame, DIRTY);
        setDisk(m, s, ownerOf(m, s, frame), contentOf(m, s, frame));
        return 0;
      },
    },
    {
      text: 'frees it if nobody else has a reference',
      stands: '__remove_mapping(): folio_ref_freeze()',
      reads: MAY_FREE.reads | SHARED.lock,
      writes: MAY_FREE.writes | SHARED.cache | SHARED.lock,
      to: ['next', KEEP],
      run: (s) => {
        const frame = frameIn(s);
        const page = ownerOf(m, s, frame);
        const frozen = refOf(m, s, frame) === CACHE_AND_ISOLATION;
        if (!frozen || page < 0 || cachedAt(m, s, page) !== frame || hasFlag(m, s, frame, DIRTY)) return 1;
        setCached(m, s, page, -1);
        setHandle(m, s, slot, 0);
        s[frameAt(m, frame) + REF] = 0;
        freeFrame(m, s, frame);
        return 0;
      },
    },
    putBack(m, slot, 'unlocks it and puts it back', true),
    putBack(m, slot, 'puts it back', false),
  ];
}

/** `folio_putback_lru()`: the end of an attempt that did not free the page. */
function putBack(m: Machine, slot: number, text: string, unlock: boolean): Step {
  return {
    text,
    stands: 'folio_putback_lru()',
    to: ['next'],
    reads: MAY_FREE.reads,
    writes: MAY_FREE.writes | SHARED.lock,
    run: (s) => {
      const handle = handleOf(m, s, slot);
      const frame = handleFrame(handle);
      noteStale(m, s, handle);
      if (unlock) clearFlag(m, s, frame, LOCKED);
      if (isFresh(m, s, handle)) putBackOnLru(m, s, frame);
      setHandle(m, s, slot, 0);
      dropRef(m, s, frame, 1);
      return 0;
    },
  };
}
