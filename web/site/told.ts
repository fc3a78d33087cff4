/** What is told of a site: its findings, its story and its facts. */
import type { PageData, PageSite } from '../../src/report/page/data.js';
import { story } from '../code.js';
import type { Context } from '../context.js';
import { h, opening } from '../dom.js';
import type { State } from '../state.js';
import { findingsOf, STORY } from './findings.js';
import { releasesOf } from './releases.js';
import { sinceOf } from './since.js';

/** What is told of a site, and how it shows a state. */
export interface Told {
  node: HTMLElement;
  show: (state: State) => void;
}

/** The two columns of a site's page: what happens, and, always in sight where there is room, what the row says. */
export function told(context: Context, site: PageSite): Told {
  const { sections, list, show } = findingsOf(context, context.index.of(site));
  const node = h(
    'div',
    { class: 'columns' },
    h('div', { class: 'side', tabindex: 0, role: 'region', 'aria-label': 'About this site' }, list, says(context, site)),
    h('div', {}, ...sections, ...happens(context.data, site)),
  );
  return { node, show };
}

function happens(data: PageData, { scenes, gapScenes }: PageSite): Node[] {
  const part = (title: string, inside: PageSite['scenes']): HTMLElement =>
    h('section', { 'aria-label': title }, h('h2', { tabindex: -1 }, title), story(data, inside));
  return [part(STORY, scenes), ...(gapScenes.length > 0 ? [part('What could not be followed', gapScenes)] : [])];
}

function says(context: Context, site: PageSite): HTMLElement {
  const { columns } = context;
  const facts = (): Node => h('dl', {}, ...columns.flatMap(({ title, text }) => [h('dt', {}, title), h('dd', {}, text(site) || '–')]));
  return h(
    'aside',
    {},
    sinceOf(context, site),
    h('h2', {}, 'What this row says'),
    h('ul', {}, ...site.sentences.map((one) => h('li', {}, one))),
    releasesOf(site),
    opening('All columns', facts),
  );
}
