/** The overview: figures, progress, and charts that filter. */
import type { PageSite } from '../src/report/page/data.js';
import type { Column } from './columns.js';
import type { Context, Shown } from './context.js';
import { button, h, scrolling, settleChildren, styled, tableHead } from './dom.js';
import { bySeverity, counted, SEVERITIES } from './findings/severity.js';
import { select, selectFindings, tally } from './query.js';
import { START, type State, toggled } from './state.js';

/**
 * The charts by stacks, which stand side by side where there is room: a chart keeps its place whatever is filtered. `most` values are
 * shown at first; `rest` is the value of all that the chart is not about: it stands last, and does not set the scale.
 */
const STACKS: readonly (readonly ChartSpec[])[] = [
  [
    { column: 'reference', title: 'what the sites take', most: 8, told: true },
    { column: 'containers', title: 'what holds the pages', most: 10 },
    { column: 'releaseForm', title: 'how they are dropped', most: 10 },
  ],
  [
    { column: 'subsystem', title: '', most: 12 },
    { column: 'severity', title: 'sites by how bad', most: 4, rest: 'none' },
    { column: 'findings', title: 'sites by rule', most: 12, rest: 'none' },
  ],
  [
    { column: 'pairing', title: 'does the release fit?', most: 4, told: true },
    { column: 'mixed', title: 'can other pages be in there too?', most: 4 },
    { column: 'longterm', title: 'taken to be kept?', most: 4 },
    { column: 'kind', title: 'who takes', most: 6 },
    { column: 'change', title: 'against the older tree', most: 8, rest: 'same' },
  ],
];

/** What is below the first screen waits for a pause of this length. */
const PAUSE_MS = 100;

interface ChartSpec {
  column: string;
  /** What it is about, beside the column's own name. */
  title: string;
  /** Whether it says below its title what the column says. */
  told?: boolean;
  most: number;
  rest?: string;
}

/** The view of all at a glance. */
export function overview(context: Context): Shown {
  const numbers = h('div');
  const progress = h('div');
  let waiting = 0;
  const stacks = STACKS.map((specs) =>
    specs.flatMap((spec) => {
      const column = context.index.columns.get(spec.column);
      return column ? [chart(context, column, spec)] : [];
    }),
  );
  const node = h(
    'div',
    { class: 'overview' },
    h(
      'p',
      { class: 'lead' },
      'Every call in this tree that takes references on user pages, what holds the pages, and which calls drop them. Click a bar to see only its sites, in all views.',
    ),
    numbers,
    h('div', { class: 'charts' }, ...stacks.map((charts) => h('div', {}, ...charts.map((one) => one.node)))),
    progress,
  );
  const update = (state: State): void => {
    const sites = select(context.index, state);
    numbers.replaceChildren(figures(context, state, sites), leftOut(sites));
    for (const one of stacks.flat()) one.update(state, sites);
    // It stands below the first screen, and is long: it comes when the reader pauses.
    clearTimeout(waiting);
    waiting = window.setTimeout(() => drawProgress(state, sites), PAUSE_MS);
  };
  const drawProgress = (state: State, sites: readonly PageSite[]): void => {
    progress.replaceChildren(conversion(context, state, sites) ?? '');
  };
  update(context.state());
  clearTimeout(waiting);
  drawProgress(context.state(), select(context.index, context.state()));
  return { node, update };
}

const percent = (part: number, of: number): string => (of === 0 ? '–' : `${Math.round((100 * part) / of)} %`);

