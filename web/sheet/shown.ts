/** What the sheet shows of all there is: which columns, how wide, and which sites in which order. */
import type { PageData, PageSite } from '../../src/report/page/data.js';
import { type Column, IN_FIRST, NARROW, NARROW_FINDINGS, USUAL } from '../columns.js';
import type { Context } from '../context.js';
import { select, sorted } from '../query.js';
import type { State } from '../state.js';

/** What of the survey is in the sheet: for what is done with all that the reader sees. */
export interface Seen {
  columns: readonly Column[];
  sites: readonly PageSite[];
}

const narrow = (): boolean => window.innerWidth < 700;

/** The columns that are shown, in the order of all columns: those that the reader chose, or the usual ones and what is filtered by. */
export function chosenColumns({ columns, data }: Context, { columns: chosen, filters }: State): Column[] {
  const wanted = new Set(chosen ?? [...usual(data), ...Object.keys(filters).filter((key) => !IN_FIRST.has(key))]);
  return columns.filter((column) => wanted.has(column.key));
}

function usual({ findings, progress }: PageData): readonly string[] {
  if (narrow()) return findings ? NARROW_FINDINGS : NARROW;
  return [...USUAL, ...(findings ? ['findings'] : []), ...(progress ? ['change'] : [])];
}

/** The sites of the sheet in its order: what next and previous go through. */
export function sheetOrder({ index }: Context, state: State): readonly PageSite[] {
  return sorted(index, select(index, state), state.sort);
}

/** A column's width in pixels. The first column is pinned, and leaves a narrow page room for others. */
export function widthOf(column: Column): number {
  return column.key === 'where' && narrow() ? 180 : column.width;
}
