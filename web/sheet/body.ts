/** The rows that are in the page. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h, settleChildren, styled } from '../dom.js';
import { type Line, lineOf } from './line.js';
import { ROW, type Stretch } from './sight.js';

/** The table's body. */
export interface Body {
  node: HTMLTableSectionElement;
  /** Rows of other columns are asked for from now on: none that was made is of use any more. */
  setColumns: (columns: readonly Column[]) => void;
  /** Holds this stretch of the sites, with room for the others; `active` is the row that the keys move. */
  draw: (sites: readonly PageSite[], stretch: Stretch, active: number) => void;
  /** Gives the focus to a row, if it is there. */
  focus: (row: number) => void;
}

/** A body that holds no rows yet. */
export function bodyOf(context: Context): Body {
  const node = h('tbody');
  const none = h('tr');
  const [above, below] = [space(), space()];
  let columns: readonly Column[] = [];
  /** A site that stays in sight, while the reader scrolls or types, keeps its row. */
  let made = new Map<PageSite, Line>();

  function setColumns(next: readonly Column[]): void {
    columns = next;
    made = new Map();
    none.replaceChildren(h('td', { colspan: columns.length, class: 'quiet' }, 'No site passes all filters.'));
  }

  function draw(sites: readonly PageSite[], { first, last }: Stretch, active: number): void {
    made = new Map(sites.slice(first, last).map((site) => [site, made.get(site) ?? lineOf(context, site, columns)]));
    const lines = [...made.values()];
    lines.forEach((line, n) => {
      line.place(first + n, first + n === active);
    });
    styled(above, { height: `${first * ROW}px` });
    styled(below, { height: `${(sites.length - last) * ROW}px` });
    settleChildren(node, sites.length === 0 ? [none] : [above, ...lines.map(({ row }) => row), below]);
  }

  const focus = (row: number): void => node.querySelector<HTMLElement>(`a[data-row="${row}"]`)?.focus({ preventScroll: true });
  return { node, setColumns, draw: (sites, stretch, active) => keepFocus(node, focus, () => draw(sites, stretch, active)), focus };
}

/** The place of rows that are not made. */
function space(): HTMLTableRowElement {
  return h('tr', { 'aria-hidden': 'true', class: 'space' }, h('td'));
}

/** Gives the focus to the row that stands where the row with the focus stood, if that one has lost it. */
function keepFocus(body: HTMLElement, focus: (row: number) => void, draw: () => void): void {
  const { activeElement } = document;
  const row = activeElement instanceof HTMLElement && body.contains(activeElement) ? activeElement.dataset['row'] : undefined;
  draw();
  if (row !== undefined && document.activeElement !== activeElement) focus(Number(row));
}
