/** Writeback of one page: lock, clean and write-protect, write, end. */
import { DIRTY, LOCKED, PTE_DIRTY, type State, WRITABLE, WRITEBACK } from '../layout.js';
import {
  askPinned,
  cachedAt,
  clearFlag,
  contentOf,
  handleFrame,
  handleOf,
  handleTo,
  hasFlag,
  isDirty,
  type Machine,
  maps,
  pteOf,
  setDisk,
  setFlag,
  setHandle,
  setPte,
} from '../machine.js';
import { ALL_TABLES, BLOCKED, type Context, SHARED, type Step } from './step.js';

/** `folio_mkclean()`: after this, nobody can write to the page through a page table unnoticed. */
function writeProtect(m: Machine, s: State, frame: number): void {
  for (let space = 0; space < m.layout.spaces; space++) {
    for (let page = 0; page < m.layout.pages; page++) {
      const pte = pteOf(m, s, space, page);
      if (maps(pte, frame)) setPte(m, s, space, page, pte & ~(WRITABLE | PTE_DIRTY));
    }
  }
}

/** Returns the steps of writing one page back. */
export function writebackSteps(c: Context, page: number): Step[] {
  const m = c.machine;
  const slot = c.scratch('written');
  const frameIn = (s: State): number => handleFrame(handleOf(m, s, slot));
  const [CLEAN, ASK, WRITE, END] = [1, 2, 3, 4];
  return [
    {
      text: `locks page ${page} for writeback if it is dirty`,
      stands: 'writeback_iter(): folio_lock()',
      reads: ALL_TABLES | SHARED.flags | SHARED.lock | SHARED.cache,
      writes: SHARED.lock,
      to: [CLEAN, 'next'],
      run: (s) => {
        const frame = cachedAt(m, s, page);
        // What is in swap is written by reclaim.
        if (m.kinds[page] !== 'file' || frame < 0 || !isDirty(m, s, frame)) return 1;
        if (hasFlag(m, s, frame, LOCKED | WRITEBACK)) return BLOCKED;
        setFlag(m, s, frame, LOCKED);
        setHandle(m, s, slot, handleTo(m, s, frame, page, 0, 0));
        return 0;
      },
    },
    {
      text: 'cleans and write-protects it',
      stands: 'folio_clear_dirty_for_io(): folio_mkclean()',
      reads: ALL_TABLES | SHARED.flags,
      writes: ALL_TABLES | SHARED.flags,
      to: [ASK],
      run: (s) => {
        writeProtect(m, s, frameIn(s));
        clearFlag(m, s, frameIn(s), DIRTY);
        return 0;
      },
    },
    {
      text: m.design.asks.writeback ? 'starts writeback, or leaves it dirty if it is pinned' : 'starts writeback',
      stands: 'folio_start_writeback()',
      reads: SHARED.flags | SHARED.counts,
      writes: SHARED.flags | SHARED.lock,
      to: [WRITE, 'next'],
      run: (s) => {
        const frame = frameIn(s);
        clearFlag(m, s, frame, LOCKED);
        // It asks after the page tables were write-protected, so that no pin can be taken unnoticed in between.
        if (m.design.asks.writeback && askPinned(m, s, frame)) {
          setFlag(m, s, frame, DIRTY);
          setHandle(m, s, slot, 0);
          return 1;
        }
        setFlag(m, s, frame, WRITEBACK);
        return 0;
      },
    },
    {
      text: 'the disk reads the page',
      stands: 'DMA of the disk',
      reads: SHARED.content,
      writes: SHARED.content,
      to: [END],
      run: (s) => {
        setDisk(m, s, page, contentOf(m, s, frameIn(s)));
        return 0;
      },
    },
    {
      text: 'ends writeback',
      stands: 'folio_end_writeback()',
      reads: SHARED.flags,
      writes: SHARED.flags,
      run: (s) => {
        clearFlag(m, s, frameIn(s), WRITEBACK);
        setHandle(m, s, slot, 0);
        return 0;
      },
    },
  ];
}
