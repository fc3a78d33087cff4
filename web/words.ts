/** Words that several views use, so that a thing has one name on the whole page. */
import type { Pairing } from '../src/report/page/data.js';
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
