/** Options that several commands have, and how their values are checked before any work. */
import { InvalidArgumentError, Option } from 'commander';
import type { SiteKind } from '../survey/row.js';
import type { Task } from './engine.js';

/** Every kind of site and what it means. The type makes a missing kind an error of the compiler. */
const KINDS: Readonly<Record<SiteKind, string>> = {
  user: 'uses the pages itself',
  wrapper: 'hands them to its callers',
  internal: 'part of gup or iov_iter',
  test: 'a test of the kernel',
};

/** The kinds, in the order of the table. */
export const kinds = Object.keys(KINDS) as SiteKind[];

/** A larger number of threads is taken for a typing error. */
const MOST_JOBS = 256;

/** Refuses an empty value: a shell gives one for a variable that is not set. */
export function filled(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, filled(value)];
}

/** The same for kinds of sites. */
export function collectKind(value: string, before: readonly SiteKind[] = []): SiteKind[] {
  const kind = kinds.find((known) => known === value);
  if (!kind) throw new InvalidArgumentError(`Allowed: ${kinds.join(', ')}.`);
  return [...before, kind];
}

/** Parses a whole number in a range. */
export function whole(least: number, most: number): (value: string) => number {
  return (value) => {
    const read = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(read >= least && read <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return read;
  };
}

/** The option `--output`. */
export const outputOption = new Option(
  '-o, --output <file>',
  'write to this file instead of the standard output; it appears whole or not at all',
).argParser(filled);

/** The option `--jobs`. */
export const jobsOption = new Option('-j, --jobs <n>', 'threads that read the tree and follow the sites (default: one per core)').argParser(
  whole(1, MOST_JOBS),
);

/** The option `--cache`. */
export const cacheOption = new Option(
  '--cache <dir>',
  'keep results in this folder, so that the next run reads and follows only what changed',
).argParser(filled);

/** Those of the options that the engine takes. */
export function engineOptions({
  path,
  kind,
  jobs,
  cache,
}: {
  path?: string[] | undefined;
  kind?: SiteKind[] | undefined;
  jobs?: number | undefined;
  cache?: string | undefined;
}): Task['options'] {
  return {
    ...(path === undefined ? {} : { paths: path }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(cache === undefined ? {} : { cache }),
  };
}
