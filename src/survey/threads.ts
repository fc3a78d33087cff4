/** Hands the files of a survey to threads, and puts together what they say. */
import type { FunctionReference } from '../program/file.js';
import { textsBehind } from '../program/questions.js';
import { compiled, defaultJobs, type SourceWarning, type Tree } from '../source/index.js';
import type { LaneResult, LaneTask } from './lane.js';
import type { SurveyOptions } from './options.js';
import { type AskedUnit, type Inspect, openUnits, type Worked } from './unit.js';

/** Fewer files than this are surveyed sooner than a thread has started. */
const worthThreads = 12;
const paceMs = 50;

/** How another room looks at what is followed: here, and in the threads by a lane file that does the same. */
export interface Inspection {
  /** Tells what it finds from what others find, in a cache. */
  name: string;
  inspect: Inspect;
  /** Compiled file of the lane. */
  lane: string;
}

interface Work {
  inspection?: Inspection | undefined;
  aliases: readonly FunctionReference[];
  /** In the order of the result. */
  files: readonly string[];
  /** Whether the questions behind the units are wanted. */
  keep: boolean;
}

/**
 * Surveys the files: here, or by as many threads as `options.jobs` says where there are enough of them. The result is the
 * same. Rejects with the signal's reason if it is aborted.
 */
export async function surveyFiles(tree: Tree, work: Work, options: SurveyOptions): Promise<Worked & { warnings: SourceWarning[] }> {
  const jobs = Math.min(options.jobs ?? defaultJobs(), work.files.length);
  if (jobs <= 1 || work.files.length < worthThreads) {
    const units = byFile(work, await here(tree, work, options));
    const questions = new Set([...units.values()].flatMap((unit) => unit.questions));
    // What the texts say is asked of this tree again by who keeps it: of most it is known from before.
    return { units, texts: textsBehind(tree, questions), answers: new Map(), warnings: [...tree.warnings] };
  }
  const results = await byThreads(tree, work, jobs, options);
  const units: AskedUnit[] = [];
  for (const result of results) {
    for (const { index, unit, questions } of result.units)
      units[index] = { unit, questions: Array.from(questions, (number) => result.questions[number] as string) };
  }
  // Lanes that have read the same texts have got the same answers.
  const answers = new Map(results.flatMap((result) => [...result.answers]));
  return { units: byFile(work, units), texts: textsOf(results), answers, warnings: [...tree.warnings, ...newWarnings(tree, results)] };
}

function byFile({ files }: Work, units: readonly AskedUnit[]): Map<string, AskedUnit> {
  return new Map(files.map((file, i) => [file, units[i] as AskedUnit]));
}

/** The digests of all lanes; `null` where one has read another text than another. */
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
    // Lets a signal and the progress line in.
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
  // Loaded when it is needed: it takes as long as to survey some files.
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
    // The pool is not told of a signal; ending it is all that it takes, and what still runs then fails unheard.
    running.catch(() => {});
    return await Promise.race([running, stopped]);
  } finally {
    clearInterval(watch);
    // Nobody has to wait for the threads to be gone; an answer that still comes in is nobody's, and to the pool an error.
    pool.on('error', () => {});
    pool.destroy().catch(() => {});
  }
}

/** What the lanes could not read, each file once, in the order of the names. */
function newWarnings(tree: Tree, results: readonly LaneResult[]): SourceWarning[] {
  const known = new Set(tree.warnings.map((warning) => warning.file));
  const added = new Map(results.flatMap((result) => result.warnings.map((warning) => [warning.file, warning])));
  return [...added.values()].filter((warning) => !known.has(warning.file)).sort((a, b) => (a.file < b.file ? -1 : 1));
}
