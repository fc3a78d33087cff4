/** What a row says, in sentences: a table for each key of the row. */
import type { Container, Dirty, Reference, ReleaseForm, ReleaseScope, Row, SiteKind } from '../survey/row.js';
import { visible } from './visible.js';

const KIND: Readonly<Record<SiteKind, string>> = {
  user: 'It uses the pages itself, and its own file or driver sees to their release.',
  wrapper: 'It is a wrapper: it hands what it acquired to its callers, and the release is theirs.',
  internal: 'It is part of gup or iov_iter itself.',
  test: 'It is a test of the kernel.',
};

const REFERENCE: Readonly<Record<Reference, string>> = {
  get: 'It takes a plain reference (FOLL_GET), which put_page() and its like must drop.',
  pin: 'It takes a pin (FOLL_PIN), which unpin_user_page() and its like must drop; put_page() would not.',
  conditional: 'What it takes depends on the run: a pin if the iterator is user backed or the flags say so, otherwise nothing.',
  none: 'It takes nothing: without a page array the call only faults the pages in.',
};

const CONTAINER: Readonly<Record<Container, string>> = {
  single: 'one struct page pointer',
  'page-array': 'an array of page pointers',
  sgl: 'a scatterlist',
  skb: 'an skb',
  bvec: 'a bvec or bio',
  pipe: 'a pipe',
  pfn: 'a pfn or physical address',
  other: 'something that putright has no name for',
};

const FORM: Readonly<Record<ReleaseForm, string>> = {
  single: 'One call drops one page',
  'loop-collapsible':
    'A loop drops the pages one by one and does nothing else, so one unpin_user_pages*() or put_user_pages*() call can replace it',
  'loop-other': 'A loop drops the pages and does more for each, so no bulk call can replace it as it stands',
  bulk: 'One call drops all the pages',
  container: 'Generic code drops the pages with their container',
  none: 'No release was found',
  caller: 'Callers drop the pages, in more than one way',
};

const SCOPE: Readonly<Record<ReleaseScope, string>> = {
  function: 'in the same function',
  file: 'in the same file',
  'cross-file': 'in another file',
  caller: 'in the callers',
};

const DIRTY: Readonly<Record<Dirty, string>> = {
  none: 'Nothing marks the pages dirty.',
  set_page_dirty: 'Written pages are marked with set_page_dirty(), without the page lock.',
  set_page_dirty_lock: 'Written pages are marked with set_page_dirty_lock().',
  SetPageDirty: 'Written pages get the dirty flag alone, with SetPageDirty().',
  bulk: 'The releasing call marks the pages dirty, by its argument.',
  container: 'Generic code marks the pages dirty with their container.',
  other: 'The pages are marked dirty in a way of its own.',
};

/** What the values of a row's keys mean, by key and value. */
export const MEANINGS = { kind: KIND, reference: REFERENCE, containers: CONTAINER, releaseForm: FORM, releaseScope: SCOPE, dirty: DIRTY };

const list = (texts: readonly string[], last = 'and'): string =>
  texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} ${last} ${texts[texts.length - 1]}`;

/** Names past this many are only counted; the row has them all. */
const NAMES = 6;
const beginning = (texts: readonly string[]): readonly string[] =>
  texts.length <= NAMES + 1 ? texts : [...texts.slice(0, NAMES), `${texts.length - NAMES} more`];

/** The sentences in their order; `null` where the row has nothing to say. */
const SENTENCES: readonly ((row: Row) => string | null)[] = [
  (row) => KIND[row.kind],
  (row) => (row.wrappers.length > 0 ? `The pages are handed on by ${list(beginning(row.wrappers.map((name) => `${name}()`)))}.` : null),
  (row) => REFERENCE[row.reference],
  (row) => (row.longterm ? 'It takes it for the long term (FOLL_LONGTERM).' : null),
  (row) =>
    row.containers.length > 0
      ? `The pages are held in ${row.containers.map((container) => CONTAINER[container]).join(', then in ')}.`
      : null,
  (row) => (row.carrier.length > 0 ? `They outlive the function in ${list(row.carrier)}.` : null),
  (row) =>
    `${FORM[row.releaseForm]}${row.releaseForm === 'none' ? '' : `, ${SCOPE[row.releaseScope]}`}${row.releaseReason ? `: ${row.releaseReason}` : ''}.`,
  (row) => DIRTY[row.dirty],
  (row) =>
    row.mixed
      ? `What holds them can also hold other pages${row.mixedWith.length > 0 ? `: ${row.mixedWith.join('; ')}` : ''}.`
      : 'Nothing else was seen to go into what holds them.',
  (row) => (row.case ? `It is case ${row.case.number} of Documentation/core-api/pin_user_pages.rst: ${row.case.reason}.` : null),
  (row) =>
    row.gaps.length > 0
      ? `Part of the way could not be followed (${row.gaps.length} ${row.gaps.length === 1 ? 'gap' : 'gaps'}), so there may be more than this.`
      : null,
];

/** The row in sentences, safe to print. */
export function sentences(row: Row): string[] {
  return SENTENCES.map((sentence) => sentence(row))
    .filter((text) => text !== null)
    .map((text) => visible(text).replace(/\.\.$/, '.'));
}
