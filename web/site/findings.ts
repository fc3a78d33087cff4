/** The findings of a site: one after the other, and a list of them that leads to each. */
import type { Context } from '../context.js';
import { breakable, button, goTo, h } from '../dom.js';
import { type Bringer, bringer, type Place } from '../findings/bring.js';
import { copyButton } from '../findings/copying.js';
import { pathOf } from '../findings/path.js';
import type { Found } from '../query.js';
import { atSite, type State } from '../state.js';
import { sentence } from '../words.js';

/** The findings of a site in the page. */
export interface SiteFindings {
  sections: readonly HTMLElement[];
  /** Leads to each of them, and to what comes after them; null where they need no list. */
  list: HTMLElement | null;
  /** Brings the finding that a state names to the reader. */
  show: (state: State) => void;
}

/** The title of what comes after the findings. */
export const STORY = 'What happens to the reference';

/** These findings of a site, worst first. The first is seen whole where the address names none. */
export function findingsOf(context: Context, all: readonly Found[]): SiteFindings {
  const places = new Map<string, Place>();
  const bring = bringer(context, (key) => places.get(key));
  for (const one of all) places.set(one.key, sectionOf(context, one, bring));
  const [first] = all;
  let begun = false;
  const links = all.map((one) => ({ one, link: h('a', { title: `${one.finding.file}:${one.finding.line}` }, ...nameOf(one)) }));
  const list = all.length < 2 ? null : listOf(links.map(({ one, link }) => h('li', { class: one.finding.severity }, link)));

  function show(state: State): void {
    // Later the reader may have closed it.
    if (!begun && first && !places.has(state.finding)) places.get(first.key)?.open();
    begun = true;
    for (const { one, link } of links) {
      link.href = context.link(atSite(state, state.site, one.key));
      if (one.key === state.finding) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    bring.follow(state);
  }
  return { sections: [...places.values()].map(({ node }) => node), list, show };
}

function sectionOf(context: Context, found: Found, { opened }: Bringer): Place {
  const { finding } = found;
  const heading = h('h2', { tabindex: -1 }, `${finding.severity}: ${finding.rule}`);
  const path = finding.scenes.length > 0 ? pathOf(context, found, opened) : null;
  const node = h(
    'section',
    { class: `finding ${finding.severity}`, 'aria-label': `Finding: ${finding.rule} at ${finding.file}:${finding.line}` },
    heading,
    h('p', {}, sentence(finding.message)),
    h('p', { class: 'quiet' }, ...breakable(`at ${finding.file}:${finding.line} in ${finding.function}()`)),
    copyButton(context, found),
    path?.node,
  );
  return { node, heading, open: () => path?.open() };
}

/** A finding in the list: the end of its file's path tells it from others. */
function nameOf({ finding }: Found): (string | Node)[] {
  const file = finding.file.split('/').slice(-2).join('/');
  return [h('b', {}, finding.rule), h('span', {}, ...breakable(`${file}:${finding.line} ${finding.function}()`))];
}

function listOf(items: readonly HTMLElement[]): HTMLElement {
  const toStory = (event: Event): void => {
    const view = event.currentTarget instanceof Element && event.currentTarget.closest('.columns');
    if (view) goTo(view, STORY);
  };
  return h(
    'nav',
    { class: 'contents', 'aria-label': 'Findings of this site' },
    h('h2', {}, `Findings (${items.length})`),
    h('ol', {}, ...items),
    button({ class: 'link', click: toStory }, STORY),
  );
}
