/** Options that are checked before any work begins. */
import { InvalidArgumentError } from 'commander';
import type { SiteKind } from '../survey/row.js';

/** Every kind, with what it means; as a table, so that a kind which is missing here does not compile. */
const KINDS: Readonly<Record<SiteKind, string>> = {
  user: 'uses the pages itself',
  wrapper: 'hands them to its callers',
  internal: 'part of gup or iov_iter',
  test: 'a test of the kernel',
};

export const kinds = Object.keys(KINDS) as SiteKind[];

/** More threads than this are a slip of the finger. */
const MOST_JOBS = 256;

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return [...before, value];
}

export function collectKind(value: string, before: readonly SiteKind[] = []): SiteKind[] {
  const kind = kinds.find((known) => known === value);
  if (!kind) throw new InvalidArgumentError(`Allowed: ${kinds.join(', ')}.`);
  return [...before, kind];
}

export function parseJobs(value: string): number {
  const jobs = /^\d+$/.test(value) ? Number(value) : 0;
  if (jobs < 1 || jobs > MOST_JOBS) throw new InvalidArgumentError(`It must be a number from 1 to ${MOST_JOBS}.`);
  return jobs;
}
