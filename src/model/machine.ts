/**
 * The machine: what a page is, and the smallest things that can be done to one. Operations (`operations/`) are made of these. Every
 * function here takes the machine first, and changes the state in place.
 */
import type { Design } from './designs/design.js';
import {
  ALLOCATED,
  ANON,
  CACHE_MASK,
  CONTENT_MASK,
  CONTENT_SHIFT,
  DIRTY,
  DISK_SHIFT,
  EXCLUSIVE,
  EXPECTED_SHIFT,
  FALSE_PIN,
  FRAME_WORDS,
  FREED_IN_USE,
  GENERATION_MASK,
  GENERATION_SHIFT,
  GLOBAL,
  HANDLE_FRAME_SHIFT,
  HANDLE_GENERATION_SHIFT,
  HANDLE_HELD,
  HANDLE_OWN,
  HANDLE_PAGE_SHIFT,
  HANDLE_PIN,
  HANDLE_VALID,
  INFO,
  type Layout,
  LRU,
  MAPCOUNT_MASK,
  MAPCOUNT_SHIFT,
  OVERFLOWED,
  OWNER_MASK,
  OWNER_SHIFT,
  PERMANENT,
  PINS,
  PRESENT,
  PTE_DIRTY,
  PTE_FRAME_SHIFT,
  REF,
  type State,
  WAS_LRU,
  ZERO,
} from './layout.js';
import { type Notice, noticeBit } from './notices.js';

/** Where the content of a logical page comes from and goes to. */
export type PageKind = 'file' | 'anon' | 'zero' | 'kernel';

/** What does not change while a scenario runs. */
export interface Machine {
  readonly layout: Layout;
  readonly design: Design;
  /** The kind of each logical page. */
  readonly kinds: readonly PageKind[];
}

/** Returns the first word of a frame. */
export function frameAt(m: Machine, frame: number): number {
  return m.layout.frame + frame * FRAME_WORDS;
}

/** True if a frame has any of the flags. */
export function hasFlag(m: Machine, s: State, frame: number, flag: number): boolean {
  return (s[frameAt(m, frame) + INFO]! & flag) !== 0;
}

/** Sets flags of a frame. */
export function setFlag(m: Machine, s: State, frame: number, flag: number): void {
  const at = frameAt(m, frame) + INFO;
  s[at] = s[at]! | flag;
}

/** Clears flags of a frame. */
export function clearFlag(m: Machine, s: State, frame: number, flag: number): void {
  const at = frameAt(m, frame) + INFO;
  s[at] = s[at]! & ~flag;
}

/** Returns a frame's `_refcount`. */
export function refOf(m: Machine, s: State, frame: number): number {
  return s[frameAt(m, frame) + REF]!;
}

/** Returns the pin count that the design keeps for a frame. */
export function pinsOf(m: Machine, s: State, frame: number): number {
  return s[frameAt(m, frame) + PINS]!;
}

function generationOf(m: Machine, s: State, frame: number): number {
  return (s[frameAt(m, frame) + INFO]! >>> GENERATION_SHIFT) & GENERATION_MASK;
}

/** Returns a frame's mapcount. */
export function mapcountOf(m: Machine, s: State, frame: number): number {
  return (s[frameAt(m, frame) + INFO]! >>> MAPCOUNT_SHIFT) & MAPCOUNT_MASK;
}

/** Adds to the mapcount, which is kept within its field: a page table entry that outlived its page does not take it below 0. */
export function addMapcount(m: Machine, s: State, frame: number, add: number): void {
  const at = frameAt(m, frame) + INFO;
  const count = Math.min(MAPCOUNT_MASK, Math.max(0, mapcountOf(m, s, frame) + add));
  s[at] = (s[at]! & ~(MAPCOUNT_MASK << MAPCOUNT_SHIFT)) | (count << MAPCOUNT_SHIFT);
}

/** Returns a frame's content. */
export function contentOf(m: Machine, s: State, frame: number): number {
  return (s[frameAt(m, frame) + INFO]! >>> CONTENT_SHIFT) & CONTENT_MASK;
}

/** Sets a frame's content. */
export function setContent(m: Machine, s: State, frame: number, content: number): void {
  const at = frameAt(m, frame) + INFO;
  s[at] = (s[at]! & ~(CONTENT_MASK << CONTENT_SHIFT)) | (content << CONTENT_SHIFT);
}