function figures(context: Context, state: State, sites: readonly PageSite[]): HTMLElement {
  const taking = sites.filter((site) => site.kind !== 'internal' && site.reference !== 'none');
  const of = (family: string): number => taking.filter((site) => site.family === family).length;
  const [get, pin, iterator, extract] = [of('get'), of('pin'), of('iterator get'), of('iterator extract')];
  const some = (label: string, filters: State['filters'], test: (site: PageSite) => boolean): HTMLElement => {
    const count = sites.filter(test).length;
    const inner = [h('b', {}, String(count)), h('span', {}, label)];
    // Nothing is no place to go to.
    if (count === 0) return h('div', { class: 'figure' }, ...inner);
    const target = { ...START, q: state.q, view: 'sheet' as const, filters: { ...state.filters, ...filters } };
    return h('a', { class: 'figure', href: context.link(target) }, ...inner);
  };
  const progress = (label: string, kinds: readonly [done: string, left: string], part: number, whole: number): HTMLElement =>
    h(
      'div',
      { class: 'figure wide' },
      h('b', {}, percent(part, whole)),
      h('span', {}, `${label}: ${part} of ${whole}`),
      meter(`${label}: ${part} of ${whole}`, [
        [kinds[0], part],
        [kinds[1], whole - part],
      ]),
    );
  return h(
    'section',
    { class: 'figures', 'aria-label': 'Figures' },
    some(sites.length === context.index.sites.length ? 'sites' : `of ${context.index.sites.length} sites`, {}, () => true),
    progress('get_user_pages*() converted to pin', ['pin', 'get'], pin, pin + get),
    progress('iov_iter_get_pages*() converted to extract', ['extract', 'iter-get'], extract, extract + iterator),
    some('loops that collapse into one call', { releaseForm: ['loop-collapsible'] }, (site) => site.releaseForm === 'loop-collapsible'),
    complaints(context, state),
    context.data.findings
      ? some('with a wrong release, by the check', { pairing: ['wrong'] }, (site) => site.pairing === 'wrong')
      : some('with a release of another kind, not checked', { pairing: ['suspect'] }, (site) => site.pairing === 'suspect'),
    some('hold pages of mixed origin', { mixed: ['yes'] }, (site) => site.mixed),
  );
}

/** What the check complains of, in all and by severity. */
function complaints(context: Context, state: State): HTMLElement {
  const { findings } = context.data;
  if (!findings)
    return h(
      'div',
      { class: 'figure' },
      h('b', {}, '–'),
      h('span', {}, 'findings: no check was given'),
      h('small', {}, 'putright check makes them'),
    );
  const here = selectFindings(context.index, state).map(({ finding }) => finding);
  const worse = here.filter((finding) => finding.severity !== 'note').length;
  const counts = bySeverity(here);
  const to = (filters: State['filters']): string => context.link({ ...state, view: 'findings', filters: { ...state.filters, ...filters } });
  const links = SEVERITIES.flatMap((severity, n) => {
    const count = counts[n] ?? 0;
    return count > 0 ? [h('a', { href: to({ severity: [severity] }) }, counted(severity, count))] : [];
  });
  const inner = [h('b', {}, String(worse)), h('span', {}, worse === 1 ? 'finding' : 'findings')];
  return h(
    'div',
    { class: `figure${worse > 0 ? ' bad' : ''}` },
    ...(here.length === 0 ? inner : [h('a', { class: 'whole', href: to({}) }, ...inner)]),
    links.length > 0 ? h('small', {}, ...links.flatMap((link, n) => (n === 0 ? [link] : [', ', link]))) : null,
  );
}

