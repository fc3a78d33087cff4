import type { Comparison, Progress } from '../../compare/compare.js';
import type { Row } from '../../survey/row.js';
import { bareJson } from '../bare-json.js';

/** The keys of a site that find it in its survey, which has the rest. */
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

/** Writes a comparison for programs: the curve, the first tree against the last, and each step if there are several. */
export function writeComparisonJson({ curve, whole, steps }: Progress): string {
  const value = { curve, ...comparisonOf(whole), ...(steps.length > 1 ? { steps: steps.map(comparisonOf) } : {}) };
  return `${bareJson(JSON.stringify(value, null, 2))}\n`;
}
