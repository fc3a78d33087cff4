/** The counting faults of a site, computed once for the rules that share them. */
import { callsAt } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { type Complaint, stepIn } from '../finding.js';
import { byteFaults } from './bytes.js';
import { consumedFaults } from './consumed.js';
import type { CountFault } from './fault.js';
import { numberFaults } from './kept.js';
import { lastBatchFaults } from './last-batch.js';
import { countFaults } from './walk.js';

/** Every counting fault of a site, one of each kind at a position. */
export const faultsOf = remembered((subject: Subject): CountFault[] => {
  const { faults, numbers } = countFaults(subject);
  const isNew = ({ kind, pos }: CountFault): boolean => !faults.some((f) => f.kind === kind && f.pos === pos);
  return [
    ...faults,
    ...once([
      ...numberFaults(subject, numbers).filter(isNew),
      ...byteFaults(subject),
      ...consumedFaults(subject),
      ...lastBatchFaults(subject),
    ]),
  ];
});

/** One fault for each position: several variants of a function have the same. */
function once(faults: readonly CountFault[]): CountFault[] {
  return [...new Map(faults.map((f) => [f.pos, f])).values()];
}

/**
 * A counting fault as a complaint, with the conditions on the way.
 * @param last text of the last step; `null` for a drop, where the step names the call that drops
 */
export function complaintOfFault({ program }: Subject, fault: CountFault, message: string, last: string | null): Complaint {
  const { file, name } = fault.reference;
  const [drop] = program.graphs(fault.reference).flatMap((graph) => callsAt(graph, fault.pos));
  const end = last ?? (drop?.name ? `dropped by ${drop.name}()` : 'dropped here');
  const at = (pos: number, text: string) => stepIn(program, fault.reference, pos, text);
  const path = [...fault.way, ...fault.steps.map((s) => at(s.pos, s.text)), at(fault.pos, end)];
  return { message, file, function: name, pos: fault.pos, path };
}
