import { acquires } from '../protocol/index.js';
import type { Row } from './row.js';

/** The families of acquiring calls in which the conversion from get to pin is counted. */
export type Family = 'get' | 'pin' | 'iterator get' | 'iterator extract';

/** Families of calls that are in no table (internal steps of the API), by name. */
const BY_NAME: readonly (readonly [RegExp, Family])[] = [
  [/iov_iter_extract|extract_.*_pages/, 'iterator extract'],
  [/iov_iter_/, 'iterator get'],
  [/(^|_)pin_/, 'pin'],
];

/** Returns the family of a row's call. */
export function family(row: Row): Family {
  const known = acquires.get(row.api);
  if (!known) return BY_NAME.find(([pattern]) => pattern.test(row.api))?.[1] ?? 'get';
  if (known.iterator !== null) return known.taken === 'get' ? 'iterator get' : 'iterator extract';
  return known.taken === 'pin' ? 'pin' : 'get';
}
