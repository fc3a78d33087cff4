import type { Subject } from '../survey/unit.js';
import { checks } from './checks.js';
import { type Finding, findingOf } from './finding.js';
import { rules } from './rules.js';

/** The findings of one file's sites. Sites in the kernel's tests are not judged; parts of gup itself are not even followed. */
export function inspectSites(subjects: readonly Subject[]): Finding[] {
  return subjects
    .filter((s) => s.row.kind !== 'test')
    .flatMap((subject) => {
      const others = subjects.filter((s) => s !== subject);
      return rules.flatMap((rule) => checks[rule.id](subject, others).map((complaint) => findingOf(rule, subject, complaint)));
    });
}
