/** The data of the HTML page. The browser's side (`web/`) imports only the types. */

import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { rules } from '../../check/rules.js';
import type { Comparison, Progress } from '../../compare/compare.js';
import type { Finding } from '../../compare/finding.js';
import { acquires, releases } from '../../protocol/index.js';
import { type Family, family } from '../../survey/family.js';
import type { Row, Survey } from '../../survey/row.js';
import { excerptAt, type Reader, readerOf, type Spot } from '../excerpt.js';
import { scenes } from '../explain.js';
import type { Matrix } from '../read/matrix.js';
import { sentences } from '../sentences.js';
import { subsystem } from '../subsystem.js';
import { visible, visibleAll } from '../visible.js';

/** Lines of code before and after each place. */
const CONTEXT = 4;

/** The code of one place. */
export interface Code {
  first: number;
  lines: string[];
}

/** One step of a site's story. */
export interface PageScene {
  /** What happens there. */
  text: string;
  /** The place as text: `file:line in function()`. */
  where: string;
  file: string;
  line: number;
  /** The character of the line that the caret goes under; -1 if there is no code. */
  caret: number;
  /** Key into {@link PageData.code}; `null` if there is no code, and `why` says the reason. */
  code: string | null;
  why: string;
}

/**
 * Whether a release drops what its site took. Only what `check` found is `wrong`. A call that looks wrong by its name alone is `suspect`,
 * since the release on the row may not really be one. `open` depends on the run, or on a container.
 */
export type Pairing = 'right' | 'wrong' | 'suspect' | 'open';

/** A row with what the page needs beside it. */
export interface PageSite extends Row {
  subsystem: string;
  family: Family;
  /** One for each of `releases`. */
  pairings: Pairing[];
  /** The site's own pairing: the worst of them. */
  pairing: Pairing;
  /** What the row says. */
  sentences: string[];
  scenes: PageScene[];
  /** The places of its gaps. */
  gapScenes: PageScene[];
}

/** A finding with the code of its path. */
export interface PageFinding extends Finding {
  scenes: PageScene[];
}

/** All that the page holds. */
export interface PageData {
  tree: string;
  version: string;
  sites: PageSite[];
  /** Excerpts of the code, by the place that they show. */
  code: Record<string, Code>;
  /** `null` if no findings were given, which is not the same as none found. */
  findings: PageFinding[] | null;
  /** The rules of the findings, with what they mean. */
  rules: Record<string, string>;
  /** `null` if no older tree was given. */
  progress: Progress | null;
  /** `null` if no results of the model were given. */
  matrix: Matrix | null;
  coverage: { tokens: number; rows: number; gaps: number; unaccounted: number };
  /** How many warnings the survey has. */
  warnings: number;
}

/** What a page may show besides the survey. */
export interface Extras {
  findings?: readonly Finding[] | undefined;
  progress?: Progress | undefined;
  matrix?: Matrix | undefined;
  /** Where the code is read from, by default the survey's tree. */
  source?: string | undefined;
}

/**
 * A reader for the places that a survey names. The survey may come from anywhere, and the page may go anywhere, so only C files below the
 * tree are read, whatever the names say and wherever links lead.
 */
export function guardedReader(tree: string): Reader {
  const read = readerOf(tree);
  const root = realpath(resolve(tree)).catch(() => null);
  const guarded = async (file: string): ReturnType<Reader> => {
    if (!/\.[ch]$/.test(file) || isAbsolute(file)) return { why: 'it is no C file of the tree' };
    const base = await root;
    if (base === null) return { why: 'the tree is not there; name it with --source' };
    const real = await realpath(resolve(base, file)).catch(() => null);
    if (real === null) return { why: 'the file is not in the tree' };
    const way = relative(base, real);
    if (way === '' || way.startsWith(`..${sep}`) || way === '..' || isAbsolute(way)) return { why: 'the file is not in the tree' };
    return read(file);
  };
  const asked = new Map<string, ReturnType<Reader>>();
  return (file) => {
    const known = asked.get(file) ?? guarded(file);
    asked.set(file, known);
    return known;
  };
}

/** What the call takes, to tell which release fits; `null` if that depends on the run. A call that is in no table is judged by its row. */
function taken(row: Row): 'get' | 'pin' | null {
  const known = acquires.get(row.api)?.taken;
  if (known === 'get' || known === 'pin') return row.reference === 'conditional' ? null : known;
  return row.reference === 'get' || row.reference === 'pin' ? row.reference : null;
}

/** The rules that say that a release does not fit what was taken. */
const WRONG_RELEASE: ReadonlySet<string> = new Set(['wrong-release', 'mixed-release']);

/** The places of a site's releases, as `file:line`, that the check found to be wrong. */
function wrongPlaces(findings: readonly Finding[], row: Row): ReadonlySet<string> {
  // A note only says that it may be wrong.
  const wrong = findings.filter((finding) => finding.site === row.id && WRONG_RELEASE.has(finding.rule) && finding.severity !== 'note');
  return new Set(wrong.map((finding) => `${finding.file}:${finding.line}`));
}

/**
 * Whether a release drops what the site took.
 * @param wrong places, as `file:line`, that the check found to be wrong
 */
