/** Which sites of a comparison the reader's search and filters leave. */
import type { PageSite } from '../../src/report/page/data.js';
import { subsystem } from '../../src/report/subsystem.js';
import { family } from '../../src/survey/family.js';
import type { Row } from '../../src/survey/row.js';
import type { Context } from '../context.js';
import { indexOf, select } from '../query.js';
import type { State } from '../state.js';

/** Columns that say something only of the sites of this report: of the older tree's, nobody asked. */
const ONLY_HERE: ReadonlySet<string> = new Set(['pairing', 'findings', 'severity', 'change']);

/** Tells of each row whether it is left; a row that this report does not have is known by its own facts. */
export function leftBy(context: Context, state: State): (row: Row) => boolean {
  const selected = new Set(select(context.index, state));
  const columns = context.columns.filter(({ key }) => !ONLY_HERE.has(key));
  const answerable = Object.keys(state.filters).every((key) => !ONLY_HERE.has(key));
  return (row) => {
    const here = context.byId.get(row.id);
    if (here) return selected.has(here);
    return answerable && select(indexOf([siteOf(row)], columns), state).length > 0;
  };
}

/** A row of an older tree as the page's columns take it. */
function siteOf(row: Row): PageSite {
  return {
    ...row,
    ...{ subsystem: subsystem(row.file), family: family(row) },
    ...{ pairings: [], pairing: 'open', sentences: [], scenes: [], gapScenes: [] },
  };
}
