/** The releases of a site, and how each fits what was taken. */
import type { PageSite, Pairing } from '../../src/report/page/data.js';
import { breakable, h, tableHead } from '../dom.js';
import { PAIRINGS } from '../words.js';

type Release = PageSite['releases'][number];

/** What all is right needs no words for. */
const EXPLAINED: readonly Pairing[] = ['wrong', 'suspect', 'open'];

/** The releases as a table, with what its words mean. */
export function releasesOf(site: PageSite): HTMLElement {
  if (site.releases.length === 0) return h('p', { class: 'quiet' }, 'No release was found.');
  const rows = site.releases.map((release, n) => rowOf(release, site.pairings[n] ?? 'open', site.file));
  return h(
    'section',
    {},
    h('h2', {}, `Releases (${site.releases.length})`),
    h('table', { class: 'lines releases' }, tableHead(['Call, and where', 'Pairing']), h('tbody', {}, ...rows)),
    ...EXPLAINED.filter((pairing) => site.pairings.includes(pairing)).map((pairing) =>
      h('p', { class: 'quiet note' }, h('b', {}, pairing), `: ${PAIRINGS[pairing]}`),
    ),
  );
}

/** A release; in the site's own file the folder need not be said again. */
function rowOf(release: Release, pairing: Pairing, home: string): HTMLElement {
  const file = release.file === home ? (release.file.split('/').pop() ?? '') : release.file;
  const call = h(
    'td',
    {},
    h('code', {}, release.api),
    h('span', { class: 'quiet' }, ...breakable(`${file}:${release.line}`)),
    h('span', { class: 'quiet' }, ...breakable(`in ${release.function}()`)),
  );
  return h('tr', {}, call, h('td', { class: `value-${pairing}`, title: PAIRINGS[pairing] }, pairing));
}
