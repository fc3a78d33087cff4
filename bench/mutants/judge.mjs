/**
 * Asks the check about one mutant at a time: in this process, with the tree's index in memory, one file's text exchanged, and
 * only those files followed anew whose sites the mutant is about. What it says is compared with what it says of the unmodified
 * tree, by the mutant's own record.
 */

import { inspectSites } from '../../dist/check/inspect.js';
import { overlay } from '../../dist/source/index.js';
import { surveyedFiles } from '../../dist/survey/index.js';
import { openUnits } from '../../dist/survey/unit.js';
import { mutated } from './make.mjs';

/** @typedef {import('../../dist/source/index.js').Tree} Tree */
/** @typedef {import('../../dist/check/finding.js').Finding} Finding */
/** @typedef {import('./make.mjs').Mutant} Mutant */

/**
 * What became of a mutant: the findings of a fitting rule for its site or its function that the unmodified tree does not
 * have, and the other new ones.
 * @typedef {{ id: string, found: string[], others: string[], seconds: number }} Verdict
 */

/**
 * Makes ready to judge mutants of a tree.
 * @param {Tree} tree
 * @returns {(mutant: Mutant) => Verdict}
 */
export function openJudge(tree) {
  const { aliases } = surveyedFiles(tree);
  const plain = openUnits(tree, aliases, false, inspectSites);
  /** @type {Map<string, Finding[]>} */
  const known = new Map();
  /** @param {string} file */
  const before = (file) => {
    const found = known.get(file) ?? told(plain(file).unit.found);
    known.set(file, found);
    return found;
  };

  return (mutant) => {
    const begun = performance.now();
    const text = mutated(tree.read(mutant.file) ?? '', mutant);
    const units = openUnits(overlay(tree, new Map([[mutant.file, text]])), aliases, false, inspectSites);
    /** @type {Set<string>} */
    const found = new Set();
    /** @type {Set<string>} */
    const others = new Set();
    for (const file of new Set([...mutant.siteFiles, mutant.file])) {
      if (found.size > 0) break;
      const had = new Set(before(file).map(keyOf));
      for (const finding of told(units(file).unit.found)) {
        if (had.has(keyOf(finding))) continue;
        (fits(finding, mutant) ? found : others).add(`${finding.file}:${finding.line} [${finding.rule}] ${finding.message}`);
      }
    }
    return { id: mutant.id, found: [...found], others: [...others], seconds: (performance.now() - begun) / 1000 };
  };
}

/**
 * What `check` tells without being asked for more.
 * @param {readonly unknown[]} found
 */
function told(found) {
  return /** @type {Finding[]} */ (found).filter((f) => f.severity !== 'note');
}

/**
 * What makes two findings the same in two trees whose lines are the same; the site's API may be another one.
 * @param {Finding} finding
 */
function keyOf({ rule, site, file, line }) {
  return [rule, placeOf(site), file, line].join('\0');
}

/**
 * The file and the function of a site's id.
 * @param {string} id
 */
function placeOf(id) {
  return id.slice(0, id.lastIndexOf(':'));
}

/**
 * @param {Finding} finding
 * @param {Mutant} mutant
 */
function fits(finding, mutant) {
  if (!mutant.rules.includes(finding.rule)) return false;
  const place = placeOf(finding.site);
  return mutant.sites.some((id) => placeOf(id) === place) || (finding.file === mutant.file && finding.function === mutant.function);
}
