/** Decides which of the five cases of Documentation/core-api/pin_user_pages.rst a site is, where the C shows it. */

import type { Followed, Visit } from '../flow/visit.js';
import type { Program } from '../program/program.js';
import type { Container, Dirty, Row } from './row.js';
import type { Site } from './sites.js';

/** What the decision rests on. */
interface Evidence {
  /** True if the function that takes the pages drops them itself, and nothing keeps them. */
  brief: boolean;
  longterm: boolean;
  containers: readonly Container[];
  dirty: Dirty;
  /** True if some function maps a page to access its data. */
  mapped: boolean;
  iterator: boolean;
  /** True if the file registers an MMU notifier. */
  notifier: boolean;
}

const rules: readonly { number: 1 | 2 | 3 | 5; applies: (e: Evidence) => boolean; reason: string }[] = [
  { number: 3, applies: (e) => e.notifier && !e.longterm && !e.brief, reason: 'the file registers an MMU notifier' },
  { number: 2, applies: (e) => e.longterm, reason: 'FOLL_LONGTERM is passed' },
  { number: 1, applies: (e) => e.iterator && e.containers.includes('bvec'), reason: 'pages of an iterator go into a bvec: direct I/O' },
  {
    number: 5,
    applies: (e) => e.mapped && e.dirty !== 'none' && e.dirty !== 'container',
    reason: 'the page is mapped, and marked dirty before the drop',
  },
];

/** Returns the case and the reason for it; `null` if nothing decides it. */
export function caseOf(
  program: Program,
  site: Site,
  followed: Followed | null,
  row: Pick<Row, 'longterm' | 'containers' | 'dirty' | 'carrier' | 'releaseScope'>,
): Row['case'] {
  if (!followed) return null;
  const evidence: Evidence = {
    ...row,
    brief: row.carrier.length === 0 && row.releaseScope === 'function',
    mapped: followed.visits.some((v) => [...v.flow.origins.keys()].some((f) => f.endsWith('@address'))),
    iterator: site.acquire.iterator !== null,
    notifier: hasNotifier(program, site.reference.file),
  };
  const rule = rules.find((r) => r.applies(evidence));
  return rule ? { number: rule.number, reason: rule.reason } : null;
}

/**
 * True if a visited function has the pages only as long as they are in the page table, which an MMU notifier tells it, and the pin is not
 * meant to last.
 */
export function isFollowedByNotifier({ program, row }: { program: Program; row: Pick<Row, 'longterm'> }, { flow }: Visit): boolean {
  return !row.longterm && hasNotifier(program, flow.reference.file);
}

/** True if a file registers an MMU notifier. */
function hasNotifier(program: Program, file: string): boolean {
  return program.says(file, /\bmmu_(interval_)?notifier_(insert|register|get)\w*\s*\(/);
}
