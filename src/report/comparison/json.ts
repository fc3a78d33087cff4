import type { Comparison, Progress } from '../../compare/compare.js';
import type { Row } from '../../survey/row.js';

/** DEL, C1 and bidirectional controls are legal in JSON as they are, but a terminal obeys some; the newlines are the layout's own. */
const BARE = /(?!\n)[\p{Cc}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu;

/** A site by what finds it in its survey, which has the rest. */
function brief({ id, file, line, function: name, api, reference, releaseForm }: Row): object {
  return { id, file, line, function: name, api, reference, releaseForm };
}

function comparisonOf({ before, after, added, gone, changed, same, regressions }: Comparison): object {
  return {
    before,
    after,
    same,
    changed: changed.map((pair) => ({ ...pair, before: brief(pair.before), after: brief(pair.after) })),
    added: added.map(brief),
    gone: gone.map(brief),
    regressions: regressions.map(({ site, why }) => ({ site: brief(site), why })),
  };
}

/** Writes a comparison for programs: the curve, the first tree with the last, and each step where there are several. */
export function writeComparisonJson({ curve, whole, steps }: Progress): string {
  const value = { curve, ...comparisonOf(whole), ...(steps.length > 1 ? { steps: steps.map(comparisonOf) } : {}) };
  return `${JSON.stringify(value, null, 2).replace(BARE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
