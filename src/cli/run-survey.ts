/** What the commands that read a tree have in common: run the engine with its progress line and say its warnings. */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Change } from '../check/change.js';
import { visible } from '../report/visible.js';
import { lookAhead } from '../source/index.js';
import type { Survey } from '../survey/row.js';
import { makeCache } from './cache.js';
import { changesSince } from './changes.js';
import type { Message, Result, Task, Told } from './engine.js';
import { Failure } from './failure.js';
import { holdInterrupts } from './output.js';
import { type Progress, startProgress } from './progress.js';

/** Warnings that are printed one by one; the JSON has all of them. */
const WARNINGS = 20;

function sayWarnings(survey: Survey): void {
  for (const warning of survey.warnings.slice(0, WARNINGS)) {
    process.stderr.write(`putright: warning: ${visible(warning.file)}: ${visible(warning.why)}\n`);
  }
  const more = survey.warnings.length - WARNINGS;
  if (more > 0) process.stderr.write(`putright: warning: and ${more} more\n`);
  sayUnread(survey);
}

/** A call that could not be read is in no row, and in no finding. */
function sayUnread({ coverage: { gaps, unaccounted } }: Survey): void {
  const unread = [...gaps, ...unaccounted];
  const [first] = unread;
  if (!first) return;
  const calls = unread.length === 1 ? 'one call that may take pages is' : `${unread.length} calls that may take pages are`;
  process.stderr.write(
    `putright: warning: ${calls} in no row, for what stands there could not be followed: ${visible(first.file)}:${first.line}: ${visible(first.name)}(); putright survey --coverage lists all such\n`,
  );
}

/**
 * A survey is over before most of its functions are hot, and every thread compiles for itself: V8's usual haste to optimise
 * takes more of the processors than it gives back (a fifth of all time on two of them), and so does the much that it then
 * inlines (another tenth). Most of what is made is garbage at once: the young generation is as large from the beginning as it
 * may become (a tenth of a check's time). What outlives it mostly lives to the end: to look for garbage there as the heap grows
 * finds little, and to do that on a thread beside takes from the others (another tenth).
 */
const lessHaste = [
  '--interrupt-budget=1000000',
  '--max-inlined-bytecode-size-cumulative=200',
  '--min-semi-space-size=16',
  '--initial-heap-size=1500',
  '--no-concurrent-marking',
];

/**
 * Passes of the optimiser that cost more here than the code is better for them: without these it takes a quarter less time
 * (`node --turbo-stats`). Nor do more threads help to collect garbage where each processor has a thread that makes it.
 */
const lessPasses = [
  '--no-turbo-load-elimination',
  '--no-turbo-escape',
  '--no-turbo-loop-peeling',
  '--no-turbo-loop-variable',
  '--no-turbo-loop-rotation',
  '--no-turbo-store-elimination',
  '--no-turbo-allocation-folding',
  '--no-turbo-move-optimization',
  '--no-turbo-splitting',
  '--no-turbo-cf-optimization',
  '--no-turbo-jt',
  '--no-parallel-scavenge',
];

/**
 * V8's flags for a survey. The passes are named as in the V8 of Node 20: another one may not have a pass, and would complain
 * of its name on the terminal.
 */
const v8Flags: readonly string[] = process.versions.v8.startsWith('11.3.') ? [...lessHaste, ...lessPasses] : lessHaste;

/** Runs the engine on its thread. What git says of a change, and what is seen of the tree meanwhile, it is told later. */
function engine(task: Task, progress: Progress, change: Promise<Change> | undefined): Promise<Result> {
  return new Promise((done, fail) => {
    for (const flag of v8Flags) setFlagsFromString(flag);
    const worker = new Worker(new URL('./engine.js', import.meta.url), { workerData: task });
    const tell = (told: Told): void => worker.postMessage(told);
    const give = (error: unknown): void => {
      fail(error);
      worker.terminate().catch(fail);
    };
    const { cache, jobs } = task.options;
    const onProgress = (read: number, total: number): void => progress.report('reading', read, total);
    const look = async (cache: string): Promise<void> => {
      const looked = await lookAhead(task.tree, cache, { ...(jobs === undefined ? {} : { jobs }), onProgress });
      tell({ known: looked?.known ?? null });
      tell({ now: (await looked?.now) ?? [] });
    };
    if (cache !== undefined) look(cache).catch(give);
    change?.then(
      (known) => tell({ change: known }),
      (error: unknown) => (error instanceof Failure ? tell({ refused: error.message }) : give(error)),
    );
    worker.on('message', (message: Message) => {
      if ('progress' in message) progress.report(...message.progress);
      else if ('survey' in message) done(message);
      else fail(new Failure(message.refused));
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`the survey of ${task.tree} ended early (${code})`)));
  });
}

/** Surveys the tree; the progress line is gone and the warnings are said when it resolves. */
export async function runSurvey(tree: string, options: Task['options']): Promise<Survey> {
  return (await run(tree, options, { checked: false })).survey;
}

/** As {@link runSurvey}, and asks the rules of `check` in the same pass. */
export async function runChecked(tree: string, options: Task['options'], since?: string): Promise<Required<Result>> {
  const { survey, findings = [] } = await run(tree, options, { checked: true }, since);
  return { survey, findings };
}

async function run(tree: string, options: Task['options'], asked: Pick<Task, 'checked'>, since?: string): Promise<Result> {
  if (options.cache !== undefined) makeCache(options.cache);
  const progress = startProgress(process.stderr);
  // At once, whatever the threads are doing: the main thread is free. It leaves by process.exit(), past everything below.
  holdInterrupts();
  process.once('exit', progress.clear);
  try {
    const change = since === undefined ? undefined : changesSince(tree, since);
    const task = { tree, options, ...asked, watched: process.stderr.isTTY === true, ofChange: change !== undefined };
    const result = await engine(task, progress, change);
    progress.clear();
    sayWarnings(result.survey);
    return result;
  } finally {
    progress.clear();
    process.off('exit', progress.clear);
  }
}