export function pairingOf(row: Row, { file, line, api }: Row['releases'][number], wrong: ReadonlySet<string>): Pairing {
  if (wrong.has(`${file}:${line}`)) return 'wrong';
  const [takes, drops] = [taken(row), releases.get(api)?.drops];
  if (takes === null || drops === undefined || drops === 'any') return 'open';
  return takes === drops ? 'right' : 'suspect';
}

/** A site's pairing: the worst of its releases' pairings. `wrong` also if the check found a place that the row does not list. */
function pairingOfSite(pairings: readonly Pairing[], wrong: ReadonlySet<string>): Pairing {
  if (wrong.size > 0) return 'wrong';
  return (['suspect', 'right'] as const).find((pairing) => pairings.includes(pairing)) ?? 'open';
}

type Codes = Record<string, Code>;

/** Makes one step, and adds its code to `codes`. */
async function sceneAt(read: Reader, codes: Codes, spot: Spot, where: string, text: string): Promise<PageScene> {
  const found = await excerptAt(read, spot, CONTEXT);
  const { file, line } = spot;
  const bare = { text: visible(text), where: visible(where), file: visible(file), line };
  if ('why' in found) return { ...bare, caret: -1, code: null, why: visible(found.why) };
  const key = `${file}:${line}`;
  codes[key] = { first: found.first, lines: found.lines };
  return { ...bare, caret: found.caret, code: key, why: '' };
}

/** Applies `make` to the values one after the other. */
async function all<T, U>(values: readonly T[], make: (value: T) => Promise<U>): Promise<U[]> {
  const made: U[] = [];
  for (const value of values) made.push(await make(value));
  return made;
}

/** The files whose code the page shows. */
function filesOf(survey: Survey, findings: readonly Finding[]): Set<string> {
  const places = survey.sites.flatMap((row) => [row, ...row.trace, ...row.releases, ...row.gaps]);
  return new Set([...places, ...findings.flatMap(({ path }) => path)].map(({ file }) => file));
}

/** How many files are read at a time. */
const LANES = 16;

/** Reads files before they are needed, several at a time: one after the other, most of the time would be spent waiting for the disk. */
async function readAhead(read: Reader, files: Iterable<string>): Promise<void> {
  const left = [...files];
  const lane = async (): Promise<void> => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) await read(file);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Collects the page's data, and reads the code from the tree. */
export async function pageData(survey: Survey, extras: Extras = {}): Promise<PageData> {
  const read = guardedReader(extras.source ?? survey.tree);
  const code: Codes = Object.create(null) as Codes;
  await readAhead(read, filesOf(survey, extras.findings ?? []));
  const sites = await all(survey.sites, async (row): Promise<PageSite> => {
    const wrong = wrongPlaces(extras.findings ?? [], row);
    const pairings = row.releases.map((release) => pairingOf(row, release, wrong));
    return {
      ...visibleAll(row),
      subsystem: visible(subsystem(row.file)),
      family: family(row),
      pairings,
      pairing: pairingOfSite(pairings, wrong),
      sentences: sentences(row),
      scenes: await all(scenes(row), (scene) => sceneAt(read, code, scene, scene.where, scene.text)),
      gapScenes: await all(row.gaps, (gap) => sceneAt(read, code, gap, `${gap.file}:${gap.line}`, gap.why)),
    };
  });
  const findings = extras.findings
    ? await all(
        extras.findings,
        async (finding): Promise<PageFinding> => ({
          ...visibleAll(finding),
          scenes: await all(finding.path, (step) =>
            sceneAt(read, code, spotOf(step), `${step.file}:${step.line} in ${step.function}()`, step.text),
          ),
        }),
      )
    : null;
  const { coverage } = survey;
  return {
    tree: visible(survey.tree),
    version: visible(survey.version),
    sites,
    code,
    findings,
    rules: Object.fromEntries(
      rules.filter(({ id }) => findings?.some((finding) => finding.rule === id)).map(({ id, about }) => [id, about]),
    ),
    progress: extras.progress ? slim(visibleAll(extras.progress)) : null,
    matrix: extras.matrix ? visibleAll(extras.matrix) : null,
    coverage: { tokens: coverage.tokens, rows: coverage.rows, gaps: coverage.gaps.length, unaccounted: coverage.unaccounted.length },
    warnings: survey.warnings.length,
  };
}

/** Where a step is. A first column may also mean that none is known, so the caret then goes under the line's first word. */
function spotOf({ file, line, column }: Finding['path'][number]): Spot {
  return { file, line, ...(column > 1 ? { column } : {}) };
}

/**
 * Without traces, gaps and most releases: the page tells a changed site by its facts, and the stories of older trees would double its size.
 */
function slim(progress: Progress): Progress {
  const bare = (row: Row): Row => ({ ...row, trace: [], gaps: [], releases: row.releases.slice(0, 20) });
  const step = (comparison: Comparison): Comparison => ({
    ...comparison,
    added: comparison.added.map(bare),
    gone: comparison.gone.map(bare),
    changed: comparison.changed.map((pair) => ({ ...pair, before: bare(pair.before), after: bare(pair.after) })),
    regressions: comparison.regressions.map(({ site, why }) => ({ site: bare(site), why })),
  });
  // A single step is the same as the whole, which the page need not hold twice.
  return { curve: progress.curve, whole: step(progress.whole), steps: progress.steps.length > 1 ? progress.steps.map(step) : [] };
}