/** Returns the logical page that the frame was filled for; -1 for none. */
export function ownerOf(m: Machine, s: State, frame: number): number {
  return ((s[frameAt(m, frame) + INFO]! >>> OWNER_SHIFT) & OWNER_MASK) - 1;
}

/** Returns the page table entry of an address: eight bits. */
export function pteOf(m: Machine, s: State, space: number, page: number): number {
  return (s[m.layout.tables + space]! >>> (page * 8)) & 0xff;
}

/** Sets the page table entry of an address. */
export function setPte(m: Machine, s: State, space: number, page: number, pte: number): void {
  const at = m.layout.tables + space;
  s[at] = (s[at]! & ~(0xff << (page * 8))) | (pte << (page * 8));
}

/** Returns the frame in an entry, which has a meaning only if the entry is present. */
export function pteFrame(pte: number): number {
  return pte >>> PTE_FRAME_SHIFT;
}

/** True if the entry maps this frame. */
export function maps(pte: number, frame: number): boolean {
  return (pte & PRESENT) !== 0 && pteFrame(pte) === frame;
}

/** Returns the frame in the page cache (of a file) or the swap cache (of anonymous memory); -1 for none. */
export function cachedAt(m: Machine, s: State, page: number): number {
  return (s[m.layout.objects + page]! & CACHE_MASK) - 1;
}

/** Puts a frame into the page or swap cache of a page; -1 takes it out. */
export function setCached(m: Machine, s: State, page: number, frame: number): void {
  const at = m.layout.objects + page;
  s[at] = (s[at]! & ~CACHE_MASK) | (frame + 1);
}

/** Returns the content on disk, or in swap. */
export function diskOf(m: Machine, s: State, page: number): number {
  return (s[m.layout.objects + page]! >>> DISK_SHIFT) & CONTENT_MASK;
}

/** Sets the content on disk, or in swap. */
export function setDisk(m: Machine, s: State, page: number, content: number): void {
  const at = m.layout.objects + page;
  s[at] = (s[at]! & ~(CONTENT_MASK << DISK_SHIFT)) | (content << DISK_SHIFT);
}

/** Returns what was last written to the page on behalf of space 0; 0 if nobody will look for it any more. */
export function expectedOf(m: Machine, s: State, page: number): number {
  return (s[m.layout.objects + page]! >>> EXPECTED_SHIFT) & CONTENT_MASK;
}

/** Sets what will be looked for in a page. */
export function expect(m: Machine, s: State, page: number, content: number): void {
  const at = m.layout.objects + page;
  s[at] = (s[at]! & ~(CONTENT_MASK << EXPECTED_SHIFT)) | (content << EXPECTED_SHIFT);
}

/** True if the frame is in the page cache or swap cache. */
export function isCached(m: Machine, s: State, frame: number): boolean {
  for (let page = 0; page < m.layout.pages; page++) {
    if (cachedAt(m, s, page) === frame) return true;
  }
  return false;
}

/** True if the frame is dirty by its flag or by any page table entry that maps it. */
export function isDirty(m: Machine, s: State, frame: number): boolean {
  if (hasFlag(m, s, frame, DIRTY)) return true;
  for (let space = 0; space < m.layout.spaces; space++) {
    for (let page = 0; page < m.layout.pages; page++) {
      const pte = pteOf(m, s, space, page);
      if (maps(pte, frame) && (pte & PTE_DIRTY) !== 0) return true;
    }
  }
  return false;
}

/** Sets bits of the global word: something to be remembered until the end of the run, or a warning. */
export function remember(s: State, bits: number): void {
  s[GLOBAL] = s[GLOBAL]! | bits;
}

function warn(s: State, notice: Notice | null): void {
  if (notice !== null) remember(s, noticeBit(notice));
}

/** Returns the handle in a slot, 16 bits. Slots are numbered through all actors, beginning with the first actor's first. */
export function handleOf(m: Machine, s: State, slot: number): number {
  return (s[m.layout.firstHandle + (slot >> 1)]! >>> ((slot & 1) * 16)) & 0xffff;
}

/** Sets the handle in a slot. */
export function setHandle(m: Machine, s: State, slot: number, handle: number): void {
  const at = m.layout.firstHandle + (slot >> 1);
  const shift = (slot & 1) * 16;
  s[at] = (s[at]! & ~(0xffff << shift)) | (handle << shift);
}

