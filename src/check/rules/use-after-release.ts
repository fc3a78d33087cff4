import { lateLooks, lateMarks } from '../../flow/late-marks.js';
import type { Witness } from '../../flow/paths.js';
import { callsAt } from '../../program/graph.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import { behindReleases } from '../faults/behind.js';
import { droppedThoughNotGivenBack } from '../faults/failed-ends.js';
import { droppedFromFreed } from '../faults/freed-before.js';
import { interruptedDrops } from '../faults/interrupted.js';
import { droppedBeforeFlush } from '../faults/late-flush.js';
import { undoneTooLate } from '../faults/late-undoing.js';
import { type LateUnmapping, lateUnmappings } from '../faults/unmapped.js';
import { unsetFlags } from '../faults/unset-flags.js';
import { type Check, notTold, stepIn } from '../finding.js';

/** Pages that are read, marked, or reached by a device after they were dropped. */
export const useAfterRelease: Check = (subject) => {
  const message = `a page of ${subject.row.api}() is used after it was dropped`;
  const walked = pathsIn(subject)
    .filter((w) => w.kind === 'use')
    .map((w) => complaintOf(subject, w, message));
  const marked = notTold(behindReleases(subject, lateMarks, message, 'marked dirty after the drop'), walked);
  const looked = notTold(behindReleases(subject, lateLooks, message, 'used after the drop'), walked);
  const standing = pathsIn(subject)
    .filter((w) => w.kind === 'standing')
    .map((w) => complaintOf(subject, w, stillStanding(subject, w)));
  const dangling = pathsIn(subject)
    .filter((w) => w.kind === 'dangling')
    .map((w) =>
      complaintOf(subject, w, `the array for pages of ${subject.row.api}() is freed, and ${w.fields[0]}() drops what it finds there`),
    );
  const unmapped = lateUnmappings(subject).map((late) => {
    const { release, reference, called, way, pos } = late;
    const complaint = complaintAt(subject, release, `pages of ${subject.row.api}() are unmapped from the device after they were dropped`);
    const { file, name } = reference;
    const at = (place: number, text: string) => stepIn(subject.program, reference, place, text);
    const drops = release.visit.flow.reference.name;
    const call = called === null ? [] : [at(called, way === null ? `called here: ${drops}()` : `passed on, and dropped there: ${drops}()`)];
    return { ...complaint, file, function: name, pos, path: [...(way ?? complaint.path), ...call, at(pos, unmappedBy(subject, late))] };
  });
  return [
    ...walked,
    ...marked,
    ...looked,
    ...standing,
    ...dangling,
    ...unmapped,
    ...droppedFromFreed(subject),
    ...interruptedDrops(subject),
    ...unsetFlags(subject),
    ...droppedThoughNotGivenBack(subject),
    ...undoneTooLate(subject),
    ...droppedBeforeFlush(subject),
  ];
};

/** The message where what was set up of the pages is not undone before they are dropped. */
function stillStanding({ row }: Subject, { fields: [setUp, undoing, caller], function: own }: Witness): string {
  const first = caller === own ? `${undoing}() is called first on another path` : `${caller}() calls ${undoing}() first`;
  return `pages of ${row.api}() are dropped while what ${setUp}() set up still leads to them; ${first}`;
}

/** What unmaps the pages at a position: the call itself, or a helper of the file that is called there. */
function unmappedBy({ program }: Subject, { reference, pos, api }: LateUnmapping): string {
  const called = program.graphs(reference).flatMap((graph) => callsAt(graph, pos).map(({ name }) => name));
  const [helper] = called;
  return called.includes(api) || !helper ? `unmapped by ${api}()` : `unmapped by ${helper}(), which calls ${api}()`;
}
