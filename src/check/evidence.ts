/** What several rules ask of a followed site. */
import { arrivalsOf, releasesOf, type SeenRelease, type Start, type Visit } from '../flow/follow.js';
import { type Dropping, type Kept, keepsPages, type Witness, walkPaths } from '../flow/paths.js';
import { rootOf } from '../program/path.js';
import { assumptionsOf } from '../survey/row-of.js';
import { acquiredOf, type Site, seedsOf } from '../survey/sites.js';
import { stepsTo } from '../survey/trace.js';
import type { Subject } from '../survey/unit.js';
import { type Complaint, type FindingStep, taken } from './finding.js';

const releases = new WeakMap<Subject, SeenRelease[]>();
const paths = new WeakMap<Subject, Witness[]>();

/** Every statement that can drop the reference, those that free pages too. */
export function releasesIn(subject: Subject): SeenRelease[] {
  let found = releases.get(subject);
  if (!found) {
    const { program, followed, site } = subject;
    found = releasesOf(program, followed, site.node.guards, assumptionsOf(program, site));
    releases.set(subject, found);
  }
  return found;
}

/** Paths from the site that end wrongly, in its function, in those that it calls and in its callers. */
export function pathsIn(subject: Subject): Witness[] {
  let found = paths.get(subject);
  if (!found) {
    const { analysis, site, row } = subject;
    // An iterator that need not be a user's, and no drop anywhere: nothing is held.
    const isNone = row.reference === 'conditional' && releasesIn(subject).length === 0;
    found = isNone ? [] : walkPaths(analysis, startOf(site), keptIn(subject)).filter((w) => isCertain(subject, w));
    paths.set(subject, found);
  }
  return found;
}

/** True if the acquiring function, on some path on which it succeeds, leaves the pages in memory that outlives it. */
export function keptOnSuccess({ analysis, site }: Subject): boolean {
  return keepsPages(analysis, startOf(site));
}

/** Fields from which the pages are dropped somewhere. */
function keptIn(subject: Subject): Kept {
  const seen = releasesIn(subject).filter((s) => s.visit.heap !== null);
  const facts = [...new Set(seen.map((s) => s.visit.heap as string))].filter((h) => !h.startsWith('#::'));
  return {
    carriers: facts.map((h) => ({ tag: rootOf(h).slice(1), suffix: h.slice(rootOf(h).length) })),
    files: [...new Set([subject.site.reference.file, ...seen.map((s) => s.visit.flow.reference.file)])],
    drops: subject.followed.visits.filter((v) => v.flow.releases.length > 0).flatMap(droppingsOf),
  };
}

/** The fields, and the functions that were handed the pages by a callee, from which they came to a visited function. */
function droppingsOf(visit: Visit): Dropping[] {
  const found: Dropping[] = [];
  const seen = new Set<Visit>();
  const queue = [visit];
  for (let at = queue.pop(); at; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (at.way !== 'call') found.push({ heap: at.heap, holder: at.flow.reference.key });
    else queue.push(...arrivalsOf(at).map((arrival) => arrival.visit));
  }
  return found;
}

/** Whether an iterator is a user's is known where it is used; its callers may hand in others. */
function isCertain({ site, row }: Subject, witness: Witness): boolean {
  return site.acquire.iterator === null || witness.file === row.file;
}

function startOf(site: Site): Start {
  return { reference: site.reference, pos: site.call.pos, facts: seedsOf(site), acquired: acquiredOf(site) };
}

/** A path as a complaint about its end. */
export function complaintOf({ program }: Subject, witness: Witness, message: string): Complaint {
  const steps = witness.steps.map(
    ({ file, function: name, pos, text }): FindingStep => ({ file, ...program.position(file, pos), function: name, text }),
  );
  return { message, file: witness.file, function: witness.function, pos: witness.pos, path: steps };
}

/** A complaint about one release, with the way to it. */
export function complaintAt(subject: Subject, release: SeenRelease, message: string): Complaint {
  const { reference } = release.visit.flow;
  const path: FindingStep[] = [taken(subject), ...stepsTo(subject.program, release.visit, `-${release.event.pos}`)];
  return { message, file: reference.file, function: reference.name, pos: release.event.pos, path };
}

/** A complaint about the call itself. */
export function complaintHere(subject: Subject, message: string): Complaint {
  const { row, site } = subject;
  return { message, file: row.file, function: row.function, pos: site.call.pos, path: [taken(subject)] };
}
