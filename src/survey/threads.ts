/** Distributes the files of a survey over threads, and puts the results together. */
import type { FunctionReference } from '../program/file.js';
import { textsBehind } from '../program/questions.js';
import { compiled, defaultJobs, type SourceWarning, type Tree } from '../source/index.js';
import type { LaneResult, LaneTask } from './lane.js';
import type { SurveyOptions } from './options.js';
import { type AskedUnit, type Inspect, openUnits, type Worked } from './unit.js';

/** With fewer files than this, the survey is done before a thread has started. */
const worthThreads = 12;
const paceMs = 50;

/** How another room examines what is followed: on this thread by `inspect`, on others by a lane file that does the same. */
export interface Inspection {
  /** Keeps what it finds apart from what others find, in a cache. */
  name: string;
  inspect: Inspect;
  /** The compiled lane file. */
  lane: string;
}

/** What is to be surveyed. */
interface Work {
  inspection?: Inspection | undefined;
  aliases: readonly FunctionReference[];
  /** In the order of the result. */
  files: readonly string[];
  /** True if each unit is to come with its questions. */
  keep: boolean;
}

/**
 * Surveys the files on this thread or, if there are enough of them, on `options.jobs` threads. The result is the same.
 * @throws the signal's reason if it is aborted
 */
export async function surveyFiles(tree: Tree, work: Work, options: SurveyOptions): Promise<Worked & { warnings: SourceWarning[] }> {
  const jobs = Math.min(options.jobs ?? defaultJobs(), work.files.length);
  if (jobs <= 1 || work.files.length < worthThreads) {
    const units = byFile(work, await here(tree, work, options));
    const questions = new Set([...units.values()].flatMap((unit) => unit.questions));
    // Whoever keeps the units asks this tree for the answers again; most are known already.
    return { units, texts: textsBehind(tree, questions), answers: new Map(), warnings: [...tree.warnings] };
  }
  const results = await byThreads(tree, work, jobs, options);
  const units: AskedUnit[] = [];
  for (const result of results) {
    for (const { index, unit, questions } of result.units)
      units[index] = { unit, questions: Array.from(questions, (number) => result.questions[number] as string) };
  }
  // Lanes that have read the same texts have the same answers.
  const answers = new Map(results.flatMap((result) => [...result.answers]));
  return { units: byFile(work, units), texts: textsOf(results), answers, warnings: [...tree.warnings, ...newWarnings(tree, results)] };
}

function byFile({ files }: Work, units: readonly AskedUnit[]): Map<string, AskedUnit> {
  return new Map(files.map((file, i) => [file, units[i] as AskedUnit]));
}

/** The digests from all lanes; `null` if two lanes have read different texts. */
function textsOf(results: readonly LaneResult[]): Map<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const [file, digest] of results.flatMap((result) => [...result.texts])) {
    texts.set(file, texts.has(file) && texts.get(file) !== digest ? null : digest);
  }
  return texts;
}

async function here(tree: Tree, { aliases, files, keep, inspection }: Work, options: SurveyOptions): Promise<AskedUnit[]> {
  const survey = openUnits(tree, aliases, keep, inspection?.inspect);
  const units: AskedUnit[] = [];
  let last = performance.now();
  for (const file of files) {
    units.push(survey(file));
    if (performance.now() - last < paceMs) continue;
    options.onProgress?.('following', units.length, files.length);
    // Lets the signal and the progress display run.
    await new Promise((done) => setImmediate(done));
    options.signal?.throwIfAborted();
    last = performance.now();
  }
  return units;
}

async function byThreads(
  tree: Tree,
  { aliases, files, keep, inspection }: Work,
  jobs: number,
  options: SurveyOptions,
): Promise<LaneResult[]> {
  // Loaded on demand: loading it takes as long as surveying some files.
  const { Piscina } = await import('piscina');
  const pool = new Piscina<LaneTask, LaneResult>({
    filename: inspection?.lane ?? compiled('survey/lane.js'),
    minThreads: jobs,
    maxThreads: jobs,
    recordTiming: false,
  });
  const claims = new Int32Array(new SharedArrayBuffer(4 * (files.length + 1)));
  const lanes = { tree: tree.share(), aliases, files, keep, count: jobs, claims };
  const watch = setInterval(() => options.onProgress?.('following', Atomics.load(claims, files.length), files.length), paceMs);
  const stopped = new Promise<never>((_, fail) => {
    if (options.signal?.aborted) fail(options.signal.reason);
    options.signal?.addEventListener('abort', () => fail(options.signal?.reason), { once: true });
  });
  try {
    const running = Promise.all(Array.from({ length: jobs }, (_, lane) => pool.run({ ...lanes, lane })));
    // The pool is not given the signal: destroying it is enough, and the errors of tasks that still run are ignored.
    running.catch(() => {});
    return await Promise.race([running, stopped]);
  } finally {
    clearInterval(watch);
    // Nobody needs to wait for the threads to end. An answer that still arrives is an error to the pool, which is ignored.
    pool.on('error', () => {});
    pool.destroy().catch(() => {});
  }
}

/** Warnings of the lanes that are new, one per file, sorted by file. */
function newWarnings(tree: Tree, results: readonly LaneResult[]): SourceWarning[] {
  const known = new Set(tree.warnings.map((warning) => warning.file));
  const added = new Map(results.flatMap((result) => result.warnings.map((warning) => [warning.file, warning])));
  return [...added.values()].filter((warning) => !known.has(warning.file)).sort((a, b) => (a.file < b.file ? -1 : 1));
}
