/** The state that the page shows, in step with the address. */
import { fromThere, type State, toHash } from '../state.js';

/** The state, and how another comes: from the page, by `go`, or, once it is followed, from the address. */
export interface Address {
  state: () => State;
  go: (state: State, quiet?: boolean) => void;
  follow: () => void;
}

/** The address waits for a pause in typing: each change costs some milliseconds, and browsers allow only so many in a time. */
const PAUSE_MS = 150;

/** The address as `read` reads it; `show` is told each other state, and whether it came from the address. */
export function addressOf(read: () => State, show: (state: State, followed: boolean) => void): Address {
  let state = read();
  let waiting = 0;

  function stopWaiting(): void {
    clearTimeout(waiting);
    waiting = 0;
  }

  /** Writes what was typed into the address, if that is still to be done. */
  function settle(): void {
    if (waiting === 0) return;
    stopWaiting();
    history.replaceState(null, '', toHash(state));
  }

  function go(next: State, quiet = false): void {
    if (!quiet) settle();
    state = next;
    if (quiet) {
      clearTimeout(waiting);
      waiting = window.setTimeout(settle, PAUSE_MS);
      // Pages from the disk may change their own hash, and nothing else.
    } else if (toHash(next) !== location.hash) history.pushState(null, '', toHash(next));
    show(state, false);
  }

  function changed(): void {
    stopWaiting();
    const next = read();
    if (toHash(next) === toHash(state)) return;
    state = fromThere(state, next);
    show(state, true);
  }

  function follow(): void {
    // What a link or a button leads to comes after what was typed before.
    window.addEventListener('click', settle, true);
    window.addEventListener('pagehide', settle);
    window.addEventListener('popstate', changed);
    window.addEventListener('hashchange', changed);
  }
  return { state: () => state, go, follow };
}
