/** The sheet: the sites as rows, with the columns, the order and the filters that the reader chose. */
import type { Column } from '../columns.js';
import type { Context, Shown } from '../context.js';
import { h } from '../dom.js';
import { atSite, type State } from '../state.js';
import { columnChoice } from './column-choice.js';
import { exportButtons } from './exports.js';
import { asked } from './keys.js';
import { rowsIn } from './rows.js';
import { chosenColumns, type Seen, sheetOrder } from './shown.js';
import { tableOf } from './table.js';

/** The view of the sheet. */
export function sheet(context: Context): Shown {
  const table = tableOf(context);
  const view = h(
    'div',
    { class: 'scroll sheet-scroll', tabindex: 0, role: 'region', 'aria-label': 'The sheet; arrow keys move, Enter opens a site' },
    table.node,
  );
  const rows = rowsIn(view, table.head, table.body);
  const count = h('p', { class: 'count-line', role: 'status' });
  const choice = columnChoice(context);
  const toolbar = h('div', { class: 'toolbar' }, count, choice.node, ...exportButtons(context, () => seen));
  const node = h('div', { class: 'sheet-view', click: choice.closeBeside }, toolbar, view);
  let seen: Seen = { columns: [], sites: [] };
  let before = context.state();

  function update(state: State): void {
    const columns = chosenColumns(context, state);
    if (!alike(columns, seen.columns)) table.setColumns(columns);
    seen = { columns, sites: sheetOrder(context, state) };
    table.show(state, seen.sites.length);
    choice.show(columns.length);
    count.textContent = countOf(seen.sites.length, context.index.sites.length);
    rows.show(seen.sites, asksOthers(before, state));
    before = state;
  }

  function key(event: KeyboardEvent): boolean {
    if (event.key === 'Escape') return choice.close();
    const { sites } = seen;
    const inside = table.body.node.contains(document.activeElement);
    const wanted = asked(event, { row: rows.active(), last: sites.length - 1, inside });
    if (wanted === null) return false;
    const site = sites[rows.active()];
    if (wanted !== 'open') rows.move(wanted);
    else if (site) context.go(atSite(context.state(), site.id));
    return true;
  }

  update(before);
  const wanted = seen.sites.findIndex((site) => site.id === before.site);
  if (wanted > 0) requestAnimationFrame(() => rows.move(wanted));
  return { node, update, key };
}

const alike = (some: readonly Column[], others: readonly Column[]): boolean =>
  some.length === others.length && some.every((column, n) => column === others[n]);

/** Whether another state asks for other sites, or for another order. */
const asksOthers = (before: State, { filters, q, sort }: State): boolean =>
  before.filters !== filters || before.q !== q || before.sort !== sort;

const countOf = (shown: number, all: number): string => (shown === all ? `${all} sites` : `${shown} of ${all} sites`);
