/** What a process does to its own memory: write, fork, munmap, exit. */
import {
  ANON,
  EXCLUSIVE,
  GLOBAL,
  GONE_SHIFT,
  HAS_PINNED_SHIFT,
  MIGRATING,
  PRESENT,
  PTE_DIRTY,
  type State,
  SWAPPED,
  WRITABLE,
  ZERO,
} from '../layout.js';
import {
  addRef,
  allocate,
  askPinned,
  cachedAt,
  clearFlag,
  contentOf,
  expect,
  freshFlags,
  handleFrame,
  handleOf,
  handleTo,
  hasFlag,
  hasFree,
  isFree,
  type Machine,
  mapFrame,
  noteStale,
  pteFrame,
  pteOf,
  putPage,
  remember,
  setCached,
  setContent,
  setHandle,
  setPte,
  unmapPte,
} from '../machine.js';
import type { Write } from '../scenario.js';
import { FAULT, fault, usable } from './fault.js';
import { ALL_TABLES, BLOCKED, type Context, MAY_FREE, SHARED, type Step, tablesOf } from './step.js';

/**
 * Returns the step of a store to an address, with a fault first if it is needed. A store that cannot be made is a signal, and the process
 * goes on without it.
 */
export function writeSteps(c: Context, op: Write): Step[] {
  const m = c.machine;
  return [
    {
      text: `writes to page ${op.page}, faulting if it must`,
      stands: 'a store; handle_mm_fault()',
      reads: tablesOf(c.space) | MAY_FREE.reads | SHARED.lock | SHARED.content | SHARED.space,
      writes: tablesOf(c.space) | MAY_FREE.writes | SHARED.cache | SHARED.content,
      choices: m.layout.frames,
      to: ['next', 0],
      run: (s, choice) => {
        const pte = pteOf(m, s, c.space, op.page);
        if (usable(pte, true)) {
          if (choice !== 0) return BLOCKED;
          setContent(m, s, pteFrame(pte), op.content);
          setPte(m, s, c.space, op.page, pte | PTE_DIRTY);
          if (c.space === 0) expect(m, s, op.page, op.content);
          return 0;
        }
        const result = fault(m, s, c.space, op.page, true, choice);
        if (result === FAULT.not) return BLOCKED;
        return result === FAULT.done ? 1 : 0;
      },
    },
  ];
}

/** `copy_present_ptes()` for each page: shares it, or copies it at once if the design says that it may be pinned. */
export function forkSteps(c: Context): Step[] {
  const m = c.machine;
  return m.kinds.map((kind, page) => ({
    text: `fork: copies the page table entry of page ${page}`,
    stands: 'copy_present_ptes(), folio_try_dup_anon_rmap_pte()',
    reads: ALL_TABLES | MAY_FREE.reads | SHARED.content | SHARED.space,
    writes: ALL_TABLES | MAY_FREE.writes,
    choices: m.layout.frames,
    run: (s: State, choice: number) => {
      const pte = pteOf(m, s, 0, page);
      if ((pte & MIGRATING) !== 0) return BLOCKED;
      const nothing = (pte & (PRESENT | SWAPPED)) !== PRESENT || kind === 'kernel';
      if (nothing) return choice === 0 ? 0 : BLOCKED;
      const frame = pteFrame(pte);
      if (hasFlag(m, s, frame, ANON) && mayBePinned(m, s, frame)) {
        if (!hasFree(m, s)) return choice === 0 ? 0 : BLOCKED;
        if (!isFree(m, s, choice)) return BLOCKED;
        // copy_present_page(): the child gets a page of its own, the parent keeps the one with the pin.
        allocate(m, s, choice, page, freshFlags('anon'), contentOf(m, s, frame));
        mapFrame(m, s, 1, page, choice, WRITABLE);
        return 0;
      }
      if (choice !== 0) return BLOCKED;
      if (hasFlag(m, s, frame, ANON)) {
        clearFlag(m, s, frame, EXCLUSIVE);
        setPte(m, s, 0, page, pte & ~WRITABLE);
      }
      if (!hasFlag(m, s, frame, ZERO)) addRef(m, s, frame, 1);
      mapFrame(m, s, 1, page, frame, pte & (hasFlag(m, s, frame, ANON) ? 0 : WRITABLE));
      return 0;
    },
  }));
}

/** `folio_needs_cow_for_dma()`. */
function mayBePinned(m: Machine, s: State, frame: number): boolean {
  if (!m.design.asks.fork || (s[GLOBAL]! & (1 << HAS_PINNED_SHIFT)) === 0) return false;
  return askPinned(m, s, frame);
}

/** `munmap()`: removes the entry and, after the TLB flush, drops the reference. */
export function munmapSteps(c: Context, page: number): Step[] {
  const m = c.machine;
  const held = c.scratch('unmapped');
  return [
    {
      text: `munmap: takes page ${page} out of the page table`,
      stands: 'zap_present_ptes()',
      reads: tablesOf(c.space) | MAY_FREE.reads,
      writes: tablesOf(c.space) | MAY_FREE.writes | SHARED.content | SHARED.cache,
      run: (s) => {
        const pte = pteOf(m, s, c.space, page);
        if ((pte & MIGRATING) !== 0) return BLOCKED;
        const frame = unmapPte(m, s, c.space, page, 0);
        if (m.kinds[page] !== 'file' && c.space === 0) expect(m, s, page, 0);
        if (frame >= 0) setHandle(m, s, held, handleTo(m, s, frame, page, c.space, 0));
        else if ((pte & SWAPPED) !== 0) {
          setPte(m, s, c.space, page, 0);
          // free_swap_and_cache(): the swap cache drops its page.
          const cached = cachedAt(m, s, page);
          if (cached >= 0) {
            setCached(m, s, page, -1);
            setHandle(m, s, held, handleTo(m, s, cached, page, c.space, 0));
          }
        }
        return 0;
      },
    },
    {
      text: `munmap: drops the page table's reference on page ${page}`,
      stands: 'tlb_batch_pages_flush(): put_page()',
      ...MAY_FREE,
      run: (s) => {
        const handle = handleOf(m, s, held);
        if (handle === 0) return 0;
        noteStale(m, s, handle);
        setHandle(m, s, held, 0);
        putPage(m, s, handleFrame(handle));
        return 0;
      },
    },
  ];
}

/** `exit_mmap()`: nothing can be faulted in any more, and every page is unmapped. */
export function exitSteps(c: Context): Step[] {
  return [
    {
      text: 'exits',
      stands: 'exit_mmap()',
      reads: 0,
      writes: SHARED.space,
      run: (s) => {
        remember(s, 1 << (GONE_SHIFT + c.space));
        return 0;
      },
    },
    ...c.machine.kinds.flatMap((kind, page) => (kind === 'kernel' ? [] : munmapSteps(c, page))),
  ];
}
