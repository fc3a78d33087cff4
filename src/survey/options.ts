import type { Looked } from '../source/index.js';
import type { SiteKind } from './row.js';

/** What the caller of {@link survey} may choose. */
export interface SurveyOptions {
  /** Files, folders or globs, relative to the tree; only sites in files that match one are followed. Empty or absent: all. */
  paths?: readonly string[];
  /** Keep only rows of these kinds. */
  kinds?: readonly SiteKind[];
  /** Worker threads that read the tree and follow the sites; default: the number of cores. */
  jobs?: number;
  /** Folder of a cache that later runs may share; absent: none. */
  cache?: string;
  /** What somebody else is looking at meanwhile: see `lookAhead` of source/. */
  looked?: Promise<Looked | null>;
  /** Called as the work goes on; `done` of `total` in the named stage, `total` 0 while unknown. */
  onProgress?: (stage: string, done: number, total: number) => void;
  /** Ends the survey early; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}
