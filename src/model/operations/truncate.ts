/** `truncate_inode_folio()`: the file loses a page, whoever holds it. */
import { DIRTY, LOCKED, type State, TRUNCATED, WRITEBACK } from '../layout.js';
import {
  cachedAt,
  clearFlag,
  expect,
  handleFrame,
  handleOf,
  handleTo,
  hasFlag,
  noteStale,
  putPage,
  setCached,
  setFlag,
  setHandle,
} from '../machine.js';
import { unmapEverywhere } from './reclaim.js';
import { ALL_TABLES, BLOCKED, type Context, MAY_FREE, SHARED, type Step } from './step.js';

/** Returns the steps of truncating a file below a page. */
export function truncateSteps(c: Context, page: number): Step[] {
  const m = c.machine;
  const slot = c.scratch('truncated');
  const frameIn = (s: State): number => handleFrame(handleOf(m, s, slot));
  const [UNMAP, DELETE, DROP] = [1, 2, 3];
  return [
    {
      text: `truncates the file below page ${page}, and locks the page`,
      stands: 'truncate_inode_pages_range(): i_size, folio_lock()',
      reads: SHARED.cache | SHARED.lock | SHARED.flags,
      writes: SHARED.lock | SHARED.content | SHARED.cache,
      to: [UNMAP, 'next'],
      run: (s) => {
        if (m.kinds[page] !== 'file') return 1;
        const frame = cachedAt(m, s, page);
        if (frame >= 0 && hasFlag(m, s, frame, LOCKED | WRITEBACK)) return BLOCKED;
        s[m.layout.objects + page] = s[m.layout.objects + page]! | TRUNCATED;
        expect(m, s, page, 0);
        if (frame < 0) return 1;
        setFlag(m, s, frame, LOCKED);
        setHandle(m, s, slot, handleTo(m, s, frame, page, 0, 0));
        return 0;
      },
    },
    {
      text: 'unmaps it',
      stands: 'unmap_mapping_folio()',
      reads: ALL_TABLES | MAY_FREE.reads,
      writes: ALL_TABLES | MAY_FREE.writes,
      to: [DELETE],
      run: (s) => {
        unmapEverywhere(m, s, frameIn(s), 0);
        return 0;
      },
    },
    {
      text: 'takes it out of the page cache',
      stands: 'filemap_remove_folio()',
      reads: SHARED.cache,
      writes: SHARED.cache | SHARED.lock | SHARED.flags,
      to: [DROP],
      run: (s) => {
        const frame = frameIn(s);
        setCached(m, s, page, -1);
        clearFlag(m, s, frame, DIRTY | LOCKED);
        return 0;
      },
    },
    {
      text: "drops the cache's reference",
      stands: 'filemap_free_folio(): folio_put()',
      ...MAY_FREE,
      run: (s) => {
        const handle = handleOf(m, s, slot);
        noteStale(m, s, handle);
        setHandle(m, s, slot, 0);
        putPage(m, s, handleFrame(handle));
        return 0;
      },
    },
  ];
}
