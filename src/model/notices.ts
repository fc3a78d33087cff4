/** The warnings that a running kernel can give when a count goes wrong. A design says which of these it has. */
import { NOTICE_SHIFT } from './layout.js';

/** One warning. */
interface Told {
  /** What it says. */
  readonly about: string;
  /** Where it is from. */
  readonly source: string;
  /** `any` if every kernel gives it, `debug` if only one that was built or booted for debugging. */
  readonly kernel: 'any' | 'debug';
}

/** All warnings. */
export const notices = {
  'put-below-pins': {
    about: 'put_page() took the count below what the pins need',
    source: 'the warning that Jan Kara describes in the thread ("drops below bare minimum for given user pin count")',
    kernel: 'any',
  },
  'put-below-pin-count': {
    about: 'put_page() found fewer references than pins',
    source: 'VM_BUG_ON_PAGE() in put_page() of "mm: track gup pages with page->dma_pinned_* fields" v2, 10 November 2018 (CONFIG_DEBUG_VM)',
    kernel: 'debug',
  },
  'grab-refused': {
    about: 'a reference was refused because the count is not positive, which is also what a count that has overflowed looks like',
    source: 'try_grab_folio() and try_get_folio() in mm/gup.c: WARN_ON_ONCE()',
    kernel: 'any',
  },
  'bad-page': {
    about: 'a page was freed, or was about to be given out, in a state in which no free page can be ("BUG: Bad page state")',
    source: 'free_pages_check() and check_new_page() in mm/page_alloc.c of 4.20',
    kernel: 'any',
  },
  'bad-page-debug': {
    about: 'a page was freed, or was about to be given out, in a state in which no free page can be, and the kernel was told to look',
    source: 'free_page_is_bad() and check_new_page() in mm/page_alloc.c of 6.12 (CONFIG_DEBUG_VM, page poisoning, debug_pagealloc)',
    kernel: 'debug',
  },
  'pins-at-free': {
    about: 'a large page was freed with pins ("nonzero pincount")',
    source: 'free_tail_page_prepare() in mm/page_alloc.c of 6.12, where is_check_pages_enabled()',
    kernel: 'debug',
  },
  'unpin-shared': {
    about: 'an unpin of anonymous memory that more than one process may have, and no pin can be on',
    source: 'sanity_check_pinned_pages() in mm/gup.c: VM_BUG_ON_PAGE() (CONFIG_DEBUG_VM)',
    kernel: 'debug',
  },
} as const satisfies Readonly<Record<string, Told>>;

/** The name of a warning. */
export type Notice = keyof typeof notices;

/** The names of all warnings. */
export const noticeNames = Object.keys(notices) as Notice[];

/** Returns the bit of a warning in a state's global word. */
export function noticeBit(notice: Notice): number {
  return 1 << (NOTICE_SHIFT + noticeNames.indexOf(notice));
}

const bitsOf = (names: readonly Notice[]): number => names.reduce((mask, name) => mask | noticeBit(name), 0);

/** Bits of the warnings that every kernel gives. */
export const NOTICE_MASK = bitsOf(noticeNames.filter((name) => notices[name].kernel === 'any'));

/** Bits of the warnings that a debugging kernel gives, which includes those of every kernel. */
export const DEBUG_MASK = bitsOf(noticeNames);
