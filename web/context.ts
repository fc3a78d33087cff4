import type { PageData, PageSite } from '../src/report/page/data.js';
import type { Column } from './columns.js';
import type { Index } from './query.js';
import type { State } from './state.js';

/** What every view is given. */
export interface Context {
  data: PageData;
  columns: readonly Column[];
  index: Index;
  byId: ReadonlyMap<string, PageSite>;
  state: () => State;
  /** Shows another state. `quiet` replaces the entry in the history: for typing. */
  go: (state: State, quiet?: boolean) => void;
  /** The address of a state, for a link. */
  link: (state: State) => string;
  /** Says something to everybody, also to a screen reader. */
  say: (message: string) => void;
}

/** A view: its node, and how it takes a new state of the same view. */
export interface Shown {
  node: HTMLElement;
  update: (state: State) => void;
  /** A key that nothing else took; true if the view did. */
  key?: (event: KeyboardEvent) => boolean;
}
