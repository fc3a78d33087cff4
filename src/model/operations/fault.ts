/** `handle_mm_fault()`: makes an address usable, through the page cache, the disk, the swap, or a copy. */
import {
  ANON,
  DIRTY,
  EXCLUSIVE,
  GLOBAL,
  GONE_SHIFT,
  LOCKED,
  MIGRATING,
  PRESENT,
  PTE_DIRTY,
  type State,
  SWAPPED,
  TRUNCATED,
  WRITABLE,
  WRITEBACK,
} from '../layout.js';
import {
  addRef,
  allocate,
  cachedAt,
  contentOf,
  diskOf,
  dropRef,
  freshFlags,
  hasFlag,
  hasFree,
  isFree,
  type Machine,
  mapcountOf,
  mapFrame,
  pteFrame,
  pteOf,
  putPage,
  refOf,
  setCached,
  setFlag,
  setPte,
  unmapPte,
} from '../machine.js';

/** Result of a fault: the address can be used now; it never can (-EFAULT, SIGBUS); not now, or not with this choice of a frame. */
export const FAULT = { done: 0, failed: 1, not: 2 } as const;
type Fault = (typeof FAULT)[keyof typeof FAULT];

const USABLE_FOR_WRITE = PRESENT | WRITABLE;

/** True if an access of this kind needs no fault. */
export function usable(pte: number, write: boolean): boolean {
  const wanted = write ? USABLE_FOR_WRITE : PRESENT;
  return (pte & wanted) === wanted;
}

/** `gup_must_unshare()`: a pin for reading needs anonymous memory that only this process can have. */
export function mustUnshare(m: Machine, s: State, pte: number): boolean {
  const frame = pteFrame(pte);
  return m.design.pinsExclusive && (pte & WRITABLE) === 0 && hasFlag(m, s, frame, ANON) && !hasFlag(m, s, frame, EXCLUSIVE);
}

/**
 * Handles one fault. It fails if a frame is needed and none is left.
 * @param choice the frame to take if one must be allocated. If none is needed only choice 0 is possible, so that the same thing is not done
 *   twice
 */
export function fault(m: Machine, s: State, space: number, page: number, write: boolean, choice: number): Fault {
  if ((s[GLOBAL]! & (1 << (GONE_SHIFT + space))) !== 0) return choice === 0 ? FAULT.failed : FAULT.not;
  const pte = pteOf(m, s, space, page);
  if ((pte & MIGRATING) !== 0) return FAULT.not;
  if ((pte & PRESENT) !== 0) return writeProtected(m, s, space, page, pteFrame(pte), write, choice);
  return m.kinds[page] === 'file' ? fileFault(m, s, space, page, write, choice) : anonFault(m, s, space, page, pte, write, choice);
}

/** Checks that the chosen frame can be taken; returns whether the fault can go on. */
function takeFrame(m: Machine, s: State, choice: number): Fault {
  if (!hasFree(m, s)) return choice === 0 ? FAULT.failed : FAULT.not;
  return choice < m.layout.frames && isFree(m, s, choice) ? FAULT.done : FAULT.not;
}

/** `do_wp_page()`, for a write or, with FAULT_FLAG_UNSHARE, only to have the page for this process alone. */
function writeProtected(m: Machine, s: State, space: number, page: number, frame: number, write: boolean, choice: number): Fault {
  const bits = write ? WRITABLE | PTE_DIRTY : 0;
  if (m.kinds[page] === 'file') {
    // page_mkwrite: waits for the page lock and for stable pages, then the page counts as dirty.
    if (choice !== 0 || hasFlag(m, s, frame, LOCKED | WRITEBACK)) return FAULT.not;
    setPte(m, s, space, page, pteOf(m, s, space, page) | WRITABLE | PTE_DIRTY);
    setFlag(m, s, frame, DIRTY);
    return FAULT.done;
  }
  if (m.kinds[page] === 'anon' && canReuse(m, s, frame)) {
    if (choice !== 0) return FAULT.not;
    setFlag(m, s, frame, EXCLUSIVE);
    setPte(m, s, space, page, pteOf(m, s, space, page) | bits);
    return FAULT.done;
  }
  // wp_page_copy(): the new page takes the old one's place, then the old one's reference is dropped.
  const taken = takeFrame(m, s, choice);
  if (taken !== FAULT.done) return taken;
  allocate(m, s, choice, page, freshFlags('anon'), contentOf(m, s, frame));
  const old = unmapPte(m, s, space, page, 0);
  mapFrame(m, s, space, page, choice, bits);
  if (old >= 0) putPage(m, s, old);
  return FAULT.done;
}

/** True if the process may write to the page itself instead of a copy. */
function canReuse(m: Machine, s: State, frame: number): boolean {
  if (m.design.reuse === 'mapcount') return mapcountOf(m, s, frame) === 1;
  return hasFlag(m, s, frame, EXCLUSIVE) || refOf(m, s, frame) === 1;
}

/** `filemap_fault()` and `do_shared_fault()`. */
function fileFault(m: Machine, s: State, space: number, page: number, write: boolean, choice: number): Fault {
  if ((s[m.layout.objects + page]! & TRUNCATED) !== 0) return choice === 0 ? FAULT.failed : FAULT.not;
  let frame = cachedAt(m, s, page);
  if (frame < 0) {
    const taken = takeFrame(m, s, choice);
    if (taken !== FAULT.done) return taken;
    frame = choice;
    allocate(m, s, frame, page, freshFlags('file'), diskOf(m, s, page));
    setCached(m, s, page, frame);
  } else if (choice !== 0 || hasFlag(m, s, frame, LOCKED) || (write && hasFlag(m, s, frame, WRITEBACK))) {
    return FAULT.not;
  }
  addRef(m, s, frame, 1);
  mapFrame(m, s, space, page, frame, write ? WRITABLE | PTE_DIRTY : 0);
  if (write) setFlag(m, s, frame, DIRTY);
  return FAULT.done;
}

/** `do_anonymous_page()` and `do_swap_page()`. */
function anonFault(m: Machine, s: State, space: number, page: number, pte: number, write: boolean, choice: number): Fault {
  // No page and no content in swap: the mapping is gone.
  if ((pte & SWAPPED) === 0) return choice === 0 ? FAULT.failed : FAULT.not;
  const cached = cachedAt(m, s, page);
  const bits = WRITABLE | (write ? PTE_DIRTY : 0);
  if (cached < 0) {
    const taken = takeFrame(m, s, choice);
    if (taken !== FAULT.done) return taken;
    allocate(m, s, choice, page, freshFlags('anon') | DIRTY, diskOf(m, s, page));
    mapFrame(m, s, space, page, choice, bits);
    return FAULT.done;
  }
  if (choice !== 0 || hasFlag(m, s, cached, LOCKED)) return FAULT.not;
  addRef(m, s, cached, 1);
  mapFrame(m, s, space, page, cached, bits);
  // The swap slot is not kept: the page is dirty again, and the cache's reference is dropped.
  setCached(m, s, page, -1);
  setFlag(m, s, cached, DIRTY | EXCLUSIVE);
  dropRef(m, s, cached, 1);
  return FAULT.done;
}
