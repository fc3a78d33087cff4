/** One site: its story with the code, its releases, its findings; next and previous in the order of the sheet. */
import type { PageSite } from '../src/report/page/data.js';
import { story } from './code.js';
import type { Context, Shown } from './context.js';
import { breakable, h, opening, tableHead } from './dom.js';
import { sheetOrder } from './sheet/shown.js';
import type { State } from './state.js';
import { PAIRINGS, sentence } from './words.js';

export function siteView(context: Context): Shown {
  const node = h('article', { class: 'site' });
  let neighbours: { before: PageSite | undefined; after: PageSite | undefined } = { before: undefined, after: undefined };
  const to = (state: State, site: PageSite): State => ({ ...state, view: 'site', site: site.id });

  function update(state: State): void {
    const order = sheetOrder(context, state);
    const at = order.findIndex((site) => site.id === state.site);
    const site = context.byId.get(state.site);
    neighbours = { before: order[at - 1], after: order[at + 1] };
    if (at < 0) neighbours = { before: undefined, after: order[0] };
    node.replaceChildren(...(site ? body(state, site, at, order.length) : missing(state)));
    window.scrollTo(0, 0);
  }

  function missing(state: State): Node[] {
    return [
      h('h1', {}, 'No such site'),
      h('p', {}, `This report has no site ${state.site}.`),
      h('p', {}, h('a', { href: context.link({ ...state, view: 'sheet' }) }, 'Back to the sheet')),
    ];
  }

  function step(state: State, site: PageSite | undefined, text: string, key: string): HTMLElement {
    return site
      ? h('a', { href: context.link(to(state, site)), title: `${site.id} (key ${key})`, rel: key === 'n' ? 'next' : 'prev' }, text)
      : h('span', { class: 'quiet' }, text);
  }

  function body(state: State, site: PageSite, at: number, of: number): Node[] {
    const findings = (context.data.findings ?? []).filter((finding) => finding.site === site.id);
    return [
      h(
        'nav',
        { class: 'steps', 'aria-label': 'Sites' },
        h('a', { href: context.link({ ...state, view: 'sheet' }) }, '↑ Sheet'),
        step(state, neighbours.before, '← Previous', 'p'),
        h('span', { class: 'quiet' }, at < 0 ? 'not among the filtered' : `${at + 1} of ${of}`),
        step(state, neighbours.after, 'Next →', 'n'),
      ),
      h('h1', {}, `${site.function}()`, h('small', {}, `${site.api}() at ${site.file}:${site.line}`)),
      h(
        'div',
        { class: 'columns' },
        h(
          'div',
          {},
          ...findings.map((finding) =>
            h(
              'section',
              { class: `finding ${finding.severity}`, 'aria-label': `Finding: ${finding.rule}` },
              h('h2', {}, `${finding.severity}: ${finding.rule}`),
              h('p', {}, sentence(finding.message)),
              h('p', { class: 'quiet' }, `at ${finding.file}:${finding.line} in ${finding.function}()`),
              finding.scenes.length > 0
                ? h('details', { open: true }, h('summary', {}, 'The path that shows it'), story(context.data, finding.scenes))
                : null,
            ),
          ),
          h('h2', {}, 'What happens to the reference'),
          story(context.data, site.scenes),
          ...(site.gapScenes.length > 0 ? [h('h2', {}, 'What could not be followed'), story(context.data, site.gapScenes)] : []),
        ),
        h(
          'aside',
          {},
          h('h2', {}, 'What this row says'),
          h('ul', {}, ...site.sentences.map((sentence) => h('li', {}, sentence))),
          releases(site),
          facts(site),
        ),
      ),
    ];
  }

  function facts(site: PageSite): HTMLElement {
    return opening('All columns', () =>
      h('dl', {}, ...context.columns.flatMap((column) => [h('dt', {}, column.title), h('dd', {}, column.text(site) || '–')])),
    );
  }

  update(context.state());
  return {
    node,
    update,
    key: (event) => {
      const state = context.state();
      const next =
        event.key === 'n' || event.key === ']' ? neighbours.after : event.key === 'p' || event.key === '[' ? neighbours.before : undefined;
      if (next) context.go(to(state, next));
      else if (event.key === 'Escape' || event.key === 'u') context.go({ ...state, view: 'sheet' });
      else return false;
      return true;
    },
  };
}

function releases(site: PageSite): HTMLElement {
  if (site.releases.length === 0) return h('p', { class: 'quiet' }, 'No release was found.');
  return h(
    'section',
    {},
    h('h2', {}, `Releases (${site.releases.length})`),
    h(
      'table',
      { class: 'lines releases' },
      tableHead(['Call, and where', 'Pairing']),
      h(
        'tbody',
        {},
        ...site.releases.map((release, n) => {
          const pairing = site.pairings[n] ?? 'open';
          const file = release.file === site.file ? (release.file.split('/').pop() ?? '') : release.file;
          return h(
            'tr',
            {},
            h(
              'td',
              {},
              h('code', {}, release.api),
              h('span', { class: 'quiet' }, ...breakable(`${file}:${release.line}`)),
              h('span', { class: 'quiet' }, ...breakable(`in ${release.function}()`)),
            ),
            h('td', { class: `value-${pairing}`, title: PAIRINGS[pairing] }, pairing),
          );
        }),
      ),
    ),
    ...pairings(site),
  );
}

/** What the words of the table mean; that all is right needs none. */
function pairings(site: PageSite): Node[] {
  return (['wrong', 'suspect', 'open'] as const)
    .filter((pairing) => site.pairings.includes(pairing))
    .map((pairing) => h('p', { class: 'quiet note' }, h('b', {}, pairing), `: ${PAIRINGS[pairing]}`));
}
