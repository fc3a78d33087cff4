/** Which pages of other origins can stand beside a site's. */
import type { Visit } from '../flow/visit.js';
import { remembered } from '../program/remembered.js';
import type { Origin } from '../protocol/index.js';
import type { Subject } from '../survey/unit.js';

const mixedIn = remembered(({ origins, site, followed }: Subject): readonly Origin[] => origins.beside(site, followed).mixed);

/**
 * The other origins whose pages can stand where a visited function gets the site's from: in the field that it found them in, or else
 * anywhere.
 */
export function mixedAt(subject: Subject, { heap }: Visit): readonly Origin[] {
  const { origins, site, followed, row } = subject;
  if (!row.mixed) return [];
  return heap === null ? mixedIn(subject) : origins.inField(site, followed, heap);
}
