/** The keys of the page. */
import type { Context } from '../context.js';
import { atView, isFiltered } from '../state.js';
import { offeredViews } from './views.js';

/** What keys do. */
type Keys = Readonly<Record<string, () => void>>;

/** What the keys of the frame are for, beside the views. */
export interface Acts {
  search: () => void;
  help: () => void;
  clear: () => void;
}

/** Does what the frame has for a key; true if it has something for it now. */
export function act(context: Context, acts: Acts, key: string): boolean {
  const wanted = keysNow(context, acts)[key];
  wanted?.();
  return wanted !== undefined;
}

function keysNow(context: Context, { search, help, clear }: Acts): Keys {
  const state = context.state();
  // The views are numbered from left to right.
  const views = offeredViews(context.data).map((view, n) => [String(n + 1), () => context.go(atView(state, view))]);
  return { ...Object.fromEntries(views), '/': search, '?': help, ...(isFiltered(state) ? { Escape: clear } : {}) };
}

/** Gives a key that nothing else took to the field that it is typed into or, if there is none, to `take`, which tells whether it took it. */
export function press(event: KeyboardEvent, take: (event: KeyboardEvent) => boolean): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const field = event.target instanceof Element && event.target.closest<HTMLElement>('input, select, textarea');
  if (field ? leave(field, event.key) : take(event)) event.preventDefault();
}

/** In a field a key is a letter, but for the one that leaves it. */
function leave(field: HTMLElement, key: string): boolean {
  if (key !== 'Escape') return false;
  field.blur();
  return true;
}
