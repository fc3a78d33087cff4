/** The rules. A new rule is a file of `rules/` and a line here; its page is `docs/rules/ID.md`. */
import type { Rule } from './finding.js';
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

export const rules: readonly Rule[] = [
  wrongRelease,
  mixedRelease,
  neverReleased,
  leakOnPath,
  partialPinLeak,
  overwritten,
  doubleRelease,
  uncheckedCount,
  releaseCount,
  useAfterRelease,
  needsPin,
  needsLongterm,
  dirtyLost,
  dirtyUnlocked,
];
