/**
 * Makes mutants by editing text. A survey says where calls take and drop references; what is done to them, and whether it can
 * matter, is decided here from the text alone.
 */

import { errorPaths } from './error-paths.mjs';
import { classes, kindOfAcquire, otherAcquire, releases } from './kinds.mjs';
import { shortCounts } from './short-counts.mjs';
import { blanked, blocksAround, bodyAround, callsOn, labelsIn, lineOf, replaced, statementOf } from './text.mjs';

/**
 * What is needed of a survey's row.
 * @typedef {{ id: string, file: string, line: number, function: string, api: string, kind: string, reference: string,
 *   releases: readonly { file: string, line: number, function: string, api: string }[], gaps: readonly unknown[] }} Row
 */

/**
 * One edit of one file, and all that is needed to judge whether it was seen.
 * @typedef {object} Mutant
 * @property {string} id `class file:line what`, told from others of its kind by `#n`
 * @property {string} class
 * @property {string} file
 * @property {number} line where the change begins; no line of the file moves
 * @property {string} function that was changed
 * @property {string} about what was done
 * @property {string[]} sites ids of the rows whose reference it is about
 * @property {string[]} siteFiles files of those rows
 * @property {readonly string[]} rules that fit
 * @property {string} was the line before
 * @property {number} nth among those of its class with the same line before in the same function, from 1
 * @property {number} start
 * @property {number} end
 * @property {string} by what stands there instead
 */

/** A piece of a file to be replaced. @typedef {{ start: number, end: number, by: string, about: string }} Edit */

/** A release statement with the rows that rest on it. @typedef {{ file: string, line: number, function: string, api: string, rows: Row[] }} Dropped */

/** A file's text, read once. @typedef {{ text: string, code: string }} Source */

/**
 * All mutants of a tree, in the order of the files.
 * @param {readonly Row[]} rows of a survey
 * @param {(file: string) => string | null} read
 * @returns {{ mutants: Mutant[], leftOut: Map<string, number> }} and why releases had to be left out, with their numbers
 */
export function makeMutants(rows, read) {
  const resolved = rows.filter((r) => r.gaps.length === 0 && r.releases.length > 0 && r.kind !== 'internal' && r.kind !== 'test');
  /** @type {Map<string, Source>} */
  const sources = new Map();
  /** @param {string} file */
  const source = (file) => {
    const text = sources.get(file)?.text ?? read(file) ?? '';
    const known = sources.get(file) ?? { text, code: blanked(text) };
    sources.set(file, known);
    return known;
  };
  /** @type {Map<string, number>} */
  const leftOut = new Map();
  /** @type {Map<string, Mutant>} */
  const mutants = new Map();
  /**
   * @param {string} name the class
   * @param {{ file: string, function: string }} place
   * @param {readonly Row[]} about
   * @param {Edit} edit
   */
  const add = (name, place, about, edit) => {
    const { text } = source(place.file);
    const line = lineOf(text, edit.start);
    const stem = `${name} ${place.file}:${line}`;
    const same = [...mutants.values()].find(
      (m) => m.file === place.file && m.start === edit.start && m.end === edit.end && m.by === edit.by,
    );
    if (same) {
      same.sites = [...new Set([...same.sites, ...about.map((r) => r.id)])];
      same.siteFiles = [...new Set([...same.siteFiles, ...about.map((r) => r.file)])];
      return;
    }
    let id = stem;
    for (let n = 2; mutants.has(id); n++) id = `${stem}#${n}`;
    mutants.set(id, {
      id,
      class: name,
      file: place.file,
      line,
      function: place.function,
      about: edit.about,
      sites: about.map((r) => r.id),
      siteFiles: [...new Set(about.map((r) => r.file))],
      rules: classes[name]?.rules ?? [],
      was: text.slice(text.lastIndexOf('\n', edit.start) + 1, text.indexOf('\n', edit.start)).trim(),
      nth: 1,
      start: edit.start,
      end: edit.end,
      by: edit.by,
    });
  };

  for (const dropped of drops(resolved)) {
    const problem = mutateRelease(dropped, source(dropped.file), (name, edit) => add(name, dropped, dropped.rows, edit));
    if (problem) leftOut.set(problem, (leftOut.get(problem) ?? 0) + 1);
  }
  for (const row of resolved) {
    const { code } = source(row.file);
    const other = otherAcquire[row.api];
    const call = callsOn(code, row.line, row.api)[0];
    if (!call) continue;
    if (other && row.releases.some((r) => releases[r.api]?.kind === kindOfAcquire(row.api))) {
      const edit = { start: call.start, end: call.start + row.api.length, by: other, about: `${row.api}() is ${other}()` };
      add('acquire-swapped', row, [row], edit);
    }
    for (const edit of shortCounts(code, call)) add('short-count', row, [row], edit);
    for (const edit of errorPaths(code, call, row)) add('error-path', row, [row], edit);
  }
  const sorted = [...mutants.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start));
  /** @type {Map<string, number>} */
  const counted = new Map();
  for (const m of sorted) {
    const key = [m.class, m.file, m.function, m.was].join('\0');
    m.nth = (counted.get(key) ?? 0) + 1;
    counted.set(key, m.nth);
  }
  return { mutants: sorted, leftOut };
}

