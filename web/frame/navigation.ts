/** Where the reader is among the views. */
import type { Context } from '../context.js';
import { h } from '../dom.js';
import type { State, View } from '../state.js';
import { nameOf } from '../words.js';
import { MAKERS, offeredViews } from './views.js';

/** The links to the views; a site belongs to the sheet. */
export function viewLinks({ data, link }: Context, state: State): HTMLElement[] {
  const current: View = state.view === 'site' ? 'sheet' : state.view;
  return offeredViews(data).map((view) =>
    h('a', { href: link({ ...state, view, site: '' }), 'aria-current': view === current ? 'page' : null }, MAKERS[view].title),
  );
}

/** The title of the window. */
export function windowTitle({ data, byId }: Context, state: State): string {
  return `putright: ${state.view === 'site' ? `${byId.get(state.site)?.function ?? ''}() in ` : ''}${nameOf(data.tree)}`;
}
