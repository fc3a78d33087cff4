import { readFileSync } from 'node:fs';
import picomatch from 'picomatch';
import { openFollower } from '../flow/follow.js';
import { openProgram, type Program } from '../program/program.js';
import { acquires } from '../protocol/index.js';
import { openTree, type Tree } from '../source/index.js';
import { initSyntax } from '../syntax/index.js';
import { coverageOf } from './coverage.js';
import { openOrigins } from './mixed.js';
import type { SurveyOptions } from './options.js';
import type { Row, Survey } from './row.js';
import { rowOf } from './row-of.js';
import { acquiredOf, acquiringFiles, acquiringPattern, type Site, seedsOf, sitesIn, takesNothing } from './sites.js';

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
  const program = openProgram(tree, acquiringPattern, candidates);
  const wanted = options.paths && options.paths.length > 0 ? picomatch([...options.paths], { dot: true }) : () => true;
  const files = [...new Set([...candidates, ...aliasUsers(tree, program)])].sort().filter((file) => wanted(file));
  const sites: Site[] = [];
  for (const file of files) {
    options.signal?.throwIfAborted();
    sites.push(...sitesIn(program, file));
  }
  const rows = await rowsOf(program, sites, options);
  const kinds = options.kinds;
  const kept = kinds && kinds.length > 0 ? rows.filter((row) => kinds.includes(row.kind)) : rows;
  return { tree: path, version, sites: kept, coverage: coverageOf(program, files, sites), warnings: [...tree.warnings] };
}

function aliasUsers(tree: Tree, program: Program): string[] {
  const names = new Set(tree.files.length > 0 ? program.aliasNames('') : []);
  return [...names].flatMap((name) => [...tree.filesCalling(name)]);
}

async function rowsOf(program: Program, sites: readonly Site[], options: SurveyOptions): Promise<Row[]> {
  const follower = openFollower(program);
  const origins = openOrigins(program, follower.analysis);
  const counted = new Map<string, number>();
  const rows: Row[] = [];
  let last = Date.now();
  for (const [i, site] of sites.entries()) {
    const stem = `${site.reference.file}:${site.reference.name}:${site.acquire.name}`;
    const number = (counted.get(stem) ?? 0) + 1;
    counted.set(stem, number);
    const internal = isInternal(program, site);
    const followed =
      takesNothing(site) || internal
        ? null
        : follower.follow({ reference: site.reference, pos: site.call.pos, facts: seedsOf(site), acquired: acquiredOf(site) });
    rows.push(rowOf(program, site, number, followed, internal, origins));
    if (Date.now() - last > 50) {
      options.onProgress?.('following', i + 1, sites.length);
      // Lets a signal and the progress line in.
      await new Promise((done) => setImmediate(done));
      options.signal?.throwIfAborted();
      last = Date.now();
    }
  }
  return rows;
}

/** Part of the implementation: the function, or a function of its file, is an acquiring call itself. */
function isInternal(program: Program, site: Site): boolean {
  const { name, file, macro } = site.reference;
  if (acquires.has(name) && !macro && !(site.reference.static && file.endsWith('.c'))) return true;
  const functions = program.file(file)?.functions ?? [];
  return functions.some((f) => acquires.has(f.name) && !f.macro && !f.static);
}
