/** The way from a site to the next and the previous in the order of the sheet. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { atSite, backFrom, type State } from '../state.js';
import { TITLES } from '../words.js';
import type { Place } from './place.js';

/** The links back, and to the neighbours. */
export function steps({ link }: Context, state: State, { at, of, before, after }: Place): HTMLElement {
  const step = (site: PageSite | undefined, text: string, key: string, rel: string): HTMLElement =>
    site
      ? h('a', { href: link(atSite(state, site.id)), title: `${site.id} (key ${key})`, rel }, text)
      : h('span', { class: 'quiet' }, text);
  return h(
    'nav',
    { class: 'steps', 'aria-label': 'Sites' },
    h('a', { href: link(backFrom(state)), title: 'back (key u)' }, `↑ ${TITLES[state.from]}`),
    step(before, '← Previous', 'p', 'prev'),
    h('span', { class: 'quiet' }, at < 0 ? 'not among the filtered' : `${at + 1} of ${of}`),
    step(after, 'Next →', 'n', 'next'),
  );
}
