import type { Looked } from '../source/index.js';
import type { SiteKind } from './row.js';

/** Options of {@link survey}. */
export interface SurveyOptions {
  /** Files, folders or globs, relative to the tree. Only sites in files that match one are followed; empty or absent: all. */
  paths?: readonly string[];
  /** Keep only rows of these kinds. */
  kinds?: readonly SiteKind[];
  /** How many threads read the tree and follow the sites; default: the number of cores. */
  jobs?: number;
  /** Folder of a cache that later runs can share; absent: no cache. */
  cache?: string;
  /** What another thread has begun to look at already: see `lookAhead` of source/. */
  looked?: Promise<Looked | null>;
  /** Called from time to time: `done` of `total` in the named stage; `total` is 0 while it is not known. */
  onProgress?: (stage: string, done: number, total: number) => void;
  /** Ends the survey early; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}
