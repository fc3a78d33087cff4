import { repeatedDrops } from '../../flow/repeated.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../access.js';
import { complaintAt, complaintOf, pathsIn, releasesIn } from '../evidence.js';
import type { Complaint, Rule } from '../finding.js';

export const doubleRelease: Rule = {
  id: 'double-release',
  severity: 'error',
  about: 'the same pages are dropped twice on one path',
  check(subject) {
    const message = `pages of ${subject.row.api}() are dropped a second time`;
    const walked = pathsIn(subject)
      .filter((w) => w.kind === 'double')
      .map((w) => complaintOf(subject, w, message));
    return [...walked, ...repeatedIn(subject, message).filter((c) => !walked.some((w) => w.file === c.file && w.pos === c.pos))];
  },
};

/** Drops of what was dropped before on every way to them, whatever a path knows of elements and containers. */
function repeatedIn(subject: Subject, message: string): Complaint[] {
  const { program } = subject;
  const found = new Map<string, Complaint>();
  for (const release of releasesIn(subject)) {
    const { reference } = release.visit.flow;
    for (const graph of program.graphs(reference)) {
      for (const { firsts, pos, api } of repeatedDrops(graph)) {
        const key = `${reference.file}:${pos}`;
        if (pos === release.event.pos || !firsts.includes(release.event.pos) || found.has(key)) continue;
        const { path } = complaintAt(subject, release, message);
        const last = stepAt(subject, release.visit, pos, `dropped again by ${api}()`);
        found.set(key, { message, file: reference.file, function: reference.name, pos, path: [...path, last] });
      }
    }
  }
  return [...found.values()];
}
