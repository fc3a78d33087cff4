/**
 * The rules as the command line and the reports know them. What each asks is in `checks.ts`, which loads all of the analysis and takes long
 * for that. The page of each is `docs/rules/ID.md`.
 */
import type { Rule } from './finding.js';

/** The rules, in the order in which they are asked. */
export const rules = [
  {
    id: 'wrong-release',
    severity: 'error',
    about: 'a pin is dropped by put_page() or its kin, or a plain reference by unpin_user_page*()',
  },
  {
    id: 'mixed-release',
    severity: 'warning',
    about: 'one release call for a container that holds pages of several origins, each of which needs its own',
  },
  { id: 'never-released', severity: 'warning', about: 'nothing in the tree drops the pages once they are kept' },
  { id: 'leak-on-path', severity: 'error', about: 'a path leaves the function with the pages held, and nobody else has them' },
  { id: 'partial-pin-leak', severity: 'error', about: 'the call took fewer pages than asked for, and those are not dropped' },
  { id: 'overwritten', severity: 'warning', about: 'a field that may still hold pages is overwritten, with no drop and no test before' },
  { id: 'double-release', severity: 'error', about: 'the same pages are dropped twice on one path' },
  {
    id: 'unchecked-count',
    severity: 'error',
    about: 'the result of the call is ignored, or tested such that an error or a short count passes as success',
  },
  { id: 'release-count', severity: 'error', about: 'more or fewer pages are dropped than were taken' },
  { id: 'use-after-release', severity: 'error', about: 'a page is used after its last drop, or a device can still access it then' },
  { id: 'needs-pin', severity: 'warning', about: 'the data of a page is written to, or accessed by a device, under a plain reference' },
  { id: 'needs-longterm', severity: 'warning', about: 'a pin outlives the call that took it, in a field, without FOLL_LONGTERM' },
  { id: 'dirty-lost', severity: 'warning', about: 'pages that are taken for writing are dropped without being marked dirty' },
  {
    id: 'dirty-unlocked',
    severity: 'warning',
    about: 'a user page is marked dirty by set_page_dirty() or SetPageDirty() without its lock',
  },
] as const satisfies readonly Rule[];

/** The id of a rule. */
export type RuleId = (typeof rules)[number]['id'];
