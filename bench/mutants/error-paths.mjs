/** Sends one error path past a release: its `goto` names the label after it, or it returns at once. */
import { releases } from './kinds.mjs';
import { bodyAround, callsOn, labelsIn, lineOf, statementOf } from './text.mjs';

/** @typedef {import('./make.mjs').Edit} Edit */

/**
 * @param {string} code blanked
 * @param {import('./text.mjs').Call} call that takes the pages
 * @param {import('./make.mjs').Row} row
 * @returns {Edit[]}
 */
export function errorPaths(code, call, row) {
  const body = bodyAround(code, call.start);
  if (!body) return [];
  const labels = labelsIn(code, body);
  const drops = row.releases
    .filter((r) => r.file === row.file && releases[r.api])
    .flatMap((r) => callsOn(code, r.line, r.api).slice(0, 1))
    .filter((c) => c.start > call.start && c.start < body.end && statementOf(code, c))
    .sort((a, b) => a.start - b.start);
  const edits = [];
  for (const jump of code.slice(call.close, body.end).matchAll(/\bgoto\s+(\w+)\s*;/g)) {
    const at = call.close + jump.index;
    const label = labels.find((l) => l.name === jump[1] && l.at > at);
    const drop = label && drops.find((d) => d.start > label.at);
    if (!label || !drop || leavesBefore(code, label.end, drop.start) || holdsNothing(code, call, at)) continue;
    const next = labels.find((l) => l.at > drop.start);
    const leaves = next && !leavesBefore(code, drop.close, next.at) ? `goto ${next.name};` : wayOut(code, drop.close, body.end);
    if (!leaves) continue;
    const about = `${jump[0].replace(/\s+/g, ' ')} is ${leaves} past ${drop.name}() in line ${lineOf(code, drop.start)}`;
    edits.push({ start: at, end: at + jump[0].length, by: leaves, about });
  }
  return edits;
}

/**
 * Between two places the function is left, by a `return` that is no branch.
 * @param {string} code
 * @param {number} from
 * @param {number} to
 */
function leavesBefore(code, from, to) {
  return /^\t(?:return\b|goto\b)/m.test(code.slice(from, to));
}

/**
 * How the function is left from a place on.
 * @param {string} code
 * @param {number} from
 * @param {number} end of the body
 */
function wayOut(code, from, end) {
  const found = /^\treturn\b[^;]*;/m.exec(code.slice(from, end));
  return found ? found[0].trim().replace(/\s+/g, ' ') : 'return;';
}

/**
 * The jump is taken where the call has failed: the first `if` after it, and it asks for an error or for nothing.
 * @param {string} code
 * @param {import('./text.mjs').Call} call
 * @param {number} at
 */
function holdsNothing(code, call, at) {
  const between = code.slice(call.close + 1, at);
  const tests = [...between.matchAll(/\bif\s*\(([^;{]*?)\)\s*(?:\{|$)/g)];
  const test = tests[0]?.[1];
  return tests.length === 1 && test !== undefined && /<=?\s*0|IS_ERR|^\s*!|==\s*0/.test(test) && !/}\s*$/.test(between);
}
