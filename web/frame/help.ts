/** The words and the keys of the page, explained. */
import { button, h } from '../dom.js';
import { PAIRINGS } from '../words.js';

/** A term with what it means. */
type Entry = readonly [term: string, meaning: string];

/** What the keys do. */
const KEYS: readonly Entry[] = [
  ['/', 'search'],
  ['1 to 6', 'the views, from left to right'],
  ['↓ ↑ or j k', 'in the sheet: next and previous row (also Page Up, Page Down, Home, End)'],
  ['Enter', 'open the site'],
  ['Shift and click', 'in the sheet, on a title: sort by that column where the others are equal'],
  ['n p', 'next and previous site'],
  ['u or Esc', 'from a site back to the view from which it was opened'],
  ['Esc', 'leave a field; once more: clear all filters'],
  ['?', 'these words and keys'],
];

/** What a reader who never saw a survey has to know. */
const WORDS: readonly Entry[] = [
  ['site', 'one call that takes references on user pages'],
  ['get', 'a plain reference: get_user_pages*(), to be dropped by put_page() and its kin'],
  ['pin', 'a pin: pin_user_pages*(), to be dropped by unpin_user_page*()'],
  ['conditional', 'a pin or nothing, depending on the iterator or on flags at run time'],
  ['container', 'what holds the page pointers, in the order that the pages go through it'],
  ['carrier', 'the struct field in which they survive the function'],
  ['release form', 'how they are dropped; loop-collapsible: a loop that one bulk call can replace'],
  ['pairing', 'whether the releases drop what was taken; of several releases, the worst'],
  ...(['right', 'wrong', 'suspect', 'open'] as const).map((pairing) => [pairing, PAIRINGS[pairing]] as const),
  ['gap', 'something that could not be followed: there may be more than the row says'],
];

const entriesOf = (entries: readonly Entry[], tag: 'kbd' | 'b'): HTMLElement =>
  h('dl', {}, ...entries.flatMap(([term, meaning]) => [h('dt', {}, h(tag, {}, term)), h('dd', {}, meaning)]));

/** The dialog that explains them. */
export function helpDialog(): HTMLDialogElement {
  const dialog: HTMLDialogElement = h(
    'dialog',
    { 'aria-label': 'Words and keys' },
    // It gets the focus, and stands first, so that the dialog opens at its beginning.
    button({ click: () => dialog.close() }, 'Close'),
    h('h2', {}, 'Words'),
    entriesOf(WORDS, 'b'),
    h('h2', {}, 'Keys'),
    entriesOf(KEYS, 'kbd'),
  );
  return dialog;
}
