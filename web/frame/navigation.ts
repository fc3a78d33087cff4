/** Where the reader is among the views. */
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { atView, type State, type View } from '../state.js';
import { nameOf, TITLES } from '../words.js';
import { offeredViews } from './views.js';

/** The links to the views; a site belongs to the one from which it was reached. */
export function viewLinks({ data, link }: Context, state: State): HTMLElement[] {
  const current: View = state.view === 'site' ? state.from : state.view;
  return offeredViews(data).map((view) =>
    h('a', { href: link(atView(state, view)), 'aria-current': view === current ? 'page' : null, 'data-title': TITLES[view] }, TITLES[view]),
  );
}

/** The title of the window. */
export function windowTitle({ data, byId }: Context, state: State): string {
  return `putright: ${state.view === 'site' ? `${byId.get(state.site)?.function ?? ''}() in ` : ''}${nameOf(data.tree)}`;
}
