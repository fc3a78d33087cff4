import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { compiled } from './compiled.js';
import { runSlice, type Slice, type SliceResult } from './slice.js';

/** Fewer files than this are read before a thread has started. */
const WORTH_THREADS = 1000;

/** For so long files are looked at on this thread before others are started for the rest; mostly all are done by then. */
const LOOK_MS = 1000;

/** How many files are in a slice. */
const SLICE = 200;

/** Threads for the slices of one tree. They are started when there is enough to do. */
export interface Crew {
  /** Begins a piece of work on files that are still being found. */
  begin(work: Omit<Slice, 'files'>): Work;
  /** Stops the threads at once. */
  close(): Promise<void>;
}

/** One piece of work. */
export interface Work {
  /** Takes more files, and may start to work on them. */
  add(files: readonly string[]): void;
  /** Works on the rest, and returns the results in the order of the files. */
  finish(): Promise<SliceResult[]>;
}

/** Called with how far one piece of work has come. */
export type OnDone = (done: number, total: number) => void;

/**
 * Prepares up to `jobs` threads.
 *
 * @param lookMs how long this thread works by itself before others are started
 */
export function gather(jobs: number, signal: AbortSignal | undefined, onDone: OnDone | undefined, lookMs = LOOK_MS): Crew {
  let pool: Promise<Piscina<Slice, SliceResult>> | undefined;

  function begin(work: Omit<Slice, 'files'>): Work {
    const results: Promise<SliceResult>[] = [];
    const waiting: string[][] = [];
    let open: string[] = [];
    let done = 0;
    let total = 0;

    function submit(files: string[]): void {
      waiting.push(files);
      if (pool === undefined && (work.want === 'stamp' || waiting.length * SLICE < WORTH_THREADS)) return;
      sendAll();
    }

    function sendAll(): void {
      pool ??= start(jobs);
      for (const slice of waiting.splice(0)) results.push(send(pool, slice));
    }

    function send(to: Promise<Piscina<Slice, SliceResult>>, files: string[]): Promise<SliceResult> {
      const result = to.then((threads) => threads.run({ ...work, files: files.join('\0') }));
      const told = result.then((value) => {
        tell(files.length);
        return value;
      });
      // finish() reports a rejection; until then nobody may be listening.
      told.catch(() => {});
      return told;
    }

    function tell(count: number): void {
      done += count;
      onDone?.(done, total);
    }

    return {
      add(files) {
        total += files.length;
        for (const file of files) open.push(file);
        if (open.length < SLICE) return;
        let from = 0;
        for (; from + SLICE <= open.length; from += SLICE) submit(open.slice(from, from + SLICE));
        open = open.slice(from);
      },
      async finish() {
        if (open.length > 0) submit(open);
        open = [];
        const here: SliceResult[] = [];
        const begun = performance.now();
        for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
          signal?.throwIfAborted();
          here.push(runSlice({ ...work, files: files.join('\0') }));
          tell(files.length);
          // Lets the signal and other events of this thread run.
          await new Promise((done) => setImmediate(done));
          if (performance.now() - begun >= lookMs && waiting.length * SLICE >= WORTH_THREADS) sendAll();
        }
        return [...here, ...(await orAborted(Promise.all(results), signal))];
      },
    };
  }

  return {
    begin,
    async close() {
      const threads = await pool;
      // An answer that arrives while the pool ends is an error to the pool, which is ignored.
      threads?.on('error', () => {});
      await threads?.destroy();
    },
  };
}

/**
 * Rejects as soon as the signal is aborted. The pool is not given the signal, as it reports the answer of a stopped task as an error;
 * `close` ends what still runs.
 */
function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise((done, fail) => {
    const stop = (): void => fail(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    result.then(done, fail).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Returns the default number of threads. */
export function defaultJobs(): number {
  return availableParallelism();
}

/** Loads the thread pool only when threads are started: a run that finds everything in its cache needs none. */
async function start(jobs: number): Promise<Piscina<Slice, SliceResult>> {
  const { Piscina: Threads } = await import('piscina');
  return new Threads<Slice, SliceResult>({
    filename: compiled('source/worker.js'),
    minThreads: jobs,
    maxThreads: jobs,
    concurrentTasksPerWorker: 2,
    recordTiming: false,
  });
}
