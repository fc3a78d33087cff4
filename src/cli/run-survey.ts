/** What the commands that read a tree share: run the engine with a progress line, and print its warnings. */
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

/** How many warnings are printed one by one; the JSON has all. */
const WARNINGS = 20;

function sayWarnings(survey: Survey): void {
  for (const warning of survey.warnings.slice(0, WARNINGS)) {
    process.stderr.write(`putright: warning: ${visible(warning.file)}: ${visible(warning.why)}\n`);
  }
  const more = survey.warnings.length - WARNINGS;
  if (more > 0) process.stderr.write(`putright: warning: and ${more} more\n`);
  sayUnread(survey);
}

/** Warns of calls that could not be read: they are in no row and in no finding. */
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
 * V8 flags for a short run with much garbage. A survey is over before most of its functions are hot, and each thread compiles for itself:
 * V8's usual haste to optimise takes more processor time than it saves (a fifth of all time on two processors), and so does its inlining (a
 * tenth). Most objects are garbage at once: the young generation begins at its full size (a tenth of a check's time). What survives mostly
 * lives to the end: marking the old generation as the heap grows finds little, and to mark on a concurrent thread takes time from the
 * others (a tenth).
 */
const lessHaste = [
  '--interrupt-budget=1000000',
  '--max-inlined-bytecode-size-cumulative=200',
  '--min-semi-space-size=16',
  '--initial-heap-size=1500',
  '--no-concurrent-marking',
];

/**
 * V8 flags that turn off passes of the optimiser which cost more than they gain here: without them the optimiser takes a quarter less time
 * (`node --turbo-stats`). More threads to collect garbage do not help either where each processor has a thread that makes it.
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
 * V8's flags for a survey. The passes are named as in the V8 of Node 20; another V8 may not know a name and would complain on the terminal.
 */
const v8Flags: readonly string[] = process.versions.v8.startsWith('11.3.') ? [...lessHaste, ...lessPasses] : lessHaste;

/** Runs the engine on its thread. What git says of a change, and what is seen of the tree meanwhile, is sent to it later. */
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

/** Surveys a tree. When it resolves, the progress line is gone and the warnings are printed. */
export async function runSurvey(tree: string, options: Task['options']): Promise<Survey> {
  return (await run(tree, options, { checked: false })).survey;
}

/** Like {@link runSurvey}, and asks the rules of `check` in the same pass. */
export async function runChecked(tree: string, options: Task['options'], since?: string): Promise<Required<Result>> {
  const { survey, findings = [] } = await run(tree, options, { checked: true }, since);
  return { survey, findings };
}

async function run(tree: string, options: Task['options'], asked: Pick<Task, 'checked'>, since?: string): Promise<Result> {
  if (options.cache !== undefined) makeCache(options.cache);
  const progress = startProgress(process.stderr);
  // The main thread is free, so Ctrl-C works at once. It leaves by process.exit(), past everything below.
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
