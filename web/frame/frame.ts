/** The frame of the page: what stands around the views, and the keys. */
import type { Context } from '../context.js';
import type { State } from '../state.js';
import { contentOf } from './content.js';
import { footer } from './footer.js';
import { headerOf } from './header.js';
import { helpDialog } from './help.js';
import { act, press } from './keys.js';
import { windowTitle } from './navigation.js';
import { searchField, showSearch } from './search.js';

/** The page's nodes, how it shows a state, and how it takes a key. `followed`: the state came from the address, not from the page. */
export interface Frame {
  nodes: readonly HTMLElement[];
  show: (state: State, followed: boolean) => void;
  key: (event: KeyboardEvent) => void;
}

/** Keeps what the reader acts on where it is, whatever comes or goes above it, such as the first filter's line or a note. */
function keeper(inside: HTMLElement): () => void {
  const acted = document.activeElement;
  if (acted === null || acted === inside || !inside.contains(acted)) return () => {};
  const before = acted.getBoundingClientRect().top;
  return () => {
    if (acted.isConnected) window.scrollBy(0, acted.getBoundingClientRect().top - before);
  };
}

/** The frame; `status` is where what is said to everybody stands. */
export function frameOf(context: Context, status: HTMLElement): Frame {
  const content = contentOf(context);
  const field = searchField(context);
  const dialog = helpDialog(context);
  const help = (): void => dialog.showModal();
  const header = headerOf(context, field, { skip: () => content.node.focus(), help, clear });

  function show(state: State, followed: boolean): void {
    const keep = keeper(content.node);
    if (followed) field.value = state.q;
    showSearch(field, state.q);
    header.show(state);
    // The sheet takes what the window leaves, and scrolls by itself.
    document.body.dataset['view'] = state.view;
    content.show(state);
    document.title = windowTitle(context, state);
    keep();
  }

  function search(): void {
    field.focus();
    field.select();
  }

  function clear(): void {
    field.value = '';
    // A filter that is typed into would otherwise stay as it is.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    context.go({ ...context.state(), q: '', filters: {} });
  }

  function key(event: KeyboardEvent): void {
    if (!dialog.open) press(event, (free) => content.key(free) || act(context, { search, help, clear }, free.key));
  }
  return { nodes: [header.node, content.node, footer(context.data), status, dialog], show, key };
}
