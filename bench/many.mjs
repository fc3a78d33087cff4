/** A survey of many sites, made of a real one. */

/**
 * Repeats a survey's rows until there are at least `least`: each copy in a folder and a function of its own, so that none is
 * like another; its steps and releases stay where they are, so that they have their code.
 * @param {import('../dist/survey/row.js').Survey} survey
 * @param {number} least
 * @returns {import('../dist/survey/row.js').Survey}
 */
export function manySites(survey, least) {
  const copies = Math.ceil(least / Math.max(1, survey.sites.length));
  const sites = Array.from({ length: copies }, (_, n) => (n === 0 ? survey.sites : survey.sites.map((row) => copyOf(row, n)))).flat();
  return { ...survey, sites };
}

/**
 * @param {import('../dist/survey/row.js').Row} row
 * @param {number} n
 */
function copyOf(row, n) {
  const file = row.file.replace(/[^/]*$/, `copy${n}/$&`);
  const name = `${row.function}_${n}`;
  return { ...row, file, function: name, line: row.line + n, id: row.id.replace(`${row.file}:${row.function}:`, `${file}:${name}:`) };
}
