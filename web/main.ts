/** The page: its data, and how it starts. */
import type { PageData } from '../src/report/page/data.js';
import { columnsFor } from './columns.js';
import type { Context } from './context.js';
import { h } from './dom.js';
import { addressOf } from './frame/address.js';
import { frameOf } from './frame/frame.js';
import { restoreScheme } from './frame/scheme.js';
import { withViewOf } from './frame/views.js';
import { indexOf } from './query.js';
import { fromHash, toHash } from './state.js';
import { TITLES } from './words.js';

/** What is said to everybody stands for so long. */
const SAID_MS = 8000;

function start(data: PageData): void {
  const columns = columnsFor(data);
  const known = new Set(columns.map((column) => column.key));
  const status = h('p', { class: 'status', role: 'status' });
  const address = addressOf(
    () => withViewOf(data, fromHash(location.hash, known)),
    (state, followed) => frame.show(state, followed),
  );
  let said = 0;
  const context: Context = {
    data,
    columns,
    index: indexOf(data.sites, columns, data.findings ?? []),
    byId: new Map(data.sites.map((site) => [site.id, site])),
    state: address.state,
    go: address.go,
    link: toHash,
    say: (message) => {
      status.textContent = message;
      clearTimeout(said);
      said = window.setTimeout(() => status.replaceChildren(), SAID_MS);
    },
  };
  const frame = frameOf(context, status);
  document.getElementById('app')?.append(...frame.nodes);
  frame.show(context.state(), true);
  address.follow();
  const wanted = fromHash(location.hash, known).view;
  if (wanted !== context.state().view) context.say(`This report has nothing for the view ${TITLES[wanted]}`);
  document.addEventListener('keydown', frame.key);
}

/** The data that stands in the page. */
function read(): PageData {
  return JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
}

/** Without the script's page, the plain table is better than nothing. */
function giveUp(error: unknown): void {
  document.documentElement.classList.remove('js');
  document.getElementById('app')?.replaceChildren();
  console.error(error);
}

try {
  restoreScheme();
  start(read());
  document.getElementById('plain')?.remove();
} catch (error) {
  giveUp(error);
}