/** Returns a handle on the page that a frame holds now. */
export function handleTo(m: Machine, s: State, frame: number, page: number, space: number, bits: number): number {
  const own = space === 0 ? HANDLE_OWN : 0;
  const generation = generationOf(m, s, frame) << HANDLE_GENERATION_SHIFT;
  return HANDLE_VALID | bits | own | (frame << HANDLE_FRAME_SHIFT) | generation | (page << HANDLE_PAGE_SHIFT);
}

/** Returns the frame that a handle is on. */
export function handleFrame(handle: number): number {
  return (handle >>> HANDLE_FRAME_SHIFT) & 7;
}

/** True if the frame still holds the page that the handle was made for. */
export function isFresh(m: Machine, s: State, handle: number): boolean {
  return ((handle >>> HANDLE_GENERATION_SHIFT) & GENERATION_MASK) === generationOf(m, s, handleFrame(handle));
}

/** True if any actor believes that it holds a reference with all of `bits` on the page that the frame holds now. */
function isHeld(m: Machine, s: State, frame: number, bits: number): boolean {
  const wanted = HANDLE_VALID | HANDLE_HELD | bits;
  for (let slot = 0; slot < m.layout.handleCount; slot++) {
    const handle = handleOf(m, s, slot);
    if ((handle & wanted) === wanted && handleFrame(handle) === frame && isFresh(m, s, handle)) return true;
  }
  return false;
}

/** Notes the use of a handle whose page is gone: a use of a freed page. */
export function noteStale(m: Machine, s: State, handle: number): void {
  if (!isFresh(m, s, handle)) remember(s, FREED_IN_USE);
}

/** Adds to `_refcount` as `atomic_add()` does. Nothing is freed. */
export function addRef(m: Machine, s: State, frame: number, add: number): void {
  const at = frameAt(m, frame) + REF;
  const before = s[at]!;
  s[at] = before + add;
  if (add > 0 && before > 0 && s[at]! < 0) remember(s, OVERFLOWED);
}

/**
 * Adds to the design's own pin count. In a design that takes pinned pages off the LRU, the first pin does that, and the last unpin puts the
 * page back.
 */
export function addPins(m: Machine, s: State, frame: number, add: number): void {
  const at = frameAt(m, frame) + PINS;
  const before = s[at]!;
  s[at] = before + add;
  if (!m.design.offLru) return;
  // pin_page_for_dma() sets the first pin whatever was in the word. It does not mark the page if that is isolated from the LRU.
  if (add > 0 && before <= 0) {
    s[at] = add;
    if (hasFlag(m, s, frame, LRU)) setFlag(m, s, frame, WAS_LRU);
    clearFlag(m, s, frame, LRU);
  } else if (add < 0 && s[at] === 0 && hasFlag(m, s, frame, WAS_LRU)) {
    clearFlag(m, s, frame, WAS_LRU);
    setFlag(m, s, frame, LRU);
  }
}

/**
 * Drops `count` references and frees the page if none is left: `atomic_sub_and_test()`, then `__folio_put()`. A count that passes below
 * zero never frees.
 */
export function dropRef(m: Machine, s: State, frame: number, count: number): void {
  const at = frameAt(m, frame) + REF;
  s[at] = s[at]! - count;
  if (s[at] === 0 && hasFlag(m, s, frame, ALLOCATED)) freeFrame(m, s, frame);
}

/** `put_page()`: {@link dropRef} with the design's warning. */
export function putPage(m: Machine, s: State, frame: number, count = 1): void {
  const before = refOf(m, s, frame);
  warn(s, m.design.noticesPut(before, (before - count) | 0, pinsOf(m, s, frame)));
  dropRef(m, s, frame, count);
}

/** The warning for a page in an impossible state. */
function badPage(m: Machine): Notice {
  return m.design.checksPages === 'always' ? 'bad-page' : 'bad-page-debug';
}

