/** The page: its frame, its state in the address, its keys. */
import type { PageData } from '../src/report/page/data.js';
import { columnsFor } from './columns.js';
import { compareView } from './compare-view.js';
import type { Context, Shown } from './context.js';
import { h } from './dom.js';
import { findingsView } from './findings-view.js';
import { flowView } from './flow-view.js';
import { modelView } from './model-view.js';
import { overview } from './overview.js';
import { indexOf, select } from './query.js';
import { sheet } from './sheet/sheet.js';
import { siteView } from './site.js';
import { fromHash, START, type State, toggled, toHash, type View } from './state.js';
import { nameOf, PAIRINGS } from './words.js';

/** The views; one without data is not offered. */
const makers: Readonly<Record<View, { title: string; there: (data: PageData) => boolean; make: (context: Context) => Shown }>> = {
  overview: { title: 'Overview', there: () => true, make: overview },
  sheet: { title: 'Sheet', there: () => true, make: sheet },
  flow: { title: 'Flow', there: () => true, make: flowView },
  findings: { title: 'Findings', there: (data) => data.findings !== null, make: findingsView },
  compare: { title: 'Compare', there: (data) => data.progress !== null, make: compareView },
  model: { title: 'Model', there: (data) => data.matrix !== null, make: modelView },
  site: { title: 'Site', there: () => true, make: siteView },
};

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search'],
  ['1 to 6', 'the views, from left to right'],
  ['↓ ↑ or j k', 'in the sheet: next and previous row (also Page Up, Page Down, Home, End)'],
  ['Enter', 'open the site'],
  ['n p', 'next and previous site'],
  ['u or Esc', 'from a site back to the sheet'],
  ['Esc', 'leave a field; once more: clear all filters'],
  ['?', 'these words and keys'],
];

/** What a reader who never saw a survey has to know. */
const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['site', 'one call that takes references on user pages'],
  ['get', 'a plain reference: get_user_pages*(), to be dropped by put_page() and its kin'],
  ['pin', 'a pin: pin_user_pages*(), to be dropped by unpin_user_page*()'],
  ['conditional', 'a pin or nothing, depending on the iterator or on flags at run time'],
  ['container', 'what holds the page pointers, in the order that the pages go through it'],
  ['carrier', 'the struct field in which they survive the function'],
  ['release form', 'how they are dropped; loop-collapsible: a loop that one bulk call can replace'],
  ['pairing', 'whether the releases drop what was taken; of several releases, the worst'],
  ...(['right', 'wrong', 'suspect', 'open'] as const).map((pairing) => [pairing, PAIRINGS[pairing]] as const),
  ['gap', 'something that could not be followed: there may be more than the row says'],
];

/** The address waits for a pause in typing: each change costs some milliseconds, and browsers allow only so many in a time. */
const PAUSE_MS = 150;

