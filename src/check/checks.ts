/** Binds each rule to what it asks. A new rule is a file of `rules/`, a line here, and one in `rules.ts`. */
import type { Check } from './finding.js';
import { dirtyLost } from './rules/dirty-lost.js';
import { dirtyUnlocked } from './rules/dirty-unlocked.js';
import { doubleRelease } from './rules/double-release.js';
import { leakOnPath } from './rules/leak-on-path.js';
import { mixedRelease } from './rules/mixed-release.js';
import { needsLongterm } from './rules/needs-longterm.js';
import { needsPin } from './rules/needs-pin.js';
import { neverReleased } from './rules/never-released.js';
import { overwritten } from './rules/overwritten.js';
import { partialPinLeak } from './rules/partial-pin-leak.js';
import { releaseCount } from './rules/release-count.js';
import { uncheckedCount } from './rules/unchecked-count.js';
import { useAfterRelease } from './rules/use-after-release.js';
import { wrongRelease } from './rules/wrong-release.js';
import type { RuleId } from './rules.js';

/** What each rule asks of a site. */
export const checks: Readonly<Record<RuleId, Check>> = {
  'wrong-release': wrongRelease,
  'mixed-release': mixedRelease,
  'never-released': neverReleased,
  'leak-on-path': leakOnPath,
  'partial-pin-leak': partialPinLeak,
  overwritten: overwritten,
  'double-release': doubleRelease,
  'unchecked-count': uncheckedCount,
  'release-count': releaseCount,
  'use-after-release': useAfterRelease,
  'needs-pin': needsPin,
  'needs-longterm': needsLongterm,
  'dirty-lost': dirtyLost,
  'dirty-unlocked': dirtyUnlocked,
};
