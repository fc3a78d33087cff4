/** A site's row in the page. */
import type { PageSite } from '../../src/report/page/data.js';
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { atSite } from '../state.js';
import { cellsOf } from './cells.js';
import { HEAD_ROWS } from './head.js';

/** A row in the page, and how it is told where in the sheet it stands now and whether the keys move it. */
export interface Line {
  row: HTMLTableRowElement;
  place: (at: number, active: boolean) => void;
}

/** The row of a site in these columns. */
export function lineOf(context: Context, site: PageSite, columns: readonly Column[]): Line {
  const link = h('a');
  const row = h('tr', {}, ...cellsOf(site, columns, link));
  const place = (at: number, active: boolean): void => {
    link.href = context.link(atSite(context.state(), site.id));
    link.dataset['row'] = String(at);
    // The index counts from one, and the head's rows too.
    row.setAttribute('aria-rowindex', String(HEAD_ROWS + 1 + at));
    row.classList.toggle('active', active);
  };
  return { row, place };
}
