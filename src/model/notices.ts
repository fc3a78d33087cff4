/** What a running kernel can say when a count goes wrong. A design lists which of these it has. */
import { NOTICE_SHIFT } from './layout.js';

/** Each warning, with what it says and where it is from. */
export const notices = {
  'put-below-pins': {
    about: 'put_page() took the count below what the pins need',
    source: 'the warning that Jan Kara describes in the thread ("drops below bare minimum for given user pin count")',
  },
  'unpin-without-pin': {
    about: 'a pin was released on a page that has none',
    source: 'possible wherever pins are counted apart from references',
  },
  'grab-refused': {
    about: 'a reference was refused because the count is not positive',
    source: 'try_grab_folio() and try_get_folio() in mm/gup.c: WARN_ON_ONCE()',
  },
  'bad-page': {
    about: 'a page was freed, or was about to be given out, in a state in which no free page can be ("BUG: Bad page state")',
    source: 'free_pages_check() and check_new_page() in mm/page_alloc.c of 4.20; since 6.3 only if check_pages_enabled',
  },
} as const;

export type Notice = keyof typeof notices;

export const noticeNames = Object.keys(notices) as Notice[];

/** The bit of a warning in a state's global word. */
export function noticeBit(notice: Notice): number {
  return 1 << (NOTICE_SHIFT + noticeNames.indexOf(notice));
}

/** All warnings' bits. */
export const NOTICE_MASK = noticeNames.reduce((mask, name) => mask | noticeBit(name), 0);
