/** Where a site stands among its neighbours. Pure: no browser needed. */
import type { PageSite } from '../../src/report/page/data.js';

/** Where a site stands in the order of the sheet: -1, with the first as the next, if it is not in it. */
export interface Place {
  at: number;
  of: number;
  before: PageSite | undefined;
  after: PageSite | undefined;
}

/** The place of the site with this id. */
export function placeOf(order: readonly PageSite[], id: string): Place {
  const at = order.findIndex((site) => site.id === id);
  return { at, of: order.length, before: order[at - 1], after: order[at + 1] };
}
