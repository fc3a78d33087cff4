/** Words that several views use, so that a thing has one name on the whole page. */
import type { Pairing } from '../src/report/page/data.js';
import { MEANINGS } from '../src/report/sentences.js';
import type { View } from './state.js';

/** The titles of the views. */
export const TITLES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  sheet: 'Sheet',
  flow: 'Flow',
  findings: 'Findings',
  compare: 'Compare',
  model: 'Model',
  site: 'Site',
};

/** What is said of a release, or of a site by the worst of its releases. */
export const PAIRINGS: Readonly<Record<Pairing, string>> = {
  right: 'the release drops what was taken',
  wrong: 'the release does not drop what was taken: the check followed the pages to it',
  suspect: 'the name of the release does not fit, but the check did not find it wrong, or was not run',
  open: 'it depends on the run, or a container drops the pages',
};

/** The pairings, worst first: several releases are told by the worst. */
export const WORST: readonly Pairing[] = ['wrong', 'suspect', 'right', 'open'];

/** A tree's own name; its whole path is of use only where it lies. */
export function nameOf(tree: string): string {
  return tree.replace(/\/+$/, '').split('/').pop() || tree;
}

/** A text as a sentence that stands alone. A name at its beginning stays as the tree writes it. */
export function sentence(text: string): string {
  const word = /^[a-z]+(?=[ ,;:]|$)/.test(text);
  return `${word ? text.charAt(0).toUpperCase() + text.slice(1) : text}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** What happened to a site since the older tree. */
export const CHANGES: Readonly<Record<string, string>> = {
  converted: 'from get to pin, or from iov_iter_get to extract',
  reverted: 'the other way',
  moved: 'in another file or function now',
  changed: 'the same call, with other facts',
  new: 'not in the older tree',
  same: 'the same in both trees, except perhaps for its line numbers',
  'not compared': 'part of gup or iov_iter itself',
};

/** What the columns say. */
const ABOUT: Readonly<Record<string, string>> = {
  where: 'the function and the place of the call',
  subsystem: 'the first two folders of its path',
  api: 'the call that takes the references',
  family: 'get, pin, iterator get or iterator extract',
  kind: 'who takes them; wrapper: its callers release them; internal: gup itself',
  reference: 'get: drop with put_page(); pin: drop with unpin_user_page()',
  longterm: 'whether FOLL_LONGTERM is passed',
  containers: 'what holds the page pointers, in the order that the pages go through it',
  carrier: 'the struct field in which they survive the function',
  releases: 'the calls that drop the references, on any path; in colour what does not fit',
  releaseForm: 'how they are dropped; loop-collapsible: a loop that one bulk call can replace',
  findings: 'the rules by which the check complains of the site, worst first',
  severity: 'error and warning: a path that the check followed to its end; note: a place to look at',
  change: 'what happened to the site since the older tree',
  releaseReason: 'what decided the release form',
  releaseScope: 'where the releases stand, seen from the call',
  pairing: 'wrong: the check found it so; suspect: by a call’s name alone; open: it depends on the run, or a container does it',
  dirty: 'what marks written pages dirty before they are dropped',
  mixed: 'whether what holds these pages can also hold pages from elsewhere',
  mixedWith: 'where these others come from',
  case: 'of Documentation/core-api/pin_user_pages.rst',
  wrappers: 'the functions that hand the pages on, the outermost last',
  gaps: 'what could not be followed: there may be more than the row says',
  file: 'the file of the call',
  line: 'the line of the call',
  function: 'the function of the call',
  id: 'what names the site, also when lines move',
};

/** What a column says, in a line. */
export function aboutColumn(key: string): string {
  return ABOUT[key] ?? '';
}

const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = { ...MEANINGS, pairing: PAIRINGS, change: CHANGES };

/** What a value of a column means; empty where that goes without saying. A tree can hold any name. */
export function meaningOf(key: string, value: string): string {
  const values = Object.hasOwn(VALUES, key) ? VALUES[key] : undefined;
  return values && Object.hasOwn(values, value) ? (values[value] ?? '') : '';
}
