import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { runSlice, type Slice, type SliceResult } from './slice.js';

/** Fewer files than this are read sooner than a thread has started. */
const WORTH_THREADS = 1000;

/** How many files make a slice. */
const SLICE = 200;

/** Threads that work on slices while the caller goes on finding files. */
export interface Crew {
  /** Takes more files; may start to work on them. */
  add(files: readonly string[]): void;
  /** Works off the rest, and gives the results in the order of the files. */
  finish(): Promise<SliceResult[]>;
  /** Stops the threads at once. */
  close(): Promise<void>;
}

/** Makes ready up to `jobs` threads; they start when there is enough to do. */
export function gather(work: Omit<Slice, 'files'>, jobs: number, signal: AbortSignal | undefined): Crew {
  const results: Promise<SliceResult>[] = [];
  const waiting: string[][] = [];
  let open: string[] = [];
  let pool: Piscina<Slice, SliceResult> | undefined;

  function submit(files: string[]): void {
    if (pool === undefined && (waiting.length + 1) * SLICE < WORTH_THREADS) {
      waiting.push(files);
      return;
    }
    pool ??= start(jobs);
    for (const early of waiting.splice(0)) results.push(send(pool, early));
    results.push(send(pool, files));
  }

  function send(to: Piscina<Slice, SliceResult>, files: string[]): Promise<SliceResult> {
    const result = to.run({ ...work, files: files.join('\0') }, signal === undefined ? {} : { signal });
    // A rejection is reported by finish(); until then nobody may be listening.
    result.catch(() => {});
    return result;
  }

  return {
    add(files) {
      for (const file of files) open.push(file);
      while (open.length >= SLICE) {
        submit(open.slice(0, SLICE));
        open = open.slice(SLICE);
      }
    },
    async finish() {
      if (open.length > 0) submit(open);
      open = [];
      if (pool !== undefined) return Promise.all(results);
      return waiting.splice(0).map((files) => {
        signal?.throwIfAborted();
        return runSlice({ ...work, files: files.join('\0') });
      });
    },
    async close() {
      await pool?.destroy();
    },
  };
}

/** How many threads there are by default. */
export function defaultJobs(): number {
  return availableParallelism();
}

function start(jobs: number): Piscina<Slice, SliceResult> {
  return new Piscina<Slice, SliceResult>({
    filename: workerFile(),
    minThreads: jobs,
    maxThreads: jobs,
    concurrentTasksPerWorker: 2,
    recordTiming: false,
  });
}

/** The compiled worker, also when this module runs from its TypeScript source, as in tests. */
function workerFile(): string {
  const beside = new URL('./worker.js', import.meta.url);
  return fileURLToPath(existsSync(beside) ? beside : new URL('../../dist/source/worker.js', import.meta.url));
}
