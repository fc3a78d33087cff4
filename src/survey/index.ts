import { readFileSync } from 'node:fs';
import picomatch from 'picomatch';
import { findAliases } from '../program/aliases.js';
import { openTree } from '../source/index.js';
import { initSyntax } from '../syntax/index.js';
import { sumOf } from './coverage.js';
import { type AskedUnit, openKept } from './kept.js';
import type { SurveyOptions } from './options.js';
import type { Survey } from './row.js';
import { acquiringFiles } from './sites.js';
import { type Inspection, surveyFiles } from './threads.js';

export type { SurveyOptions } from './options.js';
export type * from './row.js';

const version = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/**
 * Surveys a kernel tree, or the tree of one driver: every call that takes references on user pages, and where they go.
 *
 * @param path the tree's folder; nothing in it need be configured or built
 * @throws TreeError if there is no such folder or no C in it
 * @throws the signal's reason if `options.signal` is aborted
 * @example
 * const { sites } = await survey('/usr/src/linux');
 * for (const row of sites) console.log(row.id, row.reference, row.releaseForm);
 */
export async function survey(path: string, options: SurveyOptions = {}): Promise<Survey> {
  return (await inspectTree(path, options)).survey;
}

/** A survey, with what `inspection` found in it, in the order of the files. */
export async function inspectTree(
  path: string,
  options: SurveyOptions,
  inspection?: Inspection,
): Promise<{ survey: Survey; found: unknown[] }> {
  const progress = options.onProgress ?? (() => {});
  const [tree] = await Promise.all([
    openTree(path, {
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...(options.cache === undefined ? {} : { cache: options.cache }),
      ...(options.signal ? { signal: options.signal } : {}),
      onProgress: (done, total) => progress('reading', done, total),
    }),
    initSyntax(),
  ]);
  const candidates = acquiringFiles(tree);
  const aliases = findAliases(tree, candidates);
  const users = aliases.flatMap((r) => (r.file.endsWith('.h') ? [...tree.filesCalling(r.name)] : [r.file]));
  const wanted = options.paths && options.paths.length > 0 ? picomatch([...options.paths], { dot: true }) : () => true;
  const files = [...new Set([...candidates, ...users])].sort().filter((file) => wanted(file));
  // What an inspection found is kept with it, apart from what the survey alone keeps.
  const reader = `${version} ${inspection?.lane ?? ''}`;
  const earlier = options.cache === undefined ? null : openKept(options.cache, reader, tree, aliases);
  const open = files.filter((file) => !earlier?.units.has(file));
  const work = { aliases, files: open, keep: earlier !== null, inspection };
  const { units: surveyed, warnings } = await surveyFiles(tree, work, options);
  const fresh = new Map(open.map((file, i) => [file, surveyed[i] as AskedUnit]));
  earlier?.save(fresh);
  const units = files.flatMap((file) => (fresh.get(file) ?? earlier?.units.get(file))?.unit ?? []);
  const rows = units.flatMap((unit) => unit.sites);
  const kinds = options.kinds;
  const kept = kinds && kinds.length > 0 ? rows.filter((row) => kinds.includes(row.kind)) : rows;
  const sum = sumOf(units.map((unit) => unit.coverage));
  return { survey: { tree: path, version, sites: kept, coverage: sum, warnings }, found: units.flatMap((unit) => unit.found) };
}
