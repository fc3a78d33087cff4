/** What several rules ask of a followed site. */
import { releasesOf, type SeenRelease } from '../flow/follow.js';
import { type Witness, walkPaths } from '../flow/paths.js';
import { assumptionsOf } from '../survey/row-of.js';
import { acquiredOf, seedsOf } from '../survey/sites.js';
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

/** Paths through the site's function that end wrongly. */
export function pathsIn(subject: Subject): Witness[] {
  let found = paths.get(subject);
  if (!found) {
    const { analysis, site } = subject;
    found = walkPaths(analysis, {
      reference: site.reference,
      pos: site.call.pos,
      facts: seedsOf(site),
      acquired: acquiredOf(site),
    });
    paths.set(subject, found);
  }
  return found;
}

/** A path of the site's function as a complaint about its end. */
export function complaintOf({ program, row }: Subject, witness: Witness, message: string): Complaint {
  const steps = witness.steps.map(
    ({ pos, text }): FindingStep => ({ file: row.file, ...program.position(row.file, pos), function: row.function, text }),
  );
  return { message, file: row.file, function: row.function, pos: witness.pos, path: steps };
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