function start(data: PageData): void {
  const columns = columnsFor(data);
  const known = new Set(columns.map((column) => column.key));
  const offered = (Object.keys(makers) as View[]).filter((view) => view !== 'site' && makers[view].there(data));
  const read = (): State => {
    const state = fromHash(location.hash, known);
    return makers[state.view].there(data) ? state : { ...state, view: START.view };
  };
  let state = read();
  let shown: { view: View; it: Shown } | null = null;
  let waiting = 0;
  /** Writes what was typed into the address, if that is still to be done. */
  const settle = (): void => {
    if (waiting === 0) return;
    clearTimeout(waiting);
    waiting = 0;
    history.replaceState(null, '', toHash(state));
  };

  const context: Context = {
    data,
    columns,
    index: indexOf(data.sites, columns),
    byId: new Map(data.sites.map((site) => [site.id, site])),
    state: () => state,
    link: toHash,
    say: (message) => {
      status.textContent = message;
    },
    go: (next, quiet = false) => {
      if (!quiet) settle();
      state = next;
      if (quiet) {
        clearTimeout(waiting);
        waiting = window.setTimeout(settle, PAUSE_MS);
        // Pages from the disk may change their own hash, and nothing else.
      } else if (toHash(next) !== location.hash) history.pushState(null, '', toHash(next));
      render();
    },
  };

  const status = h('p', { class: 'status', role: 'status' });
  const search = h('input', {
    type: 'search',
    id: 'search',
    'aria-label': 'Search all columns',
    placeholder: 'Search all columns  ( / )',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => context.go({ ...state, q: search.value }, true),
  });
  const nav = h('nav', { 'aria-label': 'Views' });
  const chips = h('div', { class: 'chips' });
  const main = h('main', { id: 'main', tabindex: -1 });
  const help = helpDialog();
  const header = h(
    'header',
    {},
    h('a', { class: 'skip', href: '#main', click: skip }, 'To the content'),
    h(
      'div',
      { class: 'title' },
      h('strong', {}, 'putright'),
      h('span', { class: 'tree', title: data.tree }, nameOf(data.tree)),
      h('button', { type: 'button', class: 'link', click: () => help.showModal() }, 'Words and keys'),
      h('button', { type: 'button', class: 'link', click: theme }, 'Dark or light'),
    ),
    h('div', { class: 'bar-line' }, nav, search),
    chips,
  );

  function skip(event: Event): void {
    event.preventDefault();
    main.focus();
  }

  function theme(): void {
    const root = document.documentElement;
    const dark =
      getComputedStyle(root).colorScheme === 'dark' ||
      (getComputedStyle(root).colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
    root.dataset['scheme'] = dark ? 'light' : 'dark';
  }

  function render(): void {
    if (document.activeElement !== search && search.value !== state.q) search.value = state.q;
    nav.replaceChildren(
      ...offered.map((view) =>
        h(
          'a',
          {
            href: toHash({ ...state, view, site: '' }),
            'aria-current': state.view === view || (view === 'sheet' && state.view === 'site') ? 'page' : null,
          },
          makers[view].title,
        ),
      ),
    );
    chips.replaceChildren(...chipsOf());
    // The sheet takes what the window leaves, and scrolls by itself.
    document.body.dataset['view'] = state.view;
    if (shown?.view === state.view) shown.it.update(state);
    else {
      const it = makers[state.view].make(context);
      main.replaceChildren(it.node);
      // The way to a view was a link that may be gone; the reader goes on from its top.
      if (shown) main.focus({ preventScroll: true });
      shown = { view: state.view, it };
    }
    document.title = `putright: ${state.view === 'site' ? `${context.byId.get(state.site)?.function ?? ''}() in ` : ''}${nameOf(data.tree)}`;
  }

  function chipsOf(): (Node | string)[] {
    const filters = Object.entries(state.filters).flatMap(([column, values]) =>
      values.map((value) => {
        const title = context.index.columns.get(column)?.title ?? column;
        return h(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-label': `Remove the filter ${title}: ${value}`,
            click: () => context.go(toggled(state, column, value)),
          },
          `${title}: ${value} ✕`,
        );
      }),
    );
    const all =
      state.q === ''
        ? filters
        : [
            h(
              'button',
              { type: 'button', class: 'chip', 'aria-label': `Remove the search ${state.q}`, click: () => context.go({ ...state, q: '' }) },
              `“${state.q}” ✕`,
            ),
            ...filters,
          ];
    if (all.length === 0) return [];
    const count = select(context.index, state).length;
    return [
      // The sheet has its own count beside its buttons.
      state.view === 'sheet' ? '' : h('span', { class: 'quiet' }, `${count} of ${data.sites.length} sites`),
      ...all,
      h('button', { type: 'button', class: 'link', click: clear }, 'Clear all'),
    ];
  }

  function clear(): void {
    search.value = '';
    // A filter that is typed into would otherwise stay as it is.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    context.go({ ...state, q: '', filters: {} });
  }

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open) return;
    const field = event.target instanceof Element && event.target.closest('input, select, textarea');
    if (field) {
      if (event.key !== 'Escape') return;
      if (field instanceof HTMLElement) field.blur();
      event.preventDefault();
      return;
    }
    if (key(event)) event.preventDefault();
  }

  function key(event: KeyboardEvent): boolean {
    if (shown?.it.key?.(event)) return true;
    const view = offered[Number(event.key) - 1];
    if (/^[1-9]$/.test(event.key) && view) context.go({ ...state, view, site: '' });
    else if (event.key === '/') {
      search.focus();
      search.select();
    } else if (event.key === '?') help.showModal();
    else if (event.key === 'Escape' && (state.q !== '' || Object.keys(state.filters).length > 0)) clear();
    else return false;
    return true;
  }

  const changed = (): void => {
    clearTimeout(waiting);
    waiting = 0;
    const next = read();
    if (toHash(next) === toHash(state) && shown) return;
    state = next;
    search.value = state.q;
    render();
  };
  // What a link or a button leads to comes after what was typed before.
  window.addEventListener('click', settle, true);
  window.addEventListener('pagehide', settle);
  window.addEventListener('popstate', changed);
  window.addEventListener('hashchange', changed);
  document.addEventListener('keydown', pressed);
  document.getElementById('app')?.append(header, main, footer(data), status, help);
  search.value = state.q;
  render();
}

function helpDialog(): HTMLDialogElement {
  const list = (lines: readonly (readonly [string, string])[], tag: 'kbd' | 'b'): HTMLElement =>
    h('dl', {}, ...lines.flatMap(([term, meaning]) => [h('dt', {}, h(tag, {}, term)), h('dd', {}, meaning)]));
  const dialog: HTMLDialogElement = h(
    'dialog',
    { 'aria-label': 'Words and keys' },
    // It gets the focus, and stands first, so that the dialog opens at its beginning.
    h('button', { type: 'button', click: () => dialog.close() }, 'Close'),
    h('h2', {}, 'Words'),
    list(WORDS, 'b'),
    h('h2', {}, 'Keys'),
    list(KEYS, 'kbd'),
  );
  return dialog;
}

function footer(data: PageData): HTMLElement {
  const { tokens, rows, gaps, unaccounted } = data.coverage;
  return h(
    'footer',
    {},
    h(
      'p',
      {},
      `Made by putright ${data.version} of ${data.tree}. ${tokens} acquiring names were found in the tree: ${rows} are rows, ${gaps} are gaps, ${unaccounted} are not accounted for, the rest are declarations and definitions.`,
    ),
    data.warnings > 0 ? h('p', {}, `${data.warnings} files could not be read.`) : null,
  );
}

try {
  const text = document.getElementById('data')?.textContent ?? '';
  start(JSON.parse(text) as PageData);
  document.getElementById('plain')?.remove();
} catch (error) {
  // The plain table is better than nothing.
  document.documentElement.classList.remove('js');
  document.getElementById('app')?.replaceChildren();
  console.error(error);
}
