import { readFileSync } from 'node:fs';
import { acquiringMacros, releasingMacros } from '../program/aliases.js';
import type { FunctionReference } from '../program/file.js';
import { openTree, type Tree } from '../source/index.js';
import { initSyntax } from '../syntax/index.js';
import { sumOf } from './coverage.js';
import { type Kept, openKept, readShelf } from './kept.js';
import type { SurveyOptions } from './options.js';
import type { Survey } from './row.js';
import { acquiringFiles } from './sites.js';
import { type Inspection, surveyFiles } from './threads.js';
import type { Unit, Worked } from './unit.js';
import { assureMatches, wantedFiles } from './wanted.js';

export type { SurveyOptions } from './options.js';
export type * from './row.js';

const version = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/**
 * Surveys a kernel tree, or the tree of one driver: every call that takes references on user pages, and where they go.
 *
 * @param path the tree's folder; nothing in it need be configured or built
 * @throws TreeError if there is no such folder, no C in it, or none that `options.paths` matches
 * @throws the signal's reason if `options.signal` is aborted
 * @example
 * const { sites } = await survey('/usr/src/linux');
 * for (const row of sites) console.log(row.id, row.reference, row.releaseForm);
 */
export async function survey(path: string, options: SurveyOptions = {}): Promise<Survey> {
  return (await inspectTree(path, options)).survey;
}

/** A survey, and what it was put together from. */
export interface Inspected {
  survey: Survey;
  /** What the inspection found, in the order of the files. */
  found: unknown[];
  tree: Tree;
  /** By file, in the order of the files. */
  units: ReadonlyMap<string, Unit>;
  /** The units that were worked out in this run. */
  fresh: Worked;
  /** What earlier runs kept; `null` without a cache. */
  kept: Kept | null;
}

/**
 * Returns the files to be surveyed, those that name an acquiring call or use a header's macro for one, and all macros for acquiring and
 * releasing calls.
 */
export function surveyedFiles(tree: Tree): { files: string[]; aliases: FunctionReference[] } {
  const candidates = acquiringFiles(tree);
  const acquiring = acquiringMacros(tree, candidates);
  const users = acquiring.flatMap((r) => (r.file.endsWith('.h') ? [...tree.filesCalling(r.name)] : [r.file]));
  return { files: [...new Set([...candidates, ...users])].sort(), aliases: [...acquiring, ...releasingMacros(tree)] };
}

/**
 * Surveys a tree, and runs an inspection on what is followed. With a cache, or if `asked`, each unit comes with the questions that it rests
 * on. New units are kept in the cache, if there is one; if `asked`, keeping them is left to the caller.
 */
export async function inspectTree(path: string, options: SurveyOptions, inspection?: Inspection, asked = false): Promise<Inspected> {
  const progress = options.onProgress ?? (() => {});
  const [tree, , shelf] = await Promise.all([
    openTree(path, {
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...(options.cache === undefined ? {} : { cache: options.cache }),
      ...(options.looked === undefined ? {} : { looked: options.looked }),
      ...(options.signal ? { signal: options.signal } : {}),
      onProgress: (done, total) => progress('reading', done, total),
    }),
    initSyntax(),
    // What an inspection found is kept with the units, apart from those that a plain survey keeps.
    options.cache === undefined ? null : readShelf(options.cache, inspection?.name ?? 'survey', path),
  ]);
  const { files: all, aliases } = surveyedFiles(tree);
  assureMatches(tree, options.paths);
  const files = all.filter(wantedFiles(options.paths));
  const kept = shelf && openKept(shelf, tree, aliases);
  const open = files.filter((file) => !kept?.units.has(file));
  const work = { aliases, files: open, keep: asked || kept !== null, inspection };
  const { warnings, ...fresh } = await surveyFiles(tree, work, options);
  if (!asked) kept?.save(fresh);
  const units = new Map(files.map((file) => [file, (fresh.units.get(file)?.unit ?? kept?.units.get(file)) as Unit]));
  const told = [...units.values()];
  const rows = told.flatMap((unit) => unit.sites);
  const kinds = options.kinds;
  const chosen = kinds && kinds.length > 0 ? rows.filter((row) => kinds.includes(row.kind)) : rows;
  const sum = sumOf(told.map((unit) => unit.coverage));
  const found = told.flatMap((unit) => unit.found);
  return { survey: { tree: path, version, sites: chosen, coverage: sum, warnings }, found, tree, units, fresh, kept };
}
