import { complaintHere, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';

export const neverReleased: Rule = {
  id: 'never-released',
  severity: 'warning',
  about: 'nothing in the tree drops the pages',
  check(subject) {
    const { row, followed } = subject;
    if (row.kind !== 'user' || row.reference === 'conditional' || releasesIn(subject).length > 0 || row.gaps.length > 0 || followed.cut)
      return [];
    if (row.containers.some((c) => c === 'skb' || c === 'bvec' || c === 'pipe' || c === 'other')) return [];
    // Without a field that keeps them it is a path's leak, which tells more.
    const where = row.carrier.length > 0 ? ` and kept in ${row.carrier.join(', ')}` : '';
    return [complaintHere(subject, `pages taken by ${row.api}()${where} are dropped nowhere`)];
  },
};
