/** The views of the page. */
import type { PageData } from '../../src/report/page/data.js';
import { compareView } from '../compare/view.js';
import type { Context, Shown } from '../context.js';
import { findingsView } from '../findings/view.js';
import { flowView } from '../flow-view.js';
import { modelView } from '../model/model.js';
import { overview } from '../overview.js';
import { sheet } from '../sheet/sheet.js';
import { siteView } from '../site/site.js';
import { START, type State, type View } from '../state.js';

/** A view: whether the data has what it shows, and what makes it. */
interface Maker {
  there: (data: PageData) => boolean;
  make: (context: Context) => Shown;
}

const always = (): boolean => true;

/** The views, from left to right. */
export const MAKERS: Readonly<Record<View, Maker>> = {
  overview: { there: always, make: overview },
  sheet: { there: always, make: sheet },
  flow: { there: always, make: flowView },
  findings: { there: (data) => data.findings !== null, make: findingsView },
  compare: { there: (data) => data.progress !== null, make: compareView },
  model: { there: (data) => data.matrix !== null, make: modelView },
  site: { there: always, make: siteView },
};

/** The views that are offered for this data, from left to right; a site is reached from them. */
export function offeredViews(data: PageData): View[] {
  return (Object.keys(MAKERS) as View[]).filter((view) => view !== 'site' && MAKERS[view].there(data));
}

/** The state, with the first view in place of one that the data has nothing for. */
export function withViewOf(data: PageData, state: State): State {
  const known = (view: View, other: View): View => (MAKERS[view].there(data) ? view : other);
  return { ...state, view: known(state.view, START.view), from: known(state.from, START.from) };
}