/** Those which no figure of the conversion counts. */
function leftOut(sites: readonly PageSite[]): HTMLElement | string {
  const internal = sites.filter((site) => site.kind === 'internal').length;
  const nothing = sites.filter((site) => site.kind !== 'internal' && site.reference === 'none').length;
  const parts = [
    internal > 0 ? `${internal} inside gup itself` : '',
    nothing > 0 ? `${nothing} that ${nothing === 1 ? 'takes' : 'take'} nothing` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : h('p', { class: 'quiet left-out' }, `The shares of converted calls leave out ${parts.join(' and ')}.`);
}

function meter(label: string, parts: readonly (readonly [kind: string, count: number])[]): HTMLElement {
  const whole = parts.reduce((sum, [, count]) => sum + count, 0);
  return h(
    'div',
    { class: 'meter', role: 'img', 'aria-label': label },
    ...parts.map(([kind, count]) => styled(h('i', { class: kind }), { width: `${whole === 0 ? 0 : (100 * count) / whole}%` })),
  );
}

interface Bar {
  item: HTMLElement;
  button: HTMLElement;
  fill: HTMLElement;
  count: HTMLElement;
}

/** A chart in the page: its node, and how it takes a new state and the sites that pass its filters. */
interface Chart {
  node: HTMLElement;
  update: (state: State, sites: readonly PageSite[]) => void;
}

/** A chart keeps its bars, and changes only what is another now: it is asked with every key. */
function chart(context: Context, column: Column, { title: question, most, rest, told }: ChartSpec): Chart {
  const title = question === '' ? column.title : `${column.title}: ${question}`;
  const bars = new Map<string, Bar>();
  let open = false;
  const list = h('ul');
  const none = h('p', { class: 'quiet' }, 'no site');
  const more = button({ class: 'link', 'data-bar': `${column.key}: more`, click: toggle });
  const node = h(
    'section',
    { class: 'chart', 'aria-label': title },
    h('h2', { title: column.about }, title),
    told ? h('p', { class: 'about' }, column.about) : null,
    list,
    none,
    more,
  );

  function toggle(): void {
    open = !open;
    update(context.state(), select(context.index, context.state()));
  }

  function barOf(value: string): Bar {
    const known = bars.get(value);
    if (known) return known;
    const fill = h('i');
    const count = h('span', { class: 'count' });
    const element = button(
      {
        class: `bar value-${value.replace(/\W+/g, '-')}`,
        'data-bar': `${column.key}=${value}`,
        title: column.meaning(value) || null,
        click: () => context.go(toggled(context.state(), column.key, value)),
      },
      h('span', { class: 'label' }, value),
      h('span', { class: 'track' }, value === rest ? null : fill),
      count,
    );
    const bar = { item: h('li', {}, element), button: element, fill, count };
    bars.set(value, bar);
    return bar;
  }

  function update(state: State, sites: readonly PageSite[]): void {
    // A chart counts what all the other filters leave, so that a second value of it can be added.
    const tallied = tally(state.filters[column.key] ? select(context.index, state, column.key) : sites, column);
    const counts = [...tallied.filter(([value]) => value !== rest), ...tallied.filter(([value]) => value === rest)];
    const chosen = state.filters[column.key] ?? [];
    const largest = Math.max(1, ...counts.filter(([value]) => value !== rest).map(([, count]) => count));
    const shown = open ? counts : counts.filter(([value], n) => n < most || chosen.includes(value));
    const items = shown.map(([value, count]) => {
      const bar = barOf(value);
      styled(bar.fill, { width: `${(100 * count) / largest}%` });
      bar.count.textContent = String(count);
      bar.button.setAttribute('aria-pressed', chosen.includes(value) ? 'true' : 'false');
      return bar.item;
    });
    const focused = document.activeElement;
    settleChildren(list, items);
    // A bar that had to move has lost it.
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
    node.classList.toggle('chosen', chosen.length > 0);
    none.hidden = counts.length > 0;
    const hidden = counts.length - shown.length;
    more.textContent = hidden > 0 ? `${hidden} more` : 'fewer';
    more.hidden = hidden === 0 && !(open && counts.length > most);
  }
  return { node, update };
}

const FAMILIES = [
  ['pin', 'pin'],
  ['get', 'get'],
  ['iterator extract', 'extract'],
  ['iterator get', 'iter-get'],
] as const;

/** How far each subsystem is; the longest way to go first. */
function conversion(context: Context, state: State, sites: readonly PageSite[]): HTMLElement | null {
  const taking = sites.filter((site) => site.kind !== 'internal' && site.reference !== 'none');
  if (taking.length === 0) return null;
  const rows = new Map<string, PageSite[]>();
  for (const site of taking) rows.set(site.subsystem, [...(rows.get(site.subsystem) ?? []), site]);
  const lines = [...rows]
    .map(([name, members]) => {
      const counts = FAMILIES.map(([family]) => members.filter((site) => site.family === family).length);
      return { name, counts, todo: (counts[1] ?? 0) + (counts[3] ?? 0), of: members.length };
    })
    .sort((a, b) => b.todo - a.todo || b.of - a.of || (a.name < b.name ? -1 : 1));
  return h(
    'section',
    { class: 'conversion' },
    h('h2', {}, 'The conversion by subsystem'),
    h(
      'p',
      { class: 'legend' },
      ...FAMILIES.map(([family, kind]) => h('span', {}, h('i', { class: kind }), ` ${family}`)),
      h('span', { class: 'quiet' }, 'pin and extract are the new calls, get and iterator get the old'),
    ),
    scrolling(
      'The conversion by subsystem',
      h(
        'table',
        { class: 'lines' },
        tableHead(['Subsystem', 'pin', 'get', 'extract', 'iter. get', 'Converted', 'Share']),
        h(
          'tbody',
          {},
          ...lines.map(({ name, counts, todo, of }) =>
            h(
              'tr',
              {},
              h(
                'th',
                { scope: 'row' },
                h('a', { href: context.link({ ...state, view: 'sheet', filters: { ...state.filters, subsystem: [name] } }) }, name),
              ),
              ...counts.map((count) => h('td', { class: 'number' }, count === 0 ? '·' : String(count))),
              h('td', { class: 'number' }, `${of - todo} of ${of}`),
              h(
                'td',
                { class: 'wide' },
                meter(
                  `${name}: ${of - todo} of ${of} converted`,
                  FAMILIES.map(([, kind], n) => [kind, counts[n] ?? 0]),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
