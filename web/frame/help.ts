/** The words and the keys of the page, explained. */
import type { Context } from '../context.js';
import { button, h } from '../dom.js';
import { CHANGES, PAIRINGS, sentence } from '../words.js';
import { offeredViews } from './views.js';

/** A term with what it means. */
type Entry = readonly [term: string, meaning: string];

/** What the keys do, where so many views are offered. */
const keysOf = (views: number): readonly Entry[] => [
  ['/', 'search'],
  [`1 to ${views}`, 'the views, from left to right'],
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
  ...(['right', 'wrong', 'suspect', 'open'] as const).map((pairing) => [pairing, PAIRINGS[pairing]] as const),
];

const entriesOf = (entries: readonly Entry[], tag: 'kbd' | 'b'): HTMLElement =>
  h('dl', {}, ...entries.flatMap(([term, meaning]) => [h('dt', {}, h(tag, {}, term)), h('dd', {}, meaning)]));

/** The dialog that explains them, and the columns, the rules and the changes that this page has. */
export function helpDialog({ columns, data }: Context): HTMLDialogElement {
  const parts: readonly [title: string, entries: readonly Entry[], tag: 'kbd' | 'b'][] = [
    ['Words', WORDS, 'b'],
    ['Columns', columns.map(({ title, about }) => [title, about]), 'b'],
    ['Rules of the check', Object.entries(data.rules).map(([rule, about]) => [rule, sentence(about)]), 'b'],
    ['Changes', data.progress ? Object.entries(CHANGES) : [], 'b'],
    ['Keys', keysOf(offeredViews(data).length), 'kbd'],
  ];
  const dialog: HTMLDialogElement = h(
    'dialog',
    { 'aria-label': 'Words and keys' },
    // It gets the focus, and stands first, so that the dialog opens at its beginning.
    button({ click: () => dialog.close() }, 'Close'),
    ...parts.flatMap(([title, entries, tag]) => (entries.length > 0 ? [h('h2', {}, title), entriesOf(entries, tag)] : [])),
  );
  return dialog;
}
