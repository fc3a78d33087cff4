/** The part of the page that a view has. */
import type { Context, Shown } from '../context.js';
import { h } from '../dom.js';
import type { State, View } from '../state.js';
import { MAKERS } from './views.js';

/** Where the view stands, how it shows a state, and how it is offered a key; true if it took it. */
export interface Content {
  node: HTMLElement;
  show: (state: State) => void;
  key: (event: KeyboardEvent) => boolean;
}

/** A view's part of the page; a state of the same view goes to the view that is there. */
export function contentOf(context: Context): Content {
  const node = h('main', { id: 'main', tabindex: -1 });
  let shown: { view: View; it: Shown } | null = null;

  function show(state: State): void {
    if (shown?.view === state.view) {
      shown.it.update(state);
      return;
    }
    const it = MAKERS[state.view].make(context);
    node.replaceChildren(it.node);
    // The way to a view was a link that may be gone; the reader goes on from its top.
    if (shown) node.focus({ preventScroll: true });
    shown = { view: state.view, it };
  }
  return { node, show, key: (event) => shown?.it.key?.(event) ?? false };
}
