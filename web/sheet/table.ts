/** The sheet's table: its widths, its head and its body. */
import type { Column } from '../columns.js';
import type { Context } from '../context.js';
import { h, styled } from '../dom.js';
import type { State } from '../state.js';
import { type Body, bodyOf } from './body.js';
import { HEAD_ROWS, type Head, headOf } from './head.js';
import { widthOf } from './shown.js';

/** The table, how it takes other columns, and how it shows a state that leaves so many sites. */
export interface Table {
  node: HTMLTableElement;
  head: HTMLTableSectionElement;
  body: Body;
  setColumns: (columns: readonly Column[]) => void;
  show: (state: State, sites: number) => void;
}

/** A table that has no columns yet. Its head is made anew only for other ones, since that takes long. */
export function tableOf(context: Context): Table {
  const group = h('colgroup');
  const head = h('thead');
  const body = bodyOf(context);
  const node = h('table', { class: 'sheet' }, h('caption', { class: 'unseen' }, 'Sites'), group, head, body.node);
  let shown: Head | null = null;

  function setColumns(columns: readonly Column[]): void {
    group.replaceChildren(...columns.map((column) => styled(h('col'), { width: `${widthOf(column)}px` })));
    styled(node, { '--width': `${columns.reduce((sum, column) => sum + widthOf(column), 0)}px` });
    shown = headOf(context, columns);
    head.replaceChildren(...shown.rows);
    body.setColumns(columns);
  }

  function show(state: State, sites: number): void {
    shown?.show(state);
    node.setAttribute('aria-rowcount', String(sites + HEAD_ROWS));
  }
  return { node, head, body, setColumns, show };
}
