/** Bringing the finding that the address names to the reader. */
import type { Context } from '../context.js';
import type { State } from '../state.js';

/** Something in the page that a finding has. */
export interface Place {
  node: HTMLElement;
  /** What takes the reader's keys there. */
  heading: HTMLElement;
  /** Shows all of it. */
  open: () => void;
}

/** How a view follows the address to a finding, and the address follows the reader. */
export interface Bringer {
  /** Brings the finding of a state, if that is another one; the view has it in the page by then. */
  follow: (state: State) => void;
  /** The reader opened the finding of this key, or closed one: the address says so, and the page stays where it is. */
  opened: (key: string) => void;
}

/** A bringer to the places of a view. */
export function bringer(context: Context, placeOf: (key: string) => Place | undefined): Bringer {
  let brought = '';

  function follow({ finding }: State): void {
    if (finding === brought) return;
    brought = finding;
    const place = placeOf(finding);
    if (!place) return;
    place.open();
    // A view that is only now made is not in the page yet.
    requestAnimationFrame(() => {
      place.node.scrollIntoView({ block: 'start' });
      place.heading.focus({ preventScroll: true });
    });
  }

  function opened(key: string): void {
    brought = key;
    context.go({ ...context.state(), finding: key }, true);
  }
  return { follow, opened };
}
