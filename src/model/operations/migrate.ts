/** `migrate_pages()` for one page: unmap it with migration entries, check the count, copy, map the new one. */
import {
  ALLOCATED,
  ANON,
  CMA,
  DIRTY,
  EXCLUSIVE,
  INFO,
  LOCKED,
  LRU,
  MIGRATING,
  PRESENT,
  PTE_FRAME_SHIFT,
  REF,
  type State,
  WRITEBACK,
} from '../layout.js';
import {
  addMapcount,
  addRef,
  allocate,
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
  isFree,
  type Machine,
  mapcountOf,
  maps,
  noteStale,
  ownerOf,
  pteFrame,
  pteOf,
  putBackOnLru,
  refOf,
  setCached,
  setFlag,
  setHandle,
  setPte,
} from '../machine.js';
import { ALL_TABLES, BLOCKED, type Context, MAY_FREE, SHARED, type Step } from './step.js';

/** Makes every entry that maps `from` map `to`, with the same bits otherwise. */
function remap(m: Machine, s: State, from: number, to: number): void {
  for (let space = 0; space < m.layout.spaces; space++) {
    for (let page = 0; page < m.layout.pages; page++) {
      const pte = pteOf(m, s, space, page);
      const here = (pte & (PRESENT | MIGRATING)) !== 0 && pteFrame(pte) === from;
      if (here) setPte(m, s, space, page, (pte & 0x1f & ~MIGRATING) | PRESENT | (to << PTE_FRAME_SHIFT));
    }
  }
}

/**
 * Moves a page to another frame at once, if it has no references other than those of its mappings, its cache, and `own` further ones.
 * Returns whether it did.
 */
export function replaceFrame(m: Machine, s: State, page: number, from: number, to: number, own = 0): boolean {
  const cached = cachedAt(m, s, page) === from;
  const mapped = mapcountOf(m, s, from);
  if (refOf(m, s, from) !== mapped + (cached ? 1 : 0) + own || hasFlag(m, s, from, LOCKED | WRITEBACK)) return false;
  const flags = s[frameAt(m, from) + INFO]! & (ANON | EXCLUSIVE | DIRTY | LRU);
  allocate(m, s, to, ownerOf(m, s, from), flags, contentOf(m, s, from));
  // Its first reference is one of those that move; the others are added.
  addRef(m, s, to, mapped + (cached ? 1 : 0) - 1);
  addMapcount(m, s, to, mapped);
  if (cached) setCached(m, s, page, to);
  remap(m, s, from, to);
  addMapcount(m, s, from, -mapped);
  s[frameAt(m, from) + REF] = 0;
  freeFrame(m, s, from);
  return true;
}

/** Returns the steps of moving a page to another frame. */
export function migrateSteps(c: Context, page: number): Step[] {
  const m = c.machine;
  const slot = c.scratch('migrated');
  const frames = m.layout.frames;
  const frameIn = (s: State): number => handleFrame(handleOf(m, s, slot));
  const [UNMAP, MOVE, RESTORE] = [1, 2, 3];
  return [
    {
      text: `takes page ${page} off the LRU to move it`,
      stands: 'isolate_migratepages_block(): folio_try_get()',
      reads: ALL_TABLES | SHARED.flags | SHARED.counts | SHARED.lock,
      writes: SHARED.flags | SHARED.counts | SHARED.lock,
      to: [UNMAP, 'next'],
      run: (s) => {
        const pte = pteOf(m, s, c.space, page);
        const frame = pteFrame(pte);
        const can = (pte & PRESENT) !== 0 && hasFlag(m, s, frame, LRU) && refOf(m, s, frame) !== 0;
        if (!can || hasFlag(m, s, frame, LOCKED | WRITEBACK)) return 1;
        addRef(m, s, frame, 1);
        clearFlag(m, s, frame, LRU);
        setFlag(m, s, frame, LOCKED);
        setHandle(m, s, slot, handleTo(m, s, frame, page, 0, 0));
        return 0;
      },
    },
    {
      text: 'puts migration entries in its place',
      stands: 'try_to_migrate()',
      reads: ALL_TABLES,
      writes: ALL_TABLES,
      to: [MOVE],
      run: (s) => {
        const frame = frameIn(s);
        for (let space = 0; space < m.layout.spaces; space++) {
          const pte = pteOf(m, s, space, page);
          if (maps(pte, frame)) setPte(m, s, space, page, (pte & ~PRESENT) | MIGRATING);
        }
        return 0;
      },
    },
    {
      text: 'moves it if nobody else has a reference',
      stands: '__folio_migrate_mapping(): folio_ref_freeze()',
      reads: ALL_TABLES | MAY_FREE.reads | SHARED.content,
      writes: ALL_TABLES | MAY_FREE.writes | SHARED.cache | SHARED.content | SHARED.lock,
      choices: frames,
      to: ['next', RESTORE],
      run: (s, choice) => {
        const from = frameIn(s);
        const usable = (frame: number): boolean => frame !== from && isFree(m, s, frame) && !hasFlag(m, s, frame, CMA);
        const expected = mapcountOf(m, s, from) + (cachedAt(m, s, page) === from ? 1 : 0) + 1;
        let target = false;
        for (let frame = 0; frame < frames; frame++) target ||= usable(frame);
        // With only this reference left, all others have freed it meanwhile, and there is nothing to move.
        if (expected === 1 || refOf(m, s, from) !== expected || !target) return choice === 0 ? 1 : BLOCKED;
        if (!usable(choice)) return BLOCKED;
        clearFlag(m, s, from, LOCKED);
        setHandle(m, s, slot, 0);
        setFlag(m, s, from, LRU);
        replaceFrame(m, s, page, from, choice, 1);
        return 0;
      },
    },
    {
      text: 'puts the old one back',
      stands: 'remove_migration_ptes(), folio_putback_lru()',
      reads: ALL_TABLES | MAY_FREE.reads,
      writes: ALL_TABLES | MAY_FREE.writes | SHARED.lock,
      run: (s) => {
        const handle = handleOf(m, s, slot);
        const frame = handleFrame(handle);
        noteStale(m, s, handle);
        remap(m, s, frame, frame);
        clearFlag(m, s, frame, LOCKED);
        if (hasFlag(m, s, frame, ALLOCATED)) putBackOnLru(m, s, frame);
        setHandle(m, s, slot, 0);
        dropRef(m, s, frame, 1);
        return 0;
      },
    },
  ];
}
