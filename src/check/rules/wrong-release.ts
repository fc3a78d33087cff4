import type { SeenRelease } from '../../flow/follow.js';
import type { Subject } from '../../survey/unit.js';
import { allocatesNear, chosenBetween, kindOf, pinnedElsewhere, plainBeside, plainNear, sharedWith } from '../company.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';

const names = { pin: 'unpin_user_page*()', get: 'put_page() and its kin' } as const;

/** A pin dropped as a plain reference, or the other way round: Documentation/core-api/pin_user_pages.rst. */
export const wrongRelease: Rule = {
  id: 'wrong-release',
  severity: 'error',
  about: 'a pin is dropped by put_page() or its kin, or a plain reference by unpin_user_page*()',
  check(subject, others) {
    const { row } = subject;
    const kind = kindOf(subject);
    const seen = releasesIn(subject);
    return seen
      .filter((s) => s.event.call.drops !== 'any' && (s.event.call.drops !== kind || (s.event.call.frees && row.reference === 'get')))
      .filter((s) => isOurs(subject, s, seen, others))
      .map((s) => {
        const what = kind === 'pin' ? 'a pin' : 'a plain reference';
        return complaintAt(subject, s, `${what} taken by ${row.api}() is dropped by ${s.event.api}(); it wants ${names[kind]}`);
      });
  },
};

/** False where the drop may be that of another origin's page in the same place. */
function isOurs(subject: Subject, release: SeenRelease, seen: readonly SeenRelease[], others: readonly Subject[]): boolean {
  const { row, followed } = subject;
  const { drops, frees } = release.event.call;
  const right = seen.filter((s) => s !== release && s.event.call.drops === kindOf(subject) && !s.event.call.frees);
  const chosen = right.some((s) => chosenBetween(subject, release, s));
  // What frees is meant for pages from the allocator.
  if (frees) return !row.mixed && !(allocatesNear(subject, release) && (release.visit.heap !== null || chosen));
  // Nothing drops what was taken but this, and its like.
  if (right.length === 0 && row.gaps.length === 0 && !followed.cut) return true;
  if (sharedWith(subject, release, others)) return false;
  // No page of another origin is pinned: only another site can bring one that is.
  if (drops === 'pin') return !pinnedElsewhere(subject, release);
  // Where only a short count of this call is dropped, nothing else can be.
  if (release.event.partial) return true;
  if (plainBeside(subject, release)) return false;
  if (!plainNear(subject, release)) return true;
  if (chosen) return false;
  // One teardown that drops both ways, in helpers of its own: which pages go which way is not told apart.
  return !(
    release.visit.way === 'call' && right.some((s) => s.visit !== release.visit && fieldOf(s) !== null && fieldOf(s) === fieldOf(release))
  );
}

/** Key of the function that fetched the pages from a field, on the way to a drop. */
function fieldOf({ visit }: SeenRelease): string | null {
  for (let v: SeenRelease['visit'] | undefined = visit; v; v = v.parent?.visit) if (v.way === 'field') return v.flow.reference.key;
  return null;
}
