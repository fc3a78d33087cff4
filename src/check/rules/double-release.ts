import { repeatedDrops } from '../../flow/repeated.js';
import { complaintOf, pathsIn } from '../evidence.js';
import { behindReleases } from '../faults/behind.js';
import { droppedByNextUser } from '../faults/counted-off.js';
import { droppedTwice } from '../faults/dropped-twice.js';
import { leftErrors } from '../faults/left-errors.js';
import { redropped } from '../faults/redropped.js';
import { droppedThoughHandedOn } from '../faults/untold.js';
import { type Check, notTold } from '../finding.js';

/**
 * Pages that are dropped a second time: on one path, behind a drop, through two helpers, by another request or user, or as an error in
 * their place.
 */
export const doubleRelease: Check = (subject) => {
  const message = `pages of ${subject.row.api}() are dropped a second time`;
  const walked = pathsIn(subject)
    .filter((w) => w.kind === 'double')
    .map((w) => complaintOf(subject, w, message));
  const repeated = notTold(behindReleases(subject, repeatedDrops, message, 'dropped again'), walked);
  return [
    ...walked,
    ...repeated,
    ...notTold(droppedTwice(subject, message), [...walked, ...repeated]),
    ...leftErrors(subject),
    ...notTold(redropped(subject), walked),
    ...notTold([...droppedThoughHandedOn(subject), ...droppedByNextUser(subject)], walked),
  ];
};
