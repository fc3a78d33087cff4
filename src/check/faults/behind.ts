/**
 * What follows a release of the same thing on every path to it. It is found without a walk over paths, which may not tell elements and
 * containers apart.
 */
import type { Within } from '../../flow/paths/function/text.js';
import type { Repeated } from '../../flow/repeated.js';
import type { Graph } from '../../program/graph.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../data/access.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Complaint } from '../finding.js';

/**
 * Complaints about what follows a release of the site's pages in one function.
 * @param find the statements of a graph that do something to what was dropped before
 * @param how what such a statement does, for the last step of the path
 */
export function behindReleases(
  subject: Subject,
  find: (graph: Graph, within: Within) => readonly Repeated[],
  message: string,
  how: string,
): Complaint[] {
  const { program } = subject;
  const found = new Map<string, Complaint>();
  for (const release of releasesIn(subject)) {
    const { reference } = release.visit.flow;
    for (const graph of program.graphs(reference)) {
      for (const { firsts, pos, api } of find(graph, { program, reference })) {
        const key = `${reference.file}:${pos}`;
        if (pos === release.event.pos || !firsts.includes(release.event.pos) || found.has(key)) continue;
        const { path } = complaintAt(subject, release, message);
        const last = stepAt(subject, release.visit, pos, `${how} by ${api}()`);
        found.set(key, { message, file: reference.file, function: reference.name, pos, path: [...path, last] });
      }
    }
  }
  return [...found.values()];
}