/**
 * Every release statement once, with the rows that rest on it.
 * @param {readonly Row[]} rows
 */
function drops(rows) {
  /** @type {Map<string, Dropped>} */
  const found = new Map();
  for (const row of rows) {
    for (const { file, line, function: name, api } of row.releases) {
      const key = `${file}:${line}:${api}`;
      const known = found.get(key) ?? { file, line, function: name, api, rows: [] };
      // What drops the other kind in the same place drops pages of another origin.
      const kind = releases[api]?.kind ?? 'any';
      if (kind === 'any' || kind === kindOfAcquire(row.api)) known.rows.push(row);
      found.set(key, known);
    }
  }
  return found.values();
}

/**
 * Mutates one release; says why if it cannot.
 * @param {Dropped} dropped
 * @param {Source} source
 * @param {(name: string, edit: Edit) => void} add
 * @returns {string | null}
 */
function mutateRelease(dropped, { text, code }, add) {
  const release = releases[dropped.api];
  if (!release) return `${dropped.api}() is no release of user pages`;
  if (dropped.rows.length === 0) return 'drops pages of another kind and origin';
  const call = callsOn(code, dropped.line, dropped.api)[0];
  const body = call && bodyAround(code, call.start);
  if (!call || !body) return 'not found in the text';
  const args = call.args.map((_, n) => argument(text, call, n));
  if (release.other) {
    const name = fromContainer(code, body, call, args[0] ?? '') ? 'container-release-swapped' : 'release-swapped';
    const by = release.other(args.map((a) => a.replace(/\s+/g, ' ')));
    add(name, { start: call.start, end: call.close + 1, by, about: `${dropped.api}() is ${by.slice(0, by.indexOf('('))}()` });
  }
  const statement = statementOf(code, call);
  if (!statement) return 'its call is part of an expression';
  const onError = isOnError(code, body, call.start);
  const { start, end, inner } = statement;
  // What the statement counts stays, or a loop over the pages never ends.
  const counting = args.filter((a) => /\+\+|--/.test(a)).map((a) => `(void)(${a.replace(/\s+/g, ' ')});`);
  add(onError ? 'error-path' : 'release-removed', { start, end, by: counting.join(' ') || ';', about: `${dropped.api}() is gone` });
  if (/\+\+|--|[^=!<>]=[^=]/.test(text.slice(start, end))) return null;
  const once = text.slice(start, end).replace(/\s+/g, ' ');
  add('release-doubled', { start, end, by: inner ? `{ ${once} ${once} }` : `${once} ${once}`, about: `${dropped.api}() is called twice` });
  return null;
}

/**
 * An argument as it is written, comments and all.
 * @param {string} text
 * @param {import('./text.mjs').Call} call
 * @param {number} n
 */
function argument(text, call, n) {
  const code = blanked(text.slice(call.open + 1, call.close));
  let depth = 0;
  let from = 0;
  let at = 0;
  for (let i = 0; i <= code.length; i++) {
    const c = code[i];
    if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') depth--;
    else if (i === code.length || (c === ',' && depth === 0)) {
      if (at++ === n) return code.slice(from, i).trim();
      from = i + 1;
    }
  }
  return '';
}

const container = /\bbv_page\b|\bsg_page\s*\(|\bskb_frag_page\s*\(|\bsg_page_iter_page\s*\(|\bbvec\w*page\w*\s*\(/;

/**
 * The page comes out of a scatterlist, a bvec or an skb: in the argument, or where the variable was last set before it.
 * @param {string} code
 * @param {{ start: number, end: number }} body
 * @param {import('./text.mjs').Call} call
 * @param {string} page
 */
function fromContainer(code, body, call, page) {
  if (container.test(page)) return true;
  const name = /^&?\s*(\w+)$/.exec(page)?.[1];
  if (!name) return false;
  const set = [...code.slice(body.start, call.start).matchAll(new RegExp(`\\b${name}\\s*=([^=;][^;]*);`, 'g'))].at(-1);
  return set !== undefined && container.test(set[1] ?? '');
}

/** @param {string} name of a label */
const forErrors = (name) => /err|fail|unwind|undo|rollback|abort|bad|nomem|fault|unpin|release|free|put/i.test(name);

/**
 * The place is on an error path by the look of it: in an `if` that ends with a jump or an error, or below such a label.
 * @param {string} code
 * @param {{ start: number, end: number }} body
 * @param {number} at
 */
function isOnError(code, body, at) {
  const leaves = blocksAround(code, body, at).some(({ start, end, word }) => {
    if (word !== 'if' && word !== 'else') return false;
    return /(?:\bgoto\s+\w+|\breturn\b(?!\s*0\s*;)[^;]*)\s*;\s*$/.test(code.slice(start, end));
  });
  const label = labelsIn(code, body).findLast((l) => l.at < at);
  return leaves || (label !== undefined && forErrors(label.name) && !/\breturn\s+0\s*;/.test(code.slice(label.end, at)));
}

/**
 * The file's text with the mutant in it.
 * @param {string} text
 * @param {Mutant} mutant
 */
export function mutated(text, { start, end, by }) {
  return replaced(text, start, end, by);
}
