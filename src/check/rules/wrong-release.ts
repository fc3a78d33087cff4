import type { SeenRelease } from '../../flow/follow.js';
import type { Guard } from '../../program/graph.js';
import type { Subject } from '../../survey/unit.js';
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
    // Extracted pages are pinned or not held at all: a plain drop is wrong for both.
    const kind = row.reference === 'get' ? 'get' : 'pin';
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
  if (row.mixed) return false;
  if (release.event.call.frees && release.visit.heap !== null) return false;
  const right = seen.filter((s) => s !== release && s.event.call.drops === (row.reference === 'get' ? 'get' : 'pin'));
  // `if (pinned) unpin_user_page(page); else put_page(page);`
  const chosen = right.some((s) =>
    guardsOf(s).some((g) => guardsOf(release).some((h) => g.text !== '' && g.text === h.text && g.negated !== h.negated)),
  );
  if (chosen) return false;
  // One teardown that drops both ways, in helpers of its own: which pages go which way is not told apart.
  if (
    release.visit.way === 'call' &&
    right.some((s) => s.visit !== release.visit && fieldOf(s) !== null && fieldOf(s) === fieldOf(release))
  )
    return false;
  return !others.some(
    (o) => o.row.reference !== row.reference && o.followed.heap.some((h) => followed.heap.includes(h)) && release.visit.heap !== null,
  );
}

/** The conditions around a drop and around the calls that lead to it. */
function guardsOf({ visit, event }: SeenRelease): Guard[] {
  const guards = [...event.guards];
  for (let v = visit; v.way === 'call' && v.parent; v = v.parent.visit) {
    const { pos, visit: from } = v.parent;
    guards.push(...(from.flow.calls.find((c) => c.pos === pos)?.guards ?? []));
  }
  return guards;
}

/** Key of the function that fetched the pages from a field, on the way to a drop. */
function fieldOf({ visit }: SeenRelease): string | null {
  for (let v: SeenRelease['visit'] | undefined = visit; v; v = v.parent?.visit) if (v.way === 'field') return v.flow.reference.key;
  return null;
}
