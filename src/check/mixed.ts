/** Which pages of other origins stand beside a site's. */
import type { Visit } from '../flow/visit.js';
import type { Subject } from '../survey/unit.js';

/** The other origins whose pages can stand where a visited function has the site's from: in the field through which it came to them, or anywhere. */
export function mixedAt({ origins, site, followed, row }: Subject, { heap }: Visit): readonly string[] {
  return heap === null || row.mixedWith.length === 0 ? row.mixedWith : origins.inField(site, followed, heap);
}