/** `free_unref_page()`: the frame may be given out again. That it was freed while something still uses it is remembered. */
export function freeFrame(m: Machine, s: State, frame: number): void {
  const at = frameAt(m, frame);
  const info = s[at + INFO]!;
  const mapped = mapcountOf(m, s, frame) > 0;
  const cached = isCached(m, s, frame);
  if (mapped || cached || (info & ZERO) !== 0 || isHeld(m, s, frame, 0)) remember(s, FREED_IN_USE);
  // What free_pages_check() can see: a mapcount, a mapping, a zero page, which nobody may free. It does not see holders.
  if (mapped || cached || (info & ZERO) !== 0) warn(s, badPage(m));
  if (m.design.countsAtFree && pinsOf(m, s, frame) !== 0) warn(s, 'pins-at-free');
  const generation = (((info >>> GENERATION_SHIFT) & GENERATION_MASK) + 1) & GENERATION_MASK;
  s[at + REF] = 0;
  s[at + PINS] = 0;
  s[at + INFO] = (info & PERMANENT) | (generation << GENERATION_SHIFT);
}

/** True if the allocator can give this frame out. */
export function isFree(m: Machine, s: State, frame: number): boolean {
  return !hasFlag(m, s, frame, ALLOCATED | ZERO);
}

/** True if any frame is free. */
export function hasFree(m: Machine, s: State): boolean {
  for (let frame = 0; frame < m.layout.frames; frame++) {
    if (isFree(m, s, frame)) return true;
  }
  return false;
}

/**
 * Allocates a free frame, with one reference.
 * @param owner the logical page that it is for, -1 for none
 */
export function allocate(m: Machine, s: State, frame: number, owner: number, flags: number, content: number): void {
  const at = frameAt(m, frame);
  // The count was changed while the page was free: check_new_page().
  if (s[at + REF] !== 0) warn(s, badPage(m));
  const kept = s[at + INFO]! & (PERMANENT | (GENERATION_MASK << GENERATION_SHIFT));
  s[at + REF] = 1;
  s[at + PINS] = 0;
  s[at + INFO] = kept | ALLOCATED | flags | ((owner + 1) << OWNER_SHIFT) | (content << CONTENT_SHIFT);
}

/** Puts an isolated page back on the LRU, unless the design keeps pinned pages off it. */
export function putBackOnLru(m: Machine, s: State, frame: number): void {
  if (!(m.design.offLru && pinsOf(m, s, frame) > 0)) setFlag(m, s, frame, LRU);
}

/** `folio_maybe_dma_pinned()`. That a page without pins looks pinned is remembered. */
export function askPinned(m: Machine, s: State, frame: number): boolean {
  const { looksPinned } = m.design;
  if (looksPinned === null) return false;
  const pinned = looksPinned({ ref: refOf(m, s, frame), pins: pinsOf(m, s, frame) });
  if (pinned && !isHeld(m, s, frame, HANDLE_PIN)) remember(s, FALSE_PIN);
  return pinned;
}

/** Warns that a reference was refused. */
export function refuse(s: State): void {
  warn(s, 'grab-refused');
}

/** `sanity_check_pinned_pages()`: the design's warning about a release before it counts. What gup itself takes back is not checked. */
export function checkUnpin(m: Machine, s: State, frame: number): void {
  if (m.design.pinsExclusive && hasFlag(m, s, frame, ANON) && !hasFlag(m, s, frame, EXCLUSIVE)) warn(s, 'unpin-shared');
}

/** Maps a frame at an address, and counts the mapping, unless it is of the zero page. The reference for it is the caller's to add. */
export function mapFrame(m: Machine, s: State, space: number, page: number, frame: number, bits: number): void {
  setPte(m, s, space, page, PRESENT | bits | (frame << PTE_FRAME_SHIFT));
  if (hasFlag(m, s, frame, ZERO)) return;
  addMapcount(m, s, frame, 1);
}

/**
 * Removes a page table entry (`zap_present_ptes()`, `try_to_unmap_one()`); its dirty bit goes to the page. The caller must drop the
 * mapping's reference. Returns the frame; -1 if none was mapped, or the zero page.
 * @param left the entry that is put in its place
 */
export function unmapPte(m: Machine, s: State, space: number, page: number, left: number): number {
  const pte = pteOf(m, s, space, page);
  if ((pte & PRESENT) === 0) return -1;
  const frame = pteFrame(pte);
  setPte(m, s, space, page, left);
  if (hasFlag(m, s, frame, ZERO)) return -1;
  if ((pte & PTE_DIRTY) !== 0) setFlag(m, s, frame, DIRTY);
  addMapcount(m, s, frame, -1);
  return frame;
}

/** Returns the flags of a fresh page of this kind. */
export function freshFlags(kind: PageKind): number {
  return kind === 'file' ? LRU : kind === 'anon' ? LRU | ANON | EXCLUSIVE : 0;
}
