/** Judges the pages in an end state, in which no actor can do anything more. */
import {
  ALLOCATED,
  ANON,
  CHANGED_UNDER_WRITEBACK,
  FREED_IN_USE,
  GLOBAL,
  HANDLE_PUBLISHED,
  LRU,
  OVERFLOWED,
  PRESENT,
  type State,
  SWAPPED,
  TRUNCATED,
  ZERO,
} from './layout.js';
import {
  cachedAt,
  contentOf,
  diskOf,
  expectedOf,
  handleFrame,
  handleOf,
  hasFlag,
  isCached,
  isDirty,
  isFresh,
  type Machine,
  mapcountOf,
  ownerOf,
  pinsOf,
  pteFrame,
  pteOf,
  refOf,
} from './machine.js';
import { outcomeBit } from './outcomes.js';

/** How many pipe buffers with this page a reader can still find. Each has a reference. */
function inPipes(m: Machine, s: State, frame: number): number {
  let count = 0;
  for (let slot = 0; slot < m.layout.handleCount; slot++) {
    const handle = handleOf(m, s, slot);
    if ((handle & HANDLE_PUBLISHED) !== 0 && handleFrame(handle) === frame && isFresh(m, s, handle)) count++;
  }
  return count;
}

/** True if a design that takes pages off the LRU has left this one off it for good. */
function isLostToReclaim(m: Machine, s: State, frame: number): boolean {
  const owner = ownerOf(m, s, frame);
  return m.design.offLru && owner >= 0 && m.kinds[owner] !== 'kernel' && !hasFlag(m, s, frame, LRU);
}

/**
 * True if there is a page that reclaim could never free: it has more references than are accounted for, or none at all, or it looks pinned,
 * or it is not on the LRU.
 */
function isUnevictable(m: Machine, s: State): boolean {
  for (let frame = 0; frame < m.layout.frames; frame++) {
    const ref = refOf(m, s, frame);
    // The zero page is never evicted anyway.
    if (hasFlag(m, s, frame, ZERO) || !hasFlag(m, s, frame, ALLOCATED)) continue;
    const accounted = mapcountOf(m, s, frame) + (isCached(m, s, frame) ? 1 : 0) + inPipes(m, s, frame);
    const looksPinned = m.design.looksPinned?.({ ref, pins: pinsOf(m, s, frame) }) ?? false;
    if (ref > accounted || ref <= 0 || looksPinned || isLostToReclaim(m, s, frame)) return true;
  }
  return false;
}

/**
 * True if there is a page whose content, where it will be looked for (at its address, in its file or in swap), is not what was last written
 * to it.
 */
function isLost(m: Machine, s: State): boolean {
  for (let page = 0; page < m.layout.pages; page++) {
    const expected = expectedOf(m, s, page);
    const kind = m.kinds[page];
    if (expected === 0 || kind === 'kernel' || (s[m.layout.objects + page]! & TRUNCATED) !== 0) continue;
    const pte = pteOf(m, s, 0, page);
    const mapped = (pte & PRESENT) !== 0 ? pteFrame(pte) : -1;
    const cached = cachedAt(m, s, page);
    const frame = mapped >= 0 ? mapped : cached;
    // Nobody's write goes to the zero page; if it is freed, that is reported.
    if (frame >= 0 && hasFlag(m, s, frame, ZERO)) continue;
    if (kind !== 'file' && mapped < 0 && (pte & SWAPPED) === 0) continue;
    const found = frame >= 0 ? contentOf(m, s, frame) : diskOf(m, s, page);
    if (found !== expected) return true;
    // In memory, newer than on disk, and clean: the next eviction drops it.
    const backed = kind === 'file' || (frame === cached && frame >= 0 && hasFlag(m, s, frame, ANON));
    if (frame >= 0 && backed && !isDirty(m, s, frame) && diskOf(m, s, page) !== expected) return true;
  }
  return false;
}

/** Returns the outcomes of an end state, as bits of `outcomes.ts`. */
export function verdictOf(m: Machine, s: State): number {
  const past = s[GLOBAL]!;
  return (
    ((past & FREED_IN_USE) !== 0 ? outcomeBit('freed-in-use') : 0) |
    ((past & CHANGED_UNDER_WRITEBACK) !== 0 ? outcomeBit('changed-under-writeback') : 0) |
    ((past & OVERFLOWED) !== 0 ? outcomeBit('overflow') : 0) |
    (isUnevictable(m, s) ? outcomeBit('unevictable') : 0) |
    (isLost(m, s) ? outcomeBit('lost-write') : 0)
  );
}
