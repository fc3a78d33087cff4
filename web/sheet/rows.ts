/** The sheet's rows as the reader goes through them: only those in sight are in the page, so that a thousand cost what thirty do. */
import type { PageSite } from '../../src/report/page/data.js';
import { listenWhile } from '../dom.js';
import type { Body } from './body.js';
import { inSight, type Scroller, scrolledTo } from './sight.js';

/** How the rows are gone through. */
export interface Rows {
  /** Shows these sites; `again`: the reader begins at the first. */
  show: (sites: readonly PageSite[], again: boolean) => void;
  /** Moves the reader's row, and the sheet as far as needed to see it. */
  move: (to: number) => void;
  /** The row that the keys move. */
  active: () => number;
}

/** Height of a view that is not laid out yet, in pixels. */
const UNKNOWN = 600;

/** The rows of a body that `view` scrolls below `head`. */
export function rowsIn(view: HTMLElement, head: HTMLElement, body: Body): Rows {
  let sites: readonly PageSite[] = [];
  let active = 0;
  let drawn = '';
  let printing = false;

  const scroller = (): Scroller => ({ top: view.scrollTop, height: view.clientHeight || UNKNOWN, head: head.offsetHeight });

  function draw(): void {
    const stretch = printing ? { first: 0, last: sites.length } : inSight(scroller(), sites.length);
    const key = `${stretch.first} ${stretch.last} ${active}`;
    if (key === drawn) return;
    drawn = key;
    body.draw(sites, stretch, active);
  }

  function show(next: readonly PageSite[], again: boolean): void {
    sites = next;
    if (again) {
      active = 0;
      view.scrollTop = 0;
    }
    drawn = '';
    draw();
  }

  function move(to: number): void {
    if (sites.length === 0) return;
    active = Math.max(0, Math.min(sites.length - 1, to));
    const now = scroller();
    const top = scrolledTo(now, active);
    if (top !== now.top) view.scrollTop = top;
    draw();
    body.focus(active);
  }

  const print = (now: boolean) => (): void => {
    printing = now;
    draw();
  };
  view.addEventListener('scroll', draw, { passive: true });
  // The height is known only once the page is laid out.
  new ResizeObserver(draw).observe(view);
  // On paper are all of them.
  listenWhile(view, 'beforeprint', print(true));
  listenWhile(view, 'afterprint', print(false));
  return { show, move, active: () => active };
}
